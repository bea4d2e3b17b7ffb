#include "base/signal.hpp"

#include <thread>

#include <gtest/gtest.h>

#include "support/eventually.hpp"
#include "support/port_test.hpp"

namespace weir {

using testing::calls;
using testing::eventually;
using testing::Fault;

constexpr auto never_ready = [] { return false; };

TEST(Signal, does_not_sleep_when_there_is_work) {
    testing::clear_faults();
    Signal signal;
    EXPECT_TRUE(signal.sleep([] { return true; }, port::never));
    EXPECT_EQ(calls(Fault::wait), 0u);
    EXPECT_FALSE(signal.is_asleep());
}

TEST(Signal, says_that_its_deadline_passed) {
    Signal signal;
    EXPECT_FALSE(signal.sleep(never_ready, port::now_ns() + 1'000'000));
    EXPECT_FALSE(signal.is_asleep());
}

TEST(Signal, notify_makes_no_system_call_while_the_owner_is_awake) {
    testing::clear_faults();
    Signal signal;
    EXPECT_FALSE(signal.notify());
    EXPECT_EQ(calls(Fault::wake), 0u);
}

TEST(Signal, of_many_notifiers_one_wakes_the_sleeper) {
    testing::clear_faults();
    Signal signal;
    std::thread sleeper([&] { signal.sleep(never_ready, port::never); });
    EXPECT_TRUE(eventually([&] { return signal.is_asleep(); }));
    int woken = 0;
    for (int notifier = 0; notifier < 10; notifier++) {
        woken += signal.notify() ? 1 : 0;
    }
    sleeper.join();
    EXPECT_EQ(woken, 1);
    EXPECT_EQ(calls(Fault::wake), 1u);
}

TEST(Signal, notify_again_reaches_a_sleeper_whose_wake_up_was_lost) {
    testing::clear_faults();
    Signal signal;
    testing::inject(Fault::wake, 1);
    std::atomic<bool> back{false};
    std::thread sleeper([&] {
        signal.sleep(never_ready, port::never);
        back = true;
    });
    EXPECT_TRUE(eventually([] { return calls(Fault::wait) > 0; }));
    testing::settle(); // into the kernel, where only a wake-up reaches it
    EXPECT_TRUE(signal.notify());
    EXPECT_FALSE(signal.notify());
    testing::settle();
    EXPECT_FALSE(back);
    signal.notify_again();
    sleeper.join();
    testing::clear_faults();
}

/** One at a time: a later notify would hide a wake-up that was lost. */
TEST(Signal, no_wake_up_is_lost_between_two_threads) {
    const int rounds = testing::scaled(100'000);
    Signal signal;
    std::atomic<int> sent{0};
    std::atomic<int> taken{0};
    std::atomic<bool> lost{false};
    std::thread owner([&] {
        while (taken < rounds && !lost) {
            const uint64_t deadline = port::now_ns() + 2'000'000'000;
            if (sent.load() != taken) {
                taken++;
            } else if (!signal.sleep([&] { return sent.load() != taken; }, deadline)) {
                lost = sent.load() != taken;
            }
        }
    });
    for (int round = 1; round <= rounds && !lost; round++) {
        sent.fetch_add(1);
        signal.notify();
        for (int look = 0; taken != round && !lost; look++) {
            if (look > 100) {
                std::this_thread::yield();
            }
        }
    }
    owner.join();
    EXPECT_FALSE(lost) << "after " << taken;
}

} // namespace weir
