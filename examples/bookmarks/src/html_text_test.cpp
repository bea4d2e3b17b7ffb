#include "html_text.hpp"

#include <gtest/gtest.h>

#include "utf8.hpp"

namespace bookmarks {
namespace {

TEST(HtmlText, DecodesNumericAndNamedReferences) {
    EXPECT_EQ(decode_html("a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos; &#39;f&#x27;"),
              "a & b <c> \"d\" 'e' 'f'");
    EXPECT_EQ(decode_html("&#x1F30D;&#128512;&eacute;&nbsp;"), "🌍😀&eacute;\u00A0");
    EXPECT_EQ(decode_html("&#150;&#x80;"), "–€");
    EXPECT_EQ(decode_html("&#0;&#xD800;&#x110000;&#99999999999999999999;"),
              "\uFFFD\uFFFD\uFFFD&#99999999999999999999;");
}

TEST(HtmlText, LeavesWhatIsNoReferenceAsItIs) {
    for (const char *text :
         {"&", "&&", "a&b=c", "&;", "&#;", "&#x;", "&#xg;", "&amp", "&unknown;", "&#12"}) {
        EXPECT_EQ(decode_html(text), text);
    }
    EXPECT_EQ(decode_html("&amp;amp;"), "&amp;");
}

TEST(HtmlText, TextHasItsWhiteSpaceCollapsedBeforeReferencesAreDecoded) {
    EXPECT_EQ(decode_html_text("\n  two \t words\r\n"), "two words");
    EXPECT_EQ(decode_html_text(" &#32;kept&#10; "), " kept\n");
    EXPECT_EQ(decode_html_text(" \n "), "");
}

TEST(HtmlText, WhatIsEncodedIsDecodedToTheSame) {
    const std::string all[] = {
        "",        " ",     "  a  b  ", "\ta\r\n\fb\n", "<a href=\"x\">&amp;</a>",
        "&lt;",    "'\"",   "Grüße 🌍", "\x01\x7f",     "\u00A0\u0085",
        "a,b\\/c", "&#10;", "--><!--"};
    for (const std::string &text : all) {
        const std::string html = encode_html(text);
        EXPECT_EQ(decode_html(html), text);
        EXPECT_EQ(decode_html_text(html), text);
        EXPECT_EQ(html.find_first_of("<>\"\n\r\t\f"), std::string::npos) << html;
    }
}

TEST(Utf8, FindsTheFirstByteThatIsNotWellFormed) {
    for (const char *good : {"", "a", "ü", "€", "😀", "\u07ff\u0800\uffff\U00010000\U0010ffff"}) {
        EXPECT_EQ(find_invalid_utf8(good), std::string_view::npos);
    }
    for (const char *bad :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xe2\x82", "\xc3", "\xc3("}) {
        EXPECT_EQ(find_invalid_utf8(std::string("ok ") + bad), 3U);
    }
}

TEST(Utf8, EncodesEveryScalarValue) {
    for (uint32_t code_point = 0; code_point <= 0x10FFFF; code_point += 7) {
        std::string text;
        append_utf8(text, code_point);
        EXPECT_EQ(find_invalid_utf8(text), std::string_view::npos) << code_point;
    }
}

} // namespace
} // namespace bookmarks
