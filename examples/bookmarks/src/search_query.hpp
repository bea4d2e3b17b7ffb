// What a user typed, as an FTS5 expression that means just these words.
//
// Each word must occur; the last one may be the beginning of a word. Nothing in the input acts as
// FTS5 syntax.
#pragma once

#include <string>
#include <string_view>

namespace bookmarks {

// Throws Error for a query that is empty, too long or has too many words.
std::string make_search_expression(std::string_view query);

} // namespace bookmarks
