#include "core/record.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/port.hpp"
#include "support/eventually.hpp"

namespace weir {

class RecordTest : public ::testing::Test {
  protected:
    void begin(uint8_t flags = Record::queued) {
        record.begin(RecordKind::request, 1, flags, true);
        use = record.state().use;
    }

    bool has(Record::Flag flag) const { return record.state().has(flag); }

    Record record;
    uint64_t use = 0;
};

TEST_F(RecordTest, a_new_use_has_a_new_number_and_nothing_of_the_old_one) {
    begin();
    record.start();
    record.answer(use, WEIR_ERR_HANDLER);
    record.hand_out();
    record.byte_units = 4;
    record.target = Target::waiter;
    record.posts = 3;
    const uint64_t before = use;
    record.end();
    EXPECT_FALSE(record.is_live());
    begin();
    EXPECT_EQ(use, before + 1);
    EXPECT_TRUE(record.is_live());
    EXPECT_EQ(record.state().flags, Record::queued);
    EXPECT_EQ(record.state().status, WEIR_OK);
    EXPECT_EQ(record.byte_units, 0u);
    EXPECT_EQ(record.target, Target::pool);
    EXPECT_EQ(record.posts, 0u);
    EXPECT_EQ(record.gate, 0u);
    EXPECT_EQ(record.deadline_ns, port::never);
}

TEST_F(RecordTest, queued_then_running_then_answered) {
    begin();
    EXPECT_TRUE(record.start());
    EXPECT_TRUE(has(Record::running));
    EXPECT_FALSE(has(Record::queued));
    const Record::Answered answered = record.answer(use, WEIR_ERR_HANDLER);
    EXPECT_TRUE(answered.accepted);
    EXPECT_TRUE(answered.is_result);
    EXPECT_EQ(record.state().status, WEIR_ERR_HANDLER);
    EXPECT_TRUE(has(Record::settled));
}

TEST_F(RecordTest, a_second_answer_is_refused) {
    begin();
    record.start();
    record.answer(use, WEIR_OK);
    EXPECT_FALSE(record.answer(use, WEIR_ERR_HANDLER).accepted);
    EXPECT_EQ(record.state().status, WEIR_OK);
}

TEST_F(RecordTest, what_is_not_running_cannot_be_answered) {
    begin();
    EXPECT_FALSE(record.answer(use, WEIR_OK).accepted);
    record.settle(use, WEIR_ERR_CANCELED);
    EXPECT_FALSE(record.answer(use, WEIR_OK).accepted);
}

TEST_F(RecordTest, settled_in_the_queue_it_does_not_start) {
    begin();
    const Record::Settled settled = record.settle(use, WEIR_ERR_TIMED_OUT);
    EXPECT_TRUE(settled.won);
    EXPECT_FALSE(settled.was_running);
    EXPECT_FALSE(record.start());
    EXPECT_EQ(record.state().status, WEIR_ERR_TIMED_OUT);
}

TEST_F(RecordTest, settled_while_it_runs_the_answer_is_accepted_and_dropped) {
    begin();
    record.start();
    const Record::Settled settled = record.settle(use, WEIR_ERR_CANCELED);
    EXPECT_TRUE(settled.won);
    EXPECT_TRUE(settled.was_running);
    EXPECT_FALSE(record.settle(use, WEIR_ERR_TIMED_OUT).won) << "once";
    const Record::Answered answered = record.answer(use, WEIR_OK);
    EXPECT_TRUE(answered.accepted);
    EXPECT_FALSE(answered.is_result);
    EXPECT_EQ(record.state().status, WEIR_ERR_CANCELED);
}

TEST_F(RecordTest, answered_it_cannot_be_settled) {
    begin();
    record.start();
    record.answer(use, WEIR_OK);
    EXPECT_FALSE(record.settle(use, WEIR_ERR_CANCELED).won);
    EXPECT_EQ(record.state().status, WEIR_OK);
}

TEST_F(RecordTest, another_use_changes_nothing) {
    begin();
    record.start();
    EXPECT_FALSE(record.settle(use - 1, WEIR_ERR_CANCELED).won);
    EXPECT_FALSE(record.settle(use + 1, WEIR_ERR_CANCELED).won);
    EXPECT_FALSE(record.answer(use - 1, WEIR_OK).accepted);
    EXPECT_EQ(record.state().flags, Record::running);
}

TEST_F(RecordTest, a_timed_request_cannot_be_settled_before_it_is_marked_queued) {
    begin(0);
    EXPECT_FALSE(record.settle(use, WEIR_ERR_TIMED_OUT).won);
    record.mark_queued(use);
    EXPECT_TRUE(record.settle(use, WEIR_ERR_TIMED_OUT).won);
}

TEST_F(RecordTest, marking_is_without_effect_when_the_worker_was_faster_or_the_use_is_over) {
    begin(0);
    record.start();
    record.mark_queued(use);
    EXPECT_EQ(record.state().flags, Record::running);
    record.end();
    const uint64_t old = use;
    begin(0);
    record.mark_queued(old);
    EXPECT_EQ(record.state().flags, 0);
}

TEST_F(RecordTest, comes_back_from_the_host_once) {
    begin();
    EXPECT_FALSE(record.take_back(use)) << "never handed out";
    record.hand_out();
    EXPECT_FALSE(record.take_back(use + 1));
    EXPECT_TRUE(record.take_back(use));
    EXPECT_FALSE(record.take_back(use));
}

TEST_F(RecordTest, another_result_may_replace_one_that_could_not_be_stored) {
    begin();
    record.start();
    record.answer(use, WEIR_OK);
    record.change_result(WEIR_ERR_NO_MEMORY);
    EXPECT_EQ(record.state().status, WEIR_ERR_NO_MEMORY);
    EXPECT_EQ(record.state().use, use);
    EXPECT_TRUE(has(Record::answered));
}

TEST_F(RecordTest, the_last_of_its_sides_gives_it_back) {
    begin();
    EXPECT_FALSE(record.let_go());
    EXPECT_TRUE(record.let_go());
    record.begin(RecordKind::event, 1, 0, false);
    EXPECT_TRUE(record.let_go());
}

/** One result a request, whoever comes first: host, clock or handler. */
TEST_F(RecordTest, of_racing_deciders_exactly_one_wins) {
    const int rounds = testing::scaled(5'000);
    for (int round = 0; round < rounds; round++) {
        begin();
        record.start();
        std::atomic<int> results{0};
        std::thread canceler([&] { results += record.settle(use, WEIR_ERR_CANCELED).won; });
        std::thread clock([&] { results += record.settle(use, WEIR_ERR_TIMED_OUT).won; });
        results += record.answer(use, WEIR_OK).is_result;
        canceler.join();
        clock.join();
        ASSERT_EQ(results, 1);
        ASSERT_TRUE(has(Record::answered));
        record.end();
    }
}

TEST(RecordNumbers, request_ids_and_call_ids_come_back_as_they_were_packed) {
    for (const uint64_t use : {uint64_t{0}, uint64_t{1}, Record::use_mask}) {
        for (const uint32_t index : {0u, 1u, 65535u}) {
            const RequestId request =
                RequestId::unpack(RequestId{.use = use, .index = index}.pack());
            EXPECT_EQ(request.use, use);
            EXPECT_EQ(request.index, index);
            for (const uint16_t slot : std::initializer_list<uint16_t>{0, 1023}) {
                const CallId call =
                    CallId::unpack(CallId{.slot = slot, .index = index, .use = use}.pack());
                EXPECT_EQ(call.slot, slot);
                EXPECT_EQ(call.index, index);
                EXPECT_EQ(call.use, use);
            }
        }
    }
    EXPECT_LT((RequestId{.use = Record::use_mask, .index = 65535}.pack()), uint64_t{1} << 53);
}

} // namespace weir
