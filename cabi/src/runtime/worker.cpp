#include "runtime/worker.hpp"

#include "base/thread_role.hpp"
#include "runtime/beat.hpp"
#include "runtime/delivery.hpp"
#include "runtime/delivery_mark.hpp"
#include "runtime/pool.hpp"
#include "runtime/process.hpp"
#include "runtime/recycle.hpp"
#include "runtime/supervise.hpp"

namespace weir {

namespace {

/** Was the destroy of the owner that this worker serves asked for? */
bool is_draining(const Slot &slot) {
    return slot.worker.generation != 0 && slot.is_destroying(slot.worker.generation);
}

bool is_owner_active(const Slot &slot) { return slot.lifecycle.is_active(slot.worker.generation); }

void make_instance(Slot &slot, const Record &record) {
    WorkerState &worker = slot.worker;
    const Beat beat(slot.worker);
    assert_no_lock_held();
    if (slot.seating) {
        slot.seating.create(slot.handle(worker.generation), record);
        return;
    }
    const weir_status status = slot.engine->create(slot.handle(worker.generation), record.in.data(),
                                                   record.in.length(), &worker.instance_state);
    worker.constructed = status == WEIR_OK;
    if (worker.constructed) {
        process_counts.instances.fetch_add(1, std::memory_order_relaxed);
    } else {
        worker.refuses_with = WEIR_ERR_CREATE_FAILED;
        slot.counters.creates_failed.add();
    }
}

/** The first record of each owner: make the instance, unless the owner was destroyed before. */
void run_create(Slot &slot, Record &record) {
    WorkerState &worker = slot.worker;
    worker.generation = record.generation.load(std::memory_order_relaxed);
    worker.handed_over = false;
    worker.uses++;
    if (is_owner_active(slot)) {
        make_instance(slot, record);
    }
    slot.slab.give(record);
    slot.pool->keep_clean();
}

/** There is no instance: its create failed, or it has ended itself. */
void refuse(Slot &slot, Record &record) {
    const DeliveryMark mark(slot);
    record.mark_queued(record.state().use);
    const Record::Settled settled = record.settle(record.state().use, slot.worker.refuses_with);
    if (settled.won) {
        const WorkerState &worker = slot.worker;
        record.out.copy(worker.failure, worker.failure_length, record.out_bytes);
        deliver(slot, record);
    }
    let_go_of_request(record);
}

void run_request(Slot &slot, Record &record) {
    WorkerState &worker = slot.worker;
    slot.counters.requests_accepted.add();
    if (!is_owner_active(slot)) {
        close_request(slot, record);
        let_go_of_request(record);
        return;
    }
    if (worker.refuses_with != WEIR_OK) {
        refuse(slot, record);
        return;
    }
    if (!record.start()) {
        let_go_of_request(record);
        return;
    }
    const weir_call call =
        CallId{.slot = slot.index, .index = record.index, .use = record.state().use}.pack();
    if (slot.seating) {
        slot.running.fetch_add(1, std::memory_order_acq_rel);
        slot.seating.handle(record, call);
        return;
    }
    worker.current = &record;
    {
        const Beat beat(slot.worker);
        assert_no_lock_held();
        slot.engine->handle(record.method, call, worker.instance_state, record.in.data(),
                            record.in.length());
    }
    if (worker.current != nullptr) {
        worker.current = nullptr;
        slot.running.fetch_add(1, std::memory_order_acq_rel);
    }
}

void let_go_of_hold(Record &record) {
    if (record.let_go()) {
        record.slab->give(record);
    }
}

void tell_canceled(Slot &slot, Record &record) {
    const Record::State state = record.state();
    const bool unanswered = state.has(Record::running) && !state.has(Record::answered);
    if (unanswered && record.function != nullptr) {
        const auto tell = record.function;
        record.function = nullptr;
        const weir_call call =
            CallId{.slot = slot.index, .index = record.index, .use = state.use}.pack();
        const Beat beat(slot.worker);
        assert_no_lock_held();
        tell(call, record.function_data);
    }
    let_go_of_hold(record); // its payload is the handler's until it answers
}

void run_task(Slot &slot, Record &task) {
    if (task.function != nullptr) {
        const Beat beat(slot.worker);
        assert_no_lock_held();
        task.function(task.id, task.function_data);
    }
    slot.slab.give(task);
    slot.jobs.fetch_sub(1, std::memory_order_seq_cst);
}

void handle_post(Slot &slot, Record &record, uint32_t reasons) {
    if ((reasons & post_task) != 0) {
        run_task(slot, record);
        return;
    }
    if ((reasons & post_create) != 0) {
        run_create(slot, record);
        return;
    }
    for (const Post cancel : {post_cancel, post_cancel_now}) {
        if ((reasons & cancel) != 0) {
            tell_canceled(slot, record);
        }
    }
}

bool handle_posts(Slot &slot) {
    constexpr uint32_t most = 64; // then requests have their turn
    uint32_t count = 0;
    uint32_t reasons = 0;
    while (count < most) {
        DeliveryMark mark(slot);
        Record *record = slot.posts.take(slot.slab, reasons);
        if (record == nullptr) {
            break;
        }
        if ((reasons & post_deliver) != 0) {
            invoke(slot, *record); // first, since the others run author code
        }
        mark.end();
        handle_post(slot, *record, reasons);
        count++;
    }
    return count != 0;
}

void run_record(Slot &slot, Record &record) {
    if (record.kind.load(std::memory_order_relaxed) == RecordKind::create) {
        run_create(slot, record);
    } else {
        run_request(slot, record);
    }
    if (!slot.posts.empty()) {
        handle_posts(slot);
    }
}

/** Must what is queued wait for an instance that is being made? */
bool must_wait(const Slot &slot) { return slot.seating.is_creating() && is_owner_active(slot); }

bool handle_inbox(Slot &slot) {
    WorkerState &worker = slot.worker;
    const uint32_t newest = slot.inbox.take_all();
    if (newest != 0) {
        worker.sender_cpu = slot.slab.known(newest).sender_cpu;
        worker.cpu.store(port::current_cpu(), std::memory_order_relaxed);
        worker.backlog.append_stack(slot.slab, newest);
    }
    if (worker.backlog.empty() || must_wait(slot)) {
        return false;
    }
    const uint64_t began = port::now_ns();
    worker.batch_began_ns.store(began, std::memory_order_relaxed);
    uint64_t count = 0;
    while (!must_wait(slot)) {
        Record *record = worker.backlog.pop(slot.slab);
        if (record == nullptr) {
            break;
        }
        run_record(slot, *record);
        count++;
    }
    if (slot.seating) {
        slot.seating.run();
    }
    worker.brisk = port::now_ns() - began < count * limits::brisk_handler_ns;
    return true;
}

/** Everything that can be done now. Returns false when there was nothing. */
bool turn(Slot &slot) {
    const bool prepared = slot.seating.prepare();
    const bool had_posts = handle_posts(slot);
    const bool had_requests = handle_inbox(slot);
    if (slot.seating) {
        slot.seating.turn();
    }
    const bool advanced = is_draining(slot) && advance_recycle(slot);
    return prepared || had_posts || had_requests || advanced;
}

bool has_work(const Slot &slot) {
    return !slot.inbox.empty() || !slot.posts.empty() || slot.worker.stop_asked.load() ||
           slot.worker.idle_too_long.load() || slot.seating.has_work() ||
           (!slot.worker.backlog.empty() && !must_wait(slot)) ||
           (is_draining(slot) && may_advance_recycle(slot));
}

/** By when the worker must look again without being woken: only while a destroy is on its way. */
uint64_t sleep_deadline(Slot &slot) {
    const bool recycling = is_draining(slot) || slot.worker.handed_over;
    return recycling ? supervise(slot, port::now_ns()) : port::never;
}

void sleep(Slot &slot) {
    WorkerState &worker = slot.worker;
    const uint64_t spin_ns = slot.settings->spin_ns;
    const auto ready = [&slot] { return has_work(slot); };
    const bool may_spin = spin_ns != 0 && !is_draining(slot) &&
                          worker.spin.allows(worker.sender_cpu, port::current_cpu());
    if (may_spin && worker.spin.spin(ready, spin_ns)) {
        return;
    }
    const uint64_t deadline = sleep_deadline(slot);
    if (slot.seating) {
        slot.worker_signal.sleep_in(
            ready, deadline, [&slot](uint64_t until) { slot.seating.sleep_on_descriptors(until); });
    } else {
        slot.worker_signal.sleep(ready, deadline);
    }
    slot.counters.worker_wakes.add();
}

/** An idle slot that has waited long enough asks its pool whether it may go. */
void retire_if_idle_too_long(Slot &slot) {
    if (!slot.worker.idle_too_long.exchange(false, std::memory_order_seq_cst) ||
        slot.lifecycle.read().state != SlotState::idle) {
        return;
    }
    const uint64_t now = port::now_ns();
    if (now - slot.worker.idle_since_ns.load() < slot.settings->idle_timeout_ns) {
        return; // it was leased and came back since the event thread looked
    }
    const uint64_t ask_again_at = slot.pool->ask_to_retire(slot, now);
    if (ask_again_at == 0) {
        slot.worker.stop_asked.store(true);
    } else {
        slot.worker.idle_since_ns.store(ask_again_at - slot.settings->idle_timeout_ns);
        slot.arm(); // which looks at the new time
    }
}

/**
 * Whoever found this slot through its pool a moment ago finishes; then the event thread does what
 * is left, and ends.
 */
void wind_up(Slot &slot) {
    slot.pool->forget(slot);
    while (slot.holds.load(std::memory_order_seq_cst) != 0) {
        port::yield_thread();
    }
    handle_posts(slot);
    slot.event.stop.store(true, std::memory_order_seq_cst);
    slot.event_signal.notify();
    port::thread_join(slot.event_thread);
    slot.seating.close();
}

} // namespace

void worker_main(void *argument) {
    Slot &slot = *static_cast<Slot *>(argument);
    thread_role = {.role = Role::worker, .slot = slot.index, .pool = slot.pool};
    while (!slot.worker.stop_asked.load(std::memory_order_acquire)) {
        if (!turn(slot)) {
            sleep(slot);
            retire_if_idle_too_long(slot);
        }
    }
    wind_up(slot);
    slot.pool->on_retired(slot);
}

bool is_current_call(const Slot &slot, const Record &record) {
    return is_worker_of(slot.index) && slot.worker.current == &record;
}

void handler_ended(Slot &slot, Record &record, bool in_time) {
    const uint64_t generation = record.generation.load(std::memory_order_relaxed);
    if (!slot.lifecycle.is_active(generation)) {
        (in_time ? slot.recycle.drained : slot.recycle.canceled_ended).fetch_add(1);
    }
    const bool current = is_current_call(slot, record);
    let_go_of_request(record);
    if (current) {
        slot.worker.current = nullptr;
        return;
    }
    slot.running.fetch_sub(1, std::memory_order_seq_cst);
    if (!slot.lifecycle.is_active(generation)) {
        slot.worker_signal.notify();
    }
}

} // namespace weir
