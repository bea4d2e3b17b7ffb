/**
 * plugin.hpp: what an engine that is a shared object of its own exports, and how the core finds it.
 *
 * An engine stands beside the core, is built with it, and shares its C++ interfaces (engine.hpp,
 * seat.hpp); so the two must be of one version. It is opened when the first library that needs it
 * is loaded, and stays.
 */
#pragma once

#include <cstddef>

#include "engine/engine.hpp"
#include "engine/library.hpp"

namespace weir {

/** What an engine makes of a library file. Texts live as long as the engine object. */
struct LoadedLibrary {
    Engine *engine = nullptr;
    LibraryFacts facts = {};
};

using CodeCacheWriter = void (*)(void *writer, const char *key, const void *data, size_t length);

struct EnginePlugin {
    const char *version; ///< weir_version() of its build

    /**
     * Load a library file. On an error `reason` (of `capacity` bytes, terminated) says what is
     * wrong.
     */
    weir_status (*load)(const char *path, LoadedLibrary &out, char *reason, size_t capacity);

    /**
     * Make the code cache of a library file for this engine, for `weir build`. `write` gets the key
     * that says what it fits, and the bytes.
     */
    weir_status (*make_code_cache)(const char *path, CodeCacheWriter write, void *writer,
                                   char *reason, size_t capacity);
};

/** The symbol that an engine exports: a function without arguments. */
inline constexpr char engine_entry_name[] = "weir_engine_entry";
using EngineEntry = const EnginePlugin *(*)();

} // namespace weir
