/** steps.hpp: what each step of a scenario does with weir.h. */
#pragma once

#include "fields.hpp"
#include "world.hpp"

namespace conformance {

/** Run steps in order. @throws Difference at the first that goes wrong */
void run_steps(World &world, const Json &steps);

using Step = void (*)(World &, Fields &);

/** Null for a name that the file does not know. */
Step find_context_step(const std::string &name);
Step find_event_step(const std::string &name);
Step find_request_step(const std::string &name);
Step find_library_step(const std::string &name);

} // namespace conformance
