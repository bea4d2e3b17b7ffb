/** What the machine allows: wake-ups, copies, and the parts that a slot is built of. No weir. */
#include "support.hpp"

#include <cstring>
#include <thread>

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace bench {

namespace {

/** A thread sleeps on its own epoll set, in which its own eventfd is. */
class Doorbell {
  public:
    Doorbell()
        : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {
        epoll_event interest = {.events = EPOLLIN, .data = {.u64 = 0}};
        expect(event_ >= 0 && epoll_ >= 0, "eventfd and epoll_create1");
        expect(epoll_ctl(epoll_, EPOLL_CTL_ADD, event_, &interest) == 0, "epoll_ctl");
    }
    ~Doorbell() {
        close(epoll_);
        close(event_);
    }
    Doorbell(const Doorbell &) = delete;
    Doorbell &operator=(const Doorbell &) = delete;

    void ring() const {
        const uint64_t one = 1;
        expect(write(event_, &one, sizeof one) == sizeof one, "write to an eventfd");
    }
    void wait() const {
        epoll_event ready;
        while (epoll_wait(epoll_, &ready, 1, -1) != 1) {
        }
        uint64_t count = 0;
        expect(read(event_, &count, sizeof count) == sizeof count, "read of an eventfd");
    }

  private:
    int event_;
    int epoll_;
};

/** The same with a futex. */
class Word {
  public:
    void ring() {
        rung_.store(true, std::memory_order_seq_cst);
        sleeper_.wake();
    }
    void wait() {
        sleeper_.sleep_until([this] { return rung_.load(std::memory_order_seq_cst); });
        rung_.store(false, std::memory_order_relaxed);
    }

  private:
    std::atomic<bool> rung_{false};
    Sleeper sleeper_;
};

/** Two threads ring each other's bell; `there` and `back` are done before each of the rings. */
template <class Bell, class There, class Back>
void ping_pong(benchmark::State &state, Placement placement, There there, Back back) {
    Bell to_partner;
    Bell to_host;
    bool stop = false;
    const Placed placed(placement);
    placed.to_worker_side();
    std::thread partner([&] {
        for (;;) {
            to_partner.wait();
            if (stop) {
                return;
            }
            back();
            to_host.ring();
        }
    });
    placed.to_host_side();
    const auto exchange = [&] {
        there();
        to_partner.ring();
        to_host.wait();
    };
    for (int warm = 0; warm < 200; warm++) {
        exchange();
    }
    Samples samples;
    samples.start();
    while (state.KeepRunning()) {
        exchange();
        samples.tick();
    }
    samples.report(state);
    stop = true;
    to_partner.ring();
    partner.join();
}

constexpr auto nothing = [] {};

void wake_round_trip(benchmark::State &state, Placement placement) {
    ping_pong<Doorbell>(state, placement, nothing, nothing);
}

void wake_round_trip_futex(benchmark::State &state, Placement placement) {
    ping_pong<Word>(state, placement, nothing, nothing);
}

constexpr size_t large = size_t{64} * 1024;

/** The wake round trip with a copy on each side, into memory that the last trip used, too. */
void copy_round_trip(benchmark::State &state) {
    std::vector<char> source(large, 1);
    std::vector<char> request(large);
    std::vector<char> response(large);
    const auto there = [&] {
        memcpy(request.data(), source.data(), large);
        benchmark::ClobberMemory();
    };
    const auto back = [&] {
        memcpy(response.data(), request.data(), large);
        benchmark::ClobberMemory();
    };
    ping_pong<Doorbell>(state, Placement::one_core, there, back);
}

void copy(benchmark::State &state) {
    const Placed placed(Placement::one_core);
    std::vector<char> source(large, 1);
    std::vector<char> target(large);
    Samples samples;
    samples.start();
    while (state.KeepRunning()) {
        memcpy(target.data(), source.data(), large);
        benchmark::ClobberMemory();
        samples.tick();
    }
    samples.report(state);
}

/** Two threads that say that they run, and then are parked; and a descriptor for each. */
class SlotParts {
  public:
    void build() {
        pthread_attr_t attributes;
        pthread_attr_init(&attributes);
        constexpr size_t stack_size = 1 << 20;
        pthread_attr_setstacksize(&attributes, stack_size);
        for (int at = 0; at < 2; at++) {
            descriptors_[at] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
            expect(pthread_create(&threads_[at], &attributes, park, this) == 0, "pthread_create");
        }
        pthread_attr_destroy(&attributes);
    }
    void wait_until_running() {
        ready_.sleep_until([this] { return running_.load(std::memory_order_seq_cst) == 2; });
    }
    ~SlotParts() {
        stop_.store(true, std::memory_order_seq_cst);
        for (int at = 0; at < 2; at++) {
            parked_[at].wake();
            pthread_join(threads_[at], nullptr);
            close(descriptors_[at]);
        }
    }
    SlotParts() = default;
    SlotParts(const SlotParts &) = delete;
    SlotParts &operator=(const SlotParts &) = delete;

  private:
    static void *park(void *argument) {
        auto &parts = *static_cast<SlotParts *>(argument);
        const uint32_t own = parts.running_.fetch_add(1, std::memory_order_seq_cst);
        parts.ready_.wake();
        parts.parked_[own].sleep_until([&] { return parts.stop_.load(); });
        return nullptr;
    }

    pthread_t threads_[2] = {};
    int descriptors_[2] = {};
    std::atomic<uint32_t> running_{0};
    std::atomic<bool> stop_{false};
    Sleeper parked_[2];
    Sleeper ready_;
};

void slot_parts(benchmark::State &state, bool until_running) {
    constexpr double nanoseconds_per_second = 1e9;
    const Placed placed(Placement::one_core);
    Samples samples;
    while (state.KeepRunning()) {
        SlotParts parts;
        const uint64_t began = now_ns();
        parts.build();
        if (until_running) {
            parts.wait_until_running();
        }
        const auto took = static_cast<double>(now_ns() - began);
        parts.wait_until_running();
        samples.add(took);
        state.SetIterationTime(took / nanoseconds_per_second);
    }
    samples.report(state);
}

BENCHMARK_CAPTURE(wake_round_trip, x, Placement::one_core)
    ->Name("floor/wake_round_trip/one_core")
    ->UseRealTime();
BENCHMARK_CAPTURE(wake_round_trip, x, Placement::two_cores)
    ->Name("floor/wake_round_trip/two_cores")
    ->UseRealTime();
BENCHMARK_CAPTURE(wake_round_trip_futex, x, Placement::one_core)
    ->Name("floor/wake_round_trip_futex/one_core")
    ->UseRealTime();
BENCHMARK_CAPTURE(wake_round_trip_futex, x, Placement::two_cores)
    ->Name("floor/wake_round_trip_futex/two_cores")
    ->UseRealTime();
BENCHMARK(copy_round_trip)->Name("floor/copy_round_trip/64KiB/one_core")->UseRealTime();
BENCHMARK(copy)->Name("floor/memcpy/64KiB")->UseRealTime();
BENCHMARK_CAPTURE(slot_parts, x, false)->Name("floor/slot_parts/one_core")->UseManualTime();
BENCHMARK_CAPTURE(slot_parts, x, true)->Name("floor/slot_parts_running/one_core")->UseManualTime();

} // namespace

} // namespace bench
