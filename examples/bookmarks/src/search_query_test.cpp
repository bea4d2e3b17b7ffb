#include "search_query.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace bookmarks {
namespace {

TEST(SearchQuery, EachWordIsAQuotedStringAndTheLastMayBeABeginning) {
    EXPECT_EQ(make_search_expression("sql"), "\"sql\" *");
    EXPECT_EQ(make_search_expression("  full\ttext  "), "\"full\" \"text\" *");
    EXPECT_EQ(make_search_expression("a\"b OR NEAR(c) -d* title:e"),
              "\"a\"\"b\" \"OR\" \"NEAR(c)\" \"-d*\" \"title:e\" *");
}

TEST(SearchQuery, RefusalsSayWhatIsWrong) {
    EXPECT_EQ(message_of([] { make_search_expression(" \n"); }), "query: no word in it");
    EXPECT_EQ(message_of([] { make_search_expression(std::string(1025, 'a')); }),
              "query: 1025 bytes, more than 1024");
    std::string many;
    for (int word = 0; word < 33; word++) {
        many += "a ";
    }
    EXPECT_EQ(message_of([&] { make_search_expression(many); }),
              "query: more than 32 words, at byte 64");
}

} // namespace
} // namespace bookmarks
