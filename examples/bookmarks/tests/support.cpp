#include "support.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace bookmarks {

std::string read_file(const std::filesystem::path &path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) {
        throw std::runtime_error("cannot read " + path.string());
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::string read_fixture(const std::string &name) {
    return read_file(std::filesystem::path(BOOKMARKS_FIXTURES_DIR) / name);
}

std::string read_data() {
    return read_file(std::filesystem::path(BOOKMARKS_DATA_DIR) / "bookmarks.html");
}

TemporaryFolder::TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "bookmarks-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary folder");
    }
    path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

std::string describe(const Bookmark &bookmark) {
    std::string text = bookmark.section + " | " + bookmark.title + " | " + bookmark.url + " | ";
    for (const std::string &tag : bookmark.tags) {
        text += "#" + tag + " ";
    }
    return text + "| " + bookmark.description + " | " + std::to_string(bookmark.added_at);
}

std::string make_file(std::size_t count, const std::string &host) {
    std::string file = "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<DL><p>\n";
    for (std::size_t at = 0; at < count; at++) {
        const std::string number = std::to_string(at);
        file.append("<DT><A HREF=\"https://").append(host).append("/").append(number);
        file.append("\">Entry ").append(number).append("</A>\n");
    }
    return file + "</DL><p>\n";
}

} // namespace bookmarks
