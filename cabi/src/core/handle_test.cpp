#include "core/handle.hpp"

#include <random>

#include <gtest/gtest.h>

#include "base/tagged.hpp"
#include "support/eventually.hpp"

namespace weir {

constexpr HandleKind real_kinds[] = {HandleKind::library, HandleKind::queue, HandleKind::pool,
                                     HandleKind::context};

bool is_none(weir_handle number) { return Handle::unpack(number).kind == HandleKind::none; }

TEST(Handle, comes_back_as_it_was_packed) {
    for (const HandleKind kind : real_kinds) {
        for (const uint16_t index : std::initializer_list<uint16_t>{0, 1, 512, 1023}) {
            for (const uint64_t generation : {uint64_t{1}, uint64_t{3}, Handle::generation_mask}) {
                const Handle handle = {.kind = kind, .index = index, .generation = generation};
                const Handle back = Handle::unpack(handle.pack());
                EXPECT_EQ(back.kind, kind);
                EXPECT_EQ(back.index, index);
                EXPECT_EQ(back.generation, generation);
            }
        }
    }
}

TEST(Handle, is_exact_in_a_double) {
    for (const HandleKind kind : real_kinds) {
        const weir_handle number =
            Handle{.kind = kind, .index = 1023, .generation = Handle::generation_mask}.pack();
        EXPECT_LT(number, uint64_t{1} << 53);
        EXPECT_EQ(static_cast<uint64_t>(static_cast<double>(number)), number);
    }
}

TEST(Handle, refuses_zero_even_generations_and_unknown_kinds) {
    EXPECT_TRUE(is_none(0));
    for (const HandleKind kind : real_kinds) {
        EXPECT_TRUE(is_none(Handle{.kind = kind, .index = 5, .generation = 2}.pack()));
        EXPECT_TRUE(is_none(Handle{.kind = kind, .index = 5, .generation = 0}.pack()));
    }
    for (uint64_t kind = 5; kind < 8; kind++) {
        EXPECT_TRUE(is_none(kind << 50 | 1));
    }
    EXPECT_TRUE(is_none(1)); // kind none with an open generation
}

/** T3: each single bit, each pair of bits, all ones from each end, and their complements. */
TEST(Handle, any_number_with_a_high_bit_is_refused) {
    for (int bit = 53; bit < 64; bit++) {
        const weir_handle good =
            Handle{.kind = HandleKind::context, .index = 3, .generation = 9}.pack();
        EXPECT_FALSE(is_none(good));
        EXPECT_TRUE(is_none(good | uint64_t{1} << bit)) << bit;
    }
    EXPECT_TRUE(is_none(UINT64_MAX));
    EXPECT_TRUE(is_none(static_cast<uint64_t>(int64_t{-2})));
}

void expect_exact_or_none(weir_handle number) {
    const Handle handle = Handle::unpack(number);
    if (handle.kind != HandleKind::none) {
        ASSERT_EQ(handle.pack(), number);
        ASSERT_TRUE(is_open_generation(handle.generation));
    }
}

TEST(Handle, every_pattern_of_powers_of_two_unpacks_exactly_or_not_at_all) {
    for (int one = 0; one < 64; one++) {
        for (int other = 0; other < 64; other++) {
            const uint64_t pattern = uint64_t{1} << one | uint64_t{1} << other;
            expect_exact_or_none(pattern);
            expect_exact_or_none(pattern - 1);
            expect_exact_or_none(pattern + 1);
            expect_exact_or_none(~pattern);
        }
    }
}

TEST(Handle, random_numbers_unpack_exactly_or_not_at_all) {
    std::mt19937_64 random(1);
    const int rounds = testing::scaled(1'000'000);
    for (int round = 0; round < rounds; round++) {
        const uint64_t number = random();
        expect_exact_or_none(number);
        expect_exact_or_none(number >> 11);
    }
}

} // namespace weir
