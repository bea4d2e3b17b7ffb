#include "core/lifecycle.hpp"

#include <map>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "support/eventually.hpp"

namespace weir {

using State = SlotState;
using Event = SlotEvent;

constexpr State states[] = {State::idle,      State::active,      State::recycle_pending,
                            State::recycling, State::quarantined, State::retired};
constexpr Event events[] = {Event::claim,  Event::destroy, Event::begin,
                            Event::finish, Event::overdue, Event::retire};

/**
 * The drawing at the head of lifecycle.hpp, arrow by arrow. What is not here must not be possible.
 */
const std::map<std::pair<State, Event>, State> drawn = {
    {{State::idle, Event::claim}, State::active},
    {{State::idle, Event::retire}, State::retired},
    {{State::active, Event::destroy}, State::recycle_pending},
    {{State::recycle_pending, Event::begin}, State::recycling},
    {{State::recycle_pending, Event::overdue}, State::quarantined},
    {{State::recycling, Event::finish}, State::idle},
    {{State::recycling, Event::overdue}, State::quarantined},
    {{State::recycling, Event::retire}, State::retired},
    {{State::quarantined, Event::finish}, State::idle},
    {{State::quarantined, Event::retire}, State::retired},
};

/** A lifecycle that was led to `state` by drawn moves alone. */
void lead_to(Lifecycle &lifecycle, State state) {
    static const std::map<State, std::vector<Event>> ways = {
        {State::idle, {}},
        {State::active, {Event::claim}},
        {State::recycle_pending, {Event::claim, Event::destroy}},
        {State::recycling, {Event::claim, Event::destroy, Event::begin}},
        {State::quarantined, {Event::claim, Event::destroy, Event::overdue}},
        {State::retired, {Event::retire}},
    };
    lifecycle.rebuild();
    for (const Event event : ways.at(state)) {
        ASSERT_TRUE(lifecycle.apply(event, lifecycle.read().generation));
    }
    ASSERT_EQ(lifecycle.read().state, state);
}

TEST(Lifecycle, every_pair_of_state_and_event_is_as_drawn) {
    for (const State state : states) {
        for (const Event event : events) {
            const auto move = drawn.find({state, event});
            const std::optional<State> following = next(state, event);
            EXPECT_EQ(following.has_value(), move != drawn.end())
                << static_cast<int>(state) << " + " << static_cast<int>(event);
            if (following && move != drawn.end()) {
                EXPECT_EQ(*following, move->second);
            }
        }
    }
}

TEST(Lifecycle, apply_makes_the_drawn_moves_and_no_other) {
    for (const State state : states) {
        for (const Event event : events) {
            Lifecycle lifecycle;
            lead_to(lifecycle, state);
            const uint64_t generation = lifecycle.read().generation;
            const auto move = drawn.find({state, event});
            const std::optional<State> before = lifecycle.apply(event, generation);
            EXPECT_EQ(before.has_value(), move != drawn.end());
            if (move == drawn.end()) {
                EXPECT_EQ(lifecycle.read().state, state);
                EXPECT_EQ(lifecycle.read().generation, generation);
            } else {
                EXPECT_EQ(*before, state);
                EXPECT_EQ(lifecycle.read().state, move->second);
            }
        }
    }
}

TEST(Lifecycle, a_move_for_another_generation_is_refused) {
    for (const auto &[pair, following] : drawn) {
        Lifecycle lifecycle;
        lead_to(lifecycle, pair.first);
        const uint64_t generation = lifecycle.read().generation;
        EXPECT_FALSE(lifecycle.apply(pair.second, generation + 1));
        EXPECT_FALSE(lifecycle.apply(pair.second, generation + 2));
        EXPECT_FALSE(lifecycle.apply(pair.second, generation - 1));
        EXPECT_EQ(lifecycle.read().state, pair.first);
    }
}

TEST(Lifecycle, the_generation_grows_with_claim_and_destroy_alone_and_is_odd_while_active) {
    for (const auto &[pair, following] : drawn) {
        Lifecycle lifecycle;
        lead_to(lifecycle, pair.first);
        const uint64_t generation = lifecycle.read().generation;
        ASSERT_TRUE(lifecycle.apply(pair.second, generation));
        const bool grows = pair.second == Event::claim || pair.second == Event::destroy;
        EXPECT_EQ(lifecycle.read().generation, generation + (grows ? 1 : 0));
        EXPECT_EQ(is_open_generation(lifecycle.read().generation), following == State::active);
        EXPECT_EQ(lifecycle.is_active(lifecycle.read().generation), following == State::active);
    }
}

TEST(Lifecycle, new_memory_is_retired_until_it_is_built_and_rebuilding_keeps_the_generation) {
    Lifecycle lifecycle;
    EXPECT_EQ(lifecycle.read().state, State::retired);
    EXPECT_FALSE(lifecycle.apply(Event::claim, 0));
    lifecycle.rebuild();
    ASSERT_TRUE(lifecycle.apply(Event::claim, 0));
    ASSERT_TRUE(lifecycle.apply(Event::destroy, 1));
    ASSERT_TRUE(lifecycle.apply(Event::begin, 2));
    ASSERT_TRUE(lifecycle.apply(Event::retire, 2));
    lifecycle.rebuild();
    EXPECT_EQ(lifecycle.read().state, State::idle);
    EXPECT_EQ(lifecycle.read().generation, 2u);
    EXPECT_FALSE(lifecycle.is_active(1));
}

/** 3.17 in the small: of all that make a move, one wins, in every round. */
TEST(Lifecycle, of_racing_threads_exactly_one_makes_each_move) {
    constexpr int threads_count = 4;
    const uint64_t rounds = testing::scaled(uint64_t{20'000});
    Lifecycle lifecycle;
    lifecycle.rebuild();
    std::atomic<uint64_t> claims{0};
    std::atomic<uint64_t> destroys{0};
    std::atomic<uint64_t> ends{0};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < threads_count; thread++) {
        threads.emplace_back([&] {
            for (uint64_t generation = 0; generation < 2 * rounds;) {
                claims += lifecycle.apply(Event::claim, generation) ? 1 : 0;
                destroys += lifecycle.apply(Event::destroy, generation + 1) ? 1 : 0;
                lifecycle.apply(Event::begin, generation + 2);
                // finish and overdue race for the same move, as worker and event thread do
                ends += lifecycle.apply(Event::overdue, generation + 2) ? 1 : 0;
                lifecycle.apply(Event::finish, generation + 2);
                generation = lifecycle.read().generation & ~uint64_t{1};
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    const uint64_t owners = lifecycle.read().generation / 2;
    EXPECT_GE(owners, rounds);
    EXPECT_EQ(claims, owners + (lifecycle.read().generation & 1));
    EXPECT_EQ(destroys, owners);
    EXPECT_LE(ends, owners);
}

} // namespace weir
