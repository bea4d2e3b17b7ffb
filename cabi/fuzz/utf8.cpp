/**
 * utf8.cpp: the check of strings against a slow decoder that follows the definition: decode, then
 * ask whether the code point is allowed and could not be written shorter.
 */
#include "base/utf8.hpp"
#include "input.hpp"

namespace weir::fuzz {

namespace {

/** Bytes of the character at `text`, 0 when it is none. */
size_t decode(const uint8_t *text, size_t left) {
    const uint8_t lead = text[0];
    size_t length = 0;
    while (length < 8 && (lead << length & 0x80) != 0) {
        length++;
    }
    if (length == 0) {
        return 1;
    }
    if (length == 1 || length > 4 || length > left) {
        return 0;
    }
    uint32_t point = lead & (0x7FU >> length);
    for (size_t at = 1; at < length; at++) {
        if ((text[at] & 0xC0) != 0x80) {
            return 0;
        }
        point = point << 6 | (text[at] & 0x3FU);
    }
    constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
    return point < least[length] || surrogate || point > 0x10FFFF ? 0 : length;
}

size_t find_error_slowly(const uint8_t *text, size_t length) {
    for (size_t at = 0; at < length;) {
        const size_t step = decode(text + at, length - at);
        if (step == 0) {
            return at;
        }
        at += step;
    }
    return utf8_valid;
}

} // namespace

} // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    using namespace weir::fuzz;
    const char *text = reinterpret_cast<const char *>(data);
    const size_t found = weir::utf8_find_error(text, size);
    require(found == find_error_slowly(data, size), "both find the same first error");
    if (found != weir::utf8_valid) {
        return 0;
    }
    for (size_t limit = 0; limit <= size; limit++) {
        const size_t cut = weir::utf8_cut(text, size, limit);
        require(cut <= limit && limit - cut < 4, "a cut is within its limit and close to it");
        require(find_error_slowly(data, cut) == weir::utf8_valid, "a cut leaves whole characters");
    }
    return 0;
}
