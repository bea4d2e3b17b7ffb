#include "exporter.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "error.hpp"
#include "netscape_parser.hpp"
#include "support.hpp"

namespace bookmarks {
namespace {

std::string export_all(Store &store) {
    return Exporter(store, [] { return false; }).write();
}

void import_all(Store &store, std::string_view file) {
    store.import_file(file, [](std::size_t, std::size_t) {});
}

std::vector<std::string> sorted_entries(std::string_view file) {
    std::vector<std::string> all;
    for (const ParsedBookmark &entry : parse_netscape(file).entries) {
        all.push_back(describe(entry.bookmark));
    }
    std::sort(all.begin(), all.end());
    return all;
}

TEST(Exporter, WhatIsExportedImportsBackIdentically) {
    for (const std::string &file : {read_fixture("firefox.html"), read_data()}) {
        Store first{Config()};
        import_all(first, file);
        const std::string exported = export_all(first);
        EXPECT_EQ(sorted_entries(exported), sorted_entries(file));
        Store second{Config()};
        import_all(second, exported);
        EXPECT_EQ(export_all(second), exported);
        EXPECT_EQ(first.count(), second.count());
    }
}

TEST(Exporter, WritesAFolderOnceWithItsEntriesBeforeItsFolders) {
    Store store{Config()};
    store.add({.title = "1", .url = "a:1", .section = "F/G"});
    store.add({.title = "2", .url = "a:2", .section = ""});
    store.add({.title = "3 & more",
               .url = "a:3",
               .section = "F",
               .tags = {"x", "y z"},
               .description = "\"D\"",
               .added_at = 7});
    store.add({.title = "4", .url = "a:4", .section = "F/G"});
    EXPECT_EQ(export_all(store),
              "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n"
              "<META HTTP-EQUIV=\"Content-Type\" CONTENT=\"text/html; charset=UTF-8\">\n"
              "<TITLE>Bookmarks</TITLE>\n<H1>Bookmarks</H1>\n<DL><p>\n"
              "<DT><A HREF=\"a:2\">2</A>\n"
              "<DT><H3>F</H3>\n<DL><p>\n"
              "<DT><A HREF=\"a:3\" ADD_DATE=\"7\" TAGS=\"x,y z\">3 &amp; more</A>\n"
              "<DD>&quot;D&quot;\n"
              "<DT><H3>G</H3>\n<DL><p>\n"
              "<DT><A HREF=\"a:1\">1</A>\n"
              "<DT><A HREF=\"a:4\">4</A>\n"
              "</DL><p>\n</DL><p>\n</DL><p>\n");
}

TEST(Exporter, AwkwardTextsComeBackIdentically) {
    Store first{Config()};
    const std::string awkward[] = {"  two  spaces ", "line\nbreak\ttab", "</A><DL>", "&amp;",
                                   "\"'<>",          "🌍\u00A0",         "\x01"};
    for (const std::string &text : awkward) {
        std::string section;
        for (char c : text) {
            section += c == '/' || c == '\\' ? std::string("\\") + c : std::string(1, c);
        }
        first.add({.title = text,
                   .url = "a:" + text,
                   .section = section,
                   .description = text,
                   .added_at = 1});
    }
    const std::string exported = export_all(first);
    Store second{Config()};
    import_all(second, exported);
    EXPECT_EQ(export_all(second), exported);
    for (const ParsedBookmark &entry : parse_netscape(exported).entries) {
        EXPECT_EQ(entry.bookmark.url, "a:" + entry.bookmark.title);
        EXPECT_EQ(entry.bookmark.description, entry.bookmark.title);
    }
}

TEST(Exporter, OfAFileSeesWhatWasCommittedWhenItWasMadeAndRunsOnAnotherThread) {
    const TemporaryFolder folder;
    Store store({.path = folder.file("a.db")});
    store.add({.title = "before", .url = "a:1"});
    Exporter exporter(store, [] { return false; });
    store.add({.title = "after", .url = "a:2"});
    std::string exported;
    std::thread([&] { exported = exporter.write(); }).join();
    EXPECT_NE(exported.find("before"), std::string::npos);
    EXPECT_EQ(exported.find("after"), std::string::npos);
}

TEST(Exporter, StopsWhenCanceled) {
    Store store{Config()};
    store.add({.title = "1", .url = "a:1"});
    Exporter exporter(store, [] { return true; });
    EXPECT_THROW(exporter.write(), Canceled);
}

} // namespace
} // namespace bookmarks
