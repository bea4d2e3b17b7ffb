// Reads a Netscape bookmark file, the format in which browsers export bookmarks.
//
// Total: any bytes give either the bookmarks in file order or an Error which names the line and the
// reason; the time is linear in the length, and no recursion follows the folders. Read are folders
// (H3, DL), entries (A with HREF, ADD_DATE and TAGS) and descriptions (DD). Skipped are separators,
// icons, live parts of Firefox (place: addresses) and the descriptions of folders. Folders that
// have no entry leave no trace.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "bookmark.hpp"

namespace bookmarks {

struct ParsedBookmark {
    Bookmark bookmark;
    std::size_t line; // of its <A>, the first line is 1
};

struct ParsedFile {
    std::vector<ParsedBookmark> entries;
    std::size_t skipped = 0; // place: addresses
};

ParsedFile parse_netscape(std::string_view file);

} // namespace bookmarks
