// A section: the folders that a bookmark is in, outermost first, as one string.
//
// Names are joined by '/'; a '/' or '\' inside a name is preceded by '\'. The empty section is the
// root. Appending and splitting are each other's inverse for names that are not empty.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bookmarks {

// Put a folder inside `section`.
void append_folder(std::string &section, std::string_view name);

// Throws Error with the byte offset for an empty name, a name that is too long, a stray '\',
// too many folders or a section that is too long.
std::vector<std::string> split_section(std::string_view section);

} // namespace bookmarks
