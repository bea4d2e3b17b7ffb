/**
 * handle.hpp: a handle is a number that can be refused: kind (3 bits), index (10), generation (40),
 * so 53 bits in all, exact in a double. Generations that are handed out are odd, grow with every
 * owner and never wrap.
 *
 * In the number the generation is salted with the address of this copy of the core, so that two
 * copies in one process refuse each other's handles.
 */
#pragma once

#include <cstdint>

#include <weir/weir.h>

namespace weir {

enum class HandleKind : uint8_t { none = 0, library = 1, queue = 2, pool = 3, context = 4 };

#ifndef WEIR_GENERATION_BITS
#define WEIR_GENERATION_BITS 40
#endif

/**
 * An index whose generation has reached this is not used again. Cut to 4 bits in one test build.
 */
inline constexpr uint64_t last_generation = (uint64_t{1} << WEIR_GENERATION_BITS) - 1;

/** Where it lies tells this copy of the core from another one in the process. */
inline constexpr char handle_anchor = 0;

struct Handle {
    static constexpr int generation_bits = 40;
    static constexpr int index_bits = 10;
    static constexpr int kind_bits = 3;
    static constexpr uint64_t generation_mask = (uint64_t{1} << generation_bits) - 1;
    static constexpr uint64_t index_mask = (uint64_t{1} << index_bits) - 1;
    static constexpr uint64_t kind_mask = (uint64_t{1} << kind_bits) - 1;

    HandleKind kind = HandleKind::none;
    uint16_t index = 0;
    uint64_t generation = 0;

    weir_handle pack() const {
        return static_cast<uint64_t>(kind) << (generation_bits + index_bits) |
               uint64_t{index} << generation_bits | (generation ^ salt());
    }

    /** Any number unpacks; one that no handle can have gives kind none. */
    static Handle unpack(weir_handle number) {
        constexpr int used_bits = generation_bits + index_bits + kind_bits;
        const uint64_t generation = (number & generation_mask) ^ salt();
        const uint64_t kind = number >> (generation_bits + index_bits) & kind_mask;
        const bool possible = number >> used_bits == 0 && (generation & 1) != 0 &&
                              kind <= static_cast<uint64_t>(HandleKind::context);
        if (!possible) {
            return {};
        }
        return {.kind = static_cast<HandleKind>(kind),
                .index = static_cast<uint16_t>(number >> generation_bits & index_mask),
                .generation = generation};
    }

  private:
    /** Even, so that an odd generation stays odd. The multiplier is 2^64 / the golden ratio. */
    static uint64_t salt() {
        constexpr uint64_t spread = 0x9E37'79B9'7F4A'7C15;
        const uint64_t hashed = reinterpret_cast<uintptr_t>(&handle_anchor) * spread;
        return hashed >> (64 - generation_bits) & ~uint64_t{1};
    }
};

} // namespace weir
