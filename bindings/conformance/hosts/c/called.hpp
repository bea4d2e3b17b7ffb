/** called.hpp: what came back from a call, and the gates between host and handler. */
#pragma once

#include <string>

#include "fields.hpp"
#include "world.hpp"

namespace conformance {

/** The bytes of a record. */
std::string text_of(const weir_record &record);

/** The message of a weir_error. */
std::string message_of(const weir_error &error);

/** Compare an answer with what a step expects of it: takes those fields. @throws Difference */
void compare_answer(Fields &step, weir_status status, std::string_view body);

/** Stand at a gate until the scenario opens it. @throws Difference after 10 s */
void stand_at_gate(const std::string &path);
void wait_until_reached(const std::string &path);
void open_gate(const std::string &path);

} // namespace conformance
