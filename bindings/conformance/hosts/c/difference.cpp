#include "difference.hpp"

#include <algorithm>

namespace conformance {

namespace {

constexpr size_t shown_bytes = 80;

std::string in_hex(std::string_view bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text = "hex ";
    for (const char byte : bytes) {
        text += digits[static_cast<uint8_t>(byte) >> 4];
        text += digits[static_cast<uint8_t>(byte) & 15];
    }
    return text;
}

} // namespace

std::string shown(std::string_view bytes) {
    const std::string_view begin = bytes.substr(0, shown_bytes);
    const bool printable =
        std::all_of(begin.begin(), begin.end(), [](char c) { return c >= ' ' && c <= '~'; });
    std::string text = printable ? std::string(begin) : in_hex(begin);
    if (printable) {
        text.insert(text.begin(), '"');
        text.push_back('"');
    }
    if (bytes.size() > shown_bytes) {
        text += " … (" + std::to_string(bytes.size()) + " bytes)";
    }
    return text;
}

bool count_fits(const Json &expected, uint64_t actual) {
    if (expected.is_number()) {
        return expected.get<uint64_t>() == actual;
    }
    return actual >= expected.value("min", uint64_t{0}) &&
           actual <= expected.value("max", UINT64_MAX);
}

void compare_count(std::string_view what, const Json &expected, uint64_t actual) {
    if (!count_fits(expected, actual)) {
        throw Difference(std::string(what) + ": expected " + expected.dump() + ", got " +
                         std::to_string(actual));
    }
}

void compare_status(std::string_view what, const std::string &expected, weir_status actual,
                    std::string_view message) {
    const std::string name = weir_status_name(actual);
    if (name != expected) {
        throw Difference(std::string(what) + ": expected " + expected + ", got " + name +
                         (message.empty() ? "" : " " + shown(message)));
    }
}

void compare_part(std::string_view what, const std::string &part, std::string_view actual) {
    if (actual.find(part) == std::string_view::npos) {
        throw Difference(std::string(what) + ": expected one with \"" + part + "\", got " +
                         shown(actual));
    }
}

} // namespace conformance
