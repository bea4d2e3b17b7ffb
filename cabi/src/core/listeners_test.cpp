#include "core/listeners.hpp"

#include <string_view>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/port_test.hpp"

namespace weir {

class ListenersTest : public ::testing::Test {
  protected:
    ~ListenersTest() override { listeners.clear(); }

    uint64_t add(std::string_view name, uintptr_t user_data = 0) {
        uint64_t id = 0;
        EXPECT_EQ(listeners.add(name.data(), name.size(), nullptr, user_data, id), WEIR_OK);
        return id;
    }

    uint64_t add_to_all() {
        uint64_t id = 0;
        EXPECT_EQ(listeners.add(nullptr, 0, nullptr, 0, id), WEIR_OK);
        return id;
    }

    std::vector<uint64_t> matches(std::string_view name) {
        std::vector<uint64_t> ids;
        ListenerTarget target;
        while (listeners.find_next(name.data(), name.size(), target.id, target)) {
            ids.push_back(target.id);
        }
        return ids;
    }

    Listeners listeners;
};

using Ids = std::vector<uint64_t>;

TEST_F(ListenersTest, an_event_reaches_those_of_its_name_and_those_of_all_in_order) {
    const uint64_t one = add("tick");
    const uint64_t all = add_to_all();
    add("tock");
    const uint64_t two = add("tick");
    EXPECT_EQ(matches("tick"), (Ids{one, all, two}));
    EXPECT_EQ(matches("tic"), (Ids{all}));
    EXPECT_EQ(matches("ticks"), (Ids{all}));
    EXPECT_EQ(matches(""), (Ids{all}));
}

TEST_F(ListenersTest, the_empty_name_is_a_name) {
    const uint64_t empty = add("");
    EXPECT_EQ(matches(""), (Ids{empty}));
    EXPECT_TRUE(matches("x").empty());
}

TEST_F(ListenersTest, names_up_to_255_bytes_are_compared_whole) {
    std::string name(WEIR_NAME_LENGTH_MAX, 'n');
    const uint64_t id = add(name);
    EXPECT_EQ(matches(name), (Ids{id}));
    name.back() = 'm';
    EXPECT_TRUE(matches(name).empty());
}

TEST_F(ListenersTest, has_more_says_whether_another_follows) {
    add("tick", 11);
    add("tock");
    add("tick", 22);
    ListenerTarget target;
    ASSERT_TRUE(listeners.find_next("tick", 4, 0, target));
    EXPECT_EQ(target.user_data, 11u);
    EXPECT_TRUE(target.has_more);
    ASSERT_TRUE(listeners.find_next("tick", 4, target.id, target));
    EXPECT_EQ(target.user_data, 22u);
    EXPECT_FALSE(target.has_more);
    EXPECT_FALSE(listeners.find_next("tick", 4, target.id, target));
}

TEST_F(ListenersTest, a_removed_one_is_not_found_again) {
    const uint64_t one = add("a");
    const uint64_t two = add("a");
    const uint64_t three = add("a");
    EXPECT_TRUE(listeners.remove(two));
    EXPECT_FALSE(listeners.remove(two));
    EXPECT_FALSE(listeners.contains(two));
    EXPECT_EQ(matches("a"), (Ids{one, three}));
    EXPECT_TRUE(listeners.remove(three)) << "the last one";
    const uint64_t four = add("a");
    EXPECT_EQ(matches("a"), (Ids{one, four}));
    EXPECT_TRUE(listeners.remove(one)) << "the first one";
    EXPECT_TRUE(listeners.remove(four));
    EXPECT_TRUE(listeners.empty());
    EXPECT_FALSE(listeners.remove(four));
}

TEST_F(ListenersTest, a_walk_survives_that_its_present_listener_is_removed) {
    const uint64_t one = add("a");
    const uint64_t two = add("a");
    ListenerTarget target;
    ASSERT_TRUE(listeners.find_next("a", 1, 0, target));
    listeners.remove(one);
    ASSERT_TRUE(listeners.find_next("a", 1, target.id, target));
    EXPECT_EQ(target.id, two);
}

/** 3.14 */
TEST_F(ListenersTest, ids_never_repeat_not_even_for_the_next_owner) {
    const uint64_t before = add("a");
    listeners.clear();
    EXPECT_TRUE(listeners.empty());
    EXPECT_FALSE(listeners.contains(before));
    EXPECT_GT(add("a"), before);
}

TEST_F(ListenersTest, are_bounded) {
    for (uint32_t count = 0; count < WEIR_LISTENERS_MAX; count++) {
        add("a");
    }
    uint64_t id = 0;
    EXPECT_EQ(listeners.add("a", 1, nullptr, 0, id), WEIR_ERR_QUEUE_FULL);
    EXPECT_TRUE(listeners.remove(1));
    EXPECT_EQ(listeners.add("a", 1, nullptr, 0, id), WEIR_OK);
}

TEST_F(ListenersTest, without_memory_nothing_is_added) {
    testing::inject(testing::Fault::allocate, 1);
    uint64_t id = 0;
    EXPECT_EQ(listeners.add("a", 1, nullptr, 0, id), WEIR_ERR_NO_MEMORY);
    testing::clear_faults();
    EXPECT_TRUE(listeners.empty());
}

TEST_F(ListenersTest, adding_removing_and_walking_at_once_frees_everything) {
    const int64_t before = testing::live_allocations();
    const int rounds = testing::scaled(10'000);
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; thread++) {
        threads.emplace_back([&] {
            for (int round = 0; round < rounds; round++) {
                const uint64_t id = add("a");
                EXPECT_TRUE(listeners.contains(id));
                ListenerTarget target;
                EXPECT_TRUE(listeners.find_next("a", 1, 0, target));
                EXPECT_TRUE(listeners.remove(id));
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(listeners.empty());
    EXPECT_EQ(testing::live_allocations(), before);
}

} // namespace weir
