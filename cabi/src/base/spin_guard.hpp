/**
 * spin_guard.hpp: whether a thread should look a little longer before it sleeps.
 *
 * A wake-up across processors costs some 30 us and a spin that catches the answer costs 0.1 us; but
 * a spin on the only processor keeps the other side from running. So: only when the other side last
 * ran on another processor, and only while spinning pays. After a spin that caught nothing the next
 * 1, 2, 4 … 256 chances are passed over. Threads may share a guard; what it remembers is a hint,
 * and a lost update costs one spin.
 */
#pragma once

#include <atomic>
#include <cstdint>

#include "base/port.hpp"

namespace weir {

class SpinGuard {
  public:
    /** May this wait begin with a spin? `other_cpu` is where the other side last ran. */
    bool allows(uint32_t other_cpu, uint32_t own_cpu) {
        if (other_cpu == own_cpu) {
            return false;
        }
        const uint32_t to_skip = to_skip_.load(std::memory_order_relaxed);
        if (to_skip > 0) {
            to_skip_.store(to_skip - 1, std::memory_order_relaxed);
            return false;
        }
        return true;
    }

    void paid_off() { penalty_.store(1, std::memory_order_relaxed); }

    void was_wasted() {
        const uint32_t penalty = penalty_.load(std::memory_order_relaxed);
        to_skip_.store(penalty, std::memory_order_relaxed);
        penalty_.store(penalty < longest_penalty ? penalty * 2 : longest_penalty,
                       std::memory_order_relaxed);
    }

    /**
     * Look until `ready()` or for `spin_ns`. Returns what `ready` said last, and learns from it.
     */
    template <class Ready> bool spin(Ready ready, uint64_t spin_ns) {
        const uint64_t end = port::now_ns() + spin_ns;
        do {
            for (int look = 0; look < looks_per_clock_read; look++) {
                if (ready()) {
                    paid_off();
                    return true;
                }
                port::relax_processor();
            }
        } while (port::now_ns() < end);
        was_wasted();
        return false;
    }

  private:
    static constexpr uint32_t longest_penalty = 256;
    static constexpr int looks_per_clock_read = 16;

    std::atomic<uint32_t> to_skip_{0};
    std::atomic<uint32_t> penalty_{1};
};

} // namespace weir
