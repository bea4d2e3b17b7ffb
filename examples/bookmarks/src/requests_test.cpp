#include "requests.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace bookmarks {
namespace {

class Requests : public testing::Test {
  protected:
    std::string import(std::string_view file) {
        return request_import(store_, file, [](std::size_t, std::size_t) {});
    }
    std::string add_refusal(std::string_view payload) {
        return message_of([&] { request_add(store_, payload); });
    }
    std::string search_refusal(std::string_view payload) {
        return message_of([&] { request_search(store_, payload); });
    }
    std::string remove_refusal(std::string_view payload) {
        return message_of([&] { request_remove(store_, payload); });
    }

    Store store_{Config()};
};

TEST_F(Requests, AddThenSearchThenRemove) {
    EXPECT_EQ(
        request_add(
            store_,
            R"({"title":"Go","url":"https://go.dev/","section":"Languages","tags":["x","x"]})"),
        R"({"id":1})");
    EXPECT_EQ(request_count(store_, ""), R"({"count":1})");
    const std::string found = request_search(store_, R"({"query":"go"})");
    EXPECT_TRUE(found.starts_with(
        R"({"results":[{"id":1,"title":"Go","url":"https://go.dev/","section":"Languages",)"
        R"("tags":["x"],"description":"","added_at":1)"))
        << found;
    EXPECT_EQ(request_remove(store_, R"({"id":1})"), R"({"removed":1})");
    EXPECT_EQ(request_remove(store_, R"({"url":"https://go.dev/"})"), R"({"removed":0})");
    EXPECT_EQ(request_count(store_, "{}"), R"({"count":0})");
}

TEST_F(Requests, ImportCountsWhatItSkips) {
    EXPECT_EQ(import(read_fixture("chrome.html")), R"({"imported":6,"skipped":1})");
    EXPECT_EQ(import(read_fixture("chrome.html")), R"({"imported":0,"skipped":7})");
    EXPECT_EQ(import(read_fixture("firefox.html")), R"({"imported":5,"skipped":1})");
}

TEST_F(Requests, AddRefusesWithFieldAndReason) {
    EXPECT_EQ(add_refusal(""), "the payload, 0 bytes, is not valid JSON");
    EXPECT_EQ(add_refusal(R"({"url":"a:1"})"), "title: missing");
    EXPECT_EQ(add_refusal(R"({"title":"","url":"a:1"})"), "title: empty");
    EXPECT_EQ(add_refusal(R"({"title":"x"})"), "url: missing");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"go.dev"})"),
              "url: it does not begin with a scheme such as https:");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"/a:b"})"),
              "url: it does not begin with a scheme such as https:");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":":b"})"),
              "url: it does not begin with a scheme such as https:");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a: b"})"),
              "url: a space or control character at byte 2");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"place:x"})"),
              "url: place: addresses mean something in one browser only and are not kept");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a:1","section":"a//b"})"),
              "section: a folder without a name at byte 2");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a:1","tags":"y"})"),
              "tags: must be an array of strings, is text");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a:1","tags":["y","a,b"]})"),
              "tags[1]: a comma, which bookmark files put between tags");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a:1","tags":[" y"]})"),
              "tags[0]: white space at its beginning or end");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a:1","tags":[""]})"), "tags[0]: empty");
    EXPECT_EQ(add_refusal(R"({"title":"x","url":"a:1","link":1})"),
              "field 3 of the payload is none of: title, url, section, tags, description");
    EXPECT_EQ(add_refusal(R"({"title":")" + std::string(65'537, 'x') + R"(","url":"a:1"})"),
              "title: 65537 bytes, more than 65536");
    EXPECT_EQ(store_.count(), 0);
}

TEST_F(Requests, SearchRefusesWithFieldAndReason) {
    EXPECT_EQ(search_refusal("{}"), "query: missing");
    EXPECT_EQ(search_refusal(R"({"query":" "})"), "query: no word in it");
    EXPECT_EQ(search_refusal(R"({"query":7})"), "query: must be a string, is integer");
    for (const char *limit : {"0", "-1", "1001"}) {
        EXPECT_EQ(search_refusal(std::string(R"({"query":"x","limit":)") + limit + "}"),
                  "limit: must be from 1 to 1000");
    }
}

TEST_F(Requests, RemoveWantsExactlyOneOfIdAndUrl) {
    EXPECT_EQ(remove_refusal("{}"), "id, url: one must be given");
    EXPECT_EQ(remove_refusal(R"({"id":1,"url":"a:1"})"),
              "id, url: both given; one says what to remove");
    EXPECT_EQ(remove_refusal(R"({"id":"1"})"), "id: must be an integer, is text");
}

TEST_F(Requests, AMethodWithoutPayloadRefusesOne) {
    EXPECT_EQ(message_of([&] { request_count(store_, R"({"section":"x"})"); }),
              "the method takes no fields");
    EXPECT_EQ(message_of([&] { request_count(store_, "x"); }),
              "the payload, 1 bytes, is not valid JSON");
}

} // namespace
} // namespace bookmarks
