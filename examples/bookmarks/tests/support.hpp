// What the tests share: files, temporary folders, and an Error's words.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "bookmark.hpp"

namespace bookmarks {

std::string read_file(const std::filesystem::path &path);
std::string read_fixture(const std::string &name);
std::string read_data(); // data/bookmarks.html

// A folder that is removed with all that is in it.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    std::string file(const std::string &name) const { return (path_ / name).string(); }

  private:
    std::filesystem::path path_;
};

std::string describe(const Bookmark &bookmark);

// A bookmark file of `count` entries.
std::string make_file(std::size_t count, const std::string &host = "example.org");

// The message of the exception that `function` throws; empty if it throws none.
template <typename Function> std::string message_of(Function &&function) {
    try {
        function();
    } catch (const std::exception &error) {
        return error.what();
    }
    return "";
}

} // namespace bookmarks
