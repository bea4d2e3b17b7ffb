/**
 * The bare queue: producers push nodes on a stack that the consumer takes whole, and go on when it
 * says that they are done. No payload, no answer, no library.
 */
#include "support.hpp"

#include <barrier>
#include <memory>
#include <thread>

namespace bench {

namespace {

constexpr uint32_t window = 64;

struct Producer;

struct Node {
    Node *next = nullptr;
    Producer *owner = nullptr;
};

struct alignas(64) Producer {
    std::atomic<uint64_t> done{0};
    Sleeper sleeper;
    Node nodes[window];
};

class Stack {
  public:
    void push(Node &node) {
        node.next = newest_.load(std::memory_order_relaxed);
        while (!newest_.compare_exchange_weak(node.next, &node, std::memory_order_seq_cst)) {
        }
        consumer_.wake();
    }
    Node *take_all() { return newest_.exchange(nullptr, std::memory_order_seq_cst); }
    void wait() {
        consumer_.sleep_until(
            [this] { return newest_.load(std::memory_order_seq_cst) != nullptr; });
    }

  private:
    alignas(64) std::atomic<Node *> newest_{nullptr};
    alignas(64) Sleeper consumer_;
};

void produce(Stack &stack, Producer &producer, uint64_t quota) {
    uint64_t sent = 0;
    while (sent < quota) {
        const uint64_t done = producer.done.load(std::memory_order_acquire);
        if (sent - done == window) {
            producer.sleeper.sleep_until(
                [&] { return producer.done.load(std::memory_order_seq_cst) != done; });
            continue;
        }
        stack.push(producer.nodes[sent++ % window]);
    }
    producer.sleeper.sleep_until(
        [&] { return producer.done.load(std::memory_order_seq_cst) == quota; });
}

void consume(Stack &stack, uint64_t count) {
    while (count > 0) {
        stack.wait();
        Node *reversed = nullptr;
        for (Node *node = stack.take_all(); node != nullptr;) {
            Node *older = node->next;
            node->next = reversed;
            reversed = node;
            node = older;
        }
        while (reversed != nullptr) {
            Producer &owner = *reversed->owner;
            reversed = reversed->next; // afterwards the producer may use the node again
            owner.done.fetch_add(1, std::memory_order_seq_cst);
            owner.sleeper.wake();
            count--;
        }
    }
}

void bare_queue(benchmark::State &state, uint32_t producer_count, Placement placement) {
    const Placed placed(placement);
    constexpr uint64_t total = 400'000;
    constexpr double nanoseconds_per_second = 1e9;
    const uint64_t quota = total / producer_count;
    while (state.KeepRunning()) {
        Stack stack;
        const auto producers = std::make_unique<Producer[]>(producer_count);
        std::barrier start(static_cast<ptrdiff_t>(producer_count) + 1);
        std::vector<std::thread> threads;
        threads.reserve(producer_count);
        for (uint32_t at = 0; at < producer_count; at++) {
            for (Node &node : producers[at].nodes) {
                node.owner = &producers[at];
            }
            threads.emplace_back([&, at] {
                start.arrive_and_wait();
                produce(stack, producers[at], quota);
            });
        }
        start.arrive_and_wait();
        const uint64_t began = now_ns();
        consume(stack, quota * producer_count);
        state.SetIterationTime(static_cast<double>(now_ns() - began) / nanoseconds_per_second);
        for (std::thread &thread : threads) {
            thread.join();
        }
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * quota * producer_count));
}

BENCHMARK_CAPTURE(bare_queue, x, 8u, Placement::free)
    ->Name("floor/queue/8_producers")
    ->UseManualTime();
BENCHMARK_CAPTURE(bare_queue, x, 8u, Placement::one_core)
    ->Name("floor/queue/8_producers/one_core")
    ->UseManualTime();
BENCHMARK_CAPTURE(bare_queue, x, 1u, Placement::free)
    ->Name("floor/queue/1_producer")
    ->UseManualTime();

} // namespace

} // namespace bench
