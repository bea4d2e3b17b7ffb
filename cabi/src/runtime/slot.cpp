#include "runtime/slot.hpp"

#include "base/text.hpp"
#include "runtime/event_thread.hpp"
#include "runtime/pool.hpp"
#include "runtime/worker.hpp"

namespace weir {

namespace {

void name_thread(char (&name)[16], const char *prefix, uint16_t index) {
    Text text(name, sizeof name);
    text.add(prefix).add(index < 10 ? "0" : "").add(index);
}

void set_limits(OwnerLimits &owner, const Settings &settings, uint32_t methods, weir_handle pool) {
    owner.spin_ns.store(settings.spin_ns, std::memory_order_relaxed);
    owner.pool.store(pool, std::memory_order_relaxed);
    owner.max_requests.store(settings.max_requests, std::memory_order_relaxed);
    owner.max_request_units.store(settings.max_request_units, std::memory_order_relaxed);
    owner.max_payload.store(settings.max_payload, std::memory_order_relaxed);
    owner.max_events.store(settings.max_events, std::memory_order_relaxed);
    owner.method_count.store(methods, std::memory_order_relaxed);
    owner.to_queue.store(settings.delivery == Delivery::queue, std::memory_order_relaxed);
}

} // namespace

weir_status Slot::build(Pool &owner_pool) {
    pool = &owner_pool;
    settings = &owner_pool.settings();
    engine = &owner_pool.library().engine();
    queue = owner_pool.queue();
    set_limits(owner, *settings, owner_pool.library().method_count(), owner_pool.handle());
    worker.built_ns = port::now_ns();
    worker.idle_since_ns.store(worker.built_ns);
    name_thread(worker_name, "weir-w-", index);
    name_thread(event_name, "weir-e-", index);
    const weir_status seated = seating.open();
    if (seated != WEIR_OK) {
        return seated;
    }
    if (!port::thread_start(event_thread, event_name, settings->stack_size, event_main, this)) {
        seating.close();
        return WEIR_ERR_NO_RESOURCES;
    }
    if (!port::thread_start(worker_thread, worker_name, settings->stack_size, worker_main, this)) {
        event.stop.store(true, std::memory_order_seq_cst);
        event_signal.notify();
        port::thread_join(event_thread);
        seating.close();
        return WEIR_ERR_NO_RESOURCES;
    }
    return WEIR_OK;
}

void Slot::arm() {
    if (!event.armed.load(std::memory_order_seq_cst) &&
        !event.armed.exchange(true, std::memory_order_seq_cst)) {
        event_signal.notify();
    }
}

void Slot::wake_worker() {
    worker_signal.notify();
    arm(); // also when it was awake: it may take the work up and never come back
}

} // namespace weir
