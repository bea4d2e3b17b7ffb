#include "html_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "utf8.hpp"

namespace bookmarks {

namespace {

struct NamedReference {
    std::string_view name;
    std::string_view text;
};

constexpr std::array kNamedReferences = {
    NamedReference{"amp", "&"},         NamedReference{"lt", "<"},
    NamedReference{"gt", ">"},          NamedReference{"quot", "\""},
    NamedReference{"apos", "'"},        NamedReference{"nbsp", "\u00A0"},
    NamedReference{"copy", "\u00A9"},   NamedReference{"reg", "\u00AE"},
    NamedReference{"laquo", "\u00AB"},  NamedReference{"raquo", "\u00BB"},
    NamedReference{"middot", "\u00B7"}, NamedReference{"times", "\u00D7"},
    NamedReference{"ndash", "\u2013"},  NamedReference{"mdash", "\u2014"},
    NamedReference{"lsquo", "\u2018"},  NamedReference{"rsquo", "\u2019"},
    NamedReference{"ldquo", "\u201C"},  NamedReference{"rdquo", "\u201D"},
    NamedReference{"bull", "\u2022"},   NamedReference{"hellip", "\u2026"},
    NamedReference{"trade", "\u2122"},  NamedReference{"euro", "\u20AC"},
};
constexpr std::size_t kReferenceLengthMax = 12;

// What HTML makes of the numeric references 128 to 159, which old files mean as Windows-1252.
constexpr std::array<uint16_t, 32> kWindows1252 = {
    0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

int digit_value(char c, int base) {
    const int value = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : 99;
    return value < base ? value : -1;
}

// Decode "#10" or "#xA". Returns false if it is no number.
bool append_numeric(std::string &out, std::string_view body) {
    const bool hex = body.size() > 1 && (body[1] == 'x' || body[1] == 'X');
    const std::string_view digits = body.substr(hex ? 2 : 1);
    if (digits.empty()) {
        return false;
    }
    uint32_t code_point = 0;
    for (char c : digits) {
        const int value = digit_value(c, hex ? 16 : 10);
        if (value < 0) {
            return false;
        }
        code_point =
            std::min(code_point * (hex ? 16U : 10U) + static_cast<uint32_t>(value), 0x110000U);
    }
    if (code_point == 0) {
        code_point = 0xFFFD;
    } else if (code_point >= 0x80 && code_point < 0xA0) {
        code_point = kWindows1252[code_point - 0x80];
    }
    append_utf8(out, code_point);
    return true;
}

bool append_reference(std::string &out, std::string_view body) {
    if (!body.empty() && body[0] == '#') {
        return append_numeric(out, body);
    }
    for (const NamedReference &reference : kNamedReferences) {
        if (reference.name == body) {
            out += reference.text;
            return true;
        }
    }
    return false;
}

} // namespace

std::string decode_html(std::string_view html) {
    std::string text;
    text.reserve(html.size());
    for (std::size_t at = 0; at < html.size(); at++) {
        if (html[at] == '&') {
            const std::string_view rest = html.substr(at + 1, kReferenceLengthMax);
            const std::size_t end = rest.find(';');
            if (end != std::string_view::npos && append_reference(text, rest.substr(0, end))) {
                at += end + 1;
                continue;
            }
        }
        text += html[at];
    }
    return text;
}

std::string decode_html_text(std::string_view html) {
    std::string collapsed;
    collapsed.reserve(html.size());
    for (char c : html) {
        if (!is_html_space(c)) {
            collapsed += c;
        } else if (!collapsed.empty() && collapsed.back() != ' ') {
            collapsed += ' ';
        }
    }
    if (!collapsed.empty() && collapsed.back() == ' ') {
        collapsed.pop_back();
    }
    return decode_html(collapsed);
}

std::string encode_html(std::string_view text) {
    std::string html;
    html.reserve(text.size() + text.size() / 8);
    for (std::size_t at = 0; at < text.size(); at++) {
        const char c = text[at];
        const bool edge = at == 0 || at + 1 == text.size() || is_html_space(text[at - 1]);
        if (c == '&') {
            html += "&amp;";
        } else if (c == '<') {
            html += "&lt;";
        } else if (c == '>') {
            html += "&gt;";
        } else if (c == '"') {
            html += "&quot;";
        } else if (is_html_space(c) && (c != ' ' || edge)) {
            html.append("&#").append(std::to_string(static_cast<int>(c))).append(";");
        } else {
            html += c;
        }
    }
    return html;
}

} // namespace bookmarks
