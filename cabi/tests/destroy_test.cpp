/** What destroy does with the work that it finds, and when, for each form of delivery. */
#include "support/timed.hpp"

namespace weir::testing {

class Destroy : public DeliveryTest {
  protected:
    std::vector<Received> responses() {
        queue.drain_to(recorder);
        return recorder.of_kind(WEIR_RECORD_RESPONSE);
    }

    /** Leave a call with the test. */
    void start_async(HostContext &context, std::string_view method = "async") {
        Calls *pointer = &calls;
        const size_t before = calls.size();
        EXPECT_NE(context.send(method, bytes_of(pointer)), 0u);
        EXPECT_TRUE(calls.wait_for(before + 1));
    }

    void start_block(HostContext &context, std::string_view method = "block") {
        Latch *pointer = &latch;
        const uint32_t before = latch.arrived();
        EXPECT_NE(context.send(method, bytes_of(pointer)), 0u);
        EXPECT_TRUE(latch.wait_for_arrivals(before + 1));
    }

    Calls calls;
    Latch latch;
    InstancePlan plan;
};

INSTANTIATE_TEST_SUITE_P(Delivery, Destroy, every_delivery(), delivery_name);

TEST_P(Destroy, of_an_idle_context_is_done_at_once_and_frees_the_instance) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    EXPECT_EQ(context.call("echo", "x").body, "x");
    EXPECT_TRUE(quiet()) << "the handler has returned";
    const weir_destroy_report report = context.destroy_wait();
    EXPECT_EQ(context.last_status, WEIR_OK);
    EXPECT_EQ(report.drained + report.canceled + report.abandoned + report.closed, 0u);
    EXPECT_EQ(report.callbacks_running, 0u);
    EXPECT_EQ(report.took_us, 0u);
    EXPECT_EQ(plan.destroyed, 1u);
    EXPECT_EQ(pool.stats().slots_idle, 1u);
    EXPECT_EQ(recorder.count(WEIR_RECORD_DESTROYED), 0u) << "the report was written instead";
}

TEST_P(Destroy, without_waiting_tells_by_one_record_with_the_report) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_async(context);
    EXPECT_EQ(context.destroy(), WEIR_OK);
    EXPECT_EQ(context.destroy(), WEIR_ERR_STALE_HANDLE);
    pass_ms(700);
    EXPECT_EQ(count(WEIR_RECORD_DESTROYED), 0u);
    calls.resolve_all();
    EXPECT_TRUE(collect(WEIR_RECORD_DESTROYED));
    const Received told = recorder.of_kind(WEIR_RECORD_DESTROYED).front();
    EXPECT_EQ(told.context, context.handle());
    EXPECT_EQ(told.user_data, recorder.user_data());
    EXPECT_EQ(told.report().struct_size, sizeof(weir_destroy_report));
    EXPECT_EQ(told.report().drained, 1u);
    EXPECT_EQ(told.report().took_us, 700'000u);
    EXPECT_EQ(recorder.all().back().kind, uint32_t{WEIR_RECORD_DESTROYED}) << "the last thing";
}

TEST_P(Destroy, row_3_11_a_a_handler_that_ends_at_1400_ms_is_drained) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_async(context);
    Destroying destroying(context.handle());
    pass_ms(1'400);
    EXPECT_FALSE(destroying.is_done());
    EXPECT_EQ(plan.destroyed, 0u);
    calls.resolve_all("in time");
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().drained, 1u);
    EXPECT_EQ(destroying.report().canceled + destroying.report().abandoned, 0u);
    EXPECT_EQ(destroying.report().took_us, 1'400'000u);
    ASSERT_EQ(responses().size(), 1u);
    EXPECT_EQ(responses().front().status, WEIR_OK);
    EXPECT_EQ(responses().front().body, "in time");
    EXPECT_EQ(plan.destroyed, 1u);
}

TEST_P(Destroy, row_3_11_b_a_cooperative_handler_is_canceled_at_1500_ms) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_async(context, "cooperative");
    Destroying destroying(context.handle());
    pass_ms(1'499);
    EXPECT_EQ(calls.canceled, 0u);
    EXPECT_EQ(responses().size(), 0u);
    pass_ms(1);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(calls.canceled, 1u);
    EXPECT_EQ(destroying.report().canceled, 1u);
    EXPECT_EQ(destroying.report().drained + destroying.report().abandoned, 0u);
    EXPECT_EQ(destroying.report().took_us, 1'500'000u);
    ASSERT_EQ(responses().size(), 1u);
    EXPECT_EQ(responses().front().status, WEIR_ERR_CANCELED);
}

TEST_P(Destroy, row_3_11_c_a_handler_that_ignores_cancel_is_abandoned_at_3000_ms) {
    HostPool pool(library, options(2));
    HostContext context(pool, &plan, &recorder);
    start_async(context);
    Destroying destroying(context.handle());
    pass_ms(1'500);
    EXPECT_EQ(responses().size(), 1u) << "its host has the answer already";
    EXPECT_EQ(weir_call_is_canceled(calls.at(0)), 1);
    pass_ms(1'499);
    EXPECT_FALSE(destroying.is_done());
    pass_ms(1);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.status(), WEIR_OK);
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(destroying.report().drained + destroying.report().canceled, 0u);
    EXPECT_EQ(destroying.report().took_us, 3'000'000u);
    EXPECT_EQ(responses().front().status, WEIR_ERR_CANCELED);
    EXPECT_EQ(pool.stats().slots_quarantined, 1u);
    EXPECT_EQ(plan.destroyed, 0u) << "the instance is not freed under the handler";
    calls.resolve_all("late");
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(pool.stats().slots_quarantined, 0u);
    EXPECT_EQ(pool.stats().results_dropped, 1u);
    EXPECT_EQ(plan.destroyed, 1u);
    EXPECT_EQ(responses().size(), 1u) << "the late result is dropped";
}

TEST_P(Destroy, row_3_11_c_the_same_for_a_handler_that_blocks_its_worker) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_block(context);
    Destroying destroying(context.handle());
    pass_ms(2'999);
    EXPECT_FALSE(destroying.is_done());
    EXPECT_EQ(plan.destroyed, 0u);
    pass_ms(1);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(destroying.report().took_us, 3'000'000u);
    ASSERT_EQ(responses().size(), 1u);
    EXPECT_EQ(responses().front().status, WEIR_ERR_CANCELED);
    EXPECT_EQ(pool.stats().slots_quarantined, 1u);
    EXPECT_EQ(plan.destroyed, 0u);
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(plan.destroyed, 1u);
    EXPECT_EQ(pool.stats().results_dropped, 1u);
    EXPECT_EQ(responses().size(), 1u);
}

TEST_P(Destroy, of_a_worker_that_is_stuck_after_its_answer_is_abandoned_too) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_block(context, "answer_then_block");
    Destroying destroying(context.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 1u);
    ASSERT_EQ(responses().size(), 1u);
    EXPECT_EQ(responses().front().body, "early");
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
}

TEST_P(Destroy, of_a_context_whose_constructor_does_not_end_is_abandoned_too) {
    plan.block_create = &latch;
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    EXPECT_NE(context.send("echo", "x"), 0u);
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    Destroying destroying(context.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(destroying.report().closed, 1u);
    ASSERT_EQ(responses().size(), 1u);
    EXPECT_EQ(responses().front().status, WEIR_ERR_CLOSED);
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(plan.created, plan.destroyed);
}

TEST_P(Destroy, a_late_destructor_is_abandoned_after_its_own_two_seconds) {
    plan.block_destroy = &latch;
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_async(context);
    Destroying destroying(context.handle());
    pass_ms(1'400);
    calls.resolve_all();
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    pass_ms(1'999);
    EXPECT_FALSE(destroying.is_done());
    pass_ms(1);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().drained, 1u);
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(destroying.report().took_us, 3'400'000u);
    EXPECT_EQ(pool.stats().slots_quarantined, 1u);
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(plan.destroyed, 1u);
}

TEST_P(Destroy, requests_that_have_not_begun_are_closed) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_block(context);
    for (int request = 0; request < 10; request++) {
        EXPECT_NE(context.send("echo", "x"), 0u);
    }
    Destroying destroying(context.handle());
    EXPECT_EQ(context.send("echo", "x"), 0u);
    EXPECT_EQ(context.last_status, WEIR_ERR_STALE_HANDLE);
    latch.open();
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().drained, 1u);
    EXPECT_EQ(destroying.report().closed, 10u);
    EXPECT_EQ(responses().size(), 11u);
    EXPECT_EQ(pool.stats().responses_closed, 10u);
}

TEST_P(Destroy, requests_behind_a_stuck_handler_are_closed_in_time) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    start_block(context);
    for (int request = 0; request < 10; request++) {
        EXPECT_NE(context.send("echo", "x"), 0u);
    }
    Destroying destroying(context.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().closed, 10u);
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(responses().size(), 11u);
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(responses().size(), 11u);
}

/** User data that may be freed when destroy has returned: ASan would see a later touch. */
TEST_P(Destroy, row_0_10_a_hundred_pending_handlers_are_canceled_before_destroy_returns) {
    struct Poisoned {
        int touched = 0;
    };
    weir_pool_options made = options();
    const bool queued = GetParam() == WEIR_DELIVER_QUEUE;
    const auto touch = [](const weir_record *record, uintptr_t user_data) {
        EXPECT_EQ(record->status, WEIR_ERR_CANCELED);
        reinterpret_cast<Poisoned *>(user_data)->touched++;
    };
    made.callback = queued ? nullptr : weir_record_callback{touch};
    HostPool pool(library, made);
    auto poisoned = std::make_unique<Poisoned[]>(100);
    HostContext context(pool);
    Calls *pointer = &calls;
    for (size_t at = 0; at < 100; at++) {
        weir_request request = make_request("async", bytes_of(pointer));
        request.user_data = reinterpret_cast<uintptr_t>(&poisoned[at]);
        EXPECT_EQ(weir_request_send(context.handle(), &request, nullptr, nullptr), WEIR_OK);
    }
    EXPECT_TRUE(calls.wait_for(100));
    Destroying destroying(context.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 100u);
    queue.drain_to(recorder);
    for (const Received &record : recorder.all()) {
        EXPECT_EQ(record.status, WEIR_ERR_CANCELED);
        reinterpret_cast<Poisoned *>(record.user_data)->touched++;
    }
    for (size_t at = 0; at < 100; at++) {
        EXPECT_EQ(poisoned[at].touched, 1) << at;
    }
    poisoned.reset();
    calls.resolve_all();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(queue.drain_to(recorder), 0u);
    EXPECT_EQ(pool.stats().results_dropped, 100u);
}

TEST_P(Destroy, row_0_10_cooperative_handlers_all_end_at_the_cancel) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    for (int handler = 0; handler < 100; handler++) {
        start_async(context, "cooperative");
    }
    Destroying destroying(context.handle());
    pass_ms(1'500);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().canceled, 100u);
    EXPECT_EQ(calls.canceled, 100u);
    EXPECT_EQ(responses().size(), 100u);
}

TEST_P(Destroy, times_that_are_off_are_no_time) {
    weir_pool_options made = options();
    made.drain_ms = WEIR_OFF;
    made.cancel_ms = WEIR_OFF;
    HostPool pool(library, made);
    HostContext context(pool, &plan, &recorder);
    start_async(context);
    Destroying destroying(context.handle());
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(destroying.report().took_us, 0u);
    calls.resolve_all();
}

TEST_P(Destroy, a_handler_may_not_emit_once_its_context_is_destroyed) {
    HostPool pool(library, options());
    HostContext context(pool, &plan, &recorder);
    context.listen("tick");
    start_async(context);
    const weir_instance instance = weir_call_instance(calls.at(0));
    EXPECT_EQ(weir_emit(instance, "tick", 4, "1", 1, 0), WEIR_OK);
    EXPECT_TRUE(collect(WEIR_RECORD_EVENT));
    Destroying destroying(context.handle());
    EXPECT_EQ(weir_emit(instance, "tick", 4, "2", 1, 0), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(weir_emit(instance, "tick", 4, "2", 1, WEIR_FOREVER), WEIR_ERR_STALE_HANDLE);
    calls.resolve_all();
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(count(WEIR_RECORD_EVENT), 1u);
}

} // namespace weir::testing
