/**
 * weir_offload: blocking work on another thread, its delivery on the worker, and destroy meanwhile.
 */
#include "support/timed.hpp"

namespace weir::testing {

class Offload : public TimedTest {
  protected:
    uint64_t start(HostContext &context, const OffloadOrder &order) {
        const uint64_t id = context.send("offload", bytes_of(order));
        EXPECT_NE(id, 0u);
        if (order.block_work != nullptr) {
            EXPECT_TRUE(order.block_work->wait_for_arrivals(1));
        }
        return id;
    }

    Latch latch;
    std::atomic<uint32_t> delivered{0};
    HostPool pool{library, queue_options()};
};

TEST_F(Offload, works_on_a_thread_of_its_own_and_delivers_on_the_worker) {
    HostContext context(pool);
    const auto worker = context.call("thread_id").as<uint64_t>();
    const auto result = context.call("offload", bytes_of(OffloadOrder{})).as<OffloadResult>();
    EXPECT_NE(result.work_thread, worker);
    EXPECT_EQ(result.answer_thread, worker);
    EXPECT_TRUE(eventually([] { return process_stats().jobs == 0; }));
}

TEST_F(Offload, the_work_itself_may_answer_and_the_delivery_still_comes) {
    HostContext context(pool);
    const OffloadOrder order = {.delivered = &delivered, .answer_in_work = true};
    const auto result = context.call("offload", bytes_of(order)).as<OffloadResult>();
    EXPECT_EQ(result.answer_thread, result.work_thread);
    EXPECT_TRUE(eventually([&] { return delivered == 1; }));
}

TEST_F(Offload, the_worker_serves_others_meanwhile) {
    HostContext context(pool, nullptr, &recorder);
    start(context, {.block_work = &latch});
    EXPECT_EQ(context.call("echo", "x").body, "x");
    EXPECT_EQ(process_stats().jobs, 1u);
    latch.open();
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE));
}

TEST_F(Offload, many_jobs_of_one_context_are_all_delivered_one_by_one) {
    HostContext context(pool, nullptr, &recorder);
    const int jobs = scaled(200);
    for (int job = 0; job < jobs; job++) {
        start(context, {.delivered = &delivered});
    }
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE, static_cast<size_t>(jobs)));
    EXPECT_EQ(delivered, static_cast<uint32_t>(jobs));
}

TEST_F(Offload, without_a_delivery_the_work_is_all) {
    HostContext context(pool);
    const Response response = context.run([](weir_call call) {
        const auto work = [](weir_call worked, uintptr_t) { weir_call_resolve(worked, "w", 1); };
        EXPECT_EQ(weir_offload(call, work, nullptr, 0), WEIR_OK);
    });
    EXPECT_EQ(response.body, "w");
    EXPECT_EQ(context.destroy_wait().abandoned, 0u);
}

TEST_F(Offload, the_instance_is_not_destroyed_before_the_delivery_has_run) {
    InstancePlan plan;
    HostContext context(pool, &plan, &recorder);
    start(context, {.block_work = &latch, .delivered = &delivered, .answer_in_work = true});
    Destroying destroying(context.handle());
    pass_ms(1'000);
    EXPECT_EQ(plan.destroyed, 0u);
    latch.open();
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().drained, 1u);
    EXPECT_EQ(delivered, 1u);
    EXPECT_EQ(plan.destroyed, 1u);
}

TEST_F(Offload, work_that_does_not_end_is_abandoned_and_its_slot_comes_back_after_the_delivery) {
    InstancePlan plan;
    HostContext context(pool, &plan, &recorder);
    start(context, {.block_work = &latch, .delivered = &delivered});
    Destroying destroying(context.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 1u) << "a handler and its job are one";
    EXPECT_EQ(pool.stats().slots_quarantined, 1u);
    EXPECT_EQ(plan.destroyed, 0u);
    latch.open();
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    EXPECT_EQ(delivered, 1u);
    EXPECT_EQ(plan.destroyed, 1u);
}

TEST_F(Offload, a_job_whose_call_was_answered_long_ago_still_holds_the_instance) {
    InstancePlan plan;
    HostContext context(pool, &plan, &recorder);
    Latch *pointer = &latch;
    const Script script = [&](weir_call call) {
        const auto work = [](weir_call, uintptr_t user_data) {
            reinterpret_cast<Latch *>(user_data)->wait();
        };
        EXPECT_EQ(weir_offload(call, work, nullptr, reinterpret_cast<uintptr_t>(pointer)), WEIR_OK);
        weir_call_resolve(call, "early", 5);
    };
    EXPECT_EQ(context.run(script).body, "early");
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    Destroying destroying(context.handle());
    pass_ms(3'000);
    EXPECT_TRUE(destroying.ends());
    EXPECT_EQ(destroying.report().abandoned, 1u);
    EXPECT_EQ(plan.destroyed, 0u);
    latch.open();
    EXPECT_TRUE(eventually([&] { return plan.destroyed == 1; }));
}

TEST_F(Offload, is_refused_outside_the_worker_and_for_what_is_answered) {
    HostContext context(pool, nullptr, &recorder);
    const auto work = [](weir_call, uintptr_t) { ADD_FAILURE() << "neither function runs"; };
    Calls calls;
    Calls *pointer = &calls;
    context.send("async", bytes_of(pointer));
    EXPECT_TRUE(calls.wait_for(1));
    EXPECT_EQ(weir_offload(calls.at(0), work, work, 0), WEIR_ERR_INVALID_ARGUMENT);
    EXPECT_EQ(weir_offload(calls.at(0), nullptr, work, 0), WEIR_ERR_INVALID_ARGUMENT);
    calls.resolve_all();
    context.run([&](weir_call call) {
        weir_call_resolve(call, nullptr, 0);
        EXPECT_EQ(weir_offload(call, work, work, 0), WEIR_ERR_STALE_HANDLE);
        EXPECT_EQ(weir_offload(0, work, work, 0), WEIR_ERR_STALE_HANDLE);
    });
    EXPECT_EQ(context.destroy_wait().abandoned, 0u);
}

TEST_F(Offload, without_memory_or_a_thread_neither_function_runs_and_nothing_is_left) {
    HostContext context(pool);
    const auto work = [](weir_call, uintptr_t) { ADD_FAILURE() << "neither function runs"; };
    for (const Fault fault : {Fault::allocate, Fault::thread_start}) {
        context.run([&](weir_call call) {
            inject(fault, 1);
            EXPECT_EQ(weir_offload(call, work, work, 0),
                      fault == Fault::allocate ? WEIR_ERR_NO_MEMORY : WEIR_ERR_NO_RESOURCES);
            clear_faults();
            weir_call_resolve(call, nullptr, 0);
        });
    }
    EXPECT_EQ(process_stats().jobs, 0u);
    EXPECT_EQ(context.destroy_wait().abandoned, 0u);
}

} // namespace weir::testing
