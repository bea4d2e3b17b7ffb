#include "calls.hpp"
#include "control.hpp"

namespace weir_addon {

namespace {

void set_text(Napi::Object object, const char *name, const char *text, size_t length) {
    if (text != nullptr) {
        object.Set(name, Napi::String::New(object.Env(), text, length));
    }
}

/** openLibrary(path) */
Napi::Value open_library(const Napi::CallbackInfo &info) {
    const Napi::Env env = info.Env();
    const std::string path = info[0].ToString();
    weir_handle library = 0;
    weir_error error = WEIR_ERROR_INIT;
    if (!succeeded(env, weir_library_load(path.data(), path.size(), &library, &error), &error)) {
        return env.Undefined();
    }
    weir_library_info said = WEIR_LIBRARY_INFO_INIT;
    if (!succeeded(env, weir_library_describe(library, &said))) {
        return env.Undefined();
    }
    Napi::Object object = Napi::Object::New(env);
    object.Set("handle", number(env, library));
    object.Set("methodCount", number(env, said.method_count));
    set_text(object, "name", said.name, said.name_length);
    set_text(object, "version", said.version, said.version_length);
    set_text(object, "engine", said.engine, said.engine_length);
    set_text(object, "contract", said.contract, said.contract_length);
    set_text(object, "contractHash", said.contract_hash, said.contract_hash_length);
    return object;
}

/** findMethod(library, name) */
Napi::Value find_method(const Napi::CallbackInfo &info) {
    const std::string name = info[1].ToString();
    uint32_t method = 0;
    const weir_status status =
        weir_library_method(number_of(info[0]), name.data(), name.size(), &method);
    return succeeded(info.Env(), status) ? number(info.Env(), method) : info.Env().Undefined();
}

/** closeLibrary(library) */
void close_library(const Napi::CallbackInfo &info) {
    succeeded(info.Env(), weir_library_close(number_of(info[0])));
}

} // namespace

void export_library_calls(Napi::Object exports) {
    const Napi::Env env = exports.Env();
    exports.Set("openLibrary", Napi::Function::New(env, open_library));
    exports.Set("findMethod", Napi::Function::New(env, find_method));
    exports.Set("closeLibrary", Napi::Function::New(env, close_library));
}

} // namespace weir_addon
