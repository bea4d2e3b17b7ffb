/**
 * mutex.hpp: a mutex on port::wait_word, so that locks follow the port into tests. One exchange
 * when free, no allocation. Never held while host or author code runs, and never across a call that
 * may block. Three states after Ulrich Drepper, "Futexes Are Tricky" (2011), mutex 2.
 */
#pragma once

#include <atomic>

#include "base/port.hpp"
#include "base/thread_role.hpp"

namespace weir {

class Mutex {
  public:
    void lock() {
        uint32_t seen = unlocked;
        if (!state_.compare_exchange_strong(seen, locked, std::memory_order_acquire)) {
            while (state_.exchange(contended, std::memory_order_acquire) != unlocked) {
                port::wait_word(state_, contended, port::never);
            }
        }
        thread_role.locks_held++;
    }

    void unlock() {
        thread_role.locks_held--;
        if (state_.exchange(unlocked, std::memory_order_release) == contended) {
            port::wake_one(state_);
        }
    }

  private:
    static constexpr uint32_t unlocked = 0;
    static constexpr uint32_t locked = 1;
    static constexpr uint32_t contended = 2;

    std::atomic<uint32_t> state_{unlocked};
};

class [[nodiscard]] Lock {
  public:
    explicit Lock(Mutex &mutex) : mutex_(mutex) { mutex_.lock(); }
    ~Lock() { mutex_.unlock(); }
    Lock(const Lock &) = delete;
    Lock &operator=(const Lock &) = delete;

  private:
    Mutex &mutex_;
};

} // namespace weir
