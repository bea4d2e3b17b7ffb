#include "core/handle_table.hpp"

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/eventually.hpp"

namespace weir {

namespace {

struct Thing {
    std::atomic<int> *disposed;
    weir_handle number = 0;

    weir_handle handle() const { return number; }
};

void dispose(Thing *thing) {
    ++*thing->disposed;
    delete thing;
}

using ThingTable = HandleTable<Thing, HandleKind::queue>;

class HandleTableTest : public ::testing::Test {
  protected:
    weir_handle insert() {
        auto *thing = new Thing{.disposed = &disposed};
        const weir_handle number = table.insert(thing);
        if (number == 0) {
            delete thing;
        } else {
            thing->number = number;
        }
        return number;
    }

    bool close(weir_handle number) {
        ThingTable::Hold last;
        return table.close(number, last);
    }

    std::atomic<int> disposed{0};
    ThingTable table;
};

TEST_F(HandleTableTest, finds_what_was_inserted_until_it_is_closed) {
    const weir_handle number = insert();
    ASSERT_NE(number, 0u);
    EXPECT_TRUE(table.find(number));
    EXPECT_EQ(table.find(number)->number, number);
    EXPECT_EQ(table.live(), 1u);
    EXPECT_TRUE(close(number));
    EXPECT_FALSE(table.find(number));
    EXPECT_FALSE(close(number));
    EXPECT_EQ(disposed, 1);
    EXPECT_EQ(table.live(), 0u);
}

TEST_F(HandleTableTest, finds_nothing_for_other_numbers) {
    const weir_handle number = insert();
    const Handle handle = Handle::unpack(number);
    const auto with = [&](HandleKind kind, uint16_t index, uint64_t generation) {
        return Handle{.kind = kind, .index = index, .generation = generation}.pack();
    };
    EXPECT_FALSE(table.find(0));
    EXPECT_FALSE(table.find(with(HandleKind::pool, handle.index, handle.generation)));
    EXPECT_FALSE(table.find(with(HandleKind::queue, 1, handle.generation)));
    EXPECT_FALSE(table.find(with(HandleKind::queue, handle.index, handle.generation + 2)));
    EXPECT_FALSE(table.find(with(HandleKind::queue, handle.index, handle.generation + 1)));
    EXPECT_FALSE(close(with(HandleKind::context, handle.index, handle.generation)));
    EXPECT_TRUE(close(number));
}

TEST_F(HandleTableTest, an_object_that_somebody_holds_outlives_its_handle) {
    const weir_handle number = insert();
    {
        const ThingTable::Hold hold = table.find(number);
        const ThingTable::Hold second = hold.share();
        EXPECT_TRUE(close(number));
        EXPECT_EQ(disposed, 0);
        EXPECT_EQ(hold->number, number);
    }
    EXPECT_EQ(disposed, 1);
}

TEST_F(HandleTableTest, an_object_may_hold_itself) {
    const weir_handle number = insert();
    const Thing *thing = table.find(number).get();
    table.hold(thing);
    EXPECT_TRUE(close(number));
    EXPECT_EQ(disposed, 0);
    table.let_go(thing);
    EXPECT_EQ(disposed, 1);
}

TEST_F(HandleTableTest, moving_a_hold_does_not_double_it) {
    const weir_handle number = insert();
    ThingTable::Hold one = table.find(number);
    ThingTable::Hold two = std::move(one);
    EXPECT_FALSE(one);
    one = std::move(two);
    EXPECT_TRUE(one);
    EXPECT_TRUE(close(number));
    one.reset();
    one.reset();
    EXPECT_EQ(disposed, 1);
}

TEST_F(HandleTableTest, a_value_is_never_given_twice) {
    std::set<weir_handle> given;
    for (int round = 0; round < 1'000; round++) {
        const weir_handle number = insert();
        EXPECT_TRUE(given.insert(number).second);
        EXPECT_TRUE(close(number));
    }
}

TEST_F(HandleTableTest, is_full_after_1024_and_goes_on_when_one_was_closed) {
    std::vector<weir_handle> numbers;
    for (uint32_t count = 0; count < limits::handles_per_kind; count++) {
        numbers.push_back(insert());
        ASSERT_NE(numbers.back(), 0u);
    }
    EXPECT_EQ(insert(), 0u);
    EXPECT_TRUE(close(numbers[500]));
    numbers[500] = insert();
    EXPECT_NE(numbers[500], 0u);
    for (const weir_handle number : numbers) {
        EXPECT_TRUE(close(number));
    }
    EXPECT_EQ(static_cast<uint32_t>(disposed), limits::handles_per_kind + 1);
}

TEST_F(HandleTableTest, of_racing_closers_one_wins_while_others_find_it_whole_or_not_at_all) {
    const int rounds = testing::scaled(2'000);
    int closed = 0;
    std::atomic<int> wins{0};
    for (int round = 0; round < rounds; round++) {
        const weir_handle number = insert();
        const auto race = [&] {
            const ThingTable::Hold hold = table.find(number);
            if (hold) {
                EXPECT_EQ(hold->number, number);
            }
            wins += close(number) ? 1 : 0;
        };
        std::thread other(race);
        race();
        other.join();
        closed++;
        ASSERT_EQ(wins, closed);
    }
    EXPECT_EQ(disposed, rounds);
    EXPECT_EQ(table.live(), 0u);
}

} // namespace

} // namespace weir
