/** pool_build.cpp: how a pool gets slots: on demand, in advance, and enough that are prepared. */
#include "runtime/pool.hpp"

namespace weir {

/** Build a slot for a place that was counted in `total_`. */
Pool::Claim Pool::build() {
    Slot *slot = acquire_slot();
    weir_status status = WEIR_ERR_NO_MEMORY;
    if (slot != nullptr) {
        pools().hold(this);
        status = slot->build(*this);
        if (status == WEIR_OK) {
            const Lock lock(mutex_);
            slots_[slot_count_++] = slot;
            slots_built_.add();
            return {.slot = slot};
        }
    }
    {
        const Lock lock(mutex_);
        total_--;
    }
    slots_build_failed_.add();
    fail_waiters(status);
    if (slot != nullptr) {
        slot->lifecycle.apply(SlotEvent::retire, slot->lifecycle.read().generation);
        recycle_slot_memory(*slot);
        pools().let_go(this);
    }
    return {.status = status};
}

/** A slot could not be built: when there is no other one, nobody would serve those in line. */
void Pool::fail_waiters(weir_status status) {
    for (;;) {
        Waiter *waiter = nullptr;
        {
            const Lock lock(mutex_);
            waiter = total_ == 0 ? waiters_.pop() : nullptr; // a ticket's answer is lost then
        }
        if (waiter == nullptr) {
            return;
        }
        answer(*waiter, nullptr, waiter->decided != WEIR_OK ? waiter->decided : status);
    }
}

weir_status Pool::prewarm(uint32_t count) {
    for (;;) {
        {
            const Lock lock(mutex_);
            if (is_closing()) {
                return WEIR_ERR_CLOSED;
            }
            if (idle_count_ >= count || total_ >= settings_.max_slots) {
                return WEIR_OK;
            }
            total_++;
        }
        const Claim built = build();
        if (built.slot == nullptr) {
            return built.status;
        }
        put(*built.slot);
    }
}

void Pool::keep_clean() {
    if (settings_.min_clean != 0) {
        prewarm(settings_.min_clean); // without memory or threads the next create says so
    }
}

} // namespace weir
