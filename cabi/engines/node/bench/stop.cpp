/** From a handler's limit until the next request of its context is answered. */
#include "engine_host.hpp"

namespace bench {

namespace {

/** A wedged handler is seen by looks, two of which must be before its limit to be in time. */
struct Way {
    bool by_timeout;
    uint32_t limit_ms;
    int stops;
};

constexpr Way by_timeout = {.by_timeout = true, .limit_ms = 20, .stops = 50};
constexpr Way by_wedged_ms = {.by_timeout = false, .limit_ms = 1'200, .stops = 8};

/** Send `while (true)` and an echo behind it; the time from the limit until the echo's answer. */
double overrun_ns(const EngineHost &host, weir_handle context, const weir_request &loop,
                  const weir_request &echo, const Way &way) {
    const weir_status expected = way.by_timeout ? WEIR_ERR_TIMED_OUT : WEIR_ERR_INTERRUPTED;
    uint64_t loop_id = 0;
    uint64_t echo_id = 0;
    constexpr uint64_t nanoseconds_per_millisecond = 1'000'000;
    const uint64_t limit = now_ns() + way.limit_ms * nanoseconds_per_millisecond;
    expect_ok(weir_request_send(context, &loop, &loop_id, nullptr), "send of loop");
    expect_ok(weir_request_send(context, &echo, &echo_id, nullptr), "send of echo");
    for (uint64_t answered_at = 0, answers = 0;;) {
        weir_record record;
        uint32_t count = 0;
        expect_ok(weir_queue_wait(host.queue(), &record, 1, WEIR_FOREVER, &count), "wait");
        if (count == 1 && record.kind == WEIR_RECORD_RESPONSE) {
            answers++;
            if (record.id == echo_id) {
                answered_at = now_ns();
                expect_ok(record.status, "echo after a stop");
            } else {
                expect(record.status == expected, "the status of what was stopped");
            }
        }
        weir_records_release(&record, count);
        if (answers == 2) {
            return static_cast<double>(answered_at) - static_cast<double>(limit);
        }
    }
}

void measure(const Task &task, const EngineLibrary &library, const Way &way) {
    const EngineHost host(library.handle(), [&way](weir_pool_options &options) {
        options.slow_ms = WEIR_OFF;
        options.wedged_ms = way.by_timeout ? WEIR_OFF : way.limit_ms;
        options.on_wedged = WEIR_ON_WEDGED_INTERRUPT;
    });
    const weir_handle context = host.create();
    weir_request loop = WEIR_REQUEST_INIT;
    loop.method = library.method("loop");
    loop.timeout_ms = way.by_timeout ? way.limit_ms : 0;
    weir_request echo = WEIR_REQUEST_INIT;
    echo.method = library.method("echo");
    Samples samples;
    for (int stop = -1; stop < way.stops; stop++) {
        const double time = overrun_ns(host, context, loop, echo, way);
        if (stop >= 0) {
            samples.add(time);
        }
    }
    destroy(context);
    report(placed(way.by_timeout ? "stop/timeout" : "stop/wedged", task.placement),
           samples.percentile(0.5), 0,
           {{"p99_ns", samples.percentile(0.99)}, {"most_ns", samples.percentile(1)}});
}

} // namespace

void stop_part(const Task &task) {
    const EngineLibrary library(task.library);
    const Placed placed(task.placement);
    measure(task, library, by_timeout);
    measure(task, library, by_wedged_ms);
}

} // namespace bench
