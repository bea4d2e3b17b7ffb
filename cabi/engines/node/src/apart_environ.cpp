#include "apart_environ.hpp"

#include <cstring>
#include <dlfcn.h>
#include <unistd.h>

namespace weir::node_engine {

namespace {

/** Kept for good: V8's threads may read it until the process ends. */
char **copy_of(char *const *variables) {
    size_t count = 0;
    while (variables[count] != nullptr) {
        count++;
    }
    auto **copy = new char *[count + 1];
    for (size_t at = 0; at < count; at++) {
        copy[at] = strdup(variables[at]);
    }
    copy[count] = nullptr;
    return copy;
}

} // namespace

void *symbol_of_program(const char *name) {
    // RTLD_DEFAULT is the caller's own order, which begins with itself in an image opened apart.
    static void *const program = dlopen(nullptr, RTLD_LAZY);
    return dlsym(program, name);
}

void give_environ() {
    auto *const theirs = static_cast<char ***>(symbol_of_program("environ"));
    if (theirs == nullptr || theirs == &environ || environ != nullptr) {
        return;
    }
    static char *nothing = nullptr;
    environ = *theirs == nullptr ? &nothing : copy_of(*theirs);
}

} // namespace weir::node_engine
