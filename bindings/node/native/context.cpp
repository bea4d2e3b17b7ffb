#include "calls.hpp"
#include "control.hpp"

namespace weir_addon {

namespace {

/** A config and a tag as JavaScript gave them; must outlive the options made of them. */
struct ContextArguments {
    Napi::Uint8Array config;
    std::string tag;
    uintptr_t owner;

    explicit ContextArguments(const Napi::CallbackInfo &info)
        : config(info[2].As<Napi::Uint8Array>()), tag(info[3].ToString()),
          owner(static_cast<uintptr_t>(number_of(info[1]))) {}

    weir_context_options options() const {
        weir_context_options given = WEIR_CONTEXT_OPTIONS_INIT;
        given.config = config.Data();
        given.config_length = config.ByteLength();
        given.tag = tag.data();
        given.tag_length = static_cast<uint32_t>(tag.size());
        given.user_data = owner;
        return given;
    }
};

/** createNow(pool, owner, config, tag) */
Napi::Value create_now(const Napi::CallbackInfo &info) {
    const ContextArguments arguments(info);
    const weir_context_options options = arguments.options();
    weir_handle context = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_context_create(number_of(info[0]), &options, &context, &error);
    return succeeded(info.Env(), status, &error) ? number(info.Env(), context)
                                                 : info.Env().Undefined();
}

/** createQueued(pool, owner, config, tag, timeoutMs) */
Napi::Value create_queued(const Napi::CallbackInfo &info) {
    const ContextArguments arguments(info);
    const weir_context_options options = arguments.options();
    uint64_t ticket = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_context_create_queued(number_of(info[0]), &options,
                                                          count_of(info[4]), &ticket, &error);
    return succeeded(info.Env(), status, &error) ? number(info.Env(), ticket)
                                                 : info.Env().Undefined();
}

/** cancelCreate(pool, ticket): a pool that is gone has answered its tickets. */
void cancel_create(const Napi::CallbackInfo &info) {
    weir_context_create_cancel(number_of(info[0]), number_of(info[1]));
}

/** destroyContext(context) */
void destroy_context(const Napi::CallbackInfo &info) {
    succeeded(info.Env(), weir_context_destroy(number_of(info[0])));
}

/** listen(context, name or undefined, owner) */
Napi::Value listen(const Napi::CallbackInfo &info) {
    const bool all = info[1].IsUndefined();
    const std::string name = all ? std::string() : std::string(info[1].ToString());
    uint64_t listener = 0;
    const weir_status status =
        weir_context_listen(number_of(info[0]), all ? nullptr : name.data(), name.size(), nullptr,
                            static_cast<uintptr_t>(number_of(info[2])), &listener);
    return succeeded(info.Env(), status) ? number(info.Env(), listener) : info.Env().Undefined();
}

/** unlisten(context, listener): one that is gone is no error. */
void unlisten(const Napi::CallbackInfo &info) {
    weir_context_unlisten(number_of(info[0]), number_of(info[1]));
}

} // namespace

void export_context_calls(Napi::Object exports) {
    const Napi::Env env = exports.Env();
    exports.Set("createNow", Napi::Function::New(env, create_now));
    exports.Set("createQueued", Napi::Function::New(env, create_queued));
    exports.Set("cancelCreate", Napi::Function::New(env, cancel_create));
    exports.Set("destroyContext", Napi::Function::New(env, destroy_context));
    exports.Set("listen", Napi::Function::New(env, listen));
    exports.Set("unlisten", Napi::Function::New(env, unlisten));
}

} // namespace weir_addon
