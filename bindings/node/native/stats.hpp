/** stats.hpp: counts of the core as JavaScript objects, their fields in camel case. */
#pragma once

#include <napi.h>
#include <weir/weir.h>

namespace weir_addon {

Napi::Object stats_object(Napi::Env env, const weir_pool_stats &stats);
Napi::Object stats_object(Napi::Env env, const weir_process_stats &stats);
Napi::Object report_object(Napi::Env env, const weir_close_report &report);

} // namespace weir_addon
