/**
 * gate.hpp: a door between a scenario and a handler, made of two files.
 *
 * Whoever comes to the gate PATH writes PATH.reached, and goes on when PATH.open is there. So a
 * scenario orders what happens without waiting for a time, in whatever language its host is.
 */
#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <thread>

namespace conformance {

inline constexpr std::chrono::milliseconds look_every{1};
/** Ends what a scenario forgot; no scenario gets here. */
inline constexpr std::chrono::seconds patience{20};

class GateNotOpened : public std::runtime_error {
  public:
    GateNotOpened() : std::runtime_error("nobody opened the gate") {}
};

/** Stand at the gate until it is open or `gone()` holds. Returns whether it was opened. */
template <class Gone> bool pass(const std::string &path, Gone gone) {
    const std::ofstream reached(path + ".reached");
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!std::filesystem::exists(path + ".open")) {
        if (gone()) {
            return false;
        }
        if (std::chrono::steady_clock::now() > end) {
            throw GateNotOpened();
        }
        std::this_thread::sleep_for(look_every);
    }
    return true;
}

inline void block(const std::string &path) {
    pass(path, [] { return false; });
}

} // namespace conformance
