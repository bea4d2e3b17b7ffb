/** How idle slots go: after their time, one a second, down to min_idle. On the injected clock. */
#include "support/timed.hpp"

namespace weir::testing {

class PoolIdle : public TimedTest {
  protected:
    uint32_t slots(const HostPool &pool) {
        EXPECT_TRUE(quiet());
        return pool.stats().slots_total;
    }

    static constexpr uint64_t ten_minutes_ms = 600'000;
};

TEST_F(PoolIdle, row_h_idle_slots_retire_after_ten_minutes_one_a_second_down_to_min_idle) {
    weir_pool_options options = queue_options();
    options.min_idle = 2;
    HostPool pool(library, options);
    EXPECT_EQ(weir_pool_prewarm(pool.handle(), 5, nullptr), WEIR_OK);
    pass_ms(ten_minutes_ms - 1, ten_minutes_ms);
    EXPECT_EQ(slots(pool), 5u);
    pass_ms(1);
    EXPECT_EQ(slots(pool), 4u);
    pass_ms(999, 999);
    EXPECT_EQ(slots(pool), 4u);
    pass_ms(1);
    EXPECT_EQ(slots(pool), 3u);
    pass_ms(1'000, 1'000);
    EXPECT_EQ(slots(pool), 2u);
    pass_ms(3 * ten_minutes_ms, 10'000);
    EXPECT_EQ(slots(pool), 2u);
    EXPECT_EQ(pool.stats().slots_idle, 2u);
    EXPECT_EQ(pool.stats().slots_retired, 3u);
    EXPECT_EQ(process_stats().slots, 2u);
}

TEST_F(PoolIdle, a_slot_that_was_used_meanwhile_stays_for_another_ten_minutes) {
    HostPool pool(library, queue_options());
    for (int lease = 0; lease < 3; lease++) {
        HostContext context(pool);
        EXPECT_EQ(context.call("echo", "x").body, "x");
        context.destroy_wait();
        pass_ms(ten_minutes_ms - 1, ten_minutes_ms);
        EXPECT_EQ(slots(pool), 1u);
    }
    pass_ms(1);
    EXPECT_EQ(slots(pool), 0u);
    HostContext context(pool);
    EXPECT_EQ(context.call("echo", "x").body, "x");
    EXPECT_EQ(pool.stats().slots_built, 2u);
}

TEST_F(PoolIdle, a_leased_slot_does_not_retire) {
    HostPool pool(library, queue_options());
    HostContext context(pool);
    EXPECT_EQ(context.call("echo", "x").body, "x");
    pass_ms(5 * ten_minutes_ms, ten_minutes_ms);
    EXPECT_EQ(slots(pool), 1u);
    EXPECT_EQ(context.call("echo", "x").body, "x");
}

TEST_F(PoolIdle, switched_off_no_slot_retires_and_none_wakes_up) {
    weir_pool_options options = queue_options();
    options.idle_timeout_ms = WEIR_OFF;
    HostPool pool(library, options);
    EXPECT_EQ(weir_pool_prewarm(pool.handle(), 3, nullptr), WEIR_OK);
    EXPECT_TRUE(quiet());
    const weir_pool_stats before = pool.stats();
    pass_ms(5 * ten_minutes_ms, ten_minutes_ms);
    EXPECT_EQ(slots(pool), 3u);
    EXPECT_EQ(pool.stats().worker_wakes + pool.stats().watch_wakes,
              before.worker_wakes + before.watch_wakes);
}

} // namespace weir::testing
