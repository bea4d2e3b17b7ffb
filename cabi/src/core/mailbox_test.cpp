#include "core/mailbox.hpp"

#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/port.hpp"
#include "support/eventually.hpp"

namespace weir {

namespace {

/** All that lies in the box, oldest first. Returns whether there was any. */
template <class Handle> bool take_all(PostBox &posts, const Slab &slab, Handle handle) {
    bool any = false;
    uint32_t reasons = 0;
    while (Record *record = posts.take(slab, reasons)) {
        handle(*record, reasons);
        any = true;
    }
    return any;
}

} // namespace

class MailboxTest : public ::testing::Test {
  protected:
    ~MailboxTest() override {
        for (uint32_t index = 1; Record *record = slab->at(index); index += 64) {
            port::deallocate(record);
        }
    }

    Record &record(uint64_t id = 0) {
        Record *taken = slab->take();
        taken->begin(RecordKind::request, 1, Record::queued, true);
        taken->id = id;
        return *taken;
    }

    /** Open the next generation and take its first record out again. */
    void open() {
        inbox.open_with(record());
        inbox.take_all();
    }

    std::vector<uint64_t> take_ids() {
        RecordList list;
        list.append_stack(*slab, inbox.take_all());
        std::vector<uint64_t> ids;
        while (const Record *taken = list.pop(*slab)) {
            ids.push_back(taken->id);
        }
        return ids;
    }

    std::unique_ptr<Slab> slab = std::make_unique<Slab>();
    Inbox inbox;
    PostBox posts;
};

using Ids = std::vector<uint64_t>;

TEST_F(MailboxTest, what_was_pushed_first_is_taken_first) {
    open();
    for (uint64_t id = 1; id <= 5; id++) {
        EXPECT_TRUE(inbox.push(1, record(id)));
    }
    EXPECT_FALSE(inbox.empty());
    EXPECT_EQ(take_ids(), (Ids{1, 2, 3, 4, 5}));
    EXPECT_TRUE(inbox.empty());
    EXPECT_EQ(inbox.take_all(), 0u);
}

TEST_F(MailboxTest, a_chain_keeps_its_order_among_others) {
    open();
    Record &one = record(1);
    Record &two = record(2);
    Record &three = record(3);
    two.next = one.index;
    three.next = two.index;
    inbox.push(1, record(0));
    EXPECT_TRUE(inbox.push_chain(1, three, one));
    inbox.push(1, record(4));
    EXPECT_EQ(take_ids(), (Ids{0, 1, 2, 3, 4}));
}

TEST_F(MailboxTest, the_first_record_of_a_generation_comes_before_all_others) {
    inbox.open_with(record(100));
    inbox.push(1, record(1));
    EXPECT_EQ(take_ids(), (Ids{100, 1}));
}

TEST_F(MailboxTest, only_the_open_generation_may_push) {
    Record &waiting = record(1);
    EXPECT_FALSE(inbox.push(1, waiting)) << "never opened";
    open();
    EXPECT_FALSE(inbox.push(3, waiting));
    EXPECT_TRUE(inbox.push(1, record(2)));
    inbox.close();
    EXPECT_FALSE(inbox.push(1, waiting)) << "closed";
    EXPECT_EQ(take_ids(), (Ids{2})) << "what was accepted before close is found";
    open();
    EXPECT_FALSE(inbox.push(1, waiting)) << "the next owner's";
    EXPECT_TRUE(inbox.push(3, waiting));
}

TEST_F(MailboxTest, a_list_appends_behind_what_it_has) {
    open();
    RecordList list;
    EXPECT_TRUE(list.empty());
    list.append_stack(*slab, 0);
    EXPECT_TRUE(list.empty());
    inbox.push(1, record(1));
    inbox.push(1, record(2));
    list.append_stack(*slab, inbox.take_all());
    inbox.push(1, record(3));
    list.append_stack(*slab, inbox.take_all());
    for (const uint64_t expected : {1, 2, 3}) {
        const Record *taken = list.pop(*slab);
        ASSERT_NE(taken, nullptr);
        EXPECT_EQ(taken->id, expected);
        EXPECT_TRUE(taken->taken);
    }
    EXPECT_TRUE(list.empty());
    EXPECT_EQ(list.pop(*slab), nullptr);
}

/** 4.3: each thread's pushes come out in order, none is lost, none is taken twice. */
TEST_F(MailboxTest, each_threads_order_is_kept_and_nothing_is_lost) {
    constexpr uint64_t threads_count = 3;
    const uint64_t rounds = testing::scaled(uint64_t{6'000});
    open();
    std::vector<std::thread> threads;
    for (uint64_t thread = 0; thread < threads_count; thread++) {
        threads.emplace_back([&, thread] {
            for (uint64_t number = 1; number <= rounds; number++) {
                ASSERT_TRUE(inbox.push(1, record(thread << 32 | number)));
            }
        });
    }
    std::vector<uint64_t> last(threads_count, 0);
    uint64_t total = 0;
    const bool complete = testing::eventually([&] {
        for (const uint64_t id : take_ids()) {
            EXPECT_EQ(id & UINT32_MAX, last[id >> 32] + 1);
            last[id >> 32] = id & UINT32_MAX;
            total++;
        }
        return total == threads_count * rounds;
    });
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_TRUE(complete) << total;
}

/** 3.6 in the small: a push that was accepted is found by who takes after close. */
TEST_F(MailboxTest, close_decides_between_accepted_and_refused) {
    const uint64_t rounds = testing::scaled(uint64_t{3'000});
    for (uint64_t round = 0; round < rounds; round++) {
        const uint64_t generation = 2 * round + 1;
        Record &first = record();
        inbox.open_with(first);
        Record &sent = record(7);
        bool accepted = false;
        std::thread pusher([&] { accepted = inbox.push(generation, sent); });
        inbox.close();
        pusher.join();
        const Ids found = take_ids();
        EXPECT_EQ(found.size(), accepted ? 2u : 1u);
        slab->give(sent);
        slab->give(first);
    }
}

TEST_F(MailboxTest, a_post_box_hands_out_records_in_order_with_their_reasons) {
    Record &one = record(1);
    Record &two = record(2);
    EXPECT_TRUE(posts.empty());
    EXPECT_TRUE(posts.post(one, post_cancel));
    EXPECT_TRUE(posts.post(two, post_deliver));
    EXPECT_FALSE(posts.empty());
    std::vector<std::pair<uint64_t, uint32_t>> seen;
    EXPECT_TRUE(take_all(posts, *slab, [&](const Record &posted, uint32_t reasons) {
        seen.emplace_back(posted.id, reasons & ~uint32_t{post_boxed});
    }));
    EXPECT_EQ(seen,
              (std::vector<std::pair<uint64_t, uint32_t>>{{1, post_cancel}, {2, post_deliver}}));
    EXPECT_TRUE(posts.empty());
    EXPECT_FALSE(take_all(posts, *slab, [](Record &, uint32_t) { ADD_FAILURE(); }));
}

TEST_F(MailboxTest, a_record_lies_in_the_post_box_once_however_many_reasons_it_has) {
    Record &one = record(1);
    EXPECT_TRUE(posts.post(one, post_cancel));
    EXPECT_TRUE(posts.post(one, post_deliver)) << "a new reason owns a hold";
    EXPECT_FALSE(posts.post(one, post_cancel)) << "the same reason does not";
    int times = 0;
    take_all(posts, *slab, [&](const Record &, uint32_t reasons) {
        times++;
        EXPECT_EQ(reasons, uint32_t{post_boxed | post_cancel | post_deliver});
    });
    EXPECT_EQ(times, 1);
    EXPECT_TRUE(posts.post(one, post_cancel)) << "taken: it may come again";
}

TEST_F(MailboxTest, a_record_may_be_posted_again_while_it_is_handled) {
    Record &one = record(1);
    Record &two = record(2);
    posts.post(one, post_cancel);
    posts.post(two, post_cancel);
    std::vector<uint64_t> seen;
    const auto handle = [&](Record &posted, uint32_t) {
        seen.push_back(posted.id);
        if (seen.size() == 1) {
            posts.post(one, post_deliver);
        }
    };
    take_all(posts, *slab, handle);
    take_all(posts, *slab, handle);
    EXPECT_EQ(seen, (Ids{1, 2, 1}));
}

/** Each accepted reason comes out exactly once, since each owns one hold on its record. */
TEST_F(MailboxTest, no_reason_is_lost_or_doubled_under_threads) {
    const int rounds = testing::scaled(30'000);
    Record *records[3] = {&record(0), &record(1), &record(2)};
    std::atomic<uint64_t> accepted{0};
    std::atomic<int> running{2};
    std::vector<std::thread> threads;
    for (const Post reason : {post_cancel, post_deliver}) {
        threads.emplace_back([&, reason] {
            for (int round = 0; round < rounds; round++) {
                accepted += posts.post(*records[round % 3], reason) ? 1 : 0;
            }
            running--;
        });
    }
    uint64_t seen = 0;
    const auto handle = [&](const Record &, uint32_t reasons) {
        seen += (reasons & post_cancel) != 0 ? 1 : 0;
        seen += (reasons & post_deliver) != 0 ? 1 : 0;
    };
    while (running > 0) {
        take_all(posts, *slab, handle);
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    take_all(posts, *slab, handle);
    EXPECT_EQ(seen, accepted);
}

} // namespace weir
