/**
 * library_file.hpp: reads what `weir build` writes: a table of named sections with their checksums.
 * The reader is total: any bytes give a library or an error that says what is wrong, and where.
 */
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <weir/weir.h>

namespace weir::node_engine {

struct LibraryFile {
    std::string bytes; ///< the whole file; the views below point into it
    std::string_view bundle;
    std::string_view cache; ///< V8's code cache, or empty
    std::string_view map;   ///< source map, or empty
    std::string contract;   ///< zero-terminated copy, or empty
    std::string contract_hash;
    std::string name;
    std::string version;
    std::string cache_key;
    std::vector<std::string> methods;
};

/** Read and check `path`. On an error `reason` says what is wrong. */
weir_status read_library_file(const char *path, LibraryFile &out, std::string &reason);

} // namespace weir::node_engine
