/** Order: over threads that hand a baton, per producer, of events, and of kinds that mix. */
#include <array>
#include <memory>
#include <mutex>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

/** Sees numbered records and counts those that come before a smaller number. */
class Order {
  public:
    void see(uint64_t number) {
        inversions_ += number < expected_ ? 1 : 0;
        expected_ = number + 1;
        seen_++;
    }
    uint64_t inversions() const { return inversions_; }
    uint64_t seen() const { return seen_; }

  private:
    uint64_t expected_ = 0;
    std::atomic<uint64_t> inversions_{0};
    std::atomic<uint64_t> seen_{0};
};

weir_status send_numbered(weir_handle context, const Work &work, uint64_t number) {
    const Numbered payload = {.work = &work, .number = number};
    const weir_request request = make_request(m_run, &payload, sizeof payload, number);
    weir_status status = WEIR_ERR_QUEUE_FULL;
    while ((status = weir_request_send(context, &request, nullptr, nullptr)) ==
           WEIR_ERR_QUEUE_FULL) {
        std::this_thread::yield();
    }
    return status;
}

TEST(Fifo, row_4_3_threads_that_hand_a_baton_are_served_in_its_order) {
    const uint64_t requests = scaled(uint64_t{400'000});
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    Order responses;
    Order handlers;
    const Work work = [&](weir_call call, Instance &instance) {
        handlers.see(instance.number);
        weir_call_resolve(call, nullptr, 0);
    };
    Collector collector(host.queue, [&](const weir_record &record) {
        if (record.kind == WEIR_RECORD_RESPONSE) {
            responses.see(record.user_data);
        }
    });
    // The baton is the next number. A thread that holds it sends some and hands it on.
    constexpr uint64_t threads = 3;
    constexpr uint64_t sent_at_once = 20;
    std::atomic<uint64_t> baton{0};
    std::atomic<uint64_t> refused{0};
    std::vector<std::thread> runners;
    for (uint64_t me = 0; me < threads; me++) {
        runners.emplace_back([&, me] {
            for (;;) {
                const uint64_t held = baton.load(std::memory_order_acquire);
                if (held >= requests) {
                    return;
                }
                if (held / sent_at_once % threads != me) {
                    std::this_thread::yield();
                    continue;
                }
                for (uint64_t number = held; number < held + sent_at_once; number++) {
                    refused += send_numbered(context, work, number) == WEIR_OK ? 0 : 1;
                }
                baton.store(held + sent_at_once, std::memory_order_release);
            }
        });
    }
    for (std::thread &runner : runners) {
        runner.join();
    }
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    collector.stop();
    EXPECT_EQ(refused, 0u);
    EXPECT_EQ(responses.seen(), requests);
    EXPECT_EQ(responses.inversions(), 0u);
    EXPECT_EQ(handlers.inversions(), 0u);
}

TEST(Fifo, row_4_3_eight_producers_are_each_served_in_order) {
    constexpr uint64_t producers = 8;
    const uint64_t each = scaled(uint64_t{50'000});
    std::array<Order, producers> handled;
    std::array<Order, producers> answered;
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    Collector collector(host.queue, [&](const weir_record &record) {
        if (record.kind == WEIR_RECORD_RESPONSE) {
            answered[record.user_data % producers].see(record.user_data / producers);
        }
    });
    std::array<Work, producers> works;
    std::vector<std::thread> threads;
    for (uint64_t me = 0; me < producers; me++) {
        works[me] = [&handled, me](weir_call call, Instance &instance) {
            handled[me].see(instance.number / producers);
            weir_call_resolve(call, nullptr, 0);
        };
        threads.emplace_back([&, me] {
            for (uint64_t number = 0; number < each; number++) {
                EXPECT_EQ(send_numbered(context, works[me], number * producers + me), WEIR_OK);
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(eventually([&] { return host.stats().responses_ok == each * producers; }));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    collector.stop();
    for (uint64_t me = 0; me < producers; me++) {
        EXPECT_EQ(handled[me].seen(), each);
        EXPECT_EQ(handled[me].inversions(), 0u);
        EXPECT_EQ(answered[me].seen(), each);
        EXPECT_EQ(answered[me].inversions(), 0u);
    }
}

/** Emits `count` numbered events from the worker, with patience; answers how many were accepted. */
Work emit_numbers(uint64_t first, uint64_t count) {
    return [=](weir_call call, Instance &instance) {
        uint64_t accepted = 0;
        for (uint64_t number = first; number < first + count; number++) {
            accepted +=
                weir_emit(instance.handle, "e", 1, &number, sizeof number, 10'000) == WEIR_OK ? 1
                                                                                              : 0;
        }
        weir_call_resolve(call, &accepted, sizeof accepted);
    };
}

uint64_t number_in(const weir_record &record) {
    uint64_t number = 0;
    memcpy(&number, record.data, sizeof number);
    return number;
}

void expect_events_in_order(uint32_t delivery) {
    const uint64_t events = scaled(uint64_t{1'000'000});
    static Order *order = nullptr;
    Order seen;
    order = &seen;
    Host host(delivery, [&](weir_pool_options &options) {
        options.wedged_ms = WEIR_OFF;
        options.slow_ms = WEIR_OFF;
        if (delivery != WEIR_DELIVER_QUEUE) {
            options.callback = [](const weir_record *record, uintptr_t) {
                if (record->kind == WEIR_RECORD_EVENT) {
                    order->see(number_in(*record));
                }
            };
        }
    });
    std::unique_ptr<Collector> collector;
    if (host.queue != 0) {
        collector = std::make_unique<Collector>(host.queue, [&](const weir_record &record) {
            if (record.kind == WEIR_RECORD_EVENT) {
                seen.see(number_in(record));
            }
        });
    }
    const weir_handle context = host.create();
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
    EXPECT_EQ(run_on(context, emit_numbers(0, events)).number(), events);
    EXPECT_TRUE(eventually([&] { return seen.seen() == events; }));
    EXPECT_EQ(seen.inversions(), 0u);
    EXPECT_EQ(host.stats().events_dropped, 0u);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Fifo, row_4_3_a_million_events_arrive_once_and_in_order_through_a_queue) {
    expect_events_in_order(WEIR_DELIVER_QUEUE);
}

TEST(Fifo, row_4_3_a_million_events_arrive_once_and_in_order_by_callback) {
    expect_events_in_order(WEIR_DELIVER_CALLBACK);
}

TEST(Fifo, row_4_3_a_million_events_arrive_once_and_in_order_directly) {
    expect_events_in_order(WEIR_DELIVER_DIRECT);
}

// ---- kinds that mix ----

struct Seen {
    uint32_t kind;
    uint64_t number;
    bool operator==(const Seen &) const = default;
};

/** Each handler emits an event before and after it answers: the host sees this order, all kinds. */
void expect_kinds_in_order(uint32_t delivery) {
    const uint64_t requests = scaled(uint64_t{20'000});
    static std::mutex mutex;
    static std::vector<Seen> seen;
    seen.clear();
    const auto note = [](const weir_record &record) {
        const bool event = record.kind == WEIR_RECORD_EVENT;
        const std::lock_guard lock(mutex);
        seen.push_back({record.kind, event ? number_in(record) : record.user_data});
    };
    Host host(delivery, [&](weir_pool_options &options) {
        if (delivery != WEIR_DELIVER_QUEUE) {
            options.callback = [](const weir_record *record, uintptr_t) {
                const bool event = record->kind == WEIR_RECORD_EVENT;
                const std::lock_guard lock(mutex);
                seen.push_back({record->kind, event ? number_in(*record) : record->user_data});
            };
        }
    });
    std::unique_ptr<Collector> collector;
    if (host.queue != 0) {
        collector = std::make_unique<Collector>(host.queue, note);
    }
    const weir_handle context = host.create(7);
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
    uint64_t number = 0; // of the worker
    const Work work = [&number](weir_call call, Instance &instance) {
        const uint64_t mine = number++;
        const uint64_t before = mine * 2;
        const uint64_t after = mine * 2 + 1;
        weir_emit(instance.handle, "e", 1, &before, sizeof before, 10'000);
        if (mine % 7 == 0) { // row 4.5: a failing handler does not change the order of the others
            weir_call_reject(call, WEIR_ERR_HANDLER, "seventh", 7);
        } else {
            weir_call_resolve(call, nullptr, 0);
        }
        weir_emit(instance.handle, "e", 1, &after, sizeof after, 10'000);
    };
    for (uint64_t at = 0; at < requests; at++) {
        ASSERT_EQ(send_numbered(context, work, at), WEIR_OK);
    }
    ASSERT_TRUE(eventually([&] {
        const std::lock_guard lock(mutex);
        return seen.size() == requests * 3;
    }));
    ASSERT_EQ(weir_context_destroy(context), WEIR_OK);
    ASSERT_EQ(weir_pool_close_wait(host.pool, 0, nullptr), WEIR_OK);
    collector.reset();
    std::vector<Seen> wanted;
    for (uint64_t at = 0; at < requests; at++) {
        wanted.push_back({WEIR_RECORD_EVENT, at * 2});
        wanted.push_back({WEIR_RECORD_RESPONSE, at});
        wanted.push_back({WEIR_RECORD_EVENT, at * 2 + 1});
    }
    wanted.push_back({WEIR_RECORD_DESTROYED, 7});
    EXPECT_TRUE(seen == wanted);
}

TEST(Fifo, row_4_4_events_and_responses_keep_their_order_through_a_queue) {
    expect_kinds_in_order(WEIR_DELIVER_QUEUE);
}

TEST(Fifo, row_4_4_events_and_responses_keep_their_order_by_callback) {
    expect_kinds_in_order(WEIR_DELIVER_CALLBACK);
}

TEST(Fifo, row_4_4_events_and_responses_keep_their_order_directly) {
    expect_kinds_in_order(WEIR_DELIVER_DIRECT);
}

TEST(Fifo, row_4_3_order_holds_while_listeners_come_and_go) {
    const uint64_t events = scaled(uint64_t{100'000});
    static Order *order = nullptr;
    Order seen;
    order = &seen;
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t user_data) {
            if (record->kind == WEIR_RECORD_EVENT && user_data == 1) {
                order->see(number_in(*record));
            }
        };
    });
    const weir_handle context = host.create();
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, nullptr, 0, nullptr, 1, &listener), WEIR_OK);
    std::atomic<bool> stop{false};
    std::thread changer([&] {
        uint64_t last = listener;
        while (!stop) {
            uint64_t other = 0;
            EXPECT_EQ(weir_context_listen(context, "e", 1, nullptr, 2, &other), WEIR_OK);
            EXPECT_GT(other, last);
            last = other;
            EXPECT_EQ(weir_context_unlisten(context, other), WEIR_OK);
            std::this_thread::yield();
        }
    });
    EXPECT_EQ(run_on(context, emit_numbers(0, events)).number(), events);
    stop = true;
    changer.join();
    EXPECT_TRUE(eventually([&] { return seen.seen() == events; }));
    EXPECT_EQ(seen.inversions(), 0u);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

} // namespace
