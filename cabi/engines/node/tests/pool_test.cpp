/** Pools of TypeScript contexts: prepared slots, forms of delivery, and many threads at once. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

TEST(MinClean, slots_are_prepared_soon_after_the_pool_is_made_and_again_after_a_create) {
    Host host([](weir_pool_options &options) {
        options.min_clean = 2;
        options.max_slots = 4;
    });
    const auto prepared = [&](uint32_t count) {
        return eventually([&] { return host.stats().slots_prepared >= count; });
    };
    EXPECT_TRUE(prepared(2)) << host.stats().slots_prepared;
    EXPECT_LE(host.stats().slots_built, 3u);
    Context one(host);
    EXPECT_TRUE(prepared(2)) << "one of them was taken";
    Context two(host);
    EXPECT_TRUE(prepared(2));
    EXPECT_EQ(host.stats().slots_total, 4u);
    Context three(host);
    EXPECT_EQ(three.run("return 1"), "OK 1");
    EXPECT_EQ(host.stats().slots_total, 4u) << "no more than max_slots";
}

TEST(Stack, that_is_too_small_for_the_engine_is_refused) {
    const auto small = [](weir_pool_options &options) { options.stack_size = 256 << 10; };
    try {
        const Host host(small);
        ADD_FAILURE() << "a pool was made";
    } catch (const std::runtime_error &error) {
        EXPECT_EQ(std::string(error.what()).find("stack_size:"), 0u) << error.what();
    }
}

TEST(MinClean, a_create_takes_a_prepared_slot_first) {
    Host host([](weir_pool_options &options) {
        options.max_slots = 2;
        options.isolation = WEIR_ISOLATION_ENVIRONMENT;
    });
    {
        Context one(host);
        Context two(host);
        EXPECT_EQ(one.run("return 1") + two.run("return 1"), "OK 1OK 1");
        one.destroy();
        ASSERT_TRUE(eventually([&] { return host.stats().slots_prepared == 1; }));
        two.destroy(); // idle since, and its environment is being built
    }
    Context next(host);
    EXPECT_EQ(next.run("return 1"), "OK 1");
    EXPECT_EQ(host.stats().slots_built, 2u);
}

TEST(MinClean, is_kept_when_every_owner_is_unclean) {
    Host host([](weir_pool_options &options) {
        options.min_clean = 2;
        options.max_slots = 3;
    });
    for (int round = 0; round < 5; round++) {
        Context owner(host);
        EXPECT_EQ(owner.run("globalThis.left = 1; return 1"), "OK 1");
        owner.destroy();
        EXPECT_TRUE(eventually([&] { return host.stats().slots_prepared >= 2; }));
    }
    EXPECT_TRUE(host.is_whole());
    EXPECT_EQ(host.stats().environments_rebuilt, 5u);
}

class Delivery : public testing::TestWithParam<uint32_t> {};

TEST_P(Delivery, by_callbacks_has_responses_events_and_ends) {
    Host host([](weir_pool_options &options) { options.delivery = GetParam(); });
    {
        Context context(host, "return { instance }");
        context.listen("x");
        constexpr size_t count = 500;
        for (size_t number = 0; number < count; number++) {
            context.send("state.instance.emit('x', bytes(1)); return later(1, 'done')");
        }
        ASSERT_TRUE(host.recorder.wait_for(WEIR_RECORD_RESPONSE, count));
        ASSERT_TRUE(host.recorder.wait_for(WEIR_RECORD_EVENT, count));
        for (const Received &record : host.recorder.of_kind(WEIR_RECORD_RESPONSE)) {
            EXPECT_EQ(as_text(record.status, record.body), "OK done");
        }
        EXPECT_EQ(context.run("return 1"), "OK 1");
    }
    ASSERT_TRUE(host.recorder.wait_for(WEIR_RECORD_DESTROYED));
    EXPECT_EQ(host.recorder.all().back().kind, uint32_t{WEIR_RECORD_DESTROYED});
}

TEST_P(Delivery, a_callback_may_send_and_destroy) {
    Host host([](weir_pool_options &options) { options.delivery = GetParam(); });
    Context *sender = nullptr;
    std::atomic<int> left{100};
    host.recorder.on_record = [&](const weir_record &record) {
        if (record.kind != WEIR_RECORD_RESPONSE) {
            return;
        }
        if (--left > 0) {
            sender->send("return later(0, 1)");
        } else {
            weir_context_destroy(sender->handle());
        }
    };
    Context context(host);
    sender = &context;
    context.send("return 1");
    ASSERT_TRUE(host.recorder.wait_for(WEIR_RECORD_DESTROYED));
    EXPECT_EQ(host.recorder.count(WEIR_RECORD_RESPONSE), 100u);
    host.close();
}

INSTANTIATE_TEST_SUITE_P(Form, Delivery,
                         testing::Values(WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT));

class Load : public testing::TestWithParam<uint32_t> {};

/** 16 threads of the host on 8 contexts: what was accepted is answered, once each. */
TEST_P(Load, of_many_threads_loses_nothing) {
    std::atomic<uint64_t> answered{0};
    std::atomic<uint64_t> wrong{0};
    static std::atomic<uint64_t> *counts[2];
    counts[0] = &answered;
    counts[1] = &wrong;
    const auto count = [](const weir_record *record, uintptr_t) {
        if (record->kind == WEIR_RECORD_RESPONSE) {
            ++*counts[0];
            *counts[1] += record->status == WEIR_OK && record->length == 64 ? 0 : 1;
        }
    };
    Host host([&](weir_pool_options &options) {
        options.delivery = GetParam();
        options.callback = GetParam() == WEIR_DELIVER_QUEUE ? nullptr : +count;
        options.max_slots = 8;
    });
    std::vector<std::unique_ptr<Context>> contexts;
    for (int number = 0; number < 8; number++) {
        contexts.push_back(std::make_unique<Context>(host));
        ASSERT_EQ(contexts.back()->run("return 1"), "OK 1");
    }
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> accepted{0};
    std::vector<std::thread> threads;
    for (size_t number = 0; number < 16; number++) {
        threads.emplace_back([&, number] {
            const std::string payload(64, 'p');
            for (uint64_t round = number; !stop; round++) {
                weir_request request =
                    weir::testing::make_request(round % 3 == 0 ? "echoLater" : "echo", payload);
                const weir_handle to = contexts[round % contexts.size()]->handle();
                const weir_status sent = weir_request_send(to, &request, nullptr, nullptr);
                accepted += sent == WEIR_OK ? 1 : 0;
                if (sent != WEIR_OK) {
                    std::this_thread::yield();
                }
            }
        });
    }
    const auto began = Clock::now();
    while (elapsed_ms(began) < 2'000) {
        weir_record records[64];
        uint32_t got = 0;
        weir_queue_wait(host.queue, records, 64, 10, &got);
        for (uint32_t at = 0; at < got; at++) {
            count(&records[at], 0);
        }
        weir_records_release(records, got);
    }
    stop = true;
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(eventually([&] {
        weir_record records[64];
        uint32_t got = 0;
        weir_queue_drain(host.queue, records, 64, &got);
        for (uint32_t at = 0; at < got; at++) {
            count(&records[at], 0);
        }
        weir_records_release(records, got);
        return answered == accepted;
    })) << answered
        << " of " << accepted;
    EXPECT_GT(accepted, 1'000u);
    EXPECT_EQ(wrong, 0u);
    EXPECT_EQ(host.stats().responses_ok, accepted + 8);
}

INSTANTIATE_TEST_SUITE_P(Form, Load,
                         testing::Values(WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK,
                                         WEIR_DELIVER_DIRECT));

/** Creates, calls and destroys on 8 threads over 4 slots, one in ten of them unclean. */
TEST(Load, of_owners_that_come_and_go_loses_no_slot) {
    Host host([](weir_pool_options &options) { options.max_slots = 4; });
    std::atomic<uint64_t> wrong{0};
    std::vector<std::thread> threads;
    for (int number = 0; number < 8; number++) {
        threads.emplace_back([&, number] {
            for (int round = 0; round < scaled(100); round++) {
                Context owner(host, "return { mine: '" + std::to_string(number) + "' }");
                const bool unclean = round % 10 == number;
                const std::string answer =
                    owner.run(unclean ? "globalThis.left = 1; return state.mine"
                                      : "return later(0, state.mine + (globalThis.left ?? ''))");
                wrong += answer == "OK " + std::to_string(number) ? 0 : 1;
                owner.destroy();
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(wrong, 0u);
    EXPECT_TRUE(host.is_whole());
    EXPECT_EQ(host.stats().slots_total, host.stats().slots_built);
    EXPECT_EQ(host.stats().contexts_created, host.stats().contexts_destroyed);
}

} // namespace
