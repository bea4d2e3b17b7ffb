/**
 * What weir_records_copy puts where: short data without gaps, as many as fit, long ones left out.
 */
#include <vector>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

struct Copied {
    std::string bytes;
    uint32_t records = 0;
};

/** Records that point to texts of the test. */
class Records {
  public:
    explicit Records(const std::vector<std::string> &texts) : texts_(texts) {
        for (const std::string &text : texts_) {
            weir_record record{};
            record.data = text.empty() ? nullptr : text.data();
            record.length = text.size();
            records_.push_back(record);
        }
    }

    Copied copy(size_t longest, size_t capacity) const {
        // Filled, so that a byte too many is seen.
        std::string bytes(capacity + 1, '#');
        Copied copied;
        EXPECT_EQ(weir_records_copy(records_.data(), static_cast<uint32_t>(records_.size()),
                                    longest, bytes.data(), capacity, &copied.records),
                  WEIR_OK);
        EXPECT_EQ(bytes[capacity], '#');
        copied.bytes = bytes.substr(0, bytes.find('#'));
        return copied;
    }

  private:
    std::vector<std::string> texts_;
    std::vector<weir_record> records_;
};

TEST(RecordsCopy, puts_the_data_of_all_records_behind_one_another) {
    const Copied copied = Records({"one", "", "two", "three"}).copy(100, 100);
    EXPECT_EQ(copied.bytes, "onetwothree");
    EXPECT_EQ(copied.records, 4u);
}

TEST(RecordsCopy, passes_over_what_is_longer_than_it_may_be) {
    const Copied copied = Records({"one", "twelve", "two"}).copy(5, 100);
    EXPECT_EQ(copied.bytes, "onetwo");
    EXPECT_EQ(copied.records, 3u);
}

TEST(RecordsCopy, ends_at_the_first_that_does_not_fit) {
    const Records records({"one", "two", "three", "x"});
    EXPECT_EQ(records.copy(100, 6).records, 2u);
    EXPECT_EQ(records.copy(100, 10).bytes, "onetwo");
    EXPECT_EQ(records.copy(100, 10).records, 2u) << "x would fit, but out of its order";
    EXPECT_EQ(records.copy(100, 11).records, 3u);
    EXPECT_EQ(records.copy(100, 12).records, 4u);
    EXPECT_EQ(records.copy(100, 0).records, 0u);
}

TEST(RecordsCopy, refuses_what_cannot_be) {
    const weir_record record{};
    char bytes[1];
    uint32_t records = 0;
    EXPECT_EQ(weir_records_copy(nullptr, 1, 1, bytes, 1, &records), WEIR_ERR_INVALID_ARGUMENT);
    EXPECT_EQ(weir_records_copy(&record, 1, 1, nullptr, 1, &records), WEIR_ERR_INVALID_ARGUMENT);
    EXPECT_EQ(weir_records_copy(&record, 1, 1, bytes, 1, nullptr), WEIR_ERR_INVALID_ARGUMENT);
}

TEST(RecordsCopy, leaves_the_records_to_be_released) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    EXPECT_EQ(ask(context, m_echo).call, WEIR_OK);
    EXPECT_TRUE(eventually([] { return live_objects().records <= 1; }));
    const uint64_t before = live_objects().records; // what the pool keeps for the context's end
    const weir_request request = make_request(m_echo, "payload", 7);
    ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
    weir_record record;
    uint32_t count = 0;
    ASSERT_EQ(weir_queue_wait(host.queue, &record, 1, 10'000, &count), WEIR_OK);
    char bytes[7];
    uint32_t looked_at = 0;
    ASSERT_EQ(weir_records_copy(&record, 1, 7, bytes, 7, &looked_at), WEIR_OK);
    EXPECT_EQ(std::string(bytes, 7), "payload");
    EXPECT_GT(live_objects().records, before);
    EXPECT_EQ(weir_records_release(&record, 1), WEIR_OK);
    // The worker gives its half back in its own time.
    EXPECT_TRUE(eventually([&] { return live_objects().records == before; }));
}

} // namespace
