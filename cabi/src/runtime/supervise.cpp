#include "runtime/supervise.hpp"

#include "base/text.hpp"
#include "runtime/delivery.hpp"
#include "runtime/recycle.hpp"

namespace weir {

namespace {

uint64_t earlier(uint64_t one, uint64_t other) { return one < other ? one : other; }

void lower_next_timeout(Slot &slot, uint64_t deadline_ns) {
    uint64_t seen = slot.next_timeout_ns.load(std::memory_order_seq_cst);
    while (deadline_ns < seen && !slot.next_timeout_ns.compare_exchange_weak(
                                     seen, deadline_ns, std::memory_order_seq_cst)) {
    }
}

/** Time out requests. Walks the records only when the earliest known deadline has passed. */
uint64_t expire_requests(Slot &slot, uint64_t now_ns) {
    if (slot.next_timeout_ns.load(std::memory_order_seq_cst) > now_ns) {
        return slot.next_timeout_ns.load(std::memory_order_seq_cst);
    }
    slot.next_timeout_ns.store(port::never, std::memory_order_seq_cst);
    uint64_t earliest = port::never;
    const OwnerHold hold(slot, 0);
    slot.slab.for_each_live([&](Record &record) {
        const Record::State state = record.state();
        const uint64_t deadline = record.deadline_ns.load(std::memory_order_relaxed);
        const bool open = state.has(Record::queued) || state.has(Record::running);
        if (deadline == port::never || !open || state.has(Record::settled)) {
            return;
        }
        if (deadline <= now_ns) {
            time_out(slot, record, state.use);
        } else {
            earliest = earlier(earliest, deadline);
        }
    });
    lower_next_timeout(slot, earliest);
    return slot.next_timeout_ns.load(std::memory_order_seq_cst);
}

void cancel_running(Slot &slot, uint64_t generation) {
    const OwnerHold hold(slot, generation);
    slot.slab.for_each_live([&](Record &record) {
        const Record::State state = record.state();
        const bool mine = record.generation.load(std::memory_order_relaxed) == generation;
        if (mine && state.has(Record::running)) {
            settle_and_deliver(slot, record, state.use, WEIR_ERR_CANCELED);
        }
    });
}

/** Handlers are told, and one that runs is stopped; not the library's destroy, which has a time. */
void cancel_handlers(Slot &slot, uint64_t generation) {
    const uint64_t beat = slot.worker.beat.load(std::memory_order_seq_cst);
    cancel_running(slot, generation);
    if (slot.recycle.teardown_began_ns.load(std::memory_order_acquire) == 0) {
        slot.seating.stop_answered(StopReason::destroyed, beat);
    }
}

/** By when the destroy on its way must be over, from what it is doing now. */
uint64_t abandon_at(const Slot &slot, uint64_t cancel_at) {
    const Settings &settings = *slot.settings;
    const uint64_t teardown_began = slot.recycle.teardown_began_ns.load(std::memory_order_acquire);
    if (teardown_began != 0) {
        return teardown_began + settings.teardown_ns;
    }
    const bool handlers_run = slot.running.load(std::memory_order_relaxed) != 0 ||
                              slot.jobs.load(std::memory_order_relaxed) != 0 ||
                              (slot.worker.beat.load(std::memory_order_acquire) & 1) != 0;
    // Without a handler the worker is on its way to the teardown, which has a time of its own.
    return cancel_at + settings.cancel_ns + (handlers_run ? 0 : settings.teardown_ns);
}

/** Cancel and give up in time. */
uint64_t advance_destroy(Slot &slot, uint64_t now_ns) {
    const Lifecycle::Snapshot now = slot.lifecycle.read();
    const bool recycling =
        now.state == SlotState::recycle_pending || now.state == SlotState::recycling;
    const uint64_t owner = now.generation - 1;
    if (!recycling || !slot.is_destroying(owner)) {
        return port::never;
    }
    const uint64_t cancel_at =
        slot.recycle.began_ns.load(std::memory_order_relaxed) + slot.settings->drain_ns;
    if (now_ns < cancel_at) {
        return earlier(cancel_at, abandon_at(slot, cancel_at));
    }
    if (!slot.recycle.canceled.exchange(true)) {
        cancel_handlers(slot, owner);
        slot.worker_signal.notify(); // a seat aborts what waits
    }
    const uint64_t end = abandon_at(slot, cancel_at);
    if (now_ns < end) {
        return end;
    }
    abandon(slot, owner);
    return port::never;
}

/** Tell the worker of an idle slot that it may ask to retire. A worker that idles keeps no time. */
uint64_t notice_idle(Slot &slot, uint64_t now_ns) {
    const uint64_t timeout = slot.settings->idle_timeout_ns;
    if (timeout == port::never || slot.lifecycle.read().state != SlotState::idle) {
        return port::never;
    }
    const uint64_t due = slot.worker.idle_since_ns.load(std::memory_order_acquire) + timeout;
    if (now_ns < due) {
        return due;
    }
    slot.worker.idle_too_long.store(true, std::memory_order_seq_cst);
    slot.worker_signal.notify();
    return port::never;
}

/** An opt-in notice of a context that is open for long. */
uint64_t suspect_leak(Slot &slot, uint64_t now_ns) {
    uint64_t at = slot.lease.leak_at_ns.load(std::memory_order_acquire);
    if (now_ns < at) {
        return at;
    }
    const uint64_t generation = slot.lifecycle.read().generation;
    const OwnerHold hold(slot, generation);
    if (!hold.is_active() || !slot.lease.leak_at_ns.compare_exchange_strong(at, port::never)) {
        return port::never;
    }
    Record *record = slot.slab.take();
    if (record == nullptr) {
        return port::never;
    }
    record->begin(RecordKind::notice, generation, 0, false);
    record->public_kind = WEIR_RECORD_LEAK_SUSPECTED;
    record->context = slot.handle(generation);
    record->id = 0;
    record->user_data = slot.lease.user_data;
    char words[WEIR_NAME_LENGTH_MAX + 64];
    Text text(words, sizeof words);
    text.add("context '").add(slot.lease.tag, slot.lease.tag_length).add("' of thread ");
    text.add(slot.lease.creator_thread).add(" is still open");
    record->out.copy(words, text.length(), record->out_bytes);
    deliver(slot, *record);
    return port::never;
}

} // namespace

void time_out(Slot &slot, Record &record, uint64_t use) {
    const OwnerHold hold(slot, 0); // whoever waits may be the last to know this slot
    const uint64_t beat = slot.worker.beat.load(std::memory_order_seq_cst);
    if (settle_and_deliver(slot, record, use, WEIR_ERR_TIMED_OUT)) {
        slot.seating.stop_answered(StopReason::timed_out, beat);
    }
}

uint64_t supervise(Slot &slot, uint64_t now_ns) {
    if (slot.supervising.exchange(true, std::memory_order_acq_rel)) {
        return now_ns + limits::safety_poll_ms * nanoseconds_per_ms;
    }
    uint64_t due = expire_requests(slot, now_ns);
    due = earlier(due, advance_destroy(slot, now_ns));
    due = earlier(due, suspect_leak(slot, now_ns));
    due = earlier(due, notice_idle(slot, now_ns));
    slot.supervising.store(false, std::memory_order_release);
    return due;
}

} // namespace weir
