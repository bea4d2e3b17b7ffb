#include "section.hpp"

#include <gtest/gtest.h>

#include "bookmark.hpp"
#include "support.hpp"

namespace bookmarks {
namespace {

std::string refusal(std::string_view section) {
    return message_of([&] { split_section(section); });
}

TEST(Section, SplittingIsTheInverseOfAppending) {
    const std::vector<std::vector<std::string>> all = {
        {}, {"a"}, {"a", "b", "c"}, {"a/b", "c\\d"}, {"/", "\\", "//\\\\"}, {"Grüße 🌍", " "}};
    for (const auto &folders : all) {
        std::string section;
        for (const std::string &folder : folders) {
            append_folder(section, folder);
        }
        EXPECT_EQ(split_section(section), folders) << section;
    }
}

TEST(Section, RefusalsNameTheByte) {
    EXPECT_EQ(refusal("/a"), "section: a folder without a name at byte 0");
    EXPECT_EQ(refusal("a//b"), "section: a folder without a name at byte 2");
    EXPECT_EQ(refusal("a/"), "section: a folder without a name at byte 2");
    EXPECT_EQ(refusal("a\\b"), "section: '\\' is not followed by '/' or '\\' at byte 1");
    EXPECT_EQ(refusal("a\\"), "section: '\\' is not followed by '/' or '\\' at byte 1");
    EXPECT_EQ(refusal(std::string(kSectionBytesMax + 1, 'a')),
              "section: 1025 bytes, more than 1024");
    std::string deep = "a";
    for (std::size_t depth = 1; depth < kFolderDepthMax; depth++) {
        deep += "/a";
    }
    EXPECT_EQ(refusal(deep), "");
    EXPECT_EQ(refusal(deep + "/a"), "section: more than 64 folders at byte 129");
}

} // namespace
} // namespace bookmarks
