/**
 * text.hpp: build a short message in a fixed buffer. Always terminated, cut when it is too long,
 * never allocates.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace weir {

class Text {
  public:
    Text(char *buffer, size_t size) : buffer_(buffer), size_(size) { buffer_[0] = '\0'; }

    Text &add(const char *text, size_t length) {
        const size_t room = size_ - 1 - length_;
        const size_t count = length < room ? length : room;
        memcpy(buffer_ + length_, text, count);
        length_ += count;
        buffer_[length_] = '\0';
        return *this;
    }

    Text &add(const char *text) { return add(text, strlen(text)); }

    Text &add(uint64_t number) {
        char digits[20];
        size_t at = sizeof digits;
        do {
            digits[--at] = static_cast<char>('0' + number % 10);
            number /= 10;
        } while (number != 0);
        return add(digits + at, sizeof digits - at);
    }

    size_t length() const { return length_; }

  private:
    char *buffer_;
    size_t size_;
    size_t length_ = 0;
};

} // namespace weir
