// One bookmark, as files, JSON and the database share it, and the limits on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace bookmarks {

struct Bookmark {
    std::string title{}; // may be empty: browsers keep bookmarks without one
    std::string url{};
    std::string section{}; // see section.hpp
    std::vector<std::string> tags{};
    std::string description{};
    int64_t added_at = 0; // seconds since 1970; 0 when it is not known
};

// Bytes. A bookmarklet or a data: URL may be long; what is longer is a damaged file.
inline constexpr std::size_t kUrlBytesMax = 1U << 20;
inline constexpr std::size_t kTextBytesMax = 1U << 16; // of a title or a description
// Each bookmark carries its section, so a long one would multiply the size of a small file.
inline constexpr std::size_t kSectionBytesMax = 1U << 10;
inline constexpr std::size_t kTagsBytesMax = 1U << 14; // of all tags with commas between them
inline constexpr std::size_t kTagBytesMax = 1U << 10;
inline constexpr std::size_t kTagsMax = 256;
// Folders inside one another: browsers' menus become unusable long before.
inline constexpr std::size_t kFolderDepthMax = 64;
// Entries of one file: a hundred times what a busy reader collects.
inline constexpr std::size_t kEntriesMax = 200'000;

} // namespace bookmarks
