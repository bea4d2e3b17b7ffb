/**
 * reset_table.cpp: everything of an owner that must be gone before the next one. Rows run in order,
 * on the worker.
 */
#include "runtime/pool.hpp"
#include "runtime/recycle.hpp"

namespace weir {

namespace {

void forget_failure(Slot &slot) {
    WorkerState &worker = slot.worker;
    worker.refuses_with = WEIR_OK;
    worker.failure_length = 0;
    port::deallocate(worker.failure);
    worker.failure = nullptr;
}

void forget_drops(Slot &slot) {
    const Lock lock(slot.owner.drops_mutex);
    slot.owner.drops = nullptr;
}

void forget_tag(Slot &slot) {
    memset(slot.lease.tag, 0, sizeof slot.lease.tag);
    slot.lease.tag_length = 0;
}

/** Set by the row that restores the thread, for its own check. */
[[gnu::tls_model("initial-exec")]] thread_local bool thread_restored = false;

} // namespace

const Reset reset_table[] = {
    {"listeners", [](Slot &slot) { slot.listeners.clear(); },
     [](const Slot &slot) { return slot.listeners.empty(); }},
    {"instance state", [](Slot &slot) { slot.worker.instance_state = nullptr; },
     [](const Slot &slot) { return !slot.worker.constructed; }},
    {"create failure", forget_failure,
     [](const Slot &slot) { return slot.worker.failure == nullptr; }},
    {"dropped events", forget_drops, [](const Slot &slot) { return slot.owner.drops == nullptr; }},
    {"request timeouts", [](Slot &slot) { slot.next_timeout_ns.store(port::never); },
     [](const Slot &slot) { return slot.next_timeout_ns.load() == port::never; }},
    {"leak notice", [](Slot &slot) { slot.lease.leak_at_ns.store(port::never); },
     [](const Slot &slot) { return slot.lease.leak_at_ns.load() == port::never; }},
    {"tag", forget_tag, [](const Slot &slot) { return slot.lease.tag_length == 0; }},
    {"requests", [](Slot &) {}, [](const Slot &slot) { return slot.worker.backlog.empty(); }},
    {"handlers and jobs", [](Slot &) {},
     [](const Slot &slot) { return slot.running.load() == 0 && slot.jobs.load() == 0; }},
    {"kept buffers", [](Slot &slot) { slot.slab.trim(); }, [](const Slot &) { return true; }},
    {"thread state", [](Slot &slot) { thread_restored = port::thread_restore(slot.worker_name); },
     [](const Slot &) { return thread_restored; }},
};

const size_t reset_table_size = sizeof reset_table / sizeof reset_table[0];

} // namespace weir
