/**
 * builtin_cache.hpp: V8's code caches of Node's own scripts, kept for the process.
 *
 * libnode 18 gives each environment that an embedder makes an empty cache: it compiles some hundred
 * scripts from source, makes a code cache of each, and reads none of them ever. That is half of the
 * time of an environment. The two functions of V8's public interface that it does this by are found
 * in this shared object first, since a library that is opened comes before those it depends on;
 * they hand out what the first environment of the process has compiled, and leave the rest to V8.
 *
 * Guarantees that V8 compiles from source whatever it rejects, and that nothing is replaced where
 * libnode was in the process before, or is of another version.
 */
#pragma once

#include <v8.h>

namespace weir::node_engine::builtin_cache {

/**
 * Keep what this isolate has compiled, if it is the first of the process. In its context, when
 * functions that are compiled on demand have run.
 */
void keep(v8::Isolate *isolate);

/** The isolate is about to go. */
void forget(v8::Isolate *isolate);

} // namespace weir::node_engine::builtin_cache
