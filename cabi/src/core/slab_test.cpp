#include "core/slab.hpp"

#include <memory>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "base/port.hpp"
#include "support/eventually.hpp"
#include "support/port_test.hpp"

namespace weir {

/** A slab and its chunks, which the core never frees, freed. */
class SlabTest : public ::testing::Test {
  protected:
    ~SlabTest() override {
        slab->trim();
        for (uint32_t index = 1; Record *record = slab->at(index); index += 64) {
            port::deallocate(record);
        }
    }

    Record *take() {
        Record *record = slab->take();
        if (record != nullptr) {
            record->begin(RecordKind::notice, 1, 0, false);
        }
        return record;
    }

    size_t live() const {
        size_t count = 0;
        slab->for_each_live([&](const Record &) { count++; });
        return count;
    }

    std::unique_ptr<Slab> slab = std::make_unique<Slab>();
};

TEST_F(SlabTest, finds_nothing_for_an_index_that_was_never_built) {
    for (const uint32_t index : {0u, 1u, 64u, 65535u, 65536u, UINT32_MAX}) {
        EXPECT_EQ(slab->at(index), nullptr) << index;
    }
}

TEST_F(SlabTest, finds_each_record_by_its_index) {
    std::set<uint32_t> indexes;
    for (int count = 0; count < 200; count++) {
        Record *record = take();
        ASSERT_NE(record, nullptr);
        EXPECT_EQ(slab->at(record->index), record);
        EXPECT_EQ(&slab->known(record->index), record);
        EXPECT_EQ(record->slab, slab.get());
        EXPECT_TRUE(indexes.insert(record->index).second) << "given twice";
    }
    EXPECT_EQ(live(), 200u);
}

TEST_F(SlabTest, the_last_given_is_the_first_taken) {
    Record *one = take();
    Record *two = take();
    slab->give(*one);
    slab->give(*two);
    EXPECT_EQ(slab->take(), two);
    EXPECT_EQ(slab->take(), one);
}

TEST_F(SlabTest, counts_as_live_what_is_between_take_and_give) {
    Record *one = take();
    Record *two = take();
    EXPECT_EQ(live(), 2u);
    slab->give(*one);
    EXPECT_EQ(live(), 1u);
    slab->give(*two);
    EXPECT_EQ(live(), 0u);
}

TEST_F(SlabTest, is_exhausted_after_all_its_records_and_goes_on_when_one_comes_back) {
    std::vector<Record *> taken;
    while (Record *record = take()) {
        taken.push_back(record);
        ASSERT_LE(taken.size(), limits::records_per_slot);
    }
    EXPECT_GT(taken.size(), limits::records_per_slot - 64);
    EXPECT_LE(taken.back()->index, limits::records_per_slot);
    slab->give(*taken.back());
    EXPECT_EQ(take(), taken.back());
    EXPECT_EQ(take(), nullptr);
}

TEST_F(SlabTest, says_when_there_is_no_memory_and_works_again_when_there_is) {
    testing::inject(testing::Fault::allocate, 1);
    EXPECT_EQ(slab->take(), nullptr);
    EXPECT_NE(slab->take(), nullptr);
    testing::clear_faults();
}

TEST_F(SlabTest, trim_keeps_every_free_record) {
    std::vector<Record *> taken;
    for (int count = 0; count < 100; count++) {
        taken.push_back(take());
    }
    const std::vector<std::byte> bytes(1000);
    ASSERT_TRUE(taken[0]->in.copy(bytes.data(), bytes.size(), taken[0]->in_bytes));
    for (Record *record : taken) {
        slab->give(*record);
    }
    slab->trim();
    EXPECT_EQ(taken[0]->in.kept_bytes(), 0u);
    std::set<Record *> again;
    for (int count = 0; count < 100; count++) {
        again.insert(take());
    }
    EXPECT_EQ(again.size(), 100u);
    EXPECT_FALSE(again.contains(nullptr));
}

/**
 * A head seen before, gone and come back (ABA) would give one record to two owners. It takes a
 * thread that is interrupted between two instructions, so many threads and many rounds.
 */
TEST_F(SlabTest, threads_never_hold_the_same_record) {
    const int rounds = testing::under_sanitizer ? 20'000 : 1'000'000;
    std::vector<std::atomic<int>> owners(limits::records_per_slot + 1);
    std::atomic<bool> shared{false};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 8; thread++) {
        threads.emplace_back([&] {
            Record *held[3] = {};
            for (int round = 0; round < rounds; round++) {
                for (Record *&record : held) {
                    record = slab->take();
                    shared = shared || owners[record->index].fetch_add(1) != 0;
                    record->begin(RecordKind::notice, 1, 0, false);
                }
                for (Record *record : held) {
                    owners[record->index].fetch_sub(1);
                    slab->give(*record);
                }
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_FALSE(shared);
    EXPECT_EQ(live(), 0u);
}

TEST_F(SlabTest, trim_may_run_while_others_take_and_give) {
    const int rounds = testing::scaled(20'000);
    std::atomic<bool> done{false};
    std::thread trimmer([&] {
        while (!done) {
            slab->trim();
        }
    });
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 2; thread++) {
        threads.emplace_back([&] {
            const std::byte bytes[300] = {};
            for (int round = 0; round < rounds; round++) {
                Record *record = slab->take();
                record->begin(RecordKind::notice, 1, 0, false);
                record->in.copy(bytes, sizeof bytes, record->in_bytes);
                slab->give(*record);
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    done = true;
    trimmer.join();
    EXPECT_EQ(live(), 0u);
}

} // namespace weir
