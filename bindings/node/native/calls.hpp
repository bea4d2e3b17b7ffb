/**
 * calls.hpp: what the addon's functions share: arguments, and errors as JavaScript gets them.
 *
 * An error is thrown as an Error whose `status` is the weir_status and whose `slots` are the counts
 * of a pool, where the core gave some. No C++ exception is used anywhere.
 */
#pragma once

#include <napi.h>
#include <weir/weir.h>

namespace weir_addon {

/** Throws unless `status` is WEIR_OK. @returns whether it is */
bool succeeded(Napi::Env env, weir_status status, const weir_error *error = nullptr);

/** A handle, an id or a count that JavaScript gave; 0, which is never valid, for anything else. */
uint64_t number_of(const Napi::Value &value);
uint32_t count_of(const Napi::Value &value);

inline Napi::Value number(Napi::Env env, uint64_t value) {
    return Napi::Number::New(env, static_cast<double>(value));
}

} // namespace weir_addon
