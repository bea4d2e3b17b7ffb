#include "section.hpp"

#include "bookmark.hpp"
#include "error.hpp"

namespace bookmarks {

void append_folder(std::string &section, std::string_view name) {
    if (!section.empty()) {
        section += '/';
    }
    for (char c : name) {
        if (c == '/' || c == '\\') {
            section += '\\';
        }
        section += c;
    }
}

std::vector<std::string> split_section(std::string_view section) {
    std::vector<std::string> folders;
    if (section.empty()) {
        return folders;
    }
    if (section.size() > kSectionBytesMax) {
        throw Error("section: " + std::to_string(section.size()) + " bytes, more than " +
                    std::to_string(kSectionBytesMax));
    }
    std::string name;
    for (std::size_t at = 0; at <= section.size(); at++) {
        if (at == section.size() || section[at] == '/') {
            if (name.empty()) {
                throw Error("section: a folder without a name at byte " + std::to_string(at));
            }
            if (folders.size() == kFolderDepthMax) {
                throw Error("section: more than " + std::to_string(kFolderDepthMax) +
                            " folders at byte " + std::to_string(at));
            }
            folders.push_back(std::move(name));
            name.clear();
            continue;
        }
        if (section[at] == '\\') {
            at++;
            if (at == section.size() || (section[at] != '/' && section[at] != '\\')) {
                throw Error("section: '\\' is not followed by '/' or '\\' at byte " +
                            std::to_string(at - 1));
            }
        }
        name += section[at];
    }
    return folders;
}

} // namespace bookmarks
