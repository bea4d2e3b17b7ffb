/**
 * library.hpp: a library as hosts see it: its name, its methods by name and number, and the engine
 * that runs it.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/library.h>

#include "base/text.hpp"
#include "core/handle_table.hpp"
#include "engine/engine.hpp"

namespace weir {

/** What a library says of itself. Texts are zero-terminated; the contract's may be nullptr. */
struct LibraryFacts {
    const char *name;
    const char *version;
    const char *contract;
    const char *contract_hash;
    const weir_method *methods; ///< of each its name
    uint32_t method_count;
};

class Library {
  public:
    /**
     * Copies everything of `about`. Takes the engine, which may be nullptr for want of memory.
     * Returns nullptr without memory; the engine is disposed of then.
     */
    static Library *make(Engine *engine, const LibraryFacts &about);

    /** Number of the method, from 1, or 0. */
    uint32_t find_method(const char *name, size_t length) const;

    uint32_t method_count() const { return method_count_; }

    Engine &engine() const { return *engine_; }

    void describe(weir_library_info &out) const;

    friend void dispose(Library *library);

  private:
    struct Words {
        const char *text;
        size_t length;
    };

    void index_methods();

    Engine *engine_ = nullptr;
    Words name_ = {};
    Words version_ = {};
    Words contract_ = {};
    Words contract_hash_ = {};
    uint32_t method_count_ = 0;
    uint32_t bucket_mask_ = 0;
    Words *methods_ = nullptr;
    uint32_t *buckets_ = nullptr; ///< method numbers by hash of the name, open addressing
};

using LibraryTable = HandleTable<Library, HandleKind::library>;
using HeldLibrary = LibraryTable::Hold;

LibraryTable &libraries();

/** The longest absolute path of a library file, in bytes. */
inline constexpr size_t library_path_max = 4095;

/** Check a definition and make a native library of it. On an error `reason` says what is wrong. */
weir_status make_native_library(const weir_library_definition *definition, Library *&out,
                                Text &reason);

/**
 * Load a shared object and make a library of what its entry point returns. `path` is absolute and
 * terminated.
 */
weir_status load_native_library(const char *path, Library *&out, Text &reason);

/** The bytes that a library file for an engine begins with. */
inline constexpr char library_file_magic[] = "WEIRLIB\n";

/** Open the engine, if that was not done before, and have it load a library file. */
weir_status load_engine_library(const char *path, Library *&out, Text &reason);

} // namespace weir
