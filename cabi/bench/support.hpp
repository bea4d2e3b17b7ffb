/**
 * support.hpp: what the benchmarks share: where threads run, a library to call, a host that uses
 * it, and percentiles.
 *
 * Threads inherit the processors of the thread that starts them, so a Placed thread decides where
 * the threads of a pool run by where it is itself when their slots are built.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>
#include <sched.h>

#include <weir/library.h>

namespace bench {

enum class Placement : uint8_t { one_core, two_cores, free };

/** For its lifetime the calling thread runs where it is told to, and then where it ran before. */
class Placed {
  public:
    explicit Placed(Placement placement);
    ~Placed();
    Placed(const Placed &) = delete;
    Placed &operator=(const Placed &) = delete;

    /** Here the calling thread and what it starts are on the side of the host, or of the worker. */
    void to_host_side() const;
    void to_worker_side() const;

  private:
    cpu_set_t before_;
    cpu_set_t host_side_;
    cpu_set_t worker_side_;
};

/** Ends the program with the name of what failed. */
void expect(bool condition, const char *what);
void expect_ok(weir_status status, const char *what);

uint64_t now_ns();

/** One thread sleeps, any number wake it; the bare means that the floors are made of. */
class Sleeper {
  public:
    void wake();
    template <class Ready> void sleep_until(Ready ready) {
        while (!ready()) {
            asleep_.store(1, std::memory_order_seq_cst);
            if (!ready()) {
                wait();
            }
            asleep_.store(0, std::memory_order_relaxed);
        }
    }

  private:
    void wait();

    std::atomic<uint32_t> asleep_{0};
};

/** The latest of many measured times. */
class Samples {
  public:
    Samples() { times_.reserve(most); }

    void start() { last_ = now_ns(); }
    /** One sample: the time since start() or the last tick. `parts` operations were in it. */
    void tick(uint32_t parts = 1) {
        const uint64_t now = now_ns();
        add(static_cast<double>(now - last_) / parts);
        last_ = now;
    }
    void add(double nanoseconds);
    double percentile(double share) const;
    /** As counters p50_ns and p99_ns. */
    void report(benchmark::State &state) const;

  private:
    static constexpr size_t most = 1 << 16;

    std::vector<double> times_;
    size_t next_ = 0;
    uint64_t last_ = 0;
};

struct Setup {
    Placement placement = Placement::free;
    bool spin = false;
    uint32_t slots = 1;
    uint32_t delivery = WEIR_DELIVER_QUEUE;
    weir_record_callback callback = nullptr;
};

/** Numbers of the library's methods. */
struct Methods {
    uint32_t echo = 0; ///< answers with its payload
    uint32_t emit = 0; ///< emits as many events as its payload, a uint64_t, says
};

/** A library, a queue and a pool whose slots are built; closed in the end. */
class Host {
  public:
    explicit Host(const Setup &setup);
    ~Host();
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;

    weir_handle queue() const { return queue_; }
    weir_handle pool() const { return pool_; }
    const Methods &methods() const { return methods_; }

    weir_handle create() const;
    weir_request echo_request(const void *data, size_t length) const;

  private:
    Placed placed_;
    weir_handle library_ = 0;
    weir_handle queue_ = 0;
    weir_handle pool_ = 0;
    Methods methods_;
};

weir_handle register_library(Methods &methods);

/** Wait for records, take them, and give them back. Returns how many there were. */
uint32_t take_records(weir_handle queue, weir_record *records, uint32_t capacity);

/** Measures in this fresh process what a used one cannot show, and prints it. */
int idle_probe();

} // namespace bench
