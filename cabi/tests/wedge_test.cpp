/**
 * Who is called slow or wedged, who is not, and that a lost wake-up is mended. On the injected
 * clock.
 */
#include "support/timed.hpp"

namespace weir::testing {

class Wedge : public TimedTest {
  protected:
    /** Block the worker of `context` until the latch opens. */
    void block(HostContext &context, Latch &latch, std::string_view method = "block") {
        Latch *pointer = &latch;
        const uint32_t before = latch.arrived();
        EXPECT_NE(context.send(method, bytes_of(pointer)), 0u);
        EXPECT_TRUE(latch.wait_for_arrivals(before + 1));
    }

    size_t notices() {
        return count(WEIR_RECORD_UNRESPONSIVE) + recorder.count(WEIR_RECORD_RESPONSIVE);
    }
};

TEST_F(Wedge, row_3_18_unresponsive_once_at_five_seconds_and_responsive_once_after) {
    HostPool pool(library, queue_options());
    Latch latch;
    HostContext context(pool, nullptr, &recorder);
    block(context, latch);
    pass_ms(4'999);
    EXPECT_EQ(notices(), 0u);
    pass_ms(1);
    EXPECT_TRUE(collect(WEIR_RECORD_UNRESPONSIVE));
    pass_ms(3'000);
    latch.open();
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE));
    pass_ms(500);
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSIVE));
    pass_ms(10'000, 500);
    EXPECT_EQ(count(WEIR_RECORD_UNRESPONSIVE), 1u);
    EXPECT_EQ(recorder.count(WEIR_RECORD_RESPONSIVE), 1u);
    const Received told = recorder.of_kind(WEIR_RECORD_UNRESPONSIVE).front();
    EXPECT_EQ(told.context, context.handle());
    EXPECT_EQ(told.user_data, recorder.user_data());
    EXPECT_GE(told.id, 5'000u);
    EXPECT_LE(told.id, 5'500u);
    EXPECT_GE(recorder.of_kind(WEIR_RECORD_RESPONSIVE).front().id, 8'000u);
    EXPECT_EQ(pool.stats().slow_handlers, 1u);
    EXPECT_EQ(pool.stats().wedged_handlers, 1u);
    EXPECT_EQ(pool.stats().recovered_handlers, 1u);
}

TEST_F(Wedge, the_first_request_of_a_new_slot_is_watched_too) {
    for (int round = 0; round < scaled(20); round++) {
        HostPool pool(library, queue_options());
        Latch latch;
        HostContext context(pool, nullptr, &recorder);
        block(context, latch);
        pass_ms(1'200, 400);
        EXPECT_TRUE(eventually([&] { return pool.stats().slow_handlers == 1; })) << round;
    }
}

TEST_F(Wedge, slow_is_counted_and_not_told) {
    HostPool pool(library, queue_options());
    Latch latch;
    HostContext context(pool, nullptr, &recorder);
    block(context, latch);
    pass_ms(999);
    EXPECT_EQ(pool.stats().slow_handlers, 0u);
    pass_ms(1);
    EXPECT_TRUE(eventually([&] { return pool.stats().slow_handlers == 1; }));
    EXPECT_EQ(notices(), 0u);
}

TEST_F(Wedge, a_constructor_is_watched_like_a_handler) {
    Latch latch;
    InstancePlan plan;
    plan.block_create = &latch;
    HostPool pool(library, queue_options());
    const HostContext context(pool, &plan, &recorder);
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    pass_ms(5'500);
    EXPECT_TRUE(collect(WEIR_RECORD_UNRESPONSIVE));
    latch.open();
}

TEST_F(Wedge, with_callbacks_it_is_told_on_the_event_thread_while_the_worker_is_blocked) {
    HostPool pool(library, test_options(WEIR_DELIVER_CALLBACK));
    Latch latch;
    HostContext context(pool, nullptr, &recorder);
    const auto worker = context.call("thread_id").as<uint64_t>();
    block(context, latch);
    pass_ms(5'500);
    EXPECT_TRUE(recorder.wait_for(WEIR_RECORD_UNRESPONSIVE));
    EXPECT_NE(recorder.of_kind(WEIR_RECORD_UNRESPONSIVE).front().thread, worker);
    latch.open();
}

TEST_F(Wedge, idle_contexts_cost_no_wake_up_in_an_hour) {
    HostPool pool(library, queue_options());
    std::vector<std::unique_ptr<HostContext>> contexts;
    for (int count = 0; count < 8; count++) {
        contexts.push_back(std::make_unique<HostContext>(pool));
        EXPECT_EQ(contexts.back()->call("echo", "x").body, "x");
    }
    uint64_t before = 0;
    EXPECT_TRUE(eventually([&] { // the watch looks once more, and rests
        before = pool.stats().watch_wakes;
        pass_ms(200);
        return pool.stats().watch_wakes == before;
    }));
    const uint64_t worker_wakes = pool.stats().worker_wakes;
    pass_ms(3'600'000, 60'000);
    EXPECT_EQ(pool.stats().watch_wakes, before);
    EXPECT_EQ(pool.stats().worker_wakes, worker_wakes);
    EXPECT_EQ(notices(), 0u);
}

TEST_F(Wedge, after_a_rest_the_watch_looks_again_and_sleeps_between_two_looks) {
    HostPool pool(library, queue_options());
    HostContext context(pool, nullptr, &recorder);
    for (int burst = 0; burst < 3; burst++) {
        EXPECT_EQ(context.call("echo", "x").body, "x");
        pass_ms(500, 50);
    }
    const uint64_t before = pool.stats().watch_wakes;
    Latch latch;
    block(context, latch);
    settle();
    EXPECT_LE(pool.stats().watch_wakes, before + 3) << "it looks all the time";
    pass_ms(5'500);
    EXPECT_TRUE(collect(WEIR_RECORD_UNRESPONSIVE));
    latch.open();
}

TEST_F(Wedge, short_handlers_without_end_are_never_accused) {
    HostPool pool(library, queue_options());
    HostContext context(pool, nullptr, &recorder);
    std::atomic<bool> stop{false};
    std::thread sender([&] {
        while (!stop) {
            context.send("echo", "x");
            queue.drain_to(recorder);
        }
    });
    for (int step = 0; step < 80; step++) {
        clock.advance_ms(100);
        settle();
    }
    stop = true;
    sender.join();
    EXPECT_EQ(notices(), 0u);
    EXPECT_EQ(pool.stats().slow_handlers, 0u);
}

TEST_F(Wedge, a_handler_that_waits_without_blocking_its_worker_is_not_accused) {
    HostPool pool(library, queue_options());
    Calls calls;
    Calls *pointer = &calls;
    HostContext context(pool, nullptr, &recorder);
    context.send("async", bytes_of(pointer));
    EXPECT_TRUE(calls.wait_for(1));
    pass_ms(20'000, 250);
    EXPECT_EQ(notices(), 0u);
    calls.resolve_all();
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE));
}

TEST_F(Wedge, the_delivery_of_a_job_after_a_long_quiet_time_is_not_accused) {
    HostPool pool(library, queue_options());
    HostContext context(pool, nullptr, &recorder);
    Latch work;
    Latch delivery;
    const OffloadOrder order = {.block_work = &work, .block_deliver = &delivery};
    context.send("offload", bytes_of(order));
    EXPECT_TRUE(work.wait_for_arrivals(1));
    pass_ms(1'000, 100);
    pass_ms(3'600'000, 600'000);
    work.open();
    EXPECT_TRUE(delivery.wait_for_arrivals(1));
    pass_ms(900, 50);
    EXPECT_EQ(pool.stats().slow_handlers, 0u);
    EXPECT_EQ(notices(), 0u);
    pass_ms(100);
    EXPECT_TRUE(eventually([&] { return pool.stats().slow_handlers == 1; }));
    delivery.open();
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE));
}

TEST_F(Wedge, row_3_18_a_stopped_process_accuses_no_idle_context) {
    HostPool pool(library, queue_options());
    HostContext context(pool, nullptr, &recorder);
    context.call("echo", "x");
    jump_ms(10'000);
    context.call("echo", "x");
    jump_ms(10'000);
    pass_ms(1'000, 100);
    EXPECT_EQ(notices(), 0u);
    EXPECT_EQ(pool.stats().slow_handlers, 0u);
}

TEST_F(Wedge, a_stopped_process_gives_a_busy_handler_its_time_anew) {
    HostPool pool(library, queue_options());
    Latch latch;
    HostContext context(pool, nullptr, &recorder);
    block(context, latch);
    pass_ms(600, 50);
    jump_ms(10'000);
    pass_ms(3'500);
    EXPECT_EQ(notices(), 0u);
    pass_ms(2'000);
    EXPECT_TRUE(collect(WEIR_RECORD_UNRESPONSIVE)) << "it still runs: now it is wedged";
    EXPECT_EQ(count(WEIR_RECORD_UNRESPONSIVE), 1u);
    latch.open();
}

TEST_F(Wedge, switched_off_it_says_nothing) {
    weir_pool_options options = queue_options();
    options.slow_ms = WEIR_OFF;
    options.wedged_ms = WEIR_OFF;
    HostPool pool(library, options);
    Latch latch;
    HostContext context(pool, nullptr, &recorder);
    block(context, latch);
    pass_ms(20'000, 250);
    EXPECT_EQ(notices(), 0u);
    EXPECT_EQ(pool.stats().slow_handlers + pool.stats().wedged_handlers, 0u);
}

TEST_F(Wedge, t7_the_next_owner_hears_nothing_of_the_handler_of_the_last_one) {
    weir_pool_options options = queue_options();
    options.max_slots = 1;
    HostPool pool(library, options);
    Latch latch;
    Recorder first_recorder;
    HostContext first(pool, nullptr, &first_recorder);
    block(first, latch);
    pass_ms(5'500);
    EXPECT_TRUE(queue.collect(first_recorder, WEIR_RECORD_UNRESPONSIVE));
    first.destroy();
    pass_ms(3'500);
    EXPECT_TRUE(queue.collect(first_recorder, WEIR_RECORD_DESTROYED));
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    HostContext second(pool, nullptr, &recorder);
    EXPECT_EQ(second.call("echo", "x").body, "x");
    pass_ms(2'000, 100);
    EXPECT_EQ(notices(), 0u);
}

TEST_F(Wedge, row_3_19_a_lost_wake_up_costs_at_most_100_ms) {
    HostPool pool(library, queue_options());
    HostContext context(pool, nullptr, &recorder);
    context.call("echo", "x");
    pass_ms(1'000, 100);
    settle(); // the worker sleeps in the kernel
    // The first wake-up is the worker's, the second that of the event thread which looks after it.
    inject(Fault::wake, 1);
    context.send("echo", "lost");
    settle();
    EXPECT_EQ(count(WEIR_RECORD_RESPONSE), 0u);
    clear_faults();
    clock.advance_ms(99);
    settle();
    EXPECT_EQ(count(WEIR_RECORD_RESPONSE), 0u);
    clock.advance_ms(1);
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE));
    EXPECT_TRUE(eventually([&] { return pool.stats().wakes_repeated == 1; }));
    pass_ms(1'000, 100);
    EXPECT_EQ(pool.stats().wakes_repeated, 1u);
}

TEST_F(Wedge, wake_ups_are_repeated_only_when_they_were_lost) {
    HostPool pool(library, queue_options());
    HostContext context(pool, nullptr, &recorder);
    for (int round = 0; round < 50; round++) {
        EXPECT_EQ(context.call("echo", "x").body, "x");
        clock.advance_ms(30);
    }
    EXPECT_EQ(pool.stats().wakes_repeated, 0u);
}

} // namespace weir::testing
