/**
 * signal.hpp: how one thread sleeps and any number of threads wake it.
 *
 * Guarantees
 *   - work published before notify() is seen by the sleeper: no wake-up is lost
 *   - notify() makes a system call only when the owner sleeps, and only one of many notifiers makes
 *     it
 *   - a notifier may be late by any time: it touches the word of this object, nothing that was
 *     opened or freed since
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
        if (state_.load(std::memory_order_seq_cst) != asleep ||
            state_.exchange(awake, std::memory_order_seq_cst) != asleep) {
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

    bool is_asleep() const { return state_.load(std::memory_order_seq_cst) == asleep; }

  private:
    static constexpr uint32_t awake = 0;
    static constexpr uint32_t asleep = 1;

    std::atomic<uint32_t> state_{awake};
};

} // namespace weir
