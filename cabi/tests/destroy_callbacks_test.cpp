/**
 * Destroy and the host's own callbacks: from inside one, during one, behind one that never ends.
 */
#include "support/timed.hpp"

namespace weir::testing {

class DestroyCallbacks : public DeliveryTest {
  protected:
    /** Runs `act` once, in the first callback of this kind. */
    void in_callback_of(uint32_t kind, std::function<void()> act) {
        recorder.on_record = [this, kind, act = std::move(act)](const weir_record &record) {
            if (record.kind == kind && !acted_.exchange(true)) {
                act();
            }
        };
    }

    size_t delivered() { return recorder.all().size(); }

    InstancePlan plan;
    Latch latch;

  private:
    std::atomic<bool> acted_{false};
};

INSTANTIATE_TEST_SUITE_P(Delivery, DestroyCallbacks,
                         ::testing::Values(uint32_t{WEIR_DELIVER_CALLBACK},
                                           uint32_t{WEIR_DELIVER_DIRECT}),
                         delivery_name);

TEST_P(DestroyCallbacks, t6_a_context_may_be_destroyed_from_its_own_callback) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    weir_status status = WEIR_ERR_BUSY;
    std::atomic<bool> inside{false};
    std::atomic<bool> early{false};
    in_callback_of(WEIR_RECORD_RESPONSE, [&] {
        inside = true;
        status = context.destroy();
        settle();
        early = recorder.count(WEIR_RECORD_DESTROYED) != 0;
        inside = false;
    });
    context.send("echo", "x");
    EXPECT_TRUE(recorder.wait_for(WEIR_RECORD_DESTROYED));
    EXPECT_EQ(status, WEIR_OK);
    EXPECT_FALSE(early) << "it completes after the callback";
    EXPECT_EQ(recorder.all().back().kind, uint32_t{WEIR_RECORD_DESTROYED});
    EXPECT_EQ(recorder.all().back().report().abandoned, 0u);
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(plan.destroyed, 1u);
}

TEST_P(DestroyCallbacks, t6_what_would_wait_for_its_own_thread_is_refused_and_changes_nothing) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    weir_status destroyed = WEIR_OK;
    weir_status closed = WEIR_OK;
    weir_status called = WEIR_OK;
    in_callback_of(WEIR_RECORD_RESPONSE, [&] {
        destroyed = weir_context_destroy_wait(context.handle(), nullptr);
        closed = weir_pool_close_wait(pool.handle(), 0, nullptr);
        called = context.call("echo", "nested").call;
    });
    context.send("echo", "x");
    EXPECT_TRUE(recorder.wait_for(WEIR_RECORD_RESPONSE));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(destroyed, WEIR_ERR_WOULD_DEADLOCK);
    EXPECT_EQ(closed, WEIR_ERR_WOULD_DEADLOCK);
    const bool on_worker = GetParam() == WEIR_DELIVER_DIRECT;
    EXPECT_EQ(called, on_worker ? WEIR_ERR_WOULD_DEADLOCK : WEIR_OK);
    EXPECT_EQ(context.call("echo", "still there").body, "still there");
}

TEST_P(DestroyCallbacks, t6_a_handler_may_not_wait_for_the_destroy_of_its_own_context) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    weir_status destroyed = WEIR_OK;
    weir_status closed = WEIR_OK;
    context.run([&](weir_call call) {
        destroyed = weir_context_destroy_wait(context.handle(), nullptr);
        closed = weir_pool_close_wait(pool.handle(), 0, nullptr);
        weir_call_resolve(call, nullptr, 0);
    });
    EXPECT_EQ(destroyed, WEIR_ERR_WOULD_DEADLOCK);
    EXPECT_EQ(closed, WEIR_ERR_WOULD_DEADLOCK);
    EXPECT_EQ(context.call("echo", "still there").body, "still there");
}

TEST_P(DestroyCallbacks, another_context_may_be_destroyed_and_waited_for_in_a_callback) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    HostContext other(pool);
    weir_status status = WEIR_ERR_BUSY;
    in_callback_of(WEIR_RECORD_RESPONSE,
                   [&] { status = weir_context_destroy_wait(other.handle(), nullptr); });
    context.send("echo", "x");
    EXPECT_TRUE(recorder.wait_for(WEIR_RECORD_RESPONSE));
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(status, WEIR_OK);
}

TEST_P(DestroyCallbacks, row_3_26_destroy_waits_for_the_callback_in_progress) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    in_callback_of(WEIR_RECORD_RESPONSE, [&] { latch.wait(); });
    context.send("echo", "x");
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    EXPECT_EQ(pool.stats().callbacks_running, 1u);
    Destroying destroying(context.handle());
    pass_ms(1'000);
    EXPECT_FALSE(destroying.is_done());
    latch.open();
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().callbacks_running, 0u);
    EXPECT_EQ(destroying.report().abandoned, 0u);
    EXPECT_EQ(pool.stats().callbacks_running, 0u);
}

TEST_P(DestroyCallbacks, t5_behind_a_callback_that_never_ends_it_returns_in_bound_and_says_so) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    in_callback_of(WEIR_RECORD_RESPONSE, [&] { latch.wait(); });
    context.send("echo", "stuck");
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    Destroying destroying(context.handle());
    pass_ms(5'500);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.status(), WEIR_OK);
    EXPECT_EQ(destroying.report().callbacks_running, 1u);
    EXPECT_LE(destroying.report().took_us, 5'500'000u);
    EXPECT_EQ(pool.stats().slots_quarantined, 1u);
    EXPECT_EQ(pool.stats().callbacks_running, 1u);
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(plan.destroyed, 1u);
    EXPECT_EQ(recorder.count(WEIR_RECORD_DESTROYED), 0u);
}

/** T4: their user data may be gone. */
TEST_P(DestroyCallbacks, t4_no_callback_starts_after_a_destroy_that_left_one_running) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    in_callback_of(WEIR_RECORD_RESPONSE, [&] { latch.wait(); });
    context.listen("tick");
    for (int request = 0; request < 5; request++) {
        context.send("echo", "x");
    }
    const EmitOrder order = {.name = "tick", .count = 3};
    context.send("emit", bytes_of(order));
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    EXPECT_TRUE(quiet());
    Destroying destroying(context.handle());
    pass_ms(5'500);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().callbacks_running, 1u);
    const size_t before = delivered();
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(delivered(), before);
    HostContext next(pool, nullptr, &recorder);
    EXPECT_EQ(next.call("echo", "x").body, "x") << "the slot is whole again";
    next.send("echo", "x");
    EXPECT_TRUE(eventually([&] { return delivered() == before + 1; }));
}

TEST_P(DestroyCallbacks, without_waiting_destroyed_follows_the_stuck_callback) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    in_callback_of(WEIR_RECORD_RESPONSE, [&] { latch.wait(); });
    context.send("echo", "stuck");
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    context.destroy();
    pass_ms(6'000);
    latch.open();
    EXPECT_TRUE(recorder.wait_for(WEIR_RECORD_DESTROYED));
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(recorder.count(WEIR_RECORD_DESTROYED), 1u);
    EXPECT_EQ(recorder.all().back().kind, uint32_t{WEIR_RECORD_DESTROYED});
}

/** 2.4: the slot is idle before its owner is told. */
TEST_P(DestroyCallbacks, row_2_4_a_create_in_the_destroyed_callback_takes_the_same_slot) {
    weir_pool_options made = options(1);
    HostPool pool(library, made);
    std::vector<weir_handle> contexts;
    std::atomic<int> failures{0};
    std::atomic<int> left{scaled(200)};
    recorder.on_record = [&](const weir_record &record) {
        if (record.kind != WEIR_RECORD_DESTROYED || left-- <= 0) {
            return;
        }
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.user_data = recorder.user_data();
        weir_handle context = 0;
        failures += weir_context_create(pool.handle(), &options, &context, nullptr) != WEIR_OK;
        failures += weir_context_destroy(context) != WEIR_OK;
    };
    HostContext context(pool, nullptr, &recorder);
    context.destroy();
    EXPECT_TRUE(eventually([&] { return left <= 0; }));
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(pool.stats().slots_built, 1u);
}

class DestroyRaces : public TimedTest {};

TEST_F(DestroyRaces, row_3_15_a_pool_of_one_is_free_as_soon_as_destroy_returns) {
    weir_pool_options options = queue_options();
    options.max_slots = 1;
    HostPool pool(library, options);
    const int rounds = scaled(10'000);
    for (int round = 0; round < rounds; round++) {
        weir_handle context = 0;
        ASSERT_EQ(weir_context_create(pool.handle(), nullptr, &context, nullptr), WEIR_OK) << round;
        ASSERT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    }
    EXPECT_EQ(pool.stats().slots_built, 1u);
    EXPECT_EQ(pool.stats().contexts_destroyed, static_cast<uint64_t>(rounds));
}

TEST_F(DestroyRaces, row_3_16_destroy_never_returns_before_its_own_recycle) {
    weir_pool_options options = queue_options();
    options.max_slots = 1;
    HostPool pool(library, options);
    for (int owner = 0; owner < 10; owner++) {
        Calls calls;
        Calls *pointer = &calls;
        InstancePlan plan;
        HostContext context(pool, &plan, &recorder);
        context.send("async", bytes_of(pointer));
        EXPECT_TRUE(calls.wait_for(1));
        const bool overdue = owner % 2 == 0;
        Destroying destroying(context.handle());
        pass_ms(overdue ? 2'999 : 1'000, 500);
        EXPECT_FALSE(destroying.is_done());
        if (overdue) {
            pass_ms(1);
            EXPECT_TRUE(destroying.ends());
            EXPECT_EQ(plan.destroyed, 0u);
        }
        calls.resolve_all();
        EXPECT_TRUE(destroying.ends());
        EXPECT_EQ(destroying.report().drained, overdue ? 0u : 1u);
        EXPECT_EQ(destroying.report().abandoned, overdue ? 1u : 0u);
        EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
        EXPECT_EQ(plan.destroyed, 1u);
    }
}

TEST_F(DestroyRaces, row_3_17_of_eight_threads_that_destroy_one_handle_one_wins) {
    HostPool pool(library, queue_options());
    const int rounds = scaled(200);
    for (int round = 0; round < rounds; round++) {
        HostContext context(pool);
        std::atomic<int> won{0};
        std::atomic<int> stale{0};
        std::atomic<int> ready{0};
        std::vector<std::thread> threads;
        for (int thread = 0; thread < 8; thread++) {
            threads.emplace_back([&, thread] {
                ready++;
                while (ready < 8) {
                    std::this_thread::yield();
                }
                const weir_status status =
                    thread % 2 == 0 ? weir_context_destroy(context.handle())
                                    : weir_context_destroy_wait(context.handle(), nullptr);
                (status == WEIR_OK ? won : stale)++;
                EXPECT_TRUE(status == WEIR_OK || status == WEIR_ERR_STALE_HANDLE);
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        ASSERT_EQ(won, 1);
        ASSERT_EQ(stale, 7);
    }
    EXPECT_TRUE(eventually([&] { return process_stats().contexts == 0; }));
}

TEST_F(DestroyRaces, row_3_12_a_stuck_slot_is_not_reused_while_the_others_go_on) {
    weir_pool_options options = queue_options();
    options.max_slots = 2;
    HostPool pool(library, options);
    Calls calls;
    Calls *pointer = &calls;
    HostContext stuck(pool, nullptr, &recorder);
    const auto thread_of_stuck = stuck.call("thread_id").as<uint64_t>();
    stuck.send("async", bytes_of(pointer));
    EXPECT_TRUE(calls.wait_for(1));
    Destroying destroying(stuck.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    for (int round = 0; round < 20; round++) {
        HostContext other(pool);
        EXPECT_NE(other.call("thread_id").as<uint64_t>(), thread_of_stuck);
        other.destroy_wait();
    }
    HostContext other(pool);
    weir_handle refused = 7;
    weir_error error = WEIR_ERROR_INIT;
    EXPECT_EQ(weir_context_create(pool.handle(), nullptr, &refused, &error),
              WEIR_ERR_POOL_EXHAUSTED);
    EXPECT_EQ(refused, 0u);
    EXPECT_EQ(error.slots_total, 2u);
    EXPECT_EQ(error.slots_active, 1u);
    EXPECT_EQ(error.slots_quarantined, 1u);
    calls.resolve_all();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    HostContext again(pool);
    EXPECT_EQ(again.call("thread_id").as<uint64_t>(), thread_of_stuck) << "it came back";
}

TEST_F(DestroyRaces, an_emitter_that_waits_for_room_is_let_go) {
    weir_pool_options options = test_options(WEIR_DELIVER_CALLBACK);
    options.max_events = 1;
    HostPool pool(library, options);
    Latch latch;
    recorder.on_record = [&](const weir_record &record) {
        if (record.kind == WEIR_RECORD_EVENT) {
            latch.wait();
        }
    };
    HostContext context(pool, nullptr, &recorder);
    context.listen("tick");
    const EmitOrder order = {.name = "tick", .count = 3, .wait_ms = WEIR_FOREVER};
    context.send("emit", bytes_of(order));
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    EXPECT_TRUE(quiet());
    Destroying destroying(context.handle());
    EXPECT_TRUE(quiet());
    EXPECT_EQ(pool.stats().responses_ok, 1u) << "it is let go while the callback still runs";
    latch.open();
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().drained, 1u);
    const auto result = recorder.of_kind(WEIR_RECORD_RESPONSE).front().as<EmitResult>();
    EXPECT_EQ(result.sent, 1u);
    EXPECT_EQ(result.last_refusal, WEIR_ERR_STALE_HANDLE);
}

} // namespace weir::testing
