/** control.hpp: the calls that are made seldom: libraries, pools, contexts, listeners. */
#pragma once

#include <napi.h>

#include "bridge.hpp"

namespace weir_addon {

/** Adds the functions to what the addon exports. */
void export_library_calls(Napi::Object exports);
void export_pool_calls(Napi::Object exports, Bridge &bridge);
void export_context_calls(Napi::Object exports);

} // namespace weir_addon
