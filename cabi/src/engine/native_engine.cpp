/**
 * native_engine.cpp: runs libraries written in C or C++: checks what an author defined, loads
 * shared objects, and calls the author's functions. Code is never unmapped, since threads of the
 * library may still be in it.
 */
#include <cstring>
#include <new>

#include "base/port.hpp"
#include "base/utf8.hpp"
#include "engine/library.hpp"

namespace weir {

namespace {

class NativeEngine final : public Engine {
  public:
    static NativeEngine *make(const weir_library_definition &definition) {
        const size_t handlers_size = definition.method_count * sizeof(weir_handler);
        void *memory = port::allocate(sizeof(NativeEngine) + handlers_size);
        if (memory == nullptr) {
            return nullptr;
        }
        auto *engine = new (memory) NativeEngine;
        engine->create_ = definition.create;
        engine->destroy_ = definition.destroy;
        engine->handlers_ = reinterpret_cast<weir_handler *>(engine + 1);
        for (uint32_t at = 0; at < definition.method_count; at++) {
            engine->handlers_[at] = definition.methods[at].handler;
        }
        return engine;
    }

    const char *name() const override { return "native"; }

    weir_status create(weir_instance instance, const void *config, size_t config_length,
                       void **out_state) override {
        return create_ == nullptr ? WEIR_OK : create_(instance, config, config_length, out_state);
    }

    void destroy(weir_instance instance, void *state) override {
        if (destroy_ != nullptr) {
            destroy_(instance, state);
        }
    }

    void handle(uint32_t method, weir_call call, void *state, const void *data,
                size_t length) override {
        handlers_[method - 1](call, state, data, length);
    }

    void dispose() override { port::deallocate(this); }

  private:
    weir_create_function create_ = nullptr;
    weir_destroy_function destroy_ = nullptr;
    weir_handler *handlers_ = nullptr;
};

bool is_good_name(const char *name) {
    if (name == nullptr || name[0] == '\0') {
        return false;
    }
    const size_t length = strlen(name);
    return length <= WEIR_NAME_LENGTH_MAX && utf8_find_error(name, length) == utf8_valid;
}

bool has_name_before(const weir_library_definition &definition, uint32_t at) {
    for (uint32_t before = 0; before < at; before++) {
        if (strcmp(definition.methods[before].name, definition.methods[at].name) == 0) {
            return true;
        }
    }
    return false;
}

weir_status check_methods(const weir_library_definition &definition, Text &reason) {
    if (definition.method_count > limits::methods_per_library ||
        (definition.method_count > 0 && definition.methods == nullptr)) {
        reason.add("methods: ").add(definition.method_count).add(" without a table, or too many");
        return WEIR_ERR_LIBRARY_INVALID;
    }
    for (uint32_t at = 0; at < definition.method_count; at++) {
        const weir_method &method = definition.methods[at];
        const char *wrong = nullptr;
        if (!is_good_name(method.name)) {
            wrong = "name is missing, too long or not UTF-8";
        } else if (method.handler == nullptr) {
            wrong = "handler is missing";
        } else if (has_name_before(definition, at)) {
            wrong = "name stands there twice";
        }
        if (wrong != nullptr) {
            reason.add("methods[").add(at).add("]: ").add(wrong);
            return WEIR_ERR_LIBRARY_INVALID;
        }
    }
    return WEIR_OK;
}

weir_status check_definition(const weir_library_definition *definition, Text &reason) {
    if (definition == nullptr) {
        reason.add("definition is NULL");
        return WEIR_ERR_LIBRARY_INVALID;
    }
    if (definition->struct_size < sizeof(weir_library_definition) ||
        definition->abi_version != WEIR_ABI_VERSION) {
        reason.add("the library was built for ABI version ")
            .add(definition->abi_version)
            .add(", this core has ")
            .add(uint64_t{WEIR_ABI_VERSION});
        return WEIR_ERR_VERSION_MISMATCH;
    }
    if (!is_good_name(definition->name) || !is_good_name(definition->version)) {
        reason.add("name or version is missing, too long or not UTF-8");
        return WEIR_ERR_LIBRARY_INVALID;
    }
    if (definition->reserved != 0) {
        reason.add("reserved is not 0");
        return WEIR_ERR_LIBRARY_INVALID;
    }
    return check_methods(*definition, reason);
}

} // namespace

weir_status make_native_library(const weir_library_definition *definition, Library *&out,
                                Text &reason) {
    const weir_status checked = check_definition(definition, reason);
    if (checked != WEIR_OK) {
        return checked;
    }
    out =
        Library::make(NativeEngine::make(*definition), {.name = definition->name,
                                                        .version = definition->version,
                                                        .contract = nullptr,
                                                        .contract_hash = nullptr,
                                                        .methods = definition->methods,
                                                        .method_count = definition->method_count});
    return out == nullptr ? WEIR_ERR_NO_MEMORY : WEIR_OK;
}

weir_status load_native_library(const char *path, Library *&out, Text &reason) {
    port::ImageError error = port::ImageError::none;
    char words[384] = {};
    void *image = port::image_open(path, port::ImageScope::own, error, words, sizeof words);
    if (image == nullptr) {
        reason.add(words);
        return error == port::ImageError::not_found ? WEIR_ERR_LIBRARY_NOT_FOUND
                                                    : WEIR_ERR_LIBRARY_INVALID;
    }
    auto entry = reinterpret_cast<weir_library_entry_function>(
        port::image_symbol(image, "weir_library_entry"));
    if (entry == nullptr) {
        reason.add("the file is a shared object, but no weir library: it does not export "
                   "weir_library_entry");
        return WEIR_ERR_LIBRARY_INVALID;
    }
    return make_native_library(entry(), out, reason);
}

} // namespace weir
