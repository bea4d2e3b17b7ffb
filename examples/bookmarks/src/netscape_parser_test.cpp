#include "netscape_parser.hpp"

#include <gtest/gtest.h>

#include <random>

#include "error.hpp"
#include "support.hpp"

namespace bookmarks {
namespace {

constexpr std::string_view kHead = "<!DOCTYPE NETSCAPE-Bookmark-file-1>\n";

std::string refusal(std::string_view file) {
    return message_of([&] { parse_netscape(file); });
}

ParsedFile parse(const std::string &list) { return parse_netscape(std::string(kHead) + list); }

std::string refusal_of_list(const std::string &list) { return refusal(std::string(kHead) + list); }

std::vector<std::string> descriptions(const ParsedFile &file) {
    std::vector<std::string> lines;
    lines.reserve(file.entries.size());
    for (const ParsedBookmark &entry : file.entries) {
        lines.push_back(std::to_string(entry.line) + ": " + describe(entry.bookmark));
    }
    return lines;
}

TEST(NetscapeParser, ReadsAFirefoxExport) {
    const ParsedFile file = parse_netscape(read_fixture("firefox.html"));
    const std::vector<std::string> expected = {
        std::string("13:  | SQLite FTS5 Extension | https://www.sqlite.org/fts5.html | #database "
                    "#full text "
                    "#Suche | "
                    "Full-text search & ranking, with two lines. | 1577836801"),
        std::string("19: Bookmarks Toolbar | Tom & Jerry <live> \"quoted\" it's | "
                    "https://example.org/?a=1&b=2 "
                    "| |  | 1577836805"),
        std::string("22: Bookmarks Toolbar/News \\/ Wetter | Zürich – Grüße 🌦️ 🌍 | "
                    "https://example.org/%C3%A4 "
                    "| |  | 1577836808"),
        "27: Bookmarks Toolbar | After the folder | https://example.org/after | |  | 1577836810",
        "29:  |  | javascript:(function(){alert(\"1 > 0\")})() | |  | 1577836811",
    };
    EXPECT_EQ(descriptions(file), expected);
    EXPECT_EQ(file.skipped, 1U);
}

TEST(NetscapeParser, ReadsAChromeExport) {
    const ParsedFile file = parse_netscape(read_fixture("chrome.html"));
    const std::vector<std::string> expected = {
        "11: Bookmarks bar | The Go Programming Language | https://go.dev/ | |  | 1600000002",
        std::string("12: Bookmarks bar | Node.js — Run JavaScript Everywhere | "
                    "https://nodejs.org/en | |  | "
                    "1600000003"),
        "15: Bookmarks bar/日本語 | 東京の天気 & 地図 🗼 | https://example.jp/ | |  | 1600000006",
        std::string("19: Bookmarks bar/(unnamed) | In a folder without a name | "
                    "https://example.com/unnamed | "
                    "|  | 1600000008"),
        "22:  | Other 'one' | https://example.com/other | |  | 1600000009",
        "23:  | Go again, in another folder | https://go.dev/ | |  | 1600000010",
        "24:  | The same once more | https://example.com/other | |  | 1600000011",
    };
    EXPECT_EQ(descriptions(file), expected);
}

TEST(NetscapeParser, ReadsTheShippedFile) {
    const ParsedFile file = parse_netscape(read_data());
    EXPECT_EQ(file.entries.size(), 3000U);
    EXPECT_EQ(file.skipped, 0U);
    for (const ParsedBookmark &entry : file.entries) {
        EXPECT_TRUE(entry.bookmark.url.starts_with("http")) << entry.line;
        EXPECT_FALSE(entry.bookmark.title.empty()) << entry.line;
        EXPECT_FALSE(entry.bookmark.section.empty()) << entry.line;
    }
}

TEST(NetscapeParser, DoesNotCareAboutCaseQuotesOrLineEnds) {
    const ParsedFile file = parse("<dl>\r\n<dt><a add_date=5 href='https://a.b/?x=\"1\"' >T</a>\r\n"
                                  "<DT ><A\nHREF = https://c.d/e\n>U\nV</A ></dl>");
    const std::vector<std::string> expected = {"3:  | T | https://a.b/?x=\"1\" | |  | 5",
                                               "4:  | U V | https://c.d/e | |  | 0"};
    EXPECT_EQ(descriptions(file), expected);
    EXPECT_EQ(parse_netscape("\xEF\xBB\xBF \n<!doctype netscape-bookmark-file-1><DL></DL>")
                  .entries.size(),
              0U);
}

TEST(NetscapeParser, AnAttributeInAnotherOnesValueIsNotTaken) {
    const ParsedFile file = parse("<DL><DT><A TITLE=\"HREF=x>\" HREF=\"https://a.b/\">T</A></DL>");
    EXPECT_EQ(file.entries.at(0).bookmark.url, "https://a.b/");
}

TEST(NetscapeParser, ADescriptionBelongsToTheEntryBeforeIt) {
    const ParsedFile file =
        parse("<DL><DT><A HREF=\"a:1\">1</A>\n<DD>One<BR>line\n<DT><H3>F</H3><DD>of the folder\n"
              "<DL><DT><A HREF=\"a:2\">2</A></DT><DD>Two</DD></DL><DD>nobody's\n</DL>");
    EXPECT_EQ(file.entries.at(0).bookmark.description, "One line");
    EXPECT_EQ(file.entries.at(1).bookmark.description, "Two");
    EXPECT_EQ(file.entries.at(1).bookmark.section, "F");
}

TEST(NetscapeParser, AFolderWithoutListLeavesNoTrace) {
    const ParsedFile file = parse(
        "<DL><DT><H3>Gone</H3><DT><A HREF=\"a:1\">1</A><DL><DT><A HREF=\"a:2\">2</A></DL></DL>");
    EXPECT_EQ(file.entries.at(0).bookmark.section, "");
    EXPECT_EQ(file.entries.at(1).bookmark.section, "");
}

TEST(NetscapeParser, DatesInMilliAndMicrosecondsBecomeSeconds) {
    const ParsedFile file =
        parse("<DL><A HREF=a:1 ADD_DATE=1600000000>1</A><A HREF=a:2 ADD_DATE=1600000000123>2</A>"
              "<A HREF=a:3 ADD_DATE=1600000000123456>3</A><A HREF=a:4 ADD_DATE=\"\">4</A></DL>");
    EXPECT_EQ(file.entries.at(0).bookmark.added_at, 1600000000);
    EXPECT_EQ(file.entries.at(1).bookmark.added_at, 1600000000);
    EXPECT_EQ(file.entries.at(2).bookmark.added_at, 1600000000);
    EXPECT_EQ(file.entries.at(3).bookmark.added_at, 0);
}

TEST(NetscapeParser, ABrokenFileIsRefusedWithLineAndReason) {
    const std::pair<const char *, const char *> all[] = {
        {"broken-unclosed-list.html", "line 8: the file ends inside the <DL> of line 6"},
        {"broken-unclosed-entry.html", "line 6: <A> is not closed by </A>"},
        {"broken-unclosed-quote.html", "line 6: a quote in this tag is not closed"},
        {"broken-no-href.html", "line 7: <A> without HREF"},
        {"broken-bad-date.html", "line 5: ADD_DATE is not a number of seconds"},
        {"broken-stray-close.html", "line 7: </DL> without <DL>"},
        {"broken-latin1.html", "line 6: not valid UTF-8, at byte 178"},
        {"broken-not-a-bookmark-file.html",
         "line 1: not a bookmark file: it does not begin with <!DOCTYPE NETSCAPE-Bookmark-file-1>"},
    };
    for (const auto &[name, message] : all) {
        EXPECT_EQ(refusal(read_fixture(name)), message) << name;
    }
}

TEST(NetscapeParser, FurtherRefusals) {
    EXPECT_EQ(refusal_of_list("<DT><A HREF=a:1>1</A>"), "line 2: an entry outside of <DL>");
    EXPECT_EQ(refusal_of_list("<DT><H3>F</H3>"), "line 2: a folder outside of <DL>");
    EXPECT_EQ(refusal_of_list("<DL><A HREF=\" \">1</A>"), "line 2: HREF is empty");
    EXPECT_EQ(refusal_of_list("<DL><H3>F<DL>"), "line 2: <H3> is not closed by </H3>");
    EXPECT_EQ(refusal_of_list("\n<!-- "), "line 3: the file ends inside this comment");
    EXPECT_EQ(refusal_of_list("<! "), "line 2: the file ends inside this declaration");
    EXPECT_EQ(refusal_of_list("<DL"), "line 2: the file ends inside this tag");
    EXPECT_EQ(refusal_of_list("<DL><"), "line 2: the file ends inside a tag");
    EXPECT_EQ(refusal_of_list("<DL>\n</"), "line 3: the file ends inside a tag");
    EXPECT_EQ(refusal_of_list(""), "line 2: the file ends before its first <DL>");
    EXPECT_EQ(refusal(std::string_view("<!DOCTYPE NETSCAPE-Bookmark-file-1>\n\0", 37)),
              "line 2: a zero byte, at byte 36");
    EXPECT_EQ(
        refusal(""),
        "line 1: not a bookmark file: it does not begin with <!DOCTYPE NETSCAPE-Bookmark-file-1>");
}

TEST(NetscapeParser, HugePartsAreRefusedWithTheirSize) {
    const std::string mebibyte(1U << 20, 'x');
    EXPECT_EQ(refusal_of_list("<DL><A HREF=\"" + mebibyte + "\" ICON=\"" + mebibyte + mebibyte +
                              "\">1</A></DL>"),
              "");
    EXPECT_EQ(refusal_of_list("<DL><A HREF=\"" + mebibyte + "y\">1</A></DL>"),
              "line 2: HREF has 1048577 bytes, more than 1048576");
    EXPECT_EQ(refusal_of_list("<DL><A HREF=a:1>" + mebibyte + "</A></DL>"),
              "line 2: the title has 1048576 bytes, more than 65536");
    EXPECT_EQ(refusal_of_list("<DL><A HREF=a:1>1</A><DD>" + mebibyte + "</DL>"),
              "line 2: the description has 1048576 bytes, more than 65536");
    EXPECT_EQ(refusal_of_list("<DL>\n<H3>" + mebibyte + "</H3><DL></DL></DL>"),
              "line 3: the path of the folder has 1048576 bytes, more than 1024");
    EXPECT_EQ(refusal_of_list("<DL><A HREF=a:1 TAGS=\"" + mebibyte + "\">1</A></DL>"),
              "line 2: TAGS has 1048576 bytes, more than 16384");
    EXPECT_EQ(
        refusal_of_list("<DL><A HREF=a:1 TAGS=\"" + mebibyte.substr(0, 1025) + "\">1</A></DL>"),
        "line 2: a tag has 1025 bytes, more than 1024");
}

TEST(NetscapeParser, DeepFoldersAreBounded) {
    const auto nested = [](std::size_t depth) {
        std::string list = "<DL>";
        for (std::size_t at = 0; at < depth; at++) {
            list += "<H3>f</H3><DL>";
        }
        list += "<A HREF=a:1>1</A></DL>";
        for (std::size_t at = 0; at < depth; at++) {
            list += "</DL>";
        }
        return list;
    };
    EXPECT_EQ(refusal_of_list(nested(kFolderDepthMax)), "");
    EXPECT_EQ(refusal_of_list(nested(kFolderDepthMax + 1)),
              "line 2: more than 64 folders inside one another");
    EXPECT_EQ(refusal_of_list(nested(200'000)), "line 2: more than 64 folders inside one another");
}

TEST(NetscapeParser, MoreEntriesThanTheLimitAreRefused) {
    EXPECT_EQ(parse_netscape(make_file(kEntriesMax)).entries.size(), kEntriesMax);
    EXPECT_EQ(refusal(make_file(kEntriesMax + 1)), "line 200003: more than 200000 entries");
}

TEST(NetscapeParser, EveryTruncationGivesALineOrEntries) {
    for (const char *name : {"firefox.html", "chrome.html"}) {
        const std::string whole = read_fixture(name);
        for (std::size_t length = 0; length < whole.size(); length++) {
            const std::string message = refusal(std::string_view(whole).substr(0, length));
            EXPECT_TRUE(message.empty() || message.starts_with("line "))
                << length << ": " << message;
        }
    }
}

// Damage at random places with a fixed seed: whatever comes out, nothing but an Error is thrown.
TEST(NetscapeParser, RandomDamageIsAnErrorOrEntries) {
    std::mt19937 random(20'240'101);
    const std::string whole = read_fixture("firefox.html");
    const std::string pieces[] = {"<",
                                  ">",
                                  "\"",
                                  "'",
                                  "&",
                                  "</DL>",
                                  "<DL>",
                                  "<A ",
                                  "</A>",
                                  "<DD>",
                                  "<!--",
                                  "\xff",
                                  std::string(1, '\0'),
                                  "&#x",
                                  "<H3>",
                                  "="};
    for (int round = 0; round < 20'000; round++) {
        std::string file = whole;
        for (unsigned damage = 0; damage < 1 + random() % 4; damage++) {
            const std::size_t at = random() % file.size();
            file.replace(at, random() % 3, pieces[random() % std::size(pieces)]);
        }
        try {
            parse_netscape(file);
        } catch (const Error &error) {
            EXPECT_TRUE(std::string_view(error.what()).starts_with("line "));
        }
    }
}

// Each of these would take minutes if the parser looked again at what it has seen.
TEST(NetscapeParser, HostileRepetitionTakesLinearTime) {
    for (const char *piece : {"<", "<A ", "<!-- ", "&", "<DL><H3>x</H3><DL></DL></DL>", "<DD>x",
                              "\"", "</", "<x>", "<A HREF=a:1>1</A>&#", "<H3>x</H3>"}) {
        std::string list = "<DL>";
        while (list.size() < 2'000'000) {
            list += piece;
        }
        refusal_of_list(list);
    }
}

} // namespace
} // namespace bookmarks
