#include "payload.hpp"

#include <charconv>

namespace conformance {

namespace {

std::string from_hex(const std::string &digits) {
    std::string bytes;
    for (size_t at = 0; at + 1 < digits.size(); at += 2) {
        bytes.push_back(static_cast<char>(std::stoi(digits.substr(at, 2), nullptr, 16)));
    }
    return bytes;
}

bool is_between(const Json &expected, std::string_view actual) {
    double number = 0;
    const auto parsed = std::from_chars(actual.data(), actual.data() + actual.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == actual.data() + actual.size() &&
           number >= expected.at("min").get<double>() && number <= expected.at("max").get<double>();
}

} // namespace

std::string bytes_of(const Json &payload) {
    if (payload.is_string()) {
        return payload.get<std::string>();
    }
    if (payload.contains("text") && payload.size() == 1) {
        return payload["text"].get<std::string>();
    }
    // Of an integer, this host sends the bytes that it must have on the wire.
    if (payload.contains("hex") && payload.size() == (payload.contains("integer") ? 2u : 1u)) {
        return from_hex(payload["hex"].get<std::string>());
    }
    if (payload.contains("fill") && payload.contains("size") && payload.size() == 2) {
        return std::string(payload["size"].get<size_t>(), payload["fill"].get<std::string>().at(0));
    }
    throw Difference("a payload of an unknown form: " + payload.dump());
}

void compare_payload(std::string_view what, const Json &expected, std::string_view actual) {
    if (expected.contains("contains") && expected.size() == 1) {
        compare_part(what, expected["contains"].get<std::string>(), actual);
        return;
    }
    const bool is_range = expected.contains("min") && expected.contains("max");
    const bool same =
        is_range ? is_between(expected, actual) : bytes_of(expected) == std::string(actual);
    if (!same) {
        throw Difference(std::string(what) + ": expected " +
                         (is_range ? expected.dump() : shown(bytes_of(expected))) + ", got " +
                         shown(actual));
    }
}

std::string numbered(std::string text, uint64_t number) {
    const size_t at = text.find("{n}");
    return at == std::string::npos ? text : text.replace(at, 3, std::to_string(number));
}

} // namespace conformance
