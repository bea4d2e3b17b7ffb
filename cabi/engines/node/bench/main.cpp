#include <cstdio>
#include <cstring>

#include "engine_host.hpp"

namespace {

struct Part {
    const char *name;
    void (*run)(const bench::Task &task);
};

constexpr Part parts[] = {
    {"echo", bench::echo_part},
    {"window", bench::window_part},
    {"idle", bench::idle_part},
    {"create", bench::create_part},
    {"cold", bench::cold_part},
    {"cycles", bench::cycles_part},
    {"environments", bench::environments_part},
    {"stop", bench::stop_part},
    {"memory", bench::memory_part},
};

int usage() {
    fprintf(stderr, "usage: weir_engine_bench <part> <one_core|two_cores|free> <library.weir> "
                    "[<file>]\n\n");
    for (const Part &part : parts) {
        fprintf(stderr, "  %s\n", part.name);
    }
    return 2;
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 4 && argc != 5) {
        return usage();
    }
    bench::Task task;
    task.library = argv[3];
    task.file = argc == 5 ? argv[4] : "";
    if (strcmp(argv[2], "one_core") == 0) {
        task.placement = bench::Placement::one_core;
    } else if (strcmp(argv[2], "two_cores") == 0) {
        task.placement = bench::Placement::two_cores;
    } else if (strcmp(argv[2], "free") != 0) {
        return usage();
    }
    for (const Part &part : parts) {
        if (strcmp(argv[1], part.name) == 0) {
            part.run(task);
            return 0;
        }
    }
    return usage();
}
