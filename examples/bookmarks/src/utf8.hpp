// UTF-8: checked on the way in, encoded for character references.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace bookmarks {

// Offset of the first byte that is not part of well-formed UTF-8 (no surrogates, no overlong
// forms); npos if all is well.
std::size_t find_invalid_utf8(std::string_view text);

// Append a code point; one that is no Unicode scalar value becomes U+FFFD.
void append_utf8(std::string &out, uint32_t code_point);

} // namespace bookmarks
