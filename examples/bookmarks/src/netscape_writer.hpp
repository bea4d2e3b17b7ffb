// Writes a Netscape bookmark file which parse_netscape and browsers read.
//
// A folder is written once: its own entries in the order given, then its folders in the order of
// their first entry. The bookmarks read back from the file are equal to those written, and a file
// written from them is equal byte for byte.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bookmark.hpp"

namespace bookmarks {

class NetscapeWriter {
  public:
    NetscapeWriter();
    ~NetscapeWriter();
    NetscapeWriter(const NetscapeWriter &) = delete;
    NetscapeWriter &operator=(const NetscapeWriter &) = delete;

    void add(const Bookmark &bookmark);
    std::string finish() const;

  private:
    struct Folder;
    Folder &folder_of(const std::string &section);

    std::unique_ptr<Folder> root_;
    std::unordered_map<std::string, Folder *> folders_; // by section
};

} // namespace bookmarks
