/** payload.hpp: payloads as scenarios write them, and what they say that must hold for one. */
#pragma once

#include <string>
#include <string_view>

#include "difference.hpp"

namespace conformance {

/** The bytes of a payload, or of a name. @throws Difference for a form that is not known */
std::string bytes_of(const Json &payload);

/** @throws Difference when `actual` is not what is expected */
void compare_payload(std::string_view what, const Json &expected, std::string_view actual);

/** `{n}` replaced by a number. */
std::string numbered(std::string text, uint64_t number);

} // namespace conformance
