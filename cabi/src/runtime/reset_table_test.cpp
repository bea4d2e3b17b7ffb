/**
 * Each row of the reset table finds its dirt and removes it. A row that is not here fails the test.
 */
#include <cfenv>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "runtime/recycle.hpp"
#include "support/port_test.hpp"

namespace weir {

namespace {

struct Stain {
    std::function<void(Slot &)> dirty;
    /** Removed by the row itself; otherwise by what runs before it, and the row only checks. */
    bool removed_by_row = true;
};

Record &take(Slot &slot) {
    Record *record = slot.slab.take();
    record->begin(RecordKind::notice, 1, 0, false);
    return *record;
}

const std::map<std::string, Stain> stains = {
    {"listeners", {[](Slot &slot) {
         uint64_t id = 0;
         slot.listeners.add("tick", 4, nullptr, 0, id);
     }}},
    {"instance state", {[](Slot &slot) { slot.worker.constructed = true; }, false}},
    {"create failure", {[](Slot &slot) {
         slot.worker.refuses_with = WEIR_ERR_CREATE_FAILED;
         slot.worker.failure = static_cast<char *>(port::allocate(4));
         slot.worker.failure_length = 4;
     }}},
    {"dropped events", {[](Slot &slot) { slot.owner.drops = &take(slot); }}},
    {"request timeouts", {[](Slot &slot) { slot.next_timeout_ns = 5; }}},
    {"leak notice", {[](Slot &slot) { slot.lease.leak_at_ns = 5; }}},
    {"tag", {[](Slot &slot) {
         slot.lease.tag_length = 3;
         memcpy(slot.lease.tag, "abc", 3);
     }}},
    {"requests",
     {[](Slot &slot) { slot.worker.backlog.append_stack(slot.slab, take(slot).index); }, false}},
    {"handlers and jobs", {[](Slot &slot) { slot.jobs = 1; }, false}},
    {"kept buffers", {[](Slot &slot) {
         Record &record = take(slot);
         const std::byte bytes[1'000] = {};
         record.in.copy(bytes, sizeof bytes, record.in_bytes);
         slot.slab.give(record);
     }}},
    {"thread state", {[](Slot &) { testing::inject(testing::Fault::restore, 1); }, false}},
};

/** A slot without threads, freed whole. On a thread of its own, since a row restores the thread. */
class ResetTable : public ::testing::Test {
  protected:
    void on_a_slot(const std::function<void(Slot &)> &test) {
        std::thread([&] {
            auto slot = std::make_unique<Slot>();
            test(*slot);
            slot->listeners.clear();
            slot->slab.trim();
            port::deallocate(slot->worker.failure);
            for (uint32_t index = 1; Record *record = slot->slab.at(index); index += 64) {
                port::deallocate(record);
            }
        }).join();
        testing::clear_faults();
    }
};

bool is_clean_after_reset(Slot &slot, const Reset &row) {
    row.reset(slot);
    return row.is_clean(slot);
}

TEST_F(ResetTable, every_row_is_known_to_this_test_and_none_is_missing) {
    std::map<std::string, int> rows;
    for (size_t row = 0; row < reset_table_size; row++) {
        EXPECT_TRUE(stains.contains(reset_table[row].what)) << reset_table[row].what;
        EXPECT_EQ(rows[reset_table[row].what]++, 0) << reset_table[row].what << " stands twice";
    }
    EXPECT_EQ(rows.size(), stains.size());
}

TEST_F(ResetTable, every_row_of_a_new_slot_is_clean) {
    on_a_slot([](Slot &slot) {
        for (size_t row = 0; row < reset_table_size; row++) {
            EXPECT_TRUE(is_clean_after_reset(slot, reset_table[row])) << reset_table[row].what;
        }
    });
}

TEST_F(ResetTable, every_row_sees_its_stain_and_removes_it_where_it_can) {
    for (size_t at = 0; at < reset_table_size; at++) {
        const Reset &row = reset_table[at];
        const Stain &stain = stains.at(row.what);
        on_a_slot([&](Slot &slot) {
            stain.dirty(slot);
            EXPECT_EQ(is_clean_after_reset(slot, row), stain.removed_by_row) << row.what;
        });
    }
}

TEST_F(ResetTable, no_row_leaves_what_another_removes) {
    on_a_slot([](Slot &slot) {
        for (const auto &[what, stain] : stains) {
            if (stain.removed_by_row) {
                stain.dirty(slot);
            }
        }
        for (size_t row = 0; row < reset_table_size; row++) {
            reset_table[row].reset(slot);
        }
        for (size_t row = 0; row < reset_table_size; row++) {
            EXPECT_TRUE(reset_table[row].is_clean(slot)) << reset_table[row].what;
        }
        EXPECT_EQ(slot.lease.tag[0], '\0') << "its bytes, too";
        EXPECT_EQ(slot.worker.refuses_with, WEIR_OK);
        EXPECT_EQ(slot.slab.known(1).kept_bytes() + slot.slab.known(2).kept_bytes(), 0u);
    });
}

TEST_F(ResetTable, a_thread_that_was_changed_is_as_it_began) {
    on_a_slot([](Slot &slot) {
        fesetround(FE_UPWARD);
        errno = 42;
        for (size_t row = 0; row < reset_table_size; row++) {
            reset_table[row].reset(slot);
        }
        EXPECT_EQ(fegetround(), FE_TONEAREST);
        EXPECT_EQ(errno, 0);
    });
}

} // namespace

} // namespace weir
