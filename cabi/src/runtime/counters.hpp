/**
 * counters.hpp: what weir_pool_stats shows of one slot. A pool's figures are the sums over its
 * slots.
 */
#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

/** Written by any thread. */
class SharedCounter {
  public:
    void add(uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
    uint64_t read() const { return value_.load(std::memory_order_relaxed); }
    uint64_t take() { return value_.exchange(0, std::memory_order_relaxed); }

  private:
    std::atomic<uint64_t> value_{0};
};

/** Written by one thread: a plain add, without a bus lock. */
class OwnCounter {
  public:
    void add(uint64_t amount = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }
    uint64_t read() const { return value_.load(std::memory_order_relaxed); }
    uint64_t take() { return value_.exchange(0, std::memory_order_relaxed); }

  private:
    std::atomic<uint64_t> value_{0};
};

struct SlotCounters {
    // of the worker
    OwnCounter requests_accepted;
    OwnCounter worker_wakes;
    OwnCounter environments_rebuilt;
    OwnCounter handlers_stopped;
    OwnCounter instances_ended;
    // of the event thread
    OwnCounter watch_wakes;
    OwnCounter wakes_repeated;
    OwnCounter slow_handlers;
    OwnCounter wedged_handlers;
    OwnCounter recovered_handlers;
    // of any thread
    SharedCounter requests_refused;
    SharedCounter responses_ok;
    SharedCounter responses_failed;
    SharedCounter responses_canceled;
    SharedCounter responses_timed_out;
    SharedCounter responses_closed;
    SharedCounter results_dropped;
    SharedCounter events_emitted;
    SharedCounter events_dropped;
    SharedCounter creates_failed;
    std::atomic<int32_t> callbacks_running{0};
};

/** Call `visit(counter)` for each counter, in the order above. */
template <class Counters, class Visit> void for_each_counter(Counters &counters, Visit visit) {
    visit(counters.requests_accepted);
    visit(counters.worker_wakes);
    visit(counters.environments_rebuilt);
    visit(counters.handlers_stopped);
    visit(counters.instances_ended);
    visit(counters.watch_wakes);
    visit(counters.wakes_repeated);
    visit(counters.slow_handlers);
    visit(counters.wedged_handlers);
    visit(counters.recovered_handlers);
    visit(counters.requests_refused);
    visit(counters.responses_ok);
    visit(counters.responses_failed);
    visit(counters.responses_canceled);
    visit(counters.responses_timed_out);
    visit(counters.responses_closed);
    visit(counters.results_dropped);
    visit(counters.events_emitted);
    visit(counters.events_dropped);
    visit(counters.creates_failed);
}

} // namespace weir
