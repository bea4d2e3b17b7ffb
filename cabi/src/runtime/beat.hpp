/** beat.hpp: marks the time in which author code runs on a worker, for who watches it. */
#pragma once

#include "runtime/slot.hpp"

namespace weir {

class [[nodiscard]] Beat {
  public:
    explicit Beat(WorkerState &worker) : beat_(worker.beat) { step(); }
    ~Beat() { step(); }
    Beat(const Beat &) = delete;
    Beat &operator=(const Beat &) = delete;

  private:
    void step() {
        beat_.store(beat_.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }

    std::atomic<uint64_t> &beat_;
};

} // namespace weir
