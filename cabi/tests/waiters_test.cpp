/** Who waits for a slot is served in order, and each gets exactly one answer. */
#include <memory>
#include <mutex>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

/** CREATED records by ticket. */
class Tickets {
  public:
    explicit Tickets(uint64_t most) : answers_(new std::atomic<uint8_t>[most + 1]()), most_(most) {}

    /** Notes the answer; a context that was made is destroyed at once. */
    void see(const weir_record &record) {
        if (record.kind != WEIR_RECORD_CREATED) {
            return;
        }
        if (record.id == 0 || record.id > most_ || record.user_data != user_data) {
            strange_++;
            return;
        }
        answers_[record.id]++;
        answered_++;
        if (record.status == WEIR_OK) {
            inversions_ += record.id < last_served_ ? 1 : 0;
            last_served_ = record.id;
            served_++;
            strange_ += weir_context_destroy(record.context) == WEIR_OK ? 0 : 1;
        } else {
            strange_ += record.context == 0 ? 0 : 1;
            refused_[static_cast<size_t>(record.status)]++;
        }
    }

    bool all_answered(uint64_t count) const {
        return eventually([&] { return answered_ == count; });
    }

    void check(uint64_t count) const {
        uint64_t wrong = 0;
        for (uint64_t ticket = 1; ticket <= count; ticket++) {
            wrong += answers_[ticket] == 1 ? 0 : 1;
        }
        EXPECT_EQ(wrong, 0u);
        EXPECT_EQ(strange_, 0u);
        EXPECT_EQ(inversions_, 0u);
    }

    uint64_t served() const { return served_; }
    uint64_t refused(weir_status status) const { return refused_[static_cast<size_t>(status)]; }

    static constexpr uintptr_t user_data = 77;

  private:
    std::unique_ptr<std::atomic<uint8_t>[]> answers_;
    uint64_t most_;
    std::atomic<uint64_t> answered_{0};
    std::atomic<uint64_t> served_{0};
    std::array<std::atomic<uint64_t>, 32> refused_{};
    std::atomic<uint64_t> strange_{0};
    std::atomic<uint64_t> inversions_{0};
    uint64_t last_served_ = 0;
};

weir_status ask_for_ticket(const Host &host, uint32_t timeout_ms, uint64_t *out) {
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    options.user_data = Tickets::user_data;
    return weir_context_create_queued(host.pool, &options, timeout_ms, out, nullptr);
}

Tweak with_slots(uint32_t count) {
    return [count](weir_pool_options &options) { options.max_slots = count; };
}

TEST(Waiters, twenty_five_thousand_tickets_on_three_slots_are_served_in_their_order) {
    const uint64_t count = scaled(uint64_t{25'000});
    Host host(WEIR_DELIVER_QUEUE, with_slots(3));
    std::vector<weir_handle> first = {host.create(), host.create(), host.create()};
    Tickets tickets(count);
    uint64_t last = 0;
    for (uint64_t at = 1; at <= count; at++) {
        uint64_t ticket = 0;
        ASSERT_EQ(ask_for_ticket(host, WEIR_FOREVER, &ticket), WEIR_OK);
        EXPECT_EQ(ticket, last + 1);
        last = ticket;
    }
    EXPECT_EQ(host.stats().waiting, count);
    {
        // One slot, so that the order of the answers is the order of the line.
        Collector collector(host.queue, [&](const weir_record &record) { tickets.see(record); });
        EXPECT_EQ(weir_context_destroy(first[0]), WEIR_OK);
        EXPECT_TRUE(tickets.all_answered(count));
    }
    tickets.check(count);
    EXPECT_EQ(tickets.served(), count);
    EXPECT_EQ(host.stats().waiting, 0u);
    EXPECT_EQ(host.stats().slots_built, 3u);
}

TEST(Waiters, threads_and_tickets_that_mix_are_all_served) {
    const uint64_t count = scaled(uint64_t{25'000}) / 2;
    constexpr uint64_t threads = 64;
    Host host(WEIR_DELIVER_QUEUE, with_slots(3));
    Tickets tickets(count);
    Collector collector(host.queue, [&](const weir_record &record) { tickets.see(record); });
    std::atomic<uint64_t> served{0};
    std::atomic<uint64_t> failed{0};
    std::vector<std::thread> waiting;
    for (uint64_t me = 0; me < threads; me++) {
        waiting.emplace_back([&] {
            for (uint64_t at = 0; at < count / threads; at++) {
                weir_handle context = 0;
                const weir_status status =
                    weir_context_create_wait(host.pool, nullptr, WEIR_FOREVER, &context, nullptr);
                (status == WEIR_OK ? served : failed)++;
                failed += weir_context_destroy(context) == WEIR_OK ? 0 : 1;
            }
        });
    }
    for (uint64_t at = 1; at <= count; at++) {
        uint64_t ticket = 0;
        ASSERT_EQ(ask_for_ticket(host, WEIR_FOREVER, &ticket), WEIR_OK);
    }
    for (std::thread &thread : waiting) {
        thread.join();
    }
    EXPECT_TRUE(tickets.all_answered(count));
    EXPECT_EQ(tickets.served(), count);
    EXPECT_EQ(served, count / threads * threads);
    EXPECT_EQ(failed, 0u);
    EXPECT_TRUE(eventually([&] { return host.stats().slots_idle == host.stats().slots_total; }));
    EXPECT_EQ(host.stats().wakes_repeated, 0u);
}

TEST(Waiters, threads_that_wait_are_served_first_come_first_served) {
    constexpr uint64_t count = 50;
    Host host(WEIR_DELIVER_DIRECT, with_slots(1));
    const weir_handle first = host.create();
    std::mutex mutex;
    std::vector<uint64_t> order;
    std::vector<std::thread> waiting;
    for (uint64_t me = 0; me < count; me++) {
        waiting.emplace_back([&, me] {
            weir_handle context = 0;
            EXPECT_EQ(weir_context_create_wait(host.pool, nullptr, WEIR_FOREVER, &context, nullptr),
                      WEIR_OK);
            {
                const std::lock_guard lock(mutex);
                order.push_back(me);
            }
            EXPECT_EQ(weir_context_destroy(context), WEIR_OK);
        });
        ASSERT_TRUE(eventually([&] { return host.stats().waiting == me + 1; }));
    }
    EXPECT_EQ(weir_context_destroy(first), WEIR_OK);
    for (std::thread &thread : waiting) {
        thread.join();
    }
    std::vector<uint64_t> wanted;
    for (uint64_t me = 0; me < count; me++) {
        wanted.push_back(me);
    }
    EXPECT_EQ(order, wanted);
}

TEST(Waiters, a_thread_that_waits_too_long_is_told_so_and_leaves_the_line) {
    Host host(WEIR_DELIVER_DIRECT, with_slots(1));
    const weir_handle first = host.create();
    weir_error error = WEIR_ERROR_INIT;
    weir_handle context = 1;
    EXPECT_EQ(weir_context_create_wait(host.pool, nullptr, 20, &context, &error),
              WEIR_ERR_TIMED_OUT);
    EXPECT_EQ(context, 0u);
    EXPECT_EQ(error.slots_total, 1u);
    EXPECT_EQ(weir_context_create_wait(host.pool, nullptr, 0, &context, nullptr),
              WEIR_ERR_TIMED_OUT);
    EXPECT_EQ(host.stats().waiting, 0u);
    EXPECT_EQ(host.stats().creates_timed_out, 2u);
    EXPECT_EQ(weir_context_destroy_wait(first, nullptr), WEIR_OK);
    EXPECT_EQ(weir_context_create(host.pool, nullptr, &context, nullptr), WEIR_OK)
        << "no slot went to somebody who had left";
}

class WaitersByDelivery : public testing::TestWithParam<uint32_t> {
  protected:
    WaitersByDelivery()
        : host_(GetParam(), [](weir_pool_options &options) {
              options.max_slots = 1;
              options.callback = options.delivery == WEIR_DELIVER_QUEUE ? nullptr : see;
          }) {
        tickets = &tickets_;
        if (host_.queue != 0) {
            collector_ = std::make_unique<Collector>(
                host_.queue, [this](const weir_record &record) { tickets_.see(record); });
        }
        first_ = host_.create();
    }

    ~WaitersByDelivery() override {
        weir_pool_close_wait(host_.pool, 30'000, nullptr);
        collector_.reset();
    }

    void take_tickets(uint64_t count, uint32_t timeout_ms) {
        for (uint64_t at = 0; at < count; at++) {
            uint64_t ticket = 0;
            ASSERT_EQ(ask_for_ticket(host_, timeout_ms, &ticket), WEIR_OK);
        }
    }

    static void see(const weir_record *record, uintptr_t) { tickets->see(*record); }

    static inline Tickets *tickets = nullptr;
    Tickets tickets_{10'000};
    Host host_;
    std::unique_ptr<Collector> collector_;
    weir_handle first_ = 0;
};

TEST_P(WaitersByDelivery, tickets_that_time_out_get_one_answer) {
    take_tickets(100, 10);
    EXPECT_TRUE(tickets_.all_answered(100));
    tickets_.check(100);
    EXPECT_EQ(tickets_.refused(WEIR_ERR_TIMED_OUT), 100u);
    EXPECT_EQ(host_.stats().waiting, 0u);
}

TEST_P(WaitersByDelivery, tickets_that_are_taken_back_get_one_answer) {
    take_tickets(100, WEIR_FOREVER);
    for (uint64_t ticket = 1; ticket <= 100; ticket++) {
        EXPECT_EQ(weir_context_create_cancel(host_.pool, ticket), WEIR_OK);
        EXPECT_EQ(weir_context_create_cancel(host_.pool, ticket), WEIR_OK) << "no effect";
    }
    EXPECT_TRUE(tickets_.all_answered(100));
    tickets_.check(100);
    EXPECT_EQ(tickets_.refused(WEIR_ERR_CANCELED), 100u);
}

TEST_P(WaitersByDelivery, tickets_of_a_pool_that_closes_get_one_answer) {
    take_tickets(100, WEIR_FOREVER);
    EXPECT_EQ(weir_pool_close(host_.pool), WEIR_OK);
    EXPECT_TRUE(tickets_.all_answered(100));
    tickets_.check(100);
    EXPECT_EQ(tickets_.refused(WEIR_ERR_CLOSED), 100u);
}

TEST_P(WaitersByDelivery, a_ticket_is_answered_by_a_record_also_when_a_slot_is_free) {
    EXPECT_EQ(weir_context_destroy_wait(first_, nullptr), WEIR_OK);
    take_tickets(1, WEIR_FOREVER);
    EXPECT_TRUE(tickets_.all_answered(1));
    EXPECT_EQ(tickets_.served(), 1u);
}

TEST_P(WaitersByDelivery, tickets_that_are_served_timed_out_and_taken_back_at_once_get_one_answer) {
    const uint64_t count = scaled(uint64_t{2'000});
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> highest{0};
    std::thread canceler([&] {
        for (uint64_t ticket = 1; !stop; ticket = ticket < highest ? ticket + 3 : ticket) {
            weir_context_create_cancel(host_.pool, ticket);
            std::this_thread::yield();
        }
    });
    EXPECT_EQ(weir_context_destroy(first_), WEIR_OK);
    for (uint64_t at = 1; at <= count; at++) {
        uint64_t ticket = 0;
        ASSERT_EQ(ask_for_ticket(host_, at % 2 == 0 ? 1 : WEIR_FOREVER, &ticket), WEIR_OK);
        highest = ticket;
    }
    EXPECT_TRUE(tickets_.all_answered(count));
    stop = true;
    canceler.join();
    tickets_.check(count);
}

INSTANTIATE_TEST_SUITE_P(Delivery, WaitersByDelivery,
                         testing::Values(WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK,
                                         WEIR_DELIVER_DIRECT));

TEST(Waiters, tickets_are_answered_while_the_only_slot_is_built_anew_each_time) {
    const uint64_t count = scaled(uint64_t{4'000});
    Host host(WEIR_DELIVER_QUEUE, [](weir_pool_options &options) {
        options.max_slots = 1;
        options.max_uses = 1;
    });
    Tickets tickets(count);
    Collector collector(host.queue, [&](const weir_record &record) {
        tickets.see(record); // destroys the context: its slot ends and another one is built
        if (record.kind != WEIR_RECORD_CREATED || record.status != WEIR_OK) {
            return;
        }
        const auto until = Clock::now() + std::chrono::microseconds(record.id % 200);
        while (Clock::now() < until) {
        }
        for (uint64_t ticket = record.id + 2; ticket < record.id + 5; ticket++) {
            EXPECT_EQ(weir_context_create_cancel(host.pool, ticket), WEIR_OK);
        }
    });
    for (uint64_t at = 1; at <= count; at++) {
        uint64_t ticket = 0;
        ASSERT_EQ(ask_for_ticket(host, WEIR_FOREVER, &ticket), WEIR_OK);
    }
    EXPECT_TRUE(tickets.all_answered(count));
    tickets.check(count);
}

} // namespace
