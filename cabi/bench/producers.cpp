/**
 * Throughput: producers that keep 64 requests outstanding each, on one context. What they take out
 * of the queue, whosever it was, they may send anew.
 */
#include "support.hpp"

#include <algorithm>
#include <barrier>
#include <thread>

namespace bench {

namespace {

constexpr uint32_t window = 64;

enum class Sending : uint8_t { single, batch };

/** What the producers of one run share. */
struct Run {
    const Host &host;
    weir_handle context;
    Sending sending;
    uint32_t producer_count;
    std::atomic<int64_t> to_send;
    std::atomic<int64_t> to_take;
};

/** Send up to `credits` requests. Returns how many the run still wanted. */
uint32_t send_some(Run &run, const weir_request *requests, uint32_t credits) {
    const int64_t left = run.to_send.fetch_sub(credits, std::memory_order_relaxed);
    const auto count = static_cast<uint32_t>(std::clamp<int64_t>(left, 0, credits));
    if (run.sending == Sending::batch && count > 0) {
        uint32_t accepted = 0;
        expect_ok(
            weir_request_send_batch(run.context, requests, count, nullptr, &accepted, nullptr),
            "weir_request_send_batch");
        return count;
    }
    for (uint32_t at = 0; at < count; at++) {
        uint64_t id = 0;
        expect_ok(weir_request_send(run.context, &requests[at], &id, nullptr), "weir_request_send");
    }
    return count;
}

void produce(Run &run) {
    const char payload[64] = {};
    const std::vector<weir_request> requests(window,
                                             run.host.echo_request(payload, sizeof payload));
    weir_record records[window];
    uint32_t credits = window;
    while (run.to_take.load(std::memory_order_relaxed) > 0) {
        credits -= send_some(run, requests.data(), credits);
        const uint32_t taken = take_records(run.host.queue(), records, window);
        credits = std::min(credits + taken, window);
        if (taken > 0 && run.to_take.fetch_sub(taken) == taken) {
            for (uint32_t other = 1; other < run.producer_count; other++) {
                weir_queue_wake(run.host.queue());
            }
        }
    }
}

void outstanding(benchmark::State &state, const Setup &setup, uint32_t producer_count,
                 Sending sending) {
    constexpr int64_t total = 400'000;
    constexpr double nanoseconds_per_second = 1e9;
    const Host host(setup);
    const weir_handle context = host.create();
    for (auto _ : state) {
        Run run = {host, context, sending, producer_count, total, total};
        std::barrier start(static_cast<ptrdiff_t>(producer_count) + 1);
        std::vector<std::thread> threads;
        for (uint32_t at = 0; at < producer_count; at++) {
            threads.emplace_back([&] {
                start.arrive_and_wait();
                produce(run);
            });
        }
        start.arrive_and_wait();
        const uint64_t began = now_ns();
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

OUTSTANDING("request/8_producers/64_outstanding", anywhere, 8u, Sending::single);
OUTSTANDING("request/8_producers/64_outstanding_batch", anywhere, 8u, Sending::batch);
OUTSTANDING("request/8_producers/64_outstanding/one_core", one_core, 8u, Sending::single);
OUTSTANDING("request/1_producer/64_outstanding", anywhere, 1u, Sending::single);
OUTSTANDING("request/1_producer/64_outstanding_batch", anywhere, 1u, Sending::batch);
OUTSTANDING("request/1_producer/64_outstanding/one_core", one_core, 1u, Sending::single);

} // namespace

} // namespace bench
