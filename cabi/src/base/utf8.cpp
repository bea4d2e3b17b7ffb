#include "base/utf8.hpp"

#include <cstdint>

namespace weir {

namespace {

bool is_continuation(uint8_t byte) { return (byte & 0xC0) == 0x80; }

/** Length of the valid sequence at `text`, or 0. After table 3-7 of the Unicode standard. */
size_t sequence_length(const uint8_t *text, size_t left) {
    const uint8_t first = text[0];
    if (first < 0x80) {
        return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
        return 0;
    }
    const size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (left < length) {
        return 0;
    }
    const uint8_t lowest = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const uint8_t highest = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (text[1] < lowest || text[1] > highest) {
        return 0;
    }
    for (size_t at = 2; at < length; at++) {
        if (!is_continuation(text[at])) {
            return 0;
        }
    }
    return length;
}

} // namespace

size_t utf8_find_error(const char *text, size_t length) {
    const auto *bytes = reinterpret_cast<const uint8_t *>(text);
    size_t at = 0;
    while (at < length) {
        const size_t step = sequence_length(bytes + at, length - at);
        if (step == 0) {
            return at;
        }
        at += step;
    }
    return utf8_valid;
}

size_t utf8_cut(const char *text, size_t length, size_t limit) {
    if (length <= limit) {
        return length;
    }
    size_t cut = limit;
    while (cut > 0 && is_continuation(static_cast<uint8_t>(text[cut]))) {
        cut--;
    }
    return cut;
}

} // namespace weir
