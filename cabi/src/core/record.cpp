#include "core/record.hpp"

#include <cassert>

#include "base/port.hpp"

namespace weir {

void Record::begin(RecordKind record_kind, uint64_t owner, uint8_t flags, bool both_sides) {
    const State before = State::unpack(word_.load(std::memory_order_relaxed));
    const State now = {.use = (before.use + 1) & use_mask, .status = 0, .flags = flags};
    generation.store(owner, std::memory_order_relaxed);
    deadline_ns.store(port::never, std::memory_order_relaxed);
    holders.store(both_sides ? 2 : 1, std::memory_order_relaxed);
    gate.store(0, std::memory_order_relaxed);
    posts.store(0, std::memory_order_relaxed);
    taken.store(false, std::memory_order_relaxed);
    target = Target::pool;
    callback = nullptr;
    function = nullptr;
    byte_units = 0;
    word_.store(now.pack(), std::memory_order_release);
    kind.store(record_kind, std::memory_order_release);
}

void Record::mark_queued(uint64_t use) {
    uint64_t sent = State{.use = use, .status = 0, .flags = 0}.pack();
    word_.compare_exchange_strong(sent, State{.use = use, .status = 0, .flags = queued}.pack(),
                                  std::memory_order_seq_cst);
}

bool Record::start() {
    uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
        State state = State::unpack(seen);
        if (state.has(settled)) {
            return false;
        }
        state.flags = running;
        if (word_.compare_exchange_weak(seen, state.pack(), std::memory_order_seq_cst)) {
            return true;
        }
    }
}

Record::Settled Record::settle(uint64_t use, weir_status result) {
    uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
        State state = State::unpack(seen);
        const bool open = state.has(queued) || state.has(running);
        if (state.use != use || !open || state.has(settled)) {
            return {};
        }
        const bool was_running = state.has(running);
        state.flags = static_cast<uint8_t>((state.flags & ~queued) | settled);
        state.status = static_cast<uint8_t>(result);
        if (word_.compare_exchange_weak(seen, state.pack(), std::memory_order_seq_cst)) {
            return {.won = true, .was_running = was_running};
        }
    }
}

Record::Answered Record::answer(uint64_t use, weir_status result) {
    uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
        State state = State::unpack(seen);
        if (state.use != use || !state.has(running) || state.has(answered)) {
            return {};
        }
        const bool is_result = !state.has(settled);
        state.flags = static_cast<uint8_t>(state.flags | answered | settled);
        if (is_result) {
            state.status = static_cast<uint8_t>(result);
        }
        if (word_.compare_exchange_weak(seen, state.pack(), std::memory_order_seq_cst)) {
            return {.accepted = true, .is_result = is_result};
        }
    }
}

void Record::change_result(weir_status result) {
    State state = State::unpack(word_.load(std::memory_order_acquire));
    state.status = static_cast<uint8_t>(result);
    word_.store(state.pack(), std::memory_order_release);
}

void Record::hand_out() { word_.fetch_or(at_host, std::memory_order_acq_rel); }

bool Record::take_back(uint64_t use) {
    uint64_t seen = word_.load(std::memory_order_acquire);
    for (;;) {
        State state = State::unpack(seen);
        if (state.use != use || !state.has(at_host)) {
            return false;
        }
        state.flags = static_cast<uint8_t>(state.flags & ~at_host);
        if (word_.compare_exchange_weak(seen, state.pack(), std::memory_order_acq_rel)) {
            return true;
        }
    }
}

void Record::end() {
    in.clear();
    out.clear();
    kind.store(RecordKind::none, std::memory_order_release);
}

} // namespace weir
