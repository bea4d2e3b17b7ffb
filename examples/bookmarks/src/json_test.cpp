#include "json.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace bookmarks {
namespace {

class Json : public testing::Test {
  protected:
    std::string refusal(std::string_view payload) {
        return message_of([&] { JsonInput(database_, payload, {"a", "b"}); });
    }
    JsonInput read(std::string_view payload) { return JsonInput(database_, payload, {"a", "b"}); }

    Database database_{"", std::chrono::milliseconds(0)};
};

TEST_F(Json, ReadsStringsIntegersAndArraysOfStrings) {
    EXPECT_EQ(read(R"({"a":"x \"y\" \u00fc \ud83c\udf0d"})").text("a"), "x \"y\" ü 🌍");
    EXPECT_EQ(read(R"({"a":-9223372036854775808})").integer("a"), INT64_MIN);
    EXPECT_EQ(read(R"({"a":["x","","z\n"]})").texts("a"),
              (std::vector<std::string>{"x", "", "z\n"}));
    EXPECT_EQ(read(R"({"a":[]})").texts("a"), std::vector<std::string>());
    EXPECT_EQ(read(R"({"b":null})").text("b"), std::nullopt);
    EXPECT_EQ(read("{}").integer("a"), std::nullopt);
    EXPECT_FALSE(read(R"({"a":null})").has("a"));
}

TEST_F(Json, RefusesWhatIsNotAnObject) {
    EXPECT_EQ(refusal(""), "the payload, 0 bytes, is not valid JSON");
    EXPECT_EQ(refusal("{\"a\":"), "the payload, 5 bytes, is not valid JSON");
    EXPECT_EQ(refusal("{'a':1}"), "the payload, 7 bytes, is not valid JSON");
    EXPECT_EQ(refusal("[1]"), "the payload is JSON, but not an object");
    EXPECT_EQ(refusal("\"a\""), "the payload is JSON, but not an object");
    EXPECT_EQ(refusal("{\"a\":\"\xff\"}"), "the payload has something that is not UTF-8 at byte 6");
    EXPECT_EQ(refusal(std::string_view("{}\0", 3)), "the payload has a zero byte at byte 2");
    EXPECT_EQ(refusal(R"({"a":"x\u0000y"})"), "the payload has the character \\u0000 at byte 7");
    EXPECT_EQ(refusal(R"({"a":"x\\u0000y"})"), "");
}

TEST_F(Json, RefusesFieldsThatAreUnknownOrThereTwice) {
    EXPECT_EQ(refusal(R"({"a":1,"c":2})"), "field 2 of the payload is none of: a, b");
    EXPECT_EQ(refusal(R"({"a":1,"a":2})"), "a: there twice");
    EXPECT_EQ(refusal(R"({"\u0061":1,"a":2})"), "a: there twice");
}

TEST_F(Json, RefusesFieldsOfAnotherType) {
    EXPECT_EQ(message_of([&] { read(R"({"a":1})").text("a"); }), "a: must be a string, is integer");
    EXPECT_EQ(message_of([&] { read(R"({"a":"1"})").integer("a"); }),
              "a: must be an integer, is text");
    EXPECT_EQ(message_of([&] { read(R"({"a":1.5})").integer("a"); }),
              "a: must be an integer, is real");
    EXPECT_EQ(message_of([&] { read(R"({"a":9223372036854775808})").integer("a"); }),
              "a: must be an integer, is integer of more than 64 bits");
    EXPECT_EQ(message_of([&] { read(R"({"a":{}})").texts("a"); }),
              "a: must be an array of strings, is object");
    EXPECT_EQ(message_of([&] { read(R"({"a":["x",1]})").texts("a"); }),
              "a[1]: must be a string, is integer");
    EXPECT_EQ(message_of([&] { read(R"({"a":"\ud800"})").text("a"); }),
              "a: half of a surrogate pair");
}

TEST_F(Json, SurvivesDeepNestingAndEveryTruncation) {
    std::string deep(100'000, '[');
    EXPECT_NE(refusal(deep), "");
    EXPECT_NE(refusal("{\"a\":" + deep + std::string(100'000, ']') + "}"), "");
    const std::string whole = R"({"a":"x \"y\" \u00fc \ud83c\udf0d","b":["c",null,{"d":1e5}]})";
    for (std::size_t length = 0; length < whole.size(); length++) {
        EXPECT_NE(refusal(whole.substr(0, length)), "") << length;
    }
    EXPECT_EQ(refusal(whole), "");
}

TEST_F(Json, WhatIsQuotedIsReadBackTheSame) {
    std::vector<std::string> texts = {"",       "a\"b\\c",  "\x01\x1f\x7f",
                                      "\n\t\r", "Grüße 🌍", "</script>"};
    EXPECT_EQ(read("{\"a\":" + json_array(texts) + "}").texts("a"), texts);
    for (const std::string &text : texts) {
        EXPECT_EQ(read("{\"a\":" + json_quote(text) + "}").text("a"), text);
    }
}

} // namespace
} // namespace bookmarks
