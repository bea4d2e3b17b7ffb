/** difference.hpp: what makes a scenario fail, in words. */
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include <weir/weir.h>

namespace conformance {

using Json = nlohmann::json;

/** Thrown by a step; the scenario ends there. */
class Difference : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/** @throws Difference when `actual` is not the number, or not in the range, that was expected */
void compare_count(std::string_view what, const Json &expected, uint64_t actual);

/** Whether `actual` is that number, or in that range. */
bool count_fits(const Json &expected, uint64_t actual);

/** @throws Difference; `message` explains the status that came */
void compare_status(std::string_view what, const std::string &expected, weir_status actual,
                    std::string_view message);

/** @throws Difference when `actual` does not hold `part` */
void compare_part(std::string_view what, const std::string &part, std::string_view actual);

/** A payload for people: cut, and in hex where it is no text. */
std::string shown(std::string_view bytes);

} // namespace conformance
