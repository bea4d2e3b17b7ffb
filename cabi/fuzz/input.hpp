/**
 * input.hpp: a fuzzer's bytes, read as numbers and pieces. When they are used up all numbers are 0.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace weir::fuzz {

class Input {
  public:
    Input(const uint8_t *data, size_t size) : at_(data), left_(size) {}

    bool empty() const { return left_ == 0; }

    template <class Number> Number number() {
        Number value{};
        const size_t size = left_ < sizeof value ? left_ : sizeof value;
        if (size > 0) {
            memcpy(&value, at_, size);
        }
        skip(size);
        return value;
    }
    uint8_t byte() { return number<uint8_t>(); }

    struct Piece {
        const void *data;
        size_t length;
    };

    /** Up to `most` bytes of what is left. */
    Piece piece(size_t most) {
        size_t length = byte();
        length = length < most ? length : most;
        length = length < left_ ? length : left_;
        const Piece piece = {at_, length};
        skip(length);
        return piece;
    }

  private:
    void skip(size_t size) {
        at_ += size;
        left_ -= size;
    }

    const uint8_t *at_;
    size_t left_;
};

/** What must hold, in every build. */
inline void require(bool holds, const char *what) {
    if (!holds) {
        fprintf(stderr, "broken: %s\n", what);
        abort();
    }
}

} // namespace weir::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
