// HTML text and attribute values: character references decoded and encoded.
//
// decode(encode(text)) == text for every UTF-8 text, also when the encoded form had its white space
// collapsed in between.
#pragma once

#include <string>
#include <string_view>

namespace bookmarks {

inline bool is_html_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

// Decode numeric references as HTML does, and the named ones that bookmark files use; an unknown
// one stays as it is.
std::string decode_html(std::string_view html);

// As decode_html, after runs of white space became one space and those at both ends none.
std::string decode_html_text(std::string_view html);

// Escape for text between tags and for a value in double quotes.
std::string encode_html(std::string_view text);

} // namespace bookmarks
