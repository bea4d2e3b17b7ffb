// What the host may set when it creates an instance: lines `key=value` of UTF-8 text.
//
// Empty lines and lines that begin with '#' count for nothing. An unknown key, a key twice or a
// value out of range is an Error which names the line.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace bookmarks {

struct Config {
    std::string path{}; // absolute; empty = a private database in memory
    std::chrono::milliseconds busy_timeout{30'000};
    uint32_t progress_every = 100; // entries between two `progress` events
};

Config parse_config(std::string_view text);

} // namespace bookmarks
