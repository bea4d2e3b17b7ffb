/** pool_options.hpp: the options of a scenario's pool. */
#pragma once

#include "difference.hpp"

namespace conformance {

/** All but the delivery. @throws Difference for an option that is not known */
weir_pool_options pool_options_of(const Json &options);

} // namespace conformance
