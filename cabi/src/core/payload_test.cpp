#include "core/payload.hpp"

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "support/port_test.hpp"

namespace weir {

class PayloadTest : public ::testing::Test {
  protected:
    ~PayloadTest() override {
        payload.clear();
        payload.trim();
        EXPECT_EQ(Payload::live_bytes(), bytes_before);
        EXPECT_EQ(testing::live_allocations(), allocations_before);
    }

    /** Copy `length` bytes; does the payload hold them? */
    bool copies(size_t length) {
        const std::string text(length, 'x');
        return payload.copy(text.data(), text.size(), inside) && payload.length() == length &&
               memcmp(payload.data(), text.data(), length) == 0;
    }

    bool is_inside() const { return payload.data() == inside.data(); }

    const uint64_t bytes_before = Payload::live_bytes();
    const int64_t allocations_before = testing::live_allocations();
    std::array<std::byte, limits::inline_payload> inside = {};
    Payload payload;
};

TEST_F(PayloadTest, short_bytes_live_inside_and_need_no_memory) {
    const int64_t before = testing::live_allocations();
    for (const size_t length : {size_t{0}, size_t{1}, limits::inline_payload}) {
        EXPECT_TRUE(copies(length));
        EXPECT_TRUE(is_inside());
        payload.clear();
    }
    EXPECT_EQ(payload.copy(nullptr, 0, inside), true) << "no pointer is needed for no bytes";
    EXPECT_EQ(testing::live_allocations(), before);
    EXPECT_EQ(Payload::live_bytes(), bytes_before);
}

TEST_F(PayloadTest, longer_ones_are_counted_while_they_live) {
    const size_t length = limits::inline_payload + 1;
    EXPECT_TRUE(copies(length));
    EXPECT_FALSE(is_inside());
    EXPECT_EQ(Payload::live_bytes(), bytes_before + length);
    payload.clear();
    EXPECT_EQ(Payload::live_bytes(), bytes_before);
    EXPECT_EQ(payload.data(), nullptr);
    EXPECT_EQ(payload.length(), 0u);
}

TEST_F(PayloadTest, a_buffer_is_kept_for_the_next_payload_if_it_is_not_too_large) {
    EXPECT_TRUE(copies(limits::retained_buffer));
    payload.clear();
    EXPECT_EQ(payload.kept_bytes(), limits::retained_buffer);
    const uint64_t made = testing::calls(testing::Fault::allocate);
    EXPECT_TRUE(copies(1'000));
    EXPECT_EQ(testing::calls(testing::Fault::allocate), made);
    payload.clear();
    EXPECT_TRUE(copies(limits::retained_buffer + 1));
    payload.clear();
    EXPECT_EQ(payload.kept_bytes(), 0u);
}

TEST_F(PayloadTest, a_short_one_after_a_long_one_is_inside_and_not_counted_twice) {
    EXPECT_TRUE(copies(1'000));
    payload.clear();
    EXPECT_TRUE(copies(10));
    EXPECT_TRUE(is_inside());
    payload.clear();
    EXPECT_EQ(Payload::live_bytes(), bytes_before);
}

TEST_F(PayloadTest, without_memory_it_stays_empty_and_can_be_used_again) {
    EXPECT_TRUE(copies(200));
    payload.clear();
    testing::inject(testing::Fault::allocate, 1);
    const std::vector<std::byte> bytes(5'000);
    EXPECT_FALSE(payload.copy(bytes.data(), bytes.size(), inside));
    EXPECT_EQ(payload.data(), nullptr);
    EXPECT_EQ(payload.length(), 0u);
    testing::clear_faults();
    EXPECT_TRUE(copies(300));
}

struct Released {
    int times = 0;
    const void *data = nullptr;
    size_t length = 0;

    static void callback(const void *data, size_t length, uintptr_t user_data) {
        auto *released = reinterpret_cast<Released *>(user_data);
        released->times++;
        released->data = data;
        released->length = length;
    }
};

TEST_F(PayloadTest, borrowed_bytes_are_released_once) {
    const std::string text = "borrowed";
    Released released;
    payload.borrow(text.data(), text.size(), Released::callback,
                   reinterpret_cast<uintptr_t>(&released));
    EXPECT_EQ(payload.data(), text.data());
    EXPECT_EQ(released.times, 0);
    payload.clear();
    payload.clear();
    EXPECT_EQ(released.times, 1);
    EXPECT_EQ(released.data, text.data());
    EXPECT_EQ(released.length, text.size());
    EXPECT_EQ(payload.data(), nullptr);
}

TEST_F(PayloadTest, borrowing_leaves_a_kept_buffer_alone) {
    EXPECT_TRUE(copies(1'000));
    payload.clear();
    Released released;
    payload.borrow("x", 1, Released::callback, reinterpret_cast<uintptr_t>(&released));
    payload.clear();
    EXPECT_EQ(payload.kept_bytes(), 1'000u);
}

} // namespace weir
