/**
 * plugin.cpp: opens the TypeScript engine, once, and loads library files through it. The engine is
 * looked for beside the core and nowhere else.
 */
#include "engine/plugin.hpp"

#include <cstring>

#include <weir/weir.h>

#include "base/mutex.hpp"
#include "base/port.hpp"

namespace weir {

namespace {

constexpr char engine_file[] = "libweir_node.so";

constinit Mutex mutex;
constinit const EnginePlugin *opened = nullptr;

/** A host that is Node has these symbols already: then the engine must keep its own to itself. */
port::ImageScope scope_for_host() {
    return port::has_symbol("napi_create_function") ? port::ImageScope::apart
                                                    : port::ImageScope::global;
}

/** The loader names the file that it misses. */
void explain_loader(const char *words, Text &reason) {
    reason.add("the TypeScript engine cannot be loaded: ").add(words);
    if (strstr(words, "libnode.so") != nullptr) {
        reason.add("; install Node.js as a library: apt-get install libnode-dev");
    }
}

weir_status open_engine(Text &reason) {
    char path[library_path_max + 1];
    if (!port::path_beside_core(engine_file, path, sizeof path)) {
        reason.add("the folder of the core has a path that is too long");
        return WEIR_ERR_ENGINE_MISSING;
    }
    port::ImageError error = port::ImageError::none;
    char words[384] = {};
    void *image = port::image_open(path, scope_for_host(), error, words, sizeof words);
    if (image == nullptr && error == port::ImageError::not_found) {
        reason.add("there is no TypeScript engine beside the core (").add(engine_file);
        reason.add("): it is built where Node.js is installed as a library, by apt-get install "
                   "libnode-dev");
        return WEIR_ERR_ENGINE_MISSING;
    }
    if (image == nullptr) {
        explain_loader(words, reason);
        return WEIR_ERR_ENGINE_MISSING;
    }
    auto entry = reinterpret_cast<EngineEntry>(port::image_symbol(image, engine_entry_name));
    const EnginePlugin *plugin = entry == nullptr ? nullptr : entry();
    if (plugin == nullptr || strcmp(plugin->version, weir_version()) != 0) {
        reason.add("the engine beside the core is of version ")
            .add(plugin == nullptr ? "unknown" : plugin->version)
            .add(", the core of ")
            .add(weir_version());
        return WEIR_ERR_VERSION_MISMATCH;
    }
    opened = plugin;
    return WEIR_OK;
}

} // namespace

weir_status load_engine_library(const char *path, Library *&out, Text &reason) {
    {
        const Lock lock(mutex);
        const weir_status status = opened != nullptr ? WEIR_OK : open_engine(reason);
        if (status != WEIR_OK) {
            return status;
        }
    }
    LoadedLibrary loaded;
    char words[384] = {};
    const weir_status status = opened->load(path, loaded, words, sizeof words);
    if (status != WEIR_OK) {
        reason.add(words);
        return status;
    }
    out = Library::make(loaded.engine, loaded.facts);
    return out == nullptr ? WEIR_ERR_NO_MEMORY : WEIR_OK;
}

} // namespace weir
