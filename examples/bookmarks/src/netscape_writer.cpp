#include "netscape_writer.hpp"

#include "html_text.hpp"
#include "section.hpp"

namespace bookmarks {

struct NetscapeWriter::Folder {
    std::string name;
    std::string entries; // written already
    std::vector<std::unique_ptr<Folder>> folders;
};

namespace {

void append_entry(std::string &out, const Bookmark &bookmark) {
    out.append("<DT><A HREF=\"").append(encode_html(bookmark.url)).append("\"");
    if (bookmark.added_at != 0) {
        out.append(" ADD_DATE=\"").append(std::to_string(bookmark.added_at)).append("\"");
    }
    if (!bookmark.tags.empty()) {
        out += " TAGS=\"";
        for (std::size_t at = 0; at < bookmark.tags.size(); at++) {
            out.append(at == 0 ? "" : ",").append(encode_html(bookmark.tags[at]));
        }
        out += "\"";
    }
    out.append(">").append(encode_html(bookmark.title)).append("</A>\n");
    if (!bookmark.description.empty()) {
        out.append("<DD>").append(encode_html(bookmark.description)).append("\n");
    }
}

// Sections are at most kFolderDepthMax deep, and so is this recursion.
template <typename Folder> void write_folder(std::string &out, const Folder &folder) {
    out += folder.entries;
    for (const auto &child : folder.folders) {
        out.append("<DT><H3>").append(encode_html(child->name)).append("</H3>\n<DL><p>\n");
        write_folder(out, *child);
        out += "</DL><p>\n";
    }
}

} // namespace

NetscapeWriter::NetscapeWriter() : root_(std::make_unique<Folder>()) {}
NetscapeWriter::~NetscapeWriter() = default;

NetscapeWriter::Folder &NetscapeWriter::folder_of(const std::string &section) {
    if (section.empty()) {
        return *root_;
    }
    if (const auto known = folders_.find(section); known != folders_.end()) {
        return *known->second;
    }
    Folder *folder = root_.get();
    std::string path;
    for (std::string &name : split_section(section)) {
        append_folder(path, name);
        Folder *&next = folders_[path];
        if (next == nullptr) {
            folder->folders.push_back(std::make_unique<Folder>());
            next = folder->folders.back().get();
            next->name = std::move(name);
        }
        folder = next;
    }
    return *folder;
}

void NetscapeWriter::add(const Bookmark &bookmark) {
    append_entry(folder_of(bookmark.section).entries, bookmark);
}

std::string NetscapeWriter::finish() const {
    std::string out = "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n"
                      "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">\n"
                      "<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n";
    write_folder(out, *root_);
    out += "</DL><p>\n";
    return out;
}

} // namespace bookmarks
