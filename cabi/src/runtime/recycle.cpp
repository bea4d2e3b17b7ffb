#include "runtime/recycle.hpp"

#include <algorithm>

#include "base/thread_role.hpp"
#include "runtime/beat.hpp"
#include "runtime/delivery.hpp"
#include "runtime/delivery_mark.hpp"
#include "runtime/pool.hpp"
#include "runtime/process.hpp"

namespace weir {

namespace {

/** Lets go of the emitters that wait for room: there will be none. */
void wake_emitters(Slot &slot) {
    slot.owner.events_left.fetch_add(1, std::memory_order_seq_cst);
    if (slot.owner.emitters_waiting.load(std::memory_order_seq_cst) != 0) {
        port::wake_all(slot.owner.events_left);
    }
}

/** Run the library's destroy. False when it goes on. */
bool tear_down(Slot &slot) {
    WorkerState &worker = slot.worker;
    slot.recycle.teardown_began_ns.store(port::now_ns(), std::memory_order_release);
    worker.torn_down = true;
    const Beat beat(worker);
    assert_no_lock_held();
    if (slot.seating) {
        return slot.seating.destroy();
    }
    slot.engine->destroy(slot.handle(worker.generation), worker.instance_state);
    return true;
}

bool handlers_ended(const Slot &slot) {
    return slot.running.load(std::memory_order_seq_cst) == 0 &&
           slot.jobs.load(std::memory_order_seq_cst) == 0;
}

/** Run the reset table. Returns false when something stays dirty. */
bool reset_all(Slot &slot) {
    bool clean = true;
    for (size_t row = 0; row < reset_table_size; row++) {
        reset_table[row].reset(slot);
        clean = reset_table[row].is_clean(slot) && clean;
    }
    return clean;
}

bool is_used_up(const Slot &slot) {
    const uint32_t max_uses = slot.settings->max_uses;
    const bool worn = (max_uses != 0 && slot.worker.uses >= max_uses) ||
                      port::now_ns() - slot.worker.built_ns > slot.settings->max_age_ns;
    return worn || slot.lifecycle.read().generation + 2 >= last_generation;
}

/** Complete what hosts have sent and the worker has not taken, or not begun. */
void close_requests(Slot &slot, uint64_t generation) {
    uint32_t newest = slot.inbox.take_all();
    while (newest != 0) {
        Record &record = slot.slab.known(newest);
        newest = record.next.load(std::memory_order_relaxed);
        if (record.kind.load(std::memory_order_relaxed) == RecordKind::create) {
            slot.posts.post(record, post_create); // the worker must learn whose slot it recycles
            continue;
        }
        close_request(slot, record);
        let_go_of_request(record);
    }
    slot.slab.for_each_live([&](Record &record) {
        const Record::State state = record.state();
        const bool mine = record.kind.load(std::memory_order_acquire) == RecordKind::request &&
                          record.generation.load(std::memory_order_relaxed) == generation &&
                          record.taken.load(std::memory_order_relaxed);
        if (!mine || state.has(Record::running)) {
            return;
        }
        close_request(slot, record);
    });
}

/** Cancel what runs. Returns how many handlers have not answered. */
uint32_t cancel_unanswered(Slot &slot, uint64_t generation) {
    uint32_t unanswered = 0;
    slot.slab.for_each_live([&](Record &record) {
        const Record::State state = record.state();
        const bool mine = record.kind.load(std::memory_order_acquire) == RecordKind::request &&
                          record.generation.load(std::memory_order_relaxed) == generation;
        if (mine && state.has(Record::running) && !state.has(Record::answered)) {
            unanswered++;
            settle_and_deliver(slot, record, state.use, WEIR_ERR_CANCELED);
        }
    });
    return unanswered;
}

/**
 * Direct delivery when the worker is stuck: what waits for it in the post box is delivered here.
 */
void deliver_for_stuck_worker(Slot &slot) {
    constexpr uint32_t for_worker = post_task | post_create | post_cancel | post_cancel_now;
    const Record *first_back = nullptr;
    uint32_t reasons = 0;
    while (Record *record = slot.posts.take(slot.slab, reasons)) {
        if ((reasons & post_deliver) != 0) {
            invoke(slot, *record);
        }
        const bool seen_before = record == first_back;
        for (const Post reason : {post_task, post_create, post_cancel, post_cancel_now}) {
            if ((reasons & reason) != 0) {
                slot.posts.post(*record, reason);
            }
        }
        if (seen_before) {
            return;
        }
        if (first_back == nullptr && (reasons & for_worker) != 0) {
            first_back = record;
        }
    }
}

/** Host callbacks of this slot in progress on other threads than this one. */
uint32_t callbacks_elsewhere(const Slot &slot) {
    const int32_t own = is_thread_of(slot.index) ? thread_role.callback_depth : 0;
    const int32_t running = slot.counters.callbacks_running.load(std::memory_order_seq_cst) - own;
    return running > 0 ? static_cast<uint32_t>(running) : 0;
}

weir_destroy_report describe(const Slot &slot, uint32_t callbacks) {
    const Recycle &recycle = slot.recycle;
    const uint64_t took = port::now_ns() - recycle.began_ns.load(std::memory_order_relaxed);
    constexpr uint64_t nanoseconds_per_us = 1'000;
    return {
        .struct_size = sizeof(weir_destroy_report),
        .drained = recycle.drained.load(std::memory_order_relaxed),
        .canceled = recycle.canceled_ended.load(std::memory_order_relaxed),
        .abandoned = recycle.abandoned.load(std::memory_order_relaxed),
        .callbacks_running = callbacks,
        .closed = recycle.closed.load(std::memory_order_relaxed),
        .took_us = took / nanoseconds_per_us,
    };
}

void write_report(const Slot &slot, Record &record, uint32_t callbacks) {
    const weir_destroy_report report = describe(slot, callbacks);
    record.out.copy(&report, sizeof report, record.out_bytes);
}

/**
 * The end of a context, behind everything else of it. With callbacks that is the event thread's
 * turn, for a waiting thread too; a direct one runs here and not on a worker that may be stuck.
 */
void deliver_destroyed(Slot &slot, Record &notice) {
    const Delivery delivery = slot.settings->delivery;
    const bool here = is_thread_of(slot.index);
    if (notice.target == Target::nobody || delivery == Delivery::queue) {
        deliver(slot, notice);
    } else if (delivery == Delivery::direct) {
        here ? invoke(slot, notice) : deliver(slot, notice);
    } else if (here && thread_role.role == Role::event && slot.event.outbox.load() == nullptr) {
        invoke(slot, notice);
    } else {
        deliver_behind_callbacks(slot, notice);
    }
}

/**
 * What runs of an owner whose time is used up, after its unanswered handlers were counted. A job
 * mostly belongs to one of them, and both are one piece of work.
 */
uint32_t count_abandoned(const Slot &slot, uint32_t unanswered) {
    const auto jobs = static_cast<uint32_t>(slot.jobs.load(std::memory_order_relaxed));
    const bool in_author_code = (slot.worker.beat.load(std::memory_order_acquire) & 1) != 0;
    const uint32_t counted = std::max(unanswered, jobs);
    // A constructor, the destructor, a job's delivery, a handler that has answered and goes on.
    return counted == 0 && in_author_code ? 1 : counted;
}

/**
 * The bound of a blocking destroy has passed, and the thread that would end it is stuck in a
 * callback: end it here. False when it was ended meanwhile.
 */
bool leave(Slot &slot, uint64_t generation, Record &notice, weir_destroy_report &out) {
    slot.recycle.muted.store(generation, std::memory_order_seq_cst);
    const uint32_t callbacks = callbacks_elsewhere(slot);
    out = describe(slot, callbacks);
    uint32_t watched = gate_watched;
    return notice.gate.compare_exchange_strong(watched, gate_left, std::memory_order_acq_rel);
}

} // namespace

void close_request(Slot &slot, Record &record) {
    const uint64_t use = record.state().use;
    record.mark_queued(use);
    if (settle_and_deliver(slot, record, use, WEIR_ERR_CLOSED)) {
        slot.recycle.closed.fetch_add(1, std::memory_order_relaxed);
    }
}

bool begin_destroy(Slot &slot, uint64_t generation, Target target) {
    if (!slot.lifecycle.apply(SlotEvent::destroy, generation)) {
        return false;
    }
    slot.lease.destroyed.load(std::memory_order_acquire)->target = target;
    Recycle &recycle = slot.recycle;
    recycle.began_ns.store(port::now_ns(), std::memory_order_relaxed);
    recycle.teardown_began_ns.store(0, std::memory_order_relaxed);
    recycle.canceled.store(false, std::memory_order_relaxed);
    recycle.drained.store(0, std::memory_order_relaxed);
    recycle.canceled_ended.store(0, std::memory_order_relaxed);
    recycle.closed.store(0, std::memory_order_relaxed);
    recycle.abandoned.store(0, std::memory_order_relaxed);
    slot.owner.requests.close(generation);
    slot.owner.request_units.close(generation);
    slot.owner.events.close(generation);
    slot.inbox.close();
    wake_emitters(slot);
    recycle.ready.store(generation, std::memory_order_seq_cst);
    slot.wake_worker();
    return true;
}

namespace {

enum Hurry : uint8_t { none, aborted, discarded };

/** What the clock asks of a seat whose owner is going: first to abort, in the end to be dropped. */
Hurry due_hurry(const Slot &slot) {
    if (slot.lifecycle.read().state == SlotState::quarantined) {
        return discarded;
    }
    return slot.recycle.canceled.load(std::memory_order_seq_cst) ? aborted : none;
}

bool seat_is_to_hurry(const Slot &slot) {
    return slot.seating && slot.worker.hurried < due_hurry(slot);
}

void hurry_seat(Slot &slot) {
    const Hurry due = due_hurry(slot);
    if (slot.worker.hurried >= due) {
        return;
    }
    slot.worker.hurried = due;
    if (due == aborted) {
        slot.seating.abort();
        return;
    }
    const bool constructed = slot.worker.constructed;
    slot.seating.discard();
    process_counts.instances.fetch_sub(constructed ? 1 : 0, std::memory_order_relaxed);
}

} // namespace

bool may_advance_recycle(const Slot &slot) {
    if (!slot.inbox.empty() || seat_is_to_hurry(slot)) {
        return true;
    }
    return handlers_ended(slot) && !slot.seating.is_busy() &&
           (slot.worker.constructed || slot.holds.load(std::memory_order_seq_cst) == 0);
}

bool advance_recycle(Slot &slot) {
    WorkerState &worker = slot.worker;
    if (!slot.inbox.empty()) {
        return true;
    }
    slot.lifecycle.apply(SlotEvent::begin, worker.generation + 1);
    if (slot.seating) {
        hurry_seat(slot);
    }
    if (!handlers_ended(slot) || slot.seating.is_creating()) {
        slot.arm();
        return false;
    }
    if (worker.constructed && !worker.torn_down && !tear_down(slot)) {
        slot.arm();
        return false;
    }
    if (slot.seating.is_busy()) {
        return false;
    }
    if (worker.constructed) {
        worker.constructed = false;
        process_counts.instances.fetch_sub(1, std::memory_order_relaxed);
    }
    worker.torn_down = false;
    if (slot.holds.load(std::memory_order_seq_cst) != 0) {
        return false;
    }
    if (!slot.posts.empty()) {
        return true; // a direct delivery, which belongs before DESTROYED
    }
    worker.hurried = 0;
    slot.seating.clean();
    if (!reset_all(slot)) {
        slot.pool->slot_was_unclean();
        slot.recycle.retire.store(true, std::memory_order_relaxed);
    }
    if (is_used_up(slot)) {
        slot.recycle.retire.store(true, std::memory_order_relaxed);
    }
    worker.generation = 0;
    if (slot.settings->delivery == Delivery::callback) {
        worker.handed_over = true;
        slot.event.finish_asked.store(true, std::memory_order_seq_cst);
        slot.event_signal.notify();
    } else {
        finish_recycle(slot);
    }
    return true;
}

void finish_recycle(Slot &slot) {
    Pool &pool = *slot.pool;
    const uint64_t generation = slot.lifecycle.read().generation;
    Record *notice = slot.lease.destroyed.load(std::memory_order_acquire);
    const bool retire = slot.recycle.retire.load(std::memory_order_relaxed) || pool.is_closing();
    slot.worker.idle_since_ns = port::now_ns();
    const auto before =
        slot.lifecycle.apply(retire ? SlotEvent::retire : SlotEvent::finish, generation);
    const bool in_time = before == SlotState::recycling;
    if (in_time) {
        write_report(slot, *notice, 0);
        pool.context_ended();
    }
    while (!in_time && slot.holds.load(std::memory_order_seq_cst) != 0) {
        port::yield_thread(); // who gave up still closes what this owner was sent
    }
    if (!retire) {
        pool.put(slot);
    }
    if (in_time) {
        deliver_destroyed(slot, *notice);
    }
    if (retire) {
        slot.worker.stop_asked.store(true, std::memory_order_seq_cst);
    }
    if (retire || !in_time) {
        slot.worker_signal.notify(); // it sleeps by the deadline of an owner that is gone
    }
}

void abandon(Slot &slot, uint64_t generation) {
    slot.holds.fetch_add(1, std::memory_order_seq_cst);
    Record *notice = slot.lease.destroyed.load(std::memory_order_acquire);
    if (slot.lifecycle.apply(SlotEvent::overdue, generation + 1)) {
        close_requests(slot, generation);
        const uint32_t unanswered = cancel_unanswered(slot, generation);
        slot.recycle.abandoned.store(count_abandoned(slot, unanswered), std::memory_order_relaxed);
        while (slot.holds.load(std::memory_order_seq_cst) > 1) {
            port::yield_thread(); // another thread is between its decision and its delivery
        }
        const bool direct = slot.settings->delivery == Delivery::direct;
        if (direct && is_thread_of(slot.index)) {
            deliver_for_stuck_worker(slot);
        }
        DeliveryMark::wait(slot); // behind the post box, out of which the worker may take as well
        if (direct && notice->target == Target::waiter) {
            slot.recycle.muted.store(generation, std::memory_order_seq_cst);
        }
        write_report(slot, *notice, direct ? callbacks_elsewhere(slot) : 0);
        slot.pool->context_ended();
        deliver_destroyed(slot, *notice);
    }
    slot.seating.stop_all();
    slot.holds.fetch_sub(1, std::memory_order_seq_cst);
    slot.worker_signal.notify();
}

weir_status destroy_and_wait(weir_handle context, weir_destroy_report *out) {
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    if (slot == nullptr) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (would_wait_for_itself(*slot) && slot->lifecycle.is_active(generation)) {
        return WEIR_ERR_WOULD_DEADLOCK;
    }
    Record *notice = nullptr;
    uint64_t deadline = 0;
    {
        const OwnerHold hold(*slot, generation);
        if (!hold.is_active()) {
            return WEIR_ERR_STALE_HANDLE;
        }
        const Settings &settings = *slot->settings;
        deadline = port::now_ns() + settings.drain_ns + settings.cancel_ns + settings.teardown_ns +
                   limits::destroy_slack_ms * nanoseconds_per_ms;
        notice = slot->lease.destroyed.load(std::memory_order_acquire);
        if (!begin_destroy(*slot, generation, Target::waiter)) {
            return WEIR_ERR_STALE_HANDLE;
        }
    }
    uint32_t closed = gate_closed;
    notice->gate.compare_exchange_strong(closed, gate_watched, std::memory_order_acq_rel);
    weir_destroy_report report = {};
    while (notice->gate.load(std::memory_order_acquire) != gate_open) {
        if (port::wait_word(notice->gate, gate_watched, deadline)) {
            continue;
        }
        abandon(*slot, generation); // both threads of the slot are stuck
        if (leave(*slot, generation, *notice, report)) {
            if (out != nullptr) {
                *out = report;
            }
            return WEIR_OK;
        }
    }
    if (out != nullptr) {
        *out = *static_cast<const weir_destroy_report *>(notice->out.data());
    }
    release(*notice);
    return WEIR_OK;
}

} // namespace weir
