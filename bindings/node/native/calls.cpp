#include "calls.hpp"

#include <cmath>

namespace weir_addon {

namespace {

constexpr double exact_max = 9007199254740991.0;

Napi::Object slots_of(Napi::Env env, const weir_error &error) {
    Napi::Object slots = Napi::Object::New(env);
    slots.Set("total", error.slots_total);
    slots.Set("idle", error.slots_idle);
    slots.Set("active", error.slots_active);
    slots.Set("quarantined", error.slots_quarantined);
    slots.Set("waiting", error.waiting);
    return slots;
}

} // namespace

bool succeeded(Napi::Env env, weir_status status, const weir_error *error) {
    if (status == WEIR_OK) {
        return true;
    }
    const bool told = error != nullptr && error->message_length > 0;
    const Napi::Error thrown =
        Napi::Error::New(env, told ? std::string(error->message, error->message_length) : "");
    Napi::Object value = thrown.Value();
    value.Set("status", status);
    if (error != nullptr && status == WEIR_ERR_POOL_EXHAUSTED) {
        value.Set("slots", slots_of(env, *error));
    }
    thrown.ThrowAsJavaScriptException();
    return false;
}

uint64_t number_of(const Napi::Value &value) {
    if (!value.IsNumber()) {
        return 0;
    }
    const double given = value.As<Napi::Number>().DoubleValue();
    return given >= 0 && given <= exact_max ? static_cast<uint64_t>(given) : 0;
}

uint32_t count_of(const Napi::Value &value) {
    const uint64_t given = number_of(value);
    return given <= UINT32_MAX ? static_cast<uint32_t>(given) : UINT32_MAX;
}

} // namespace weir_addon
