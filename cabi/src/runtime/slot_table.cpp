/**
 * slot_table.cpp: the slots of the process by index, and the memory of retired ones for the next.
 * The one thing here that is global, since a handle must find its slot from its number alone.
 */
#include <new>

#include "base/mutex.hpp"
#include "core/limits.hpp"
#include "runtime/slot.hpp"

namespace weir {

namespace {

constinit std::atomic<Slot *> slots[limits::slots] = {};
constinit std::atomic<uint32_t> built{0};
constinit std::atomic<uint32_t> live{0};
constinit Mutex mutex;
constinit uint16_t retired[limits::slots] = {}; ///< indexes of memory that may be used again
constinit uint16_t retired_count = 0;

/**
 * Back to what a new slot is, but for what must go on: index, generations, records, listener ids.
 */
void make_fresh(Slot &slot) {
    slot.lease.destroyed.store(nullptr);
    slot.lease.leak_at_ns.store(port::never);
    slot.recycle.ready.store(0);
    slot.recycle.retire.store(false);
    slot.worker.stop_asked.store(false);
    slot.worker.generation = 0;
    slot.worker.handed_over = false;
    slot.worker.uses = 0;
    slot.worker.waits_for.store(-1);
    slot.event.stop.store(false);
    slot.event.armed.store(false);
    slot.event.finish_asked.store(false);
    slot.event.wakes_at_ns.store(0);
    slot.event.watch.reset();
    slot.next_timeout_ns.store(port::never);
    // Its event thread counted on after the last pool had taken the figures.
    for_each_counter(slot.counters, [](auto &counter) { counter.take(); });
    slot.lifecycle.rebuild();
}

} // namespace

Slot *slot_at(uint16_t index) {
    return index < limits::slots ? slots[index].load(std::memory_order_acquire) : nullptr;
}

Slot *find_slot(weir_handle context, uint64_t &out_generation) {
    const Handle handle = Handle::unpack(context);
    if (handle.kind != HandleKind::context) {
        return nullptr;
    }
    out_generation = handle.generation;
    return slot_at(handle.index);
}

Slot *acquire_slot() {
    const Lock lock(mutex);
    Slot *slot = nullptr;
    if (retired_count > 0) {
        slot = slot_at(retired[--retired_count]);
    } else {
        const uint32_t index = built.load(std::memory_order_relaxed);
        void *memory = index < limits::slots ? port::allocate(sizeof(Slot)) : nullptr;
        if (memory == nullptr) {
            return nullptr;
        }
        slot = new (memory) Slot;
        slot->index = static_cast<uint16_t>(index);
        slot->slab.bind(slot->index);
        slots[index].store(slot, std::memory_order_release);
        built.store(index + 1, std::memory_order_relaxed);
    }
    make_fresh(*slot);
    live.fetch_add(1, std::memory_order_relaxed);
    return slot;
}

void recycle_slot_memory(Slot &slot) {
    const Lock lock(mutex);
    live.fetch_sub(1, std::memory_order_relaxed);
    if (slot.lifecycle.read().generation + 2 < last_generation) {
        retired[retired_count++] = slot.index;
    }
}

uint32_t live_slots() { return live.load(std::memory_order_relaxed); }

} // namespace weir
