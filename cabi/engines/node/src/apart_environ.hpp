/**
 * apart_environ.hpp: the environment variables of a process whose own Node the engine is kept apart
 * from.
 *
 * An executable that uses `environ` holds the C library's variable itself (a copy relocation), and
 * an image opened with RTLD_DEEPBIND finds the one in the C library, which nobody ever set: libuv
 * reads it for process.env and would crash.
 */
#pragma once

namespace weir::node_engine {

/** What the program finds by this name, and not what this image does; nullptr if nothing. */
void *symbol_of_program(const char *name);

/**
 * Let `environ`, as this image and those it brought along see it, be a copy of the process's.
 *
 * The copy stays as it is: the host may move its own with each setenv. Does nothing where both are
 * one. Called once, before Node starts in this process.
 */
void give_environ();

} // namespace weir::node_engine
