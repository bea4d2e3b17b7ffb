/**
 * delivery_mark.hpp: says that the worker is between a decision and its delivery.
 *
 * Nothing of a context follows its DESTROYED record. A destroy that gives a worker up in the middle
 * of its work must know whether that worker has just decided a result, or taken one out of its post
 * box, and will deliver it in a moment: it waits while the mark is set. No author's or host's code
 * runs under the mark of a direct delivery, so that moment is short: the mark ends where it is
 * decided that the callback runs, and counted.
 *
 * Needs no fence of its own: the decision (a compare-exchange) or the post box (a mutex) publishes
 * the mark that was set before it, and who waits has looked at both.
 */
#pragma once

#include "base/thread_role.hpp"
#include "runtime/slot.hpp"

namespace weir {

class [[nodiscard]] DeliveryMark {
  public:
    /** No effect on other threads than the slot's worker. */
    explicit DeliveryMark(Slot &slot) {
        if (is_worker_of(slot.index)) {
            mark_ = &slot.worker.delivering;
            mark_->store(true, std::memory_order_relaxed);
        }
    }
    ~DeliveryMark() { end(); }
    DeliveryMark(const DeliveryMark &) = delete;
    DeliveryMark &operator=(const DeliveryMark &) = delete;

    /** Before the end of its lifetime. */
    void end() {
        if (mark_ != nullptr) {
            mark_->store(false, std::memory_order_release);
            mark_ = nullptr;
        }
    }

    /**
     * The callback is counted, and will run or not: whoever waits for the mark mutes later ones.
     */
    static void callback_is_decided(Slot &slot) {
        if (is_worker_of(slot.index)) {
            slot.worker.delivering.store(false, std::memory_order_release);
        }
    }

    /** Wait until the worker is not in between; any other thread. */
    static void wait(const Slot &slot) {
        while (slot.worker.delivering.load(std::memory_order_acquire)) {
            port::yield_thread();
        }
    }

  private:
    std::atomic<bool> *mark_ = nullptr;
};

} // namespace weir
