#include "base/text.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir {

TEST(Text, joins_words_and_numbers) {
    char buffer[64];
    Text text(buffer, sizeof buffer);
    text.add("slot ").add(uint64_t{0}).add(" of ").add(UINT64_MAX).add("xyz", 1);
    EXPECT_STREQ(buffer, "slot 0 of 18446744073709551615x");
    EXPECT_EQ(text.length(), strlen(buffer));
}

TEST(Text, is_empty_and_terminated_from_the_start) {
    char buffer[4] = {'a', 'b', 'c', 'd'};
    const Text text(buffer, sizeof buffer);
    EXPECT_STREQ(buffer, "");
    EXPECT_EQ(text.length(), 0u);
}

TEST(Text, is_cut_where_its_buffer_ends_and_never_writes_behind) {
    for (size_t size = 1; size <= 12; size++) {
        char buffer[16];
        memset(buffer, '#', sizeof buffer);
        Text text(buffer, size);
        text.add("hello").add(uint64_t{12345}).add("more");
        EXPECT_EQ(std::string(buffer), std::string("hello12345more").substr(0, size - 1));
        for (size_t at = size; at < sizeof buffer; at++) {
            EXPECT_EQ(buffer[at], '#') << "size " << size << ", byte " << at;
        }
    }
}

} // namespace weir
