/**
 * Throughput: producers that keep 64 requests outstanding each, on one context. Three kinds of
 * host: each producer takes out of the queue what there is and may send as much anew; one thread
 * collects for all; or callbacks on the worker tell each producer what is done.
 */
#include "support.hpp"

#include <algorithm>
#include <barrier>
#include <memory>
#include <thread>

namespace bench {

namespace {

constexpr uint32_t window = 64;
constexpr int64_t total = 400'000;

enum class Kind : uint8_t { shared, batch, collector, direct };

/** What is done of a producer's requests, where somebody else takes the responses. */
struct alignas(64) Done {
    std::atomic<int64_t> count{0};
    Sleeper sleeper;
};

/** What the threads of one run share. */
struct Run {
    const Host &host;
    weir_handle context;
    Kind kind;
    uint32_t producer_count;
    std::atomic<int64_t> to_send{total};
    std::atomic<int64_t> to_take{total};
};

void send(const Run &run, const std::vector<weir_request> &requests, uint32_t count) {
    if (run.kind == Kind::batch && count > 0) {
        uint32_t accepted = 0;
        expect_ok(weir_request_send_batch(run.context, requests.data(), count, nullptr, &accepted,
                                          nullptr),
                  "weir_request_send_batch");
        return;
    }
    for (uint32_t at = 0; at < count; at++) {
        uint64_t id = 0;
        expect_ok(weir_request_send(run.context, &requests[at], &id, nullptr), "weir_request_send");
    }
}

/** Who takes responses may send as many requests, until the run has enough. */
void produce_and_take(Run &run) {
    const char payload[64] = {};
    const std::vector requests(window, run.host.echo_request(payload, sizeof payload));
    weir_record records[window];
    uint32_t credits = window;
    while (run.to_take.load(std::memory_order_relaxed) > 0) {
        const int64_t left = run.to_send.fetch_sub(credits, std::memory_order_relaxed);
        const auto count = static_cast<uint32_t>(std::clamp<int64_t>(left, 0, credits));
        send(run, requests, count);
        credits -= count;
        const uint32_t taken = take_records(run.host.queue(), records, window);
        credits = std::min(credits + taken, window);
        if (taken > 0 && run.to_take.fetch_sub(taken) == taken) {
            for (uint32_t other = 1; other < run.producer_count; other++) {
                weir_queue_wake(run.host.queue());
            }
        }
    }
}

/** Go on as far as `done` says. */
void produce(Run &run, Done &done) {
    const char payload[64] = {};
    std::vector requests(window, run.host.echo_request(payload, sizeof payload));
    for (weir_request &request : requests) {
        request.user_data = reinterpret_cast<uintptr_t>(&done);
    }
    const int64_t quota = total / run.producer_count;
    int64_t sent = 0;
    int64_t seen = 0;
    while (seen < quota) {
        const int64_t count = std::min(quota - sent, window - (sent - seen));
        send(run, requests, static_cast<uint32_t>(count));
        sent += count;
        done.sleeper.sleep_until([&] { return done.count.load() != seen; });
        seen = done.count.load(std::memory_order_acquire);
    }
}

void collect(Run &run) {
    weir_record records[256];
    while (run.to_take.load(std::memory_order_relaxed) > 0) {
        uint32_t count = 0;
        expect_ok(weir_queue_wait(run.host.queue(), records, 256, WEIR_FOREVER, &count),
                  "weir_queue_wait");
        weir_records_release(records, count);
        run.to_take.fetch_sub(count, std::memory_order_relaxed);
        for (uint32_t at = 0; at < count;) {
            auto *done = reinterpret_cast<Done *>(records[at].user_data);
            uint32_t same = 1;
            while (at + same < count && records[at + same].user_data == records[at].user_data) {
                same++;
            }
            done->count.fetch_add(same, std::memory_order_seq_cst);
            done->sleeper.wake();
            at += same;
        }
    }
}

void outstanding(benchmark::State &state, Setup setup, uint32_t producer_count, Kind kind) {
    constexpr double nanoseconds_per_second = 1e9;
    if (kind == Kind::direct) {
        setup.delivery = WEIR_DELIVER_DIRECT;
        setup.callback = [](const weir_record *, uintptr_t user_data) {
            if (user_data != 0) {
                reinterpret_cast<Done *>(user_data)->count.fetch_add(1);
                reinterpret_cast<Done *>(user_data)->sleeper.wake();
            }
        };
    }
    const Host host(setup);
    const weir_handle context = host.create();
    const bool self = kind == Kind::shared || kind == Kind::batch;
    while (state.KeepRunning()) {
        Run run = {host, context, kind, producer_count};
        const auto done = std::make_unique<Done[]>(producer_count);
        std::barrier start(static_cast<ptrdiff_t>(producer_count) + 1);
        std::vector<std::thread> threads;
        threads.reserve(producer_count);
        for (uint32_t at = 0; at < producer_count; at++) {
            threads.emplace_back([&, at] {
                start.arrive_and_wait();
                self ? produce_and_take(run) : produce(run, done[at]);
            });
        }
        start.arrive_and_wait();
        const uint64_t began = now_ns();
        if (kind == Kind::collector) {
            collect(run);
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        state.SetIterationTime(static_cast<double>(now_ns() - began) / nanoseconds_per_second);
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations()) * total);
    expect_ok(weir_context_destroy_wait(context, nullptr), "weir_context_destroy_wait");
}

constexpr Setup anywhere = {.placement = Placement::free, .spin = true};
constexpr Setup one_core = {.placement = Placement::one_core, .spin = true};

#define OUTSTANDING(name, ...)                                                                     \
    BENCHMARK_CAPTURE(outstanding, x, __VA_ARGS__)->Name(name)->UseManualTime()

OUTSTANDING("request/8_producers/64_outstanding", anywhere, 8u, Kind::shared);
OUTSTANDING("request/8_producers/64_outstanding_batch", anywhere, 8u, Kind::batch);
OUTSTANDING("request/8_producers/64_outstanding_collector", anywhere, 8u, Kind::collector);
OUTSTANDING("request/8_producers/64_outstanding_direct", anywhere, 8u, Kind::direct);
OUTSTANDING("request/8_producers/64_outstanding/one_core", one_core, 8u, Kind::shared);
OUTSTANDING("request/1_producer/64_outstanding", anywhere, 1u, Kind::shared);
OUTSTANDING("request/1_producer/64_outstanding_batch", anywhere, 1u, Kind::batch);
OUTSTANDING("request/1_producer/64_outstanding_direct", anywhere, 1u, Kind::direct);
OUTSTANDING("request/1_producer/64_outstanding/one_core", one_core, 1u, Kind::shared);

} // namespace

} // namespace bench
