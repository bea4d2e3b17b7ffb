/**
 * waiters.hpp: who waits for a slot, first come, first served: threads that sleep, and tickets of
 * event loops. Not thread-safe: the pool's mutex guards it.
 */
#pragma once

#include <atomic>
#include <cstdint>

#include <weir/weir.h>

namespace weir {

class Slot;

struct Waiter {
    Waiter *previous = nullptr;
    Waiter *following = nullptr;
    bool queued = false;
    uint64_t ticket = 0; ///< 0: a thread
    uint64_t deadline_ns = 0;
    weir_status decided = WEIR_OK; ///< of a ticket that must only be told why it gets no slot
    // The answer, for a thread: written before `gate` opens. Of a ticket that is refused: the slot
    // that is held to carry the answer.
    Slot *slot = nullptr;
    weir_status status = WEIR_OK;
    std::atomic<uint32_t> gate{0};
};

class WaiterList {
  public:
    bool empty() const { return first_ == nullptr; }
    uint32_t size() const { return size_; }
    Waiter *first() const { return first_; }

    void append(Waiter &waiter) {
        waiter.previous = last_;
        waiter.following = nullptr;
        (last_ == nullptr ? first_ : last_->following) = &waiter;
        last_ = &waiter;
        waiter.queued = true;
        size_++;
    }

    void remove(Waiter &waiter) {
        (waiter.previous == nullptr ? first_ : waiter.previous->following) = waiter.following;
        (waiter.following == nullptr ? last_ : waiter.following->previous) = waiter.previous;
        waiter.queued = false;
        size_--;
    }

    Waiter *pop() {
        Waiter *waiter = first_;
        if (waiter != nullptr) {
            remove(*waiter);
        }
        return waiter;
    }

  private:
    Waiter *first_ = nullptr;
    Waiter *last_ = nullptr;
    uint32_t size_ = 0;
};

} // namespace weir
