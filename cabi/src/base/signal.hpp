/**
 * signal.hpp: how one thread sleeps and any number of threads wake it.
 *
 * Guarantees
 *   - work published before notify() is seen by the sleeper: no wake-up is lost
 *   - notify() makes a system call only when the owner sleeps, and only one of many notifiers makes
 *     it
 *   - a notifier may be late by any time: it touches the words of this object, nothing that was
 *     opened or freed since
 *   - an owner that must wait for descriptors too lends the signal one of its own; it is closed
 *     only when no notifier can write to it any more
 *
 * Assumes that work is published by a sequentially consistent read-modify-write before notify(),
 * and that `has_work` reads it with a sequentially consistent load: either the sleeper sees the
 * work or the notifier sees the sleeper.
 */
#pragma once

#include <atomic>

#include "base/port.hpp"

namespace weir {

class Signal {
  public:
    /** Wake the owner if it sleeps. Returns true when this call did it. */
    bool notify() {
        if (state_.load(std::memory_order_seq_cst) != asleep) {
            return false;
        }
        if (descriptor_.load(std::memory_order_seq_cst) >= 0) {
            return notify_by_descriptor(asleep);
        }
        if (state_.exchange(awake, std::memory_order_seq_cst) != asleep) {
            return false;
        }
        port::wake_one(state_);
        return true;
    }

    /**
     * For the safety poll: wake once more. Returns true when the owner really slept, and was not
     * only waiting for a processor since an earlier wake-up.
     */
    bool notify_again() {
        if (descriptor_.load(std::memory_order_seq_cst) >= 0) {
            const bool slept = is_asleep();
            notify_by_descriptor(slept ? asleep : awake);
            return slept;
        }
        state_.store(awake, std::memory_order_seq_cst);
        return port::wake_one(state_);
    }

    /** The owner: sleep unless `has_work()`. Returns false when the deadline passed. */
    template <class HasWork> bool sleep(HasWork has_work, uint64_t deadline_ns) {
        state_.store(asleep, std::memory_order_seq_cst);
        bool in_time = true;
        if (!has_work()) {
            in_time = port::wait_word(state_, asleep, deadline_ns);
        }
        state_.store(awake, std::memory_order_relaxed);
        return in_time;
    }

    /**
     * The owner: as sleep(), but `wait(deadline_ns)` is what sleeps: it returns when the lent
     * descriptor was written to, or for reasons of its own.
     */
    template <class HasWork, class Wait>
    void sleep_in(HasWork has_work, uint64_t deadline_ns, Wait wait) {
        state_.store(asleep, std::memory_order_seq_cst);
        if (!has_work()) {
            wait(deadline_ns);
        }
        state_.store(awake, std::memory_order_relaxed);
    }

    /** The owner, awake: notifiers write to `descriptor` from now on. */
    void lend(int descriptor) { descriptor_.store(descriptor, std::memory_order_seq_cst); }

    /** The owner, awake: take the descriptor back. Nobody writes to it afterwards. */
    void take_back() {
        descriptor_.store(-1, std::memory_order_seq_cst);
        while (writers_.load(std::memory_order_seq_cst) != 0) {
            port::yield_thread();
        }
    }

    bool is_asleep() const { return state_.load(std::memory_order_seq_cst) == asleep; }

  private:
    static constexpr uint32_t awake = 0;
    static constexpr uint32_t asleep = 1;

    /** Write if the state is `expected`; the descriptor is looked up under the count of writers. */
    bool notify_by_descriptor(uint32_t expected) {
        writers_.fetch_add(1, std::memory_order_seq_cst);
        const int descriptor = descriptor_.load(std::memory_order_seq_cst);
        const bool mine = state_.exchange(awake, std::memory_order_seq_cst) == expected;
        if (mine && descriptor >= 0) {
            port::descriptor_set(descriptor);
        } else if (mine) {
            port::wake_one(state_);
        }
        writers_.fetch_sub(1, std::memory_order_seq_cst);
        return mine;
    }

    std::atomic<uint32_t> state_{awake};
    std::atomic<int> descriptor_{-1};
    std::atomic<uint32_t> writers_{0};
};

} // namespace weir
