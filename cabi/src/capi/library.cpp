#include "engine/library.hpp"

#include <weir/library.h>

#include "capi/guard.hpp"

using namespace weir;

namespace {

weir_status insert(Library *library, weir_handle *out_library) {
    *out_library = libraries().insert(library);
    if (*out_library == 0) {
        dispose(library);
        return WEIR_ERR_NO_RESOURCES;
    }
    return WEIR_OK;
}

} // namespace

weir_status weir_library_register(const weir_library_definition *definition,
                                  weir_handle *out_library, weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (out_library == nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "out_library: NULL");
    }
    *out_library = 0;
    Library *library = nullptr;
    const weir_status status = make_native_library(definition, library, error.reason());
    return error.end(status != WEIR_OK ? status : insert(library, out_library));
}

weir_status weir_library_load(const char *path, size_t path_length, weir_handle *out_library,
                              weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (out_library == nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "out_library: NULL");
    }
    *out_library = 0;
    if (path == nullptr || path_length == 0 || path[0] != '/') {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "path: must be absolute");
    }
    char terminated[library_path_max + 1];
    if (path_length > library_path_max || memchr(path, '\0', path_length) != nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "path: too long, or with a zero byte in it");
    }
    memcpy(terminated, path, path_length);
    terminated[path_length] = '\0';
    Library *library = nullptr;
    const bool for_engine =
        port::file_begins_with(terminated, library_file_magic, sizeof library_file_magic - 1);
    const weir_status status = for_engine
                                   ? load_engine_library(terminated, library, error.reason())
                                   : load_native_library(terminated, library, error.reason());
    return error.end(status != WEIR_OK ? status : insert(library, out_library));
}

weir_status weir_library_describe(weir_handle library, weir_library_info *out_info) {
    WEIR_REFUSE_IN_CHILD();
    if (out_info == nullptr || out_info->struct_size != sizeof(weir_library_info)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const HeldLibrary held = libraries().find(library);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    held->describe(*out_info);
    return WEIR_OK;
}

weir_status weir_library_method(weir_handle library, const char *name, size_t name_length,
                                uint32_t *out_method) {
    WEIR_REFUSE_IN_CHILD();
    if (out_method == nullptr || (name == nullptr && name_length != 0)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const HeldLibrary held = libraries().find(library);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    *out_method = held->find_method(name, name_length);
    return *out_method == 0 ? WEIR_ERR_UNKNOWN_METHOD : WEIR_OK;
}

weir_status weir_library_close(weir_handle library) {
    WEIR_REFUSE_IN_CHILD();
    HeldLibrary held;
    return libraries().close(library, held) ? WEIR_OK : WEIR_ERR_STALE_HANDLE;
}
