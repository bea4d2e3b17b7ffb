// The bookmarks of one file, or of one private database in memory, with full-text search.
//
// Every writing method is one Transaction: it is complete or nothing happened, and it may be called
// inside another Transaction on the same Store. Writers of one file wait for each other; readers
// never wait for a writer. A Store is used by one thread at a time. An address is there once a
// section.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "bookmark.hpp"
#include "config.hpp"
#include "sqlite.hpp"

namespace bookmarks {

struct ImportResult {
    int64_t imported;
    int64_t skipped; // there before, or nothing that can be kept (see netscape_parser.hpp)
};

class Store {
  public:
    explicit Store(const Config &config);

    // Throws Error, with the id, when the address is in this section already. Returns the new id.
    int64_t add(const Bookmark &bookmark);

    using Progress = std::function<void(std::size_t done, std::size_t total)>;
    // All of a Netscape bookmark file, or an Error with line and reason and nothing of it. Progress
    // is told every `progress_every` entries, and once more with done == total after the commit.
    ImportResult import_file(std::string_view file, const Progress &progress);

    // Return how many were there.
    int64_t remove_id(int64_t id);
    int64_t remove_url(std::string_view url);

    int64_t count();

    // The best first, as JSON:
    // {"results":[{"id":…,"title":…,"url":…,"section":…,"tags":[…],"description":…, "added_at":…}]}
    std::string search(std::string_view query, int64_t limit);

    Database &database() { return database_; }
    bool is_private() const { return config_.path.empty(); }
    const Config &config() const { return config_; }

  private:
    bool insert(Statement &statement, const Bookmark &bookmark);

    Config config_;
    Database database_;
};

} // namespace bookmarks
