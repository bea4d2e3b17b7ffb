#include "support.hpp"

#include <cstring>

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "--idle_probe") == 0) {
        return bench::idle_probe();
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) {
        return 1;
    }
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return 0;
}
