/** Which thread runs what, and what a thread may wait for. */
#include <memory>
#include <mutex>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

TEST(Threads, row_0_3_all_calls_of_a_context_run_on_one_thread_and_two_contexts_on_two) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle one = host.create();
    const weir_handle two = host.create();
    std::mutex mutex;
    std::set<uint64_t> of_one;
    std::set<uint64_t> of_two;
    std::vector<std::thread> threads;
    for (int me = 0; me < 64; me++) {
        threads.emplace_back([&] {
            std::set<uint64_t> seen_one;
            std::set<uint64_t> seen_two;
            for (uint64_t call = 0; call < scaled(uint64_t{500}); call++) {
                seen_one.insert(ask(one, m_thread).number());
                seen_two.insert(ask(two, m_thread).number());
            }
            const std::lock_guard lock(mutex);
            of_one.merge(seen_one);
            of_two.merge(seen_two);
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(of_one.size(), 1u);
    EXPECT_EQ(of_two.size(), 1u);
    EXPECT_NE(of_one, of_two);
    EXPECT_EQ(of_one.count(static_cast<uint64_t>(gettid())), 0u);
    EXPECT_EQ(host.stats().wakes_repeated, 0u);
}

TEST(Threads, row_0_11_callbacks_run_on_the_event_thread_and_never_on_the_worker) {
    static std::mutex mutex;
    static std::set<uint64_t> callback_threads;
    static std::atomic<uint64_t> calls{0};
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *, uintptr_t) {
            const std::lock_guard lock(mutex);
            callback_threads.insert(static_cast<uint64_t>(gettid()));
            calls++;
        };
    });
    const weir_handle context = host.create();
    const uint64_t worker = ask(context, m_thread).number();
    for (int call = 0; call < 1'000; call++) {
        const weir_request request = make_request(m_echo);
        ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
    }
    EXPECT_TRUE(eventually([] { return calls == 1'000; }));
    EXPECT_EQ(callback_threads.size(), 1u);
    EXPECT_EQ(callback_threads.count(worker), 0u);
    EXPECT_EQ(callback_threads.count(static_cast<uint64_t>(gettid())), 0u);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Threads, row_3_1_a_thousand_threads_that_live_for_one_request_each_are_served) {
    Host host(WEIR_DELIVER_DIRECT);
    const weir_handle context = host.create();
    for (uint64_t number = 0; number < scaled(uint64_t{1'000}); number++) {
        std::thread([&] { EXPECT_EQ(ask(context, m_echo, "x", 1).data, "x"); }).join();
    }
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

// ---- blocking calls in handlers ----

/** In a handler: a blocking call to `target`, whose result is told to the test. */
weir_status blocking_call(weir_handle target, uint64_t &took_ms) {
    const auto began = Clock::now();
    const weir_status status = ask(target, m_echo, "x", 1).call;
    took_ms = elapsed_ms(began);
    return status;
}

TEST(Threads, row_3_5_a_blocking_call_on_the_own_context_is_refused_at_once) {
    for (const uint32_t delivery :
         {WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        Host host(delivery);
        const weir_handle context = host.create();
        const Work work = [&](weir_call call, Instance &) {
            uint64_t took_ms = 0;
            EXPECT_EQ(blocking_call(context, took_ms), WEIR_ERR_WOULD_DEADLOCK);
            EXPECT_LT(took_ms, 100u);
            EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_ERR_WOULD_DEADLOCK);
            EXPECT_EQ(weir_pool_close_wait(host.pool, 0, nullptr), WEIR_ERR_WOULD_DEADLOCK);
            weir_call_resolve(call, "alive", 5);
        };
        EXPECT_EQ(run_on(context, work).data, "alive");
        EXPECT_EQ(ask(context, m_echo, "x", 1).data, "x");
    }
}

TEST(Threads, row_3_5_a_request_to_the_own_context_that_does_not_block_is_answered) {
    static std::atomic<uint64_t> answered{0};
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t user_data) {
            answered += record->kind == WEIR_RECORD_RESPONSE && user_data == 5 ? 1 : 0;
        };
    });
    const weir_handle context = host.create();
    const Work work = [&](weir_call call, Instance &) {
        const weir_request request = make_request(m_echo, "x", 1, 5);
        EXPECT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
        weir_call_resolve(call, nullptr, 0);
    };
    EXPECT_EQ(run_on(context, work).status, WEIR_OK);
    EXPECT_TRUE(eventually([] { return answered == 1; }));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Threads, row_3_5_a_blocking_call_from_one_context_to_another_completes) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle a = host.create();
    const weir_handle b = host.create();
    for (uint64_t round = 0; round < scaled(uint64_t{1'000}); round++) {
        const Work work = [&](weir_call call, Instance &) {
            uint64_t took_ms = 0;
            EXPECT_EQ(blocking_call(b, took_ms), WEIR_OK);
            weir_call_resolve(call, "through b", 9);
        };
        ASSERT_EQ(run_on(a, work).data, "through b");
    }
}

TEST(Threads, row_3_5_a_ring_of_blocking_calls_is_refused_where_it_would_close) {
    Host host(WEIR_DELIVER_QUEUE);
    constexpr size_t ring = 5;
    std::vector<weir_handle> contexts;
    for (size_t at = 0; at < ring; at++) {
        contexts.push_back(host.create());
    }
    std::vector<weir_status> statuses(ring, WEIR_OK);
    std::vector<Work> works(ring);
    for (size_t at = 0; at < ring; at++) {
        works[at] = [&, at](weir_call call, Instance &) {
            const size_t next = (at + 1) % ring;
            if (next != 0) {
                statuses[at] = run_on(contexts[next], works[next]).call;
            } else {
                uint64_t took_ms = 0;
                statuses[at] = blocking_call(contexts[0], took_ms);
                EXPECT_LT(took_ms, 100u);
            }
            weir_call_resolve(call, nullptr, 0);
        };
    }
    for (int round = 0; round < 20; round++) {
        EXPECT_EQ(run_on(contexts[0], works[0]).status, WEIR_OK);
        for (size_t at = 0; at + 1 < ring; at++) {
            EXPECT_EQ(statuses[at], WEIR_OK);
        }
        EXPECT_EQ(statuses[ring - 1], WEIR_ERR_WOULD_DEADLOCK);
    }
}

TEST(Threads, row_3_5_two_contexts_that_call_each_other_at_once_do_not_hang) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle contexts[] = {host.create(), host.create()};
    const uint64_t rounds = scaled(uint64_t{2'000});
    std::atomic<uint64_t> refused{0};
    std::atomic<uint64_t> answered{0};
    Work works[2];
    for (size_t me = 0; me < 2; me++) {
        works[me] = [&, me](weir_call call, Instance &) {
            uint64_t took_ms = 0;
            const weir_status status = blocking_call(contexts[1 - me], took_ms);
            refused += status == WEIR_ERR_WOULD_DEADLOCK ? 1 : 0;
            answered += status == WEIR_OK ? 1 : 0;
            weir_call_resolve(call, nullptr, 0);
        };
    }
    std::vector<std::thread> threads;
    for (size_t me = 0; me < 2; me++) {
        threads.emplace_back([&, me] {
            for (uint64_t round = 0; round < rounds; round++) {
                EXPECT_EQ(run_on(contexts[me], works[me]).status, WEIR_OK);
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(refused + answered, 2 * rounds);
}

TEST(Threads, row_0_12_handlers_that_call_one_another_nest_thirty_two_deep) {
    constexpr size_t depth = 32;
    Host host(WEIR_DELIVER_QUEUE);
    std::vector<weir_handle> contexts;
    for (size_t at = 0; at < depth; at++) {
        contexts.push_back(host.create());
    }
    std::vector<Work> works(depth);
    for (size_t at = 0; at < depth; at++) {
        works[at] = [&, at](weir_call call, Instance &) {
            uint64_t below = 0;
            if (at + 1 < depth) {
                below = run_on(contexts[at + 1], works[at + 1]).number();
            }
            below++;
            weir_call_resolve(call, &below, sizeof below);
        };
    }
    EXPECT_EQ(run_on(contexts[0], works[0]).number(), depth);
}

// ---- blocking calls under load ----

TEST(Threads, blocking_calls_of_eight_threads_get_their_own_answers_while_others_send) {
    const uint64_t calls = scaled(uint64_t{10'000});
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    Collector collector(host.queue, [](const weir_record &) {});
    std::atomic<bool> stop{false};
    std::thread sender([&] {
        const weir_request request = make_request(m_echo, "noise", 5);
        while (!stop) {
            weir_request_send(context, &request, nullptr, nullptr);
        }
    });
    std::atomic<uint64_t> wrong{0};
    std::vector<std::thread> threads;
    for (uint64_t me = 0; me < 8; me++) {
        threads.emplace_back([&, me] {
            for (uint64_t call = 0; call < calls / 8; call++) {
                const uint64_t number = me << 32 | call;
                Answer answer = ask(context, m_echo, &number, sizeof number);
                while (answer.call == WEIR_ERR_QUEUE_FULL) {
                    std::this_thread::yield();
                    answer = ask(context, m_echo, &number, sizeof number);
                }
                wrong += answer.call == WEIR_OK && answer.number() == number ? 0 : 1;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    stop = true;
    sender.join();
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Threads, destroy_ends_every_blocking_call_without_a_limit) {
    const uint64_t rounds = scaled(uint64_t{200});
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) { options.max_slots = 2; });
    for (uint64_t round = 0; round < rounds; round++) {
        weir_handle context = 0;
        ASSERT_EQ(weir_context_create_wait(host.pool, nullptr, 10'000, &context, nullptr), WEIR_OK);
        std::atomic<uint32_t> begun{0};
        std::atomic<uint64_t> strange{0};
        std::vector<std::thread> threads;
        for (int me = 0; me < 4; me++) {
            threads.emplace_back([&] {
                begun++;
                for (;;) {
                    const Answer answer = ask(context, m_echo, "x", 1);
                    if (answer.call == WEIR_ERR_STALE_HANDLE) {
                        return;
                    }
                    const bool known = answer.call == WEIR_OK && (answer.status == WEIR_OK ||
                                                                  answer.status == WEIR_ERR_CLOSED);
                    strange += known ? 0 : 1;
                }
            });
        }
        EXPECT_TRUE(eventually([&] { return begun == 4; }));
        EXPECT_EQ(weir_context_destroy(context), WEIR_OK);
        for (std::thread &thread : threads) {
            thread.join();
        }
        EXPECT_EQ(strange, 0u);
    }
}

} // namespace
