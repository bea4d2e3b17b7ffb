#include "config.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "error.hpp"
#include "utf8.hpp"

namespace bookmarks {

namespace {

constexpr std::size_t kConfigBytesMax = 1U << 14;
constexpr std::size_t kPathBytesMax = 4095; // of Linux

[[noreturn]] void fail(std::size_t line, const std::string &reason) {
    throw Error("config line " + std::to_string(line) + ": " + reason);
}

uint32_t parse_number(std::string_view value, uint32_t lowest, uint32_t highest, std::size_t line,
                      std::string_view key) {
    uint32_t number = 0;
    const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (code != std::errc() || end != value.data() + value.size() || number < lowest ||
        number > highest) {
        fail(line, std::string(key) + " must be a whole number from " + std::to_string(lowest) +
                       " to " + std::to_string(highest));
    }
    return number;
}

void set(Config &config, std::string_view key, std::string_view value, std::size_t line) {
    if (key == "path") {
        if (!value.starts_with('/') || value.ends_with('/')) {
            fail(line, "path must be the absolute path of a file");
        }
        if (value.size() > kPathBytesMax) {
            fail(line, "path has more than " + std::to_string(kPathBytesMax) + " bytes");
        }
        config.path = value;
    } else if (key == "busy_timeout_ms") {
        config.busy_timeout =
            std::chrono::milliseconds(parse_number(value, 0, 3'600'000, line, key));
    } else if (key == "progress_every") {
        config.progress_every = parse_number(value, 1, 1'000'000, line, key);
    } else {
        fail(line, "unknown key; known are path, busy_timeout_ms, progress_every");
    }
}

} // namespace

Config parse_config(std::string_view text) {
    if (text.size() > kConfigBytesMax) {
        throw Error("config: " + std::to_string(text.size()) + " bytes, more than " +
                    std::to_string(kConfigBytesMax));
    }
    if (const std::size_t bad = find_invalid_utf8(text); bad != std::string_view::npos) {
        throw Error("config: not valid UTF-8 at byte " + std::to_string(bad));
    }
    if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
        throw Error("config: a zero byte at byte " + std::to_string(zero));
    }
    Config config;
    std::set<std::string_view> seen;
    std::size_t line_number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        std::string_view line = text.substr(at, end - at);
        at = end + 1;
        line_number++;
        if (line.ends_with('\r')) {
            line.remove_suffix(1);
        }
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) {
            fail(line_number, "not of the form key=value");
        }
        const std::string_view key = line.substr(0, equals);
        if (!seen.insert(key).second) {
            fail(line_number, "a key that an earlier line has set");
        }
        set(config, key, line.substr(equals + 1), line_number);
    }
    return config;
}

} // namespace bookmarks
