/**
 * The end of a pool: open contexts, waiting creates, slots that are stuck, on the injected clock.
 */
#include "support/timed.hpp"

namespace weir::testing {

class PoolClose : public DeliveryTest {
  protected:
    /** weir_pool_close_wait on a thread of its own. */
    class Closing {
      public:
        explicit Closing(HostPool &pool, uint32_t timeout_ms = 0)
            : thread_([this, &pool, timeout_ms] {
                  status = pool.close(timeout_ms, &report);
                  done = true;
              }) {}
        ~Closing() { join(); }
        Closing(const Closing &) = delete;
        Closing &operator=(const Closing &) = delete;

        void join() {
            if (thread_.joinable()) {
                thread_.join();
            }
        }

        std::atomic<bool> done{false};
        weir_status status = WEIR_OK;
        weir_close_report report = WEIR_CLOSE_REPORT_INIT;

      private:
        std::thread thread_;
    };

    Calls calls;
    Latch latch;
    Calls *calls_pointer = &calls;
    Latch *latch_pointer = &latch;
};

INSTANTIATE_TEST_SUITE_P(Delivery, PoolClose, every_delivery(), delivery_name);

TEST_P(PoolClose, of_an_unused_pool_is_nothing) {
    HostPool pool(library, options());
    weir_close_report report = WEIR_CLOSE_REPORT_INIT;
    EXPECT_EQ(pool.close(0, &report), WEIR_OK);
    EXPECT_EQ(report.contexts_destroyed + report.slots_retired + report.slots_abandoned, 0u);
    EXPECT_EQ(pool.close(), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(weir_pool_close(pool.handle()), WEIR_ERR_STALE_HANDLE);
}

TEST_P(PoolClose, destroys_open_contexts_and_tells_each) {
    HostPool pool(library, options());
    InstancePlan plan;
    std::vector<std::unique_ptr<HostContext>> contexts;
    for (int count = 0; count < 5; count++) {
        contexts.push_back(std::make_unique<HostContext>(pool, &plan, &recorder));
        EXPECT_EQ(contexts.back()->call("echo", "x").body, "x");
    }
    contexts[0]->destroy_wait();
    EXPECT_EQ(weir_pool_prewarm(pool.handle(), 3, nullptr), WEIR_OK);
    weir_close_report report = WEIR_CLOSE_REPORT_INIT;
    EXPECT_EQ(pool.close(0, &report), WEIR_OK);
    EXPECT_EQ(report.contexts_destroyed, 4u);
    EXPECT_EQ(report.slots_retired, 7u);
    EXPECT_EQ(report.slots_abandoned, 0u);
    EXPECT_TRUE(collect(WEIR_RECORD_DESTROYED, 4));
    EXPECT_EQ(plan.created, 5u);
    EXPECT_EQ(plan.destroyed, 5u);
    EXPECT_EQ(contexts[1]->destroy(), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(process_stats().slots, 0u);
    EXPECT_EQ(process_stats().pools, 0u);
}

TEST_P(PoolClose, without_waiting_returns_at_once_and_all_goes_by_itself) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    context.send("async", bytes_of(calls_pointer));
    EXPECT_TRUE(calls.wait_for(1));
    EXPECT_EQ(weir_pool_close(pool.handle()), WEIR_OK);
    weir_handle late = 0;
    EXPECT_EQ(weir_context_create(pool.handle(), nullptr, &late, nullptr), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(process_stats().slots, 1u);
    calls.resolve_all();
    EXPECT_TRUE(collect(WEIR_RECORD_DESTROYED));
    EXPECT_TRUE(eventually([] { return process_stats().pools + process_stats().slots == 0; }));
}

TEST_P(PoolClose, waits_for_handlers_as_destroy_does) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    context.send("async", bytes_of(calls_pointer));
    EXPECT_TRUE(calls.wait_for(1));
    Closing closing(pool);
    EXPECT_TRUE(eventually([&] { return context.send("echo", "x") == 0; }));
    pass_ms(1'000);
    EXPECT_FALSE(closing.done);
    calls.resolve_all();
    closing.join();
    EXPECT_EQ(closing.status, WEIR_OK);
    EXPECT_EQ(closing.report.contexts_destroyed, 1u);
    EXPECT_EQ(closing.report.slots_retired, 1u);
    EXPECT_EQ(closing.report.took_us, 1'000'000u);
}

TEST_P(PoolClose, row_3_21_is_bounded_when_a_worker_is_stuck) {
    HostPool pool(library, options());
    HostContext stuck(pool, nullptr, &recorder);
    HostContext fine(pool, nullptr, &recorder);
    stuck.send("block", bytes_of(latch_pointer));
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    EXPECT_EQ(fine.call("echo", "x").body, "x");
    Closing closing(pool);
    EXPECT_TRUE(eventually([&] { return fine.send("echo", "x") == 0; }));
    pass_ms(5'999);
    EXPECT_FALSE(closing.done);
    EXPECT_EQ(count(WEIR_RECORD_DESTROYED), 2u) << "told in time all the same";
    pass_ms(1);
    closing.join();
    EXPECT_EQ(closing.status, WEIR_ERR_TIMED_OUT);
    EXPECT_EQ(closing.report.slots_abandoned, 1u);
    EXPECT_EQ(closing.report.slots_retired, 1u);
    EXPECT_EQ(closing.report.took_us, 6'000'000u);
    EXPECT_EQ(process_stats().slots, 1u);
    latch.open();
    EXPECT_TRUE(eventually([] { return process_stats().pools + process_stats().slots == 0; }));
}

TEST_P(PoolClose, takes_a_slot_that_was_quarantined_before) {
    HostPool pool(library, options());
    HostContext stuck(pool, nullptr, &recorder);
    stuck.send("async", bytes_of(calls_pointer));
    EXPECT_TRUE(calls.wait_for(1));
    stuck.destroy();
    pass_ms(3'000);
    EXPECT_EQ(pool.stats().slots_quarantined, 1u);
    Closing closing(pool);
    EXPECT_TRUE(eventually([&] { return process_stats().pools == 1 && quiet(); }));
    EXPECT_FALSE(closing.done);
    calls.resolve_all();
    closing.join();
    EXPECT_EQ(closing.status, WEIR_OK);
    EXPECT_EQ(closing.report.contexts_destroyed, 0u);
    EXPECT_EQ(closing.report.slots_retired, 1u);
}

TEST_P(PoolClose, lets_waiting_threads_and_tickets_go) {
    HostPool pool(library, options(1));
    HostContext context(pool, nullptr, &recorder);
    weir_context_options queued = WEIR_CONTEXT_OPTIONS_INIT;
    queued.user_data = recorder.user_data();
    uint64_t ticket = 0;
    EXPECT_EQ(weir_context_create_queued(pool.handle(), &queued, 60'000, &ticket, nullptr),
              WEIR_OK);
    std::atomic<int> closed{0};
    std::vector<std::thread> waiters;
    for (int waiter = 0; waiter < 3; waiter++) {
        waiters.emplace_back([&] {
            weir_handle made = 7;
            const weir_status status =
                weir_context_create_wait(pool.handle(), nullptr, WEIR_FOREVER, &made, nullptr);
            closed += status == WEIR_ERR_CLOSED && made == 0 ? 1 : 0;
        });
    }
    EXPECT_TRUE(eventually([&] { return pool.stats().waiting == 4; }));
    EXPECT_EQ(pool.close(), WEIR_OK);
    for (std::thread &waiter : waiters) {
        waiter.join();
    }
    EXPECT_EQ(closed, 3);
    EXPECT_TRUE(collect(WEIR_RECORD_CREATED));
    ASSERT_EQ(recorder.count(WEIR_RECORD_CREATED), 1u);
    const Received answer = recorder.of_kind(WEIR_RECORD_CREATED).front();
    EXPECT_EQ(answer.status, WEIR_ERR_CLOSED);
    EXPECT_EQ(answer.id, ticket);
    EXPECT_EQ(answer.context, 0u);
    EXPECT_EQ(process_stats().slots, 0u);
}

} // namespace weir::testing
