/**
 * utf8.hpp: is a string valid UTF-8 (no surrogates, no overlong forms, nothing above U+10FFFF), and
 * where is it not?
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir {

inline constexpr size_t utf8_valid = SIZE_MAX;

/** Offset of the first byte of the first bad sequence, or utf8_valid. */
size_t utf8_find_error(const char *text, size_t length);

/** The longest length of at most `limit` that does not cut a character. `text` must be valid. */
size_t utf8_cut(const char *text, size_t length, size_t limit);

} // namespace weir
