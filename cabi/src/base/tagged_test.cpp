#include "base/tagged.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/eventually.hpp"

namespace weir {

using Admission = TaggedCount::Admission;

TEST(Tagged, a_word_keeps_generation_and_value_apart) {
    constexpr uint64_t last = (uint64_t{1} << 40) - 1;
    for (const uint64_t generation : {uint64_t{0}, uint64_t{1}, last - 1, last}) {
        for (const uint32_t value : {0u, 1u, 0x7FFFFFu, 0xFFFFFFu}) {
            const Tagged back =
                Tagged::unpack(Tagged{.generation = generation, .value = value}.pack());
            EXPECT_EQ(back.generation, generation);
            EXPECT_EQ(back.value, value);
        }
    }
}

TEST(Tagged, odd_generations_are_open) {
    EXPECT_TRUE(is_open_generation(1));
    EXPECT_FALSE(is_open_generation(2));
}

TEST(TaggedCount, admits_up_to_its_limit_and_again_after_somebody_left) {
    TaggedCount count;
    count.open(7);
    EXPECT_EQ(count.admit(7, 2, 3), Admission::admitted);
    EXPECT_EQ(count.admit(7, 2, 3), Admission::full);
    EXPECT_EQ(count.admit(7, 1, 3), Admission::admitted);
    count.leave(7, 2);
    EXPECT_EQ(count.value(), 1u);
    EXPECT_EQ(count.admit(7, 2, 3), Admission::admitted);
}

TEST(TaggedCount, an_amount_above_the_limit_is_never_admitted_and_does_not_wrap) {
    TaggedCount count;
    count.open(1);
    EXPECT_EQ(count.admit(1, 4, 3), Admission::full);
    EXPECT_EQ(count.admit(1, UINT32_MAX, 3), Admission::full);
    EXPECT_EQ(count.value(), 0u);
}

TEST(TaggedCount, other_generations_neither_enter_nor_leave) {
    TaggedCount count;
    count.open(3);
    EXPECT_EQ(count.admit(1, 1, 10), Admission::stale);
    EXPECT_EQ(count.admit(3, 5, 10), Admission::admitted);
    count.leave(1, 5);
    EXPECT_EQ(count.value(), 5u);
    count.close(3);
    EXPECT_EQ(count.admit(3, 1, 10), Admission::stale);
    count.leave(3, 5);
    EXPECT_EQ(count.value(), 0u);
}

TEST(TaggedCount, threads_never_exceed_the_limit) {
    constexpr uint32_t limit = 5;
    const int rounds = testing::scaled(50'000);
    TaggedCount count;
    count.open(1);
    std::atomic<uint32_t> inside{0};
    std::atomic<bool> exceeded{false};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; thread++) {
        threads.emplace_back([&] {
            for (int round = 0; round < rounds; round++) {
                if (count.admit(1, 2, limit) == Admission::admitted) {
                    if (inside.fetch_add(2) + 2 > limit) {
                        exceeded = true;
                    }
                    inside.fetch_sub(2);
                    count.leave(1, 2);
                }
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_FALSE(exceeded);
    EXPECT_EQ(count.value(), 0u);
}

} // namespace weir
