#include "support.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace bench {

namespace {

void echo(weir_call call, void *, const void *data, size_t length) {
    weir_call_resolve(call, data, length);
}

void emit(weir_call call, void *, const void *data, size_t length) {
    uint64_t left = 0;
    expect(length == sizeof left, "the payload of emit");
    memcpy(&left, data, sizeof left);
    const weir_instance instance = weir_call_instance(call);
    char payload[64] = {};
    constexpr uint32_t patience_ms = 10'000;
    for (; left > 0; left--) {
        expect_ok(weir_emit(instance, "tick", 4, payload, sizeof payload, patience_ms), "emit");
    }
    weir_call_resolve(call, nullptr, 0);
}

constexpr weir_method methods_table[] = {{"echo", echo}, {"emit", emit}};

constexpr weir_library_definition definition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = WEIR_ABI_VERSION,
    .name = "bench",
    .version = "1.0.0",
    .methods = methods_table,
    .method_count = 2,
    .reserved = 0,
    .create = nullptr,
    .destroy = nullptr,
};

uint32_t method_number(weir_handle library, const char *name) {
    uint32_t number = 0;
    expect_ok(weir_library_method(library, name, strlen(name), &number), name);
    return number;
}

void go_to(const cpu_set_t &processors) {
    expect(sched_setaffinity(0, sizeof processors, &processors) == 0, "sched_setaffinity");
}

/** The `number`th of the processors that may be used, or the last one. */
cpu_set_t one_of(const cpu_set_t &allowed, int number) {
    int chosen = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && number >= 0; cpu++) {
        if (CPU_ISSET(cpu, &allowed)) {
            chosen = cpu;
            number--;
        }
    }
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(chosen, &one);
    return one;
}

} // namespace

Placed::Placed(Placement placement) {
    expect(sched_getaffinity(0, sizeof before_, &before_) == 0, "sched_getaffinity");
    const bool free = placement == Placement::free;
    host_side_ = free ? before_ : one_of(before_, 0);
    worker_side_ = placement == Placement::two_cores ? one_of(before_, 1) : host_side_;
    to_host_side();
}

Placed::~Placed() { sched_setaffinity(0, sizeof before_, &before_); }

void Placed::to_host_side() const { go_to(host_side_); }

void Placed::to_worker_side() const { go_to(worker_side_); }

void expect(bool condition, const char *what) {
    if (!condition) {
        fprintf(stderr, "weir_bench: failed: %s\n", what);
        exit(1);
    }
}

void expect_ok(weir_status status, const char *what) {
    if (status != WEIR_OK) {
        fprintf(stderr, "weir_bench: failed: %s: %s\n", what, weir_status_name(status));
        exit(1);
    }
}

uint64_t now_ns() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    constexpr uint64_t nanoseconds_per_second = 1'000'000'000;
    return static_cast<uint64_t>(time.tv_sec) * nanoseconds_per_second +
           static_cast<uint64_t>(time.tv_nsec);
}

void Sleeper::wake() {
    if (asleep_.load(std::memory_order_seq_cst) == 1 && asleep_.exchange(0) == 1) {
        syscall(SYS_futex, &asleep_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }
}

void Sleeper::wait() { syscall(SYS_futex, &asleep_, FUTEX_WAIT_PRIVATE, 1, nullptr, nullptr, 0); }

void Samples::add(double nanoseconds) {
    if (times_.size() < most) {
        times_.push_back(nanoseconds);
    } else {
        times_[next_++ % most] = nanoseconds;
    }
}

double Samples::percentile(double share) const {
    if (times_.empty()) {
        return 0;
    }
    std::vector<double> sorted = times_;
    const auto place = static_cast<size_t>(share * static_cast<double>(sorted.size() - 1));
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<ptrdiff_t>(place), sorted.end());
    return sorted[place];
}

void Samples::report(benchmark::State &state) const {
    state.counters["p50_ns"] = percentile(0.5);
    state.counters["p99_ns"] = percentile(0.99);
}

weir_handle register_library(Methods &methods) {
    weir_handle library = 0;
    expect_ok(weir_library_register(&definition, &library, nullptr), "weir_library_register");
    methods.echo = method_number(library, "echo");
    methods.emit = method_number(library, "emit");
    return library;
}

Host::Host(const Setup &setup) : placed_(setup.placement) {
    library_ = register_library(methods_);
    weir_queue_options queue_options = WEIR_QUEUE_OPTIONS_INIT;
    queue_options.spin_us = setup.spin ? 0 : WEIR_OFF;
    expect_ok(weir_queue_create(&queue_options, &queue_, nullptr), "weir_queue_create");
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = setup.delivery;
    options.queue = setup.delivery == WEIR_DELIVER_QUEUE ? queue_ : 0;
    options.callback = setup.callback;
    options.max_slots = setup.slots;
    options.spin_us = setup.spin ? 0 : WEIR_OFF;
    expect_ok(weir_pool_create(library_, &options, &pool_, nullptr), "weir_pool_create");
    placed_.to_worker_side();
    expect_ok(weir_pool_prewarm(pool_, setup.slots, nullptr), "weir_pool_prewarm");
    placed_.to_host_side();
}

Host::~Host() {
    expect_ok(weir_pool_close_wait(pool_, 0, nullptr), "weir_pool_close_wait");
    expect_ok(weir_queue_close(queue_), "weir_queue_close");
    expect_ok(weir_library_close(library_), "weir_library_close");
}

weir_handle Host::create() const {
    weir_handle context = 0;
    expect_ok(weir_context_create(pool_, nullptr, &context, nullptr), "weir_context_create");
    return context;
}

weir_request Host::echo_request(const void *data, size_t length) const {
    weir_request request = WEIR_REQUEST_INIT;
    request.method = methods_.echo;
    request.data = data;
    request.length = length;
    return request;
}

uint32_t take_records(weir_handle queue, weir_record *records, uint32_t capacity) {
    uint32_t count = 0;
    expect_ok(weir_queue_wait(queue, records, capacity, WEIR_FOREVER, &count), "weir_queue_wait");
    expect_ok(weir_records_release(records, count), "weir_records_release");
    return count;
}

} // namespace bench
