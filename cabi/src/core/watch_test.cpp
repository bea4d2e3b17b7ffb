/** All of the watch's judgement, without a clock and without a thread. */
#include "core/watch.hpp"

#include <gtest/gtest.h>

namespace weir {

constexpr uint64_t ms = nanoseconds_per_ms;

constexpr WatchTimes usual = {.slow_ns = 1'000 * ms, .wedged_ns = 5'000 * ms, .check_ns = 500 * ms};

/** Looks when it is due, as the event thread does, and counts what the watch says. */
class Looker {
  public:
    explicit Looker(const WatchTimes &times = usual) : times_(times) {}

    Watch::Verdict look_at(uint64_t now_ns) {
        now = now_ns;
        const Watch::Verdict verdict = watch.look(now, beat, began, times_);
        slow += verdict.became_slow ? 1 : 0;
        wedged += verdict.became_wedged ? 1 : 0;
        recovered += verdict.recovered ? 1 : 0;
        return verdict;
    }

    void look_when_due_until(uint64_t end_ns) {
        while (watch.due_ns() <= end_ns) {
            look_at(watch.due_ns());
        }
        now = end_ns;
    }

    void enter() {
        beat++;
        began = now;
    }
    void leave() { beat++; }

    Watch watch;
    uint64_t now = 1'000'000 * ms;
    uint64_t beat = 0;
    uint64_t began = 0;
    int slow = 0;
    int wedged = 0;
    int recovered = 0;

  private:
    WatchTimes times_;
};

TEST(Watch, a_short_handler_is_never_accused) {
    Looker looker;
    looker.enter();
    looker.look_at(looker.now);
    looker.look_when_due_until(looker.now + 999 * ms);
    looker.leave();
    looker.look_when_due_until(looker.now + 60'000 * ms);
    EXPECT_EQ(looker.slow + looker.wedged + looker.recovered, 0);
}

TEST(Watch, slow_after_a_second_and_wedged_after_five_to_the_millisecond_each_once) {
    Looker looker;
    const uint64_t start = looker.now;
    looker.enter();
    looker.look_at(start);
    looker.look_when_due_until(start + 999 * ms);
    EXPECT_EQ(looker.slow, 0);
    looker.look_when_due_until(start + 1'000 * ms);
    EXPECT_EQ(looker.slow, 1);
    looker.look_when_due_until(start + 4'999 * ms);
    EXPECT_EQ(looker.wedged, 0);
    looker.look_when_due_until(start + 5'000 * ms);
    EXPECT_EQ(looker.wedged, 1);
    EXPECT_TRUE(looker.watch.is_wedged());
    looker.look_when_due_until(start + 600'000 * ms);
    EXPECT_EQ(looker.slow, 1);
    EXPECT_EQ(looker.wedged, 1);
}

TEST(Watch, recovers_once_and_says_how_long_it_took) {
    Looker looker;
    const uint64_t start = looker.now;
    looker.enter();
    looker.look_at(start);
    looker.look_when_due_until(start + 8'000 * ms);
    looker.leave();
    const Watch::Verdict verdict = looker.look_at(looker.watch.due_ns());
    EXPECT_TRUE(verdict.recovered);
    EXPECT_GE(verdict.age_ns, 8'000 * ms);
    EXPECT_LE(verdict.age_ns, 8'500 * ms);
    looker.look_when_due_until(start + 60'000 * ms);
    EXPECT_EQ(looker.recovered, 1);
    EXPECT_EQ(looker.wedged, 1);
}

TEST(Watch, one_look_is_not_enough_for_a_verdict) {
    Looker looker;
    looker.began = looker.now - 20'000 * ms; // the batch began long ago
    looker.beat = 1;
    const Watch::Verdict first = looker.look_at(looker.now);
    EXPECT_FALSE(first.became_slow || first.became_wedged);
    const Watch::Verdict second = looker.look_at(looker.now + 1 * ms);
    EXPECT_TRUE(second.became_slow && second.became_wedged);
}

TEST(Watch, many_short_handlers_in_a_row_are_none_long_one) {
    Looker looker;
    looker.began = looker.now;
    for (int look = 0; look < 100; look++) {
        looker.beat += 2 * 1'000 + (look == 0 ? 1 : 0); // odd at each look, another one each time
        looker.look_at(looker.now + 500 * ms);
    }
    EXPECT_EQ(looker.slow + looker.wedged, 0);
}

TEST(Watch, a_handler_in_a_long_batch_counts_from_the_last_look_which_is_less_than_a_check_early) {
    Looker looker;
    looker.enter();
    looker.look_at(looker.now);
    looker.look_when_due_until(looker.now + 900 * ms);
    looker.beat += 2; // another handler of the same batch, which began before the last look
    const uint64_t start = looker.now;
    looker.look_when_due_until(start + 500 * ms);
    EXPECT_EQ(looker.slow, 0);
    looker.look_when_due_until(start + 1'000 * ms);
    EXPECT_EQ(looker.slow, 1);
    EXPECT_EQ(looker.wedged, 0);
}

TEST(Watch, after_a_rest_old_times_do_not_count) {
    Looker looker;
    looker.enter();
    looker.look_at(looker.now);
    looker.leave();
    looker.look_at(looker.now + 500 * ms);
    looker.watch.rest();
    EXPECT_TRUE(looker.watch.is_resting());
    looker.now += 3'600'000 * ms;
    looker.beat++; // author code that is no new batch: a job's delivery, a cancel callback
    const uint64_t start = looker.now;
    looker.look_at(start);
    looker.look_when_due_until(start + 999 * ms);
    EXPECT_EQ(looker.slow + looker.wedged, 0);
    looker.look_when_due_until(start + 5'000 * ms);
    EXPECT_EQ(looker.wedged, 1);
}

/** T23, G "clocks": the process was stopped, or the machine slept. */
TEST(Watch, a_gap_in_the_looks_does_not_count_against_a_handler) {
    Looker looker;
    const uint64_t start = looker.now;
    looker.enter();
    looker.look_at(start);
    looker.look_when_due_until(start + 500 * ms);
    looker.look_at(start + 10'000 * ms); // 9 s late
    EXPECT_EQ(looker.wedged, 0);
    looker.look_when_due_until(start + 13'000 * ms);
    EXPECT_EQ(looker.wedged, 0);
    looker.look_when_due_until(start + 16'000 * ms);
    EXPECT_EQ(looker.wedged, 1) << "it still runs: now it is wedged";
}

TEST(Watch, a_handler_that_began_just_before_a_gap_is_not_accused_after_it) {
    Looker looker;
    looker.beat = 1;
    looker.began = looker.now;
    looker.look_at(looker.now);
    looker.now += 100 * ms;
    looker.beat += 2;
    looker.began = looker.now;
    looker.look_at(looker.now + 10'000 * ms); // the gap
    looker.look_when_due_until(looker.now + 900 * ms);
    EXPECT_EQ(looker.slow + looker.wedged, 0);
}

TEST(Watch, a_look_that_is_a_little_late_still_counts) {
    Looker looker;
    const uint64_t start = looker.now;
    looker.enter();
    looker.look_at(start);
    for (int look = 1; look <= 4; look++) {
        looker.look_at(start + static_cast<uint64_t>(look) * 2'000 * ms);
    }
    EXPECT_EQ(looker.wedged, 1);
}

TEST(Watch, each_threshold_can_be_off) {
    for (const bool slow_off : {false, true}) {
        for (const bool wedged_off : {false, true}) {
            Looker looker({.slow_ns = slow_off ? port::never : 1'000 * ms,
                           .wedged_ns = wedged_off ? port::never : 5'000 * ms,
                           .check_ns = 500 * ms});
            looker.enter();
            looker.look_at(looker.now);
            looker.look_when_due_until(looker.now + 60'000 * ms);
            looker.leave();
            looker.look_when_due_until(looker.now + 1'000 * ms);
            EXPECT_EQ(looker.slow, slow_off ? 0 : 1);
            EXPECT_EQ(looker.wedged, wedged_off ? 0 : 1);
            EXPECT_EQ(looker.recovered, wedged_off ? 0 : 1);
        }
    }
}

TEST(Watch, looks_at_each_interval_and_at_each_threshold) {
    Looker looker({.slow_ns = 700 * ms, .wedged_ns = 800 * ms, .check_ns = 500 * ms});
    const uint64_t start = looker.now;
    looker.enter();
    looker.look_at(start);
    for (const uint64_t expected : {500, 700, 800, 1'300, 1'800}) {
        EXPECT_EQ(looker.watch.due_ns(), start + expected * ms);
        looker.look_at(looker.watch.due_ns());
    }
}

TEST(Watch, a_reset_watch_is_a_new_watch) {
    Looker looker;
    looker.enter();
    looker.look_at(looker.now);
    looker.look_when_due_until(looker.now + 6'000 * ms);
    looker.watch.reset();
    EXPECT_FALSE(looker.watch.is_wedged());
    EXPECT_TRUE(looker.watch.is_resting());
}

} // namespace weir
