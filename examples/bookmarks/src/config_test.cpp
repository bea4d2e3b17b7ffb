#include "config.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace bookmarks {
namespace {

std::string refusal(std::string_view text) {
    return message_of([&] { parse_config(text); });
}

TEST(Config, AnEmptyTextIsAPrivateDatabase) {
    const Config config = parse_config("");
    EXPECT_EQ(config.path, "");
    EXPECT_EQ(config.busy_timeout.count(), 30'000);
    EXPECT_EQ(config.progress_every, 100U);
}

TEST(Config, ReadsEveryKeyAndSkipsCommentsAndEmptyLines) {
    const Config config =
        parse_config("# a comment\n\npath=/tmp/a b=c.db\r\nbusy_timeout_ms=5\nprogress_every=7");
    EXPECT_EQ(config.path, "/tmp/a b=c.db");
    EXPECT_EQ(config.busy_timeout.count(), 5);
    EXPECT_EQ(config.progress_every, 7U);
}

TEST(Config, RefusalsNameTheLineAndTheReason) {
    EXPECT_EQ(refusal("path=/a\nnonsense"), "config line 2: not of the form key=value");
    EXPECT_EQ(refusal("\npaht=/a"),
              "config line 2: unknown key; known are path, busy_timeout_ms, progress_every");
    EXPECT_EQ(refusal("path=a.db"), "config line 1: path must be the absolute path of a file");
    EXPECT_EQ(refusal("path="), "config line 1: path must be the absolute path of a file");
    EXPECT_EQ(refusal("path=/tmp/"), "config line 1: path must be the absolute path of a file");
    EXPECT_EQ(refusal("path=/" + std::string(4095, 'a')),
              "config line 1: path has more than 4095 bytes");
    EXPECT_EQ(refusal("path=/a\npath=/b"), "config line 2: a key that an earlier line has set");
    for (const char *value : {"", "-1", "1.5", "x", "3600001", "99999999999"}) {
        EXPECT_EQ(refusal(std::string("busy_timeout_ms=") + value),
                  "config line 1: busy_timeout_ms must be a whole number from 0 to 3600000");
    }
    EXPECT_EQ(refusal("progress_every=0"),
              "config line 1: progress_every must be a whole number from 1 to 1000000");
    EXPECT_EQ(refusal("path=/\xff"), "config: not valid UTF-8 at byte 6");
    EXPECT_EQ(refusal(std::string_view("path=/a\0b", 9)), "config: a zero byte at byte 7");
    EXPECT_EQ(refusal(std::string(20'000, '\n')), "config: 20000 bytes, more than 16384");
}

} // namespace
} // namespace bookmarks
