/**
 * What a context costs that does nothing: in a process of its own, since memory that other
 * benchmarks have used would be used again and not be seen.
 */
#include "support.hpp"

#include <array>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

namespace bench {

namespace {

constexpr uint32_t contexts = 32;
constexpr auto settle_time = std::chrono::milliseconds(2'500);
constexpr auto idle_time = std::chrono::seconds(2);

/** The number after `key` in a file of /proc. */
uint64_t number_in(const std::string &path, const std::string &key) {
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with(key)) {
            return std::stoull(line.substr(key.size()));
        }
    }
    return 0;
}

uint64_t resident_kb() { return number_in("/proc/self/smaps_rollup", "Rss:"); }

uint64_t entries(const char *path) {
    uint64_t count = 0;
    for ([[maybe_unused]] const auto &entry : std::filesystem::directory_iterator(path)) {
        count++;
    }
    return count;
}

/** How often the threads of weir went to sleep so far. */
uint64_t sleeps_of_weir() {
    uint64_t sleeps = 0;
    for (const auto &task : std::filesystem::directory_iterator("/proc/self/task")) {
        std::string name;
        std::getline(std::ifstream(task.path() / "comm"), name);
        if (name.starts_with("weir-")) {
            sleeps += number_in(task.path() / "status", "voluntary_ctxt_switches:");
        }
    }
    return sleeps;
}

void serve_one_request(const Host &host, weir_handle context) {
    const char payload[64] = {};
    const weir_request request = host.echo_request(payload, sizeof payload);
    weir_record record;
    expect_ok(weir_request_wait(context, &request, &record, nullptr), "weir_request_wait");
    weir_records_release(&record, 1);
}

struct Found {
    double resident_kb = 0;
    double wakes_per_s = 0;
    double threads = 0;
    double descriptors = 0;
};

constexpr const char *form = "resident_kb %lf wakes_per_s %lf threads %lf descriptors %lf\n";

Found run_probe() {
    std::array<char, 4096> path = {};
    const auto self = std::filesystem::read_symlink("/proc/self/exe").string();
    snprintf(path.data(), path.size(), "'%s' --idle_probe", self.c_str());
    FILE *probe = popen(path.data(), "r");
    Found found;
    if (probe == nullptr) {
        expect(false, "popen");
        return found;
    }
    const int read = fscanf(probe, form, &found.resident_kb, &found.wakes_per_s, &found.threads,
                            &found.descriptors);
    expect(pclose(probe) == 0 && read == 4, "the probe of idle contexts");
    return found;
}

void idle(benchmark::State &state) {
    while (state.KeepRunning()) {
        const Found found = run_probe();
        state.counters["resident_kb"] = found.resident_kb;
        state.counters["wakes_per_s"] = found.wakes_per_s;
        state.counters["threads"] = found.threads;
        state.counters["descriptors"] = found.descriptors;
    }
}

BENCHMARK(idle)->Name("context/idle")->Iterations(1)->Repetitions(1)->UseRealTime();

} // namespace

int idle_probe() {
    Methods methods;
    register_library(methods); // what a process needs once is not the context's
    const uint64_t resident_before = resident_kb();
    const uint64_t threads_before = entries("/proc/self/task");
    const uint64_t descriptors_before = entries("/proc/self/fd");
    const Host host({.placement = Placement::free, .spin = true, .slots = contexts});
    for (uint32_t at = 0; at < contexts; at++) {
        serve_one_request(host, host.create());
    }
    std::this_thread::sleep_for(settle_time);
    const uint64_t sleeps_before = sleeps_of_weir();
    std::this_thread::sleep_for(idle_time);
    const uint64_t sleeps = sleeps_of_weir() - sleeps_before;
    const auto per_context = [](uint64_t after, uint64_t before) {
        return static_cast<double>(after - before) / contexts;
    };
    printf(form, per_context(resident_kb(), resident_before),
           static_cast<double>(sleeps) / static_cast<double>(idle_time.count()),
           per_context(entries("/proc/self/task"), threads_before),
           per_context(entries("/proc/self/fd"), descriptors_before));
    return 0;
}

} // namespace bench
