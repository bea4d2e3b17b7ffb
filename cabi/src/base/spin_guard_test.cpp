#include "base/spin_guard.hpp"

#include <gtest/gtest.h>

namespace weir {

constexpr uint32_t here = 0;
constexpr uint32_t elsewhere = 1;

/** How many chances are passed over before the next spin. */
int chances_until_allowed(SpinGuard &guard) {
    int passed = 0;
    while (!guard.allows(elsewhere, here)) {
        passed++;
    }
    return passed;
}

TEST(SpinGuard, never_spins_on_the_processor_of_the_other_side) {
    SpinGuard guard;
    EXPECT_FALSE(guard.allows(here, here));
    EXPECT_TRUE(guard.allows(elsewhere, here));
}

TEST(SpinGuard, passes_over_twice_as_many_chances_after_each_waste_up_to_256) {
    SpinGuard guard;
    for (const int expected : {1, 2, 4, 8, 16, 32, 64, 128, 256, 256}) {
        EXPECT_TRUE(guard.allows(elsewhere, here));
        guard.was_wasted();
        EXPECT_EQ(chances_until_allowed(guard), expected);
    }
}

TEST(SpinGuard, forgives_after_a_spin_that_paid) {
    SpinGuard guard;
    for (int waste = 0; waste < 6; waste++) {
        guard.was_wasted();
    }
    chances_until_allowed(guard);
    guard.paid_off();
    guard.was_wasted();
    EXPECT_EQ(chances_until_allowed(guard), 1);
}

TEST(SpinGuard, stops_as_soon_as_it_is_ready) {
    SpinGuard guard;
    int looks = 0;
    EXPECT_TRUE(guard.spin([&] { return ++looks == 5; }, 1'000'000'000));
    EXPECT_EQ(looks, 5);
    EXPECT_TRUE(guard.allows(elsewhere, here));
}

TEST(SpinGuard, looks_at_least_once_and_gives_up_when_the_time_is_over) {
    SpinGuard guard;
    int looks = 0;
    const auto look = [&] {
        looks++;
        return false;
    };
    EXPECT_FALSE(guard.spin(look, 0));
    EXPECT_GE(looks, 1);
    EXPECT_FALSE(guard.allows(elsewhere, here));
}

} // namespace weir
