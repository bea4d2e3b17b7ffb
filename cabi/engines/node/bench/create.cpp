/** Contexts of a TypeScript library: from a slot that is clean, and from nothing. */
#include "engine_host.hpp"

namespace bench {

namespace {

const std::string payload(64, 'x');

void until_prepared(const EngineHost &host) {
    while (host.stats().slots_prepared == 0) {
        const timespec pause = {.tv_sec = 0, .tv_nsec = 50'000};
        nanosleep(&pause, nullptr);
    }
}

} // namespace

/**
 * From a clean slot: the time of weir_context_create; until the first answer, which is when the
 * instance was made; and the round trip of a request to an instance that exists.
 */
void create_part(const Task &task) {
    constexpr int warm = 200;
    constexpr int cycles = 1'500;
    const EngineLibrary library(task.library);
    const uint32_t echo = library.method("echo");
    const Placed place(task.placement);
    const EngineHost host(library.handle(),
                          [](weir_pool_options &options) { options.min_clean = 1; });
    place.to_worker_side();
    host.prepare(1);
    place.to_host_side();
    Samples handle;
    Samples first_answer;
    Samples trip;
    Samples end;
    for (int cycle = -warm; cycle < cycles; cycle++) {
        until_prepared(host);
        const uint64_t began = now_ns();
        const weir_handle context = host.create();
        const uint64_t created = now_ns();
        ask(context, echo, payload);
        const uint64_t answered = now_ns();
        ask(context, echo, payload);
        const uint64_t again = now_ns();
        destroy(context);
        if (cycle >= 0) {
            handle.add(static_cast<double>(created - began));
            first_answer.add(static_cast<double>(answered - began));
            trip.add(static_cast<double>(again - answered));
            end.add(static_cast<double>(now_ns() - again));
        }
    }
    report(placed("create/handle", task.placement), handle.percentile(0.5), 0,
           {{"p99_ns", handle.percentile(0.99)}});
    report(placed("create/first_answer", task.placement), first_answer.percentile(0.5), 0,
           {{"p99_ns", first_answer.percentile(0.99)}});
    report(placed("create/round_trip", task.placement), trip.percentile(0.5), 0);
    report(placed("create/destroy_wait", task.placement), end.percentile(0.5), 0);
}

/** A pool without slots: threads, an environment, the bundle, an instance and its first answer. */
void cold_part(const Task &task) {
    constexpr int warm = 2;
    constexpr int cycles = 12;
    const EngineLibrary library(task.library);
    const uint32_t echo = library.method("echo");
    const Placed place(task.placement);
    Samples first_answer;
    for (int cycle = -warm; cycle < cycles; cycle++) {
        const EngineHost host(library.handle(), [](weir_pool_options &) {});
        const uint64_t began = now_ns();
        const weir_handle context = host.create();
        ask(context, echo, payload);
        if (cycle >= 0) {
            first_answer.add(static_cast<double>(now_ns() - began));
        }
        destroy(context);
    }
    report(placed("create/cold", task.placement), first_answer.percentile(0.5), 0);
}

} // namespace bench
