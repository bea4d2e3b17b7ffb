#include "runtime/event_thread.hpp"

#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/recycle.hpp"
#include "runtime/slot.hpp"
#include "runtime/supervise.hpp"

namespace weir {

namespace {

/** Tell the present owner, if there is one. Returns its generation, or 0. */
uint64_t send_notice(Slot &slot, uint32_t kind, uint64_t milliseconds) {
    const uint64_t generation = slot.lifecycle.read().generation;
    const OwnerHold hold(slot, generation);
    Record *record = hold.is_active() ? slot.slab.take() : nullptr;
    if (record == nullptr) {
        return 0;
    }
    record->begin(RecordKind::notice, generation, 0, false);
    record->public_kind = kind;
    record->context = slot.handle(generation);
    record->id = milliseconds;
    record->user_data = slot.lease.user_data;
    deliver(slot, *record);
    return generation;
}

void look_at_worker(Slot &slot, uint64_t now_ns) {
    const uint64_t beat = slot.worker.beat.load(std::memory_order_acquire);
    const uint64_t began = slot.worker.batch_began_ns.load(std::memory_order_relaxed);
    const Watch::Verdict verdict = slot.event.watch.look(now_ns, beat, began, slot.settings->watch);
    if (verdict.became_slow) {
        slot.counters.slow_handlers.add();
    }
    const uint64_t age_ms = verdict.age_ns / nanoseconds_per_ms;
    if (verdict.became_wedged) {
        slot.counters.wedged_handlers.add();
        slot.event.told_wedged = send_notice(slot, WEIR_RECORD_UNRESPONSIVE, age_ms);
        if (slot.settings->interrupt_wedged) {
            slot.seating.stop_wedged(beat);
        }
    }
    if (verdict.recovered) {
        slot.counters.recovered_handlers.add();
        if (slot.event.told_wedged == slot.lifecycle.read().generation) {
            send_notice(slot, WEIR_RECORD_RESPONSIVE, age_ms);
        }
    }
}

/**
 * In this order: a worker that was about to sleep when work came has said "asleep" and takes the
 * work up a moment later. Asleep after all was found taken means done.
 */
bool worker_rests(const Slot &slot) {
    return slot.inbox.empty() && slot.posts.empty() && slot.worker_signal.is_asleep();
}

/** Work lies there and nothing ran since the last look. Counted only when a wake-up was lost. */
void mend_lost_wake(Slot &slot) {
    const bool in_author_code = (slot.event.beat_seen & 1) != 0;
    const bool has_work = !slot.inbox.empty() || !slot.posts.empty();
    if (!in_author_code && has_work && slot.worker_signal.notify_again()) {
        slot.counters.wakes_repeated.add();
    }
}

/**
 * One look at the worker. Returns when to look again; port::never when nothing is outstanding any
 * more.
 */
uint64_t watch(Slot &slot, uint64_t now_ns) {
    EventState &event = slot.event;
    const uint64_t beat = slot.worker.beat.load(std::memory_order_acquire);
    const bool fresh = event.watch.is_resting();
    const bool ran_since = fresh || beat != event.beat_seen;
    look_at_worker(slot, now_ns);
    event.beat_seen = beat;
    if (!ran_since && worker_rests(slot)) {
        event.armed.store(false, std::memory_order_seq_cst);
        if (worker_rests(slot)) {
            event.watch.rest();
            return port::never;
        }
        event.armed.store(true, std::memory_order_seq_cst);
    }
    if (!ran_since) {
        mend_lost_wake(slot);
    }
    const uint64_t poll = now_ns + limits::safety_poll_ms * nanoseconds_per_ms;
    return event.watch.due_ns() < poll ? event.watch.due_ns() : poll;
}

bool run_callbacks(Slot &slot) {
    Record *newest = slot.event.outbox.exchange(nullptr, std::memory_order_acq_rel);
    Record *oldest = nullptr;
    while (newest != nullptr) {
        Record *older = newest->next_out.load(std::memory_order_relaxed);
        newest->next_out.store(oldest, std::memory_order_relaxed);
        oldest = newest;
        newest = older;
    }
    const bool any = oldest != nullptr;
    while (oldest != nullptr) {
        Record *record = oldest;
        oldest = record->next_out.load(std::memory_order_relaxed);
        invoke(slot, *record);
    }
    return any;
}

bool has_news(const Slot &slot, bool was_armed) {
    const EventState &event = slot.event;
    return event.outbox.load(std::memory_order_seq_cst) != nullptr ||
           event.finish_asked.load(std::memory_order_seq_cst) ||
           event.stop.load(std::memory_order_seq_cst) ||
           event.armed.load(std::memory_order_seq_cst) != was_armed ||
           slot.next_timeout_ns.load(std::memory_order_seq_cst) <
               event.wakes_at_ns.load(std::memory_order_seq_cst) ||
           slot.lease.leak_at_ns.load(std::memory_order_seq_cst) <
               event.wakes_at_ns.load(std::memory_order_seq_cst);
}

} // namespace

void event_main(void *argument) {
    Slot &slot = *static_cast<Slot *>(argument);
    EventState &event = slot.event;
    thread_role = {.role = Role::event, .slot = slot.index, .pool = slot.pool};
    uint64_t look_at = 0;
    while (!event.stop.load(std::memory_order_acquire)) {
        const bool ran = run_callbacks(slot);
        if (!ran && event.outbox.load(std::memory_order_seq_cst) == nullptr &&
            event.finish_asked.exchange(false, std::memory_order_seq_cst)) {
            finish_recycle(slot);
            continue;
        }
        if (ran) {
            continue;
        }
        const uint64_t now = port::now_ns();
        bool armed = event.armed.load(std::memory_order_seq_cst);
        if (armed && now >= look_at) {
            look_at = watch(slot, now);
            armed = look_at != port::never;
        }
        if (!armed) {
            look_at = 0; // at once when armed again
        }
        const uint64_t due = supervise(slot, now);
        const uint64_t deadline = armed && look_at < due ? look_at : due;
        event.wakes_at_ns.store(deadline, std::memory_order_seq_cst);
        slot.event_signal.sleep([&] { return has_news(slot, armed); }, deadline);
        event.wakes_at_ns.store(0, std::memory_order_relaxed);
        slot.counters.watch_wakes.add();
    }
    run_callbacks(slot);
}

} // namespace weir
