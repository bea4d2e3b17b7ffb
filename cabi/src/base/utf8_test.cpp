/**
 * The cases are those of Markus Kuhn's UTF-8 decoder stress test (2015), by section, and every
 * string of one and two bytes.
 */
#include "base/utf8.hpp"

#include <string>

#include <gtest/gtest.h>

namespace weir {

size_t error_in(const std::string &text) { return utf8_find_error(text.data(), text.size()); }

/** The encoding that the scheme gives a number, allowed or not, in `length` bytes. */
std::string encode(uint32_t code, int length) {
    if (length == 1) {
        return {static_cast<char>(code)};
    }
    static constexpr unsigned lead[] = {0, 0, 0xC0, 0xE0, 0xF0, 0xF8, 0xFC};
    std::string text;
    for (int at = length - 1; at > 0; at--) {
        text.insert(text.begin(), static_cast<char>(0x80 | (code & 0x3F)));
        code >>= 6;
    }
    text.insert(text.begin(), static_cast<char>(lead[length] | code));
    return text;
}

int shortest_length(uint32_t code) {
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

TEST(Utf8, kuhn_1_accepts_correct_text) {
    EXPECT_EQ(error_in("\xCE\xBA\xE1\xBD\xB9\xCF\x83\xCE\xBC\xCE\xB5"), utf8_valid);
    EXPECT_EQ(error_in(""), utf8_valid);
    EXPECT_EQ(utf8_find_error(nullptr, 0), utf8_valid);
}

TEST(Utf8, kuhn_2_knows_the_bounds_of_each_length) {
    for (const uint32_t code : {0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0xD7FFu,
                                0xE000u, 0xFFFDu, 0x10FFFFu}) {
        EXPECT_EQ(error_in(encode(code, shortest_length(code))), utf8_valid) << std::hex << code;
    }
    EXPECT_EQ(error_in(encode(0x110000, 4)), 0u);
    EXPECT_EQ(error_in(encode(0x1FFFFF, 4)), 0u);
    EXPECT_EQ(error_in(encode(0x200000, 5)), 0u);
    EXPECT_EQ(error_in(encode(0x3FFFFFF, 5)), 0u);
    EXPECT_EQ(error_in(encode(0x4000000, 6)), 0u);
    EXPECT_EQ(error_in(encode(0x7FFFFFFF, 6)), 0u);
}

TEST(Utf8, kuhn_3_1_refuses_lonely_continuation_bytes) {
    for (unsigned byte = 0x80; byte <= 0xBF; byte++) {
        EXPECT_EQ(error_in({'a', 'b', static_cast<char>(byte)}), 2u);
    }
}

TEST(Utf8, kuhn_3_2_and_3_5_refuse_lonely_and_impossible_first_bytes) {
    for (unsigned byte = 0xC0; byte <= 0xFF; byte++) {
        EXPECT_EQ(error_in({'a', static_cast<char>(byte), ' '}), 1u);
        EXPECT_EQ(error_in({'a', static_cast<char>(byte)}), 1u);
    }
}

TEST(Utf8, kuhn_3_3_refuses_sequences_without_their_last_byte) {
    for (const uint32_t code : {0x80u, 0x7FFu, 0x800u, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
        std::string text = encode(code, shortest_length(code));
        text.pop_back();
        EXPECT_EQ(error_in(std::string("x").append(text)), 1u) << std::hex << code;
        EXPECT_EQ(error_in(std::string("x").append(text).append("y")), 1u) << std::hex << code;
    }
}

TEST(Utf8, kuhn_4_refuses_overlong_forms) {
    for (const uint32_t code : {0u, 0x2Fu, 0x7Fu, 0x7FFu, 0xFFFFu}) {
        for (int length = shortest_length(code) + 1; length <= 6; length++) {
            EXPECT_EQ(error_in(encode(code, length)), 0u) << std::hex << code << " in " << length;
        }
    }
}

TEST(Utf8, kuhn_5_refuses_surrogates_single_and_paired) {
    for (uint32_t code = 0xD800; code <= 0xDFFF; code++) {
        EXPECT_EQ(error_in(encode(code, 3)), 0u) << std::hex << code;
    }
    EXPECT_EQ(error_in(encode(0xD800, 3) + encode(0xDC00, 3)), 0u);
}

TEST(Utf8, every_character_of_unicode_is_valid_alone) {
    for (uint32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF) {
            continue;
        }
        ASSERT_EQ(error_in(encode(code, shortest_length(code))), utf8_valid) << std::hex << code;
    }
}

TEST(Utf8, all_strings_of_one_and_two_bytes) {
    for (unsigned first = 0; first < 256; first++) {
        const std::string one(1, static_cast<char>(first));
        EXPECT_EQ(error_in(one), first < 0x80 ? utf8_valid : 0u) << first;
        for (unsigned second = 0; second < 256; second++) {
            const bool pair = first >= 0xC2 && first <= 0xDF && second >= 0x80 && second <= 0xBF;
            size_t expected = utf8_valid;
            if (!pair && first >= 0x80) {
                expected = 0;
            } else if (!pair && second >= 0x80) {
                expected = 1;
            }
            ASSERT_EQ(error_in(one + static_cast<char>(second)), expected)
                << first << " " << second;
        }
    }
}

TEST(Utf8, a_cut_never_splits_a_character) {
    std::string text = "a";
    text.append(encode(0xE9, 2)).append(encode(0x20AC, 3)).append(encode(0x1F600, 4)).append("z");
    for (size_t limit = 0; limit <= text.size() + 1; limit++) {
        const size_t length = utf8_cut(text.data(), text.size(), limit);
        EXPECT_LE(length, limit);
        EXPECT_EQ(error_in(text.substr(0, length)), utf8_valid) << limit;
        EXPECT_TRUE(length + 4 > limit || length == text.size()) << "cut too much at " << limit;
    }
}

} // namespace weir
