#include "base/mutex.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/port_test.hpp"

namespace weir {

TEST(Mutex, lets_one_thread_in_at_a_time) {
    Mutex mutex;
    const int rounds = testing::scaled(100'000);
    long counter = 0; // plain: a data race would lose some, and TSan would say so
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; thread++) {
        threads.emplace_back([&] {
            for (int round = 0; round < rounds; round++) {
                const Lock lock(mutex);
                counter++;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(counter, 4L * rounds);
}

TEST(Mutex, makes_no_system_call_when_it_is_free) {
    testing::clear_faults();
    Mutex mutex;
    for (int round = 0; round < 100; round++) {
        const Lock lock(mutex);
    }
    EXPECT_EQ(testing::calls(testing::Fault::wait), 0u);
    EXPECT_EQ(testing::calls(testing::Fault::wake), 0u);
}

TEST(Mutex, wakes_the_thread_that_waits_for_it) {
    testing::clear_faults();
    Mutex mutex;
    std::atomic<bool> got{false};
    mutex.lock();
    std::thread waiter([&] {
        const Lock lock(mutex);
        got = true;
    });
    EXPECT_TRUE(testing::eventually([] { return testing::calls(testing::Fault::wait) > 0; }));
    EXPECT_FALSE(got);
    mutex.unlock();
    waiter.join();
    EXPECT_TRUE(got);
    EXPECT_GE(testing::calls(testing::Fault::wake), 1u);
}

TEST(Mutex, each_thread_knows_how_many_locks_it_holds) {
    Mutex one;
    Mutex two;
    const Lock first(one);
    {
        const Lock second(two);
        EXPECT_EQ(thread_role.locks_held, 2);
        std::thread([] { EXPECT_EQ(thread_role.locks_held, 0); }).join();
    }
    EXPECT_EQ(thread_role.locks_held, 1);
}

} // namespace weir
