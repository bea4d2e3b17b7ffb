#include "engine_host.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace bench {

EngineLibrary::EngineLibrary(const std::string &path) {
    weir_error error = WEIR_ERROR_INIT;
    if (weir_library_load(path.data(), path.size(), &handle_, &error) != WEIR_OK) {
        fprintf(stderr, "weir_engine_bench: %s: %s\n", path.c_str(), error.message);
        exit(1);
    }
}

uint32_t EngineLibrary::method(const char *name) const {
    uint32_t number = 0;
    expect_ok(weir_library_method(handle_, name, strlen(name), &number), name);
    return number;
}

EngineHost::EngineHost(weir_handle library, const Tune &tune) {
    weir_queue_options queue_options = WEIR_QUEUE_OPTIONS_INIT;
    queue_options.spin_us = WEIR_OFF;
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    options.max_slots = 1;
    options.spin_us = WEIR_OFF;
    options.idle_timeout_ms = WEIR_OFF;
    tune(options);
    if (options.spin_us != WEIR_OFF) {
        queue_options.spin_us = options.spin_us;
    }
    expect_ok(weir_queue_create(&queue_options, &queue_, nullptr), "weir_queue_create");
    options.queue = queue_;
    expect_ok(weir_pool_create(library, &options, &pool_, nullptr), "weir_pool_create");
}

EngineHost::~EngineHost() {
    expect_ok(weir_pool_close_wait(pool_, 0, nullptr), "weir_pool_close_wait");
    expect_ok(weir_queue_close(queue_), "weir_queue_close");
}

void EngineHost::prepare(uint32_t slots) const {
    expect_ok(weir_pool_prewarm(pool_, slots, nullptr), "weir_pool_prewarm");
}

weir_handle EngineHost::create() const {
    weir_handle context = 0;
    expect_ok(weir_context_create_wait(pool_, nullptr, WEIR_FOREVER, &context, nullptr), "create");
    return context;
}

weir_pool_stats EngineHost::stats() const {
    weir_pool_stats stats = {};
    stats.struct_size = sizeof stats;
    expect_ok(weir_pool_stats_get(pool_, &stats), "weir_pool_stats_get");
    return stats;
}

void destroy(weir_handle context) {
    expect_ok(weir_context_destroy_wait(context, nullptr), "weir_context_destroy_wait");
}

std::string ask(weir_handle context, uint32_t method, const std::string &payload) {
    weir_request request = WEIR_REQUEST_INIT;
    request.method = method;
    request.data = payload.data();
    request.length = payload.size();
    weir_record record;
    expect_ok(weir_request_wait(context, &request, &record, nullptr), "weir_request_wait");
    std::string answer(static_cast<const char *>(record.data), record.length);
    expect_ok(record.status, answer.c_str());
    weir_records_release(&record, 1);
    return answer;
}

uint64_t processor_ns() {
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    constexpr uint64_t nanoseconds_per_second = 1'000'000'000;
    return static_cast<uint64_t>(time.tv_sec) * nanoseconds_per_second +
           static_cast<uint64_t>(time.tv_nsec);
}

double resident_bytes() {
    FILE *file = fopen("/proc/self/statm", "r");
    expect(file != nullptr, "/proc/self/statm");
    long pages = 0;
    expect(fscanf(file, "%*d %ld", &pages) == 1, "/proc/self/statm");
    fclose(file);
    return static_cast<double>(pages) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values.empty() ? 0 : values[values.size() / 2];
}

void report(const std::string &name, double nanoseconds, double per_second, Counters counters) {
    printf(R"({"name":"%s","ns":%.1f,"rate":%.1f,"counters":{)", name.c_str(), nanoseconds,
           per_second);
    const char *separator = "";
    for (const auto &[counter, value] : counters) {
        printf(R"(%s"%s":%.3f)", separator, counter, value);
        separator = ",";
    }
    printf("}}\n");
    fflush(stdout);
}

std::string placed(const char *name, Placement placement) {
    const char *const names[] = {"one_core", "two_cores", "free"};
    return std::string(name) + "/" + names[static_cast<int>(placement)];
}

} // namespace bench
