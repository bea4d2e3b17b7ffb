/** Create and destroy: of a slot that exists, and of one that is built for it. */
#include "support.hpp"

namespace bench {

namespace {

void create_destroy_wait(benchmark::State &state, const Setup &setup) {
    const Host host(setup);
    const auto cycle = [&host] {
        expect_ok(weir_context_destroy_wait(host.create(), nullptr), "weir_context_destroy_wait");
    };
    for (int warm = 0; warm < 200; warm++) {
        cycle();
    }
    Samples samples;
    samples.start();
    while (state.KeepRunning()) {
        cycle();
        samples.tick();
    }
    samples.report(state);
}

/** Create and destroy at once; look for DESTROYED records only when there is no slot. */
void create_destroy(benchmark::State &state, const Setup &setup) {
    const Host host(setup);
    weir_record records[64];
    uint64_t destroyed = 0;
    uint64_t begun = 0;
    const auto cycle = [&] {
        for (;;) {
            weir_handle context = 0;
            const weir_status status = weir_context_create(host.pool(), nullptr, &context, nullptr);
            if (status == WEIR_OK) {
                expect_ok(weir_context_destroy(context), "weir_context_destroy");
                begun++;
                return;
            }
            expect(status == WEIR_ERR_POOL_EXHAUSTED, "weir_context_create");
            destroyed += take_records(host.queue(), records, 64);
        }
    };
    while (state.KeepRunning()) {
        cycle();
    }
    while (destroyed < begun) {
        destroyed += take_records(host.queue(), records, 64);
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}

/** A fresh pool each time, so that each create builds a slot. */
void cold_create(benchmark::State &state, bool until_response) {
    constexpr double nanoseconds_per_second = 1e9;
    const Placed placed(Placement::one_core);
    Methods methods;
    const weir_handle library = register_library(methods);
    weir_handle queue = 0;
    expect_ok(weir_queue_create(nullptr, &queue, nullptr), "weir_queue_create");
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = queue;
    weir_request request = WEIR_REQUEST_INIT;
    request.method = methods.echo;
    Samples samples;
    while (state.KeepRunning()) {
        weir_handle pool = 0;
        weir_handle context = 0;
        weir_record record;
        expect_ok(weir_pool_create(library, &options, &pool, nullptr), "weir_pool_create");
        const uint64_t began = now_ns();
        expect_ok(weir_context_create(pool, nullptr, &context, nullptr), "weir_context_create");
        uint64_t ended = now_ns();
        expect_ok(weir_request_wait(context, &request, &record, nullptr), "weir_request_wait");
        if (until_response) {
            ended = now_ns();
        }
        weir_records_release(&record, 1);
        expect_ok(weir_context_destroy_wait(context, nullptr), "weir_context_destroy_wait");
        expect_ok(weir_pool_close_wait(pool, 0, nullptr), "weir_pool_close_wait");
        const auto took = static_cast<double>(ended - began);
        samples.add(took);
        state.SetIterationTime(took / nanoseconds_per_second);
    }
    samples.report(state);
    expect_ok(weir_queue_close(queue), "weir_queue_close");
    expect_ok(weir_library_close(library), "weir_library_close");
}

constexpr Setup one_core = {.placement = Placement::one_core};
constexpr Setup two_cores = {.placement = Placement::two_cores, .spin = true};
constexpr Setup eight_free = {.placement = Placement::free, .spin = true, .slots = 8};
constexpr Setup eight_one_core = {.placement = Placement::one_core, .spin = true, .slots = 8};
constexpr Setup eight_two_cores = {.placement = Placement::two_cores, .spin = true, .slots = 8};

BENCHMARK_CAPTURE(create_destroy_wait, x, one_core)
    ->Name("context/create_destroy_wait/one_core")
    ->UseRealTime();
BENCHMARK_CAPTURE(create_destroy_wait, x, two_cores)
    ->Name("context/create_destroy_wait/two_cores_spin")
    ->UseRealTime();
BENCHMARK_CAPTURE(create_destroy, x, eight_free)
    ->Name("context/create_destroy/8_slots")
    ->UseRealTime();
BENCHMARK_CAPTURE(create_destroy, x, eight_one_core)
    ->Name("context/create_destroy/8_slots/one_core")
    ->UseRealTime();
BENCHMARK_CAPTURE(create_destroy, x, eight_two_cores)
    ->Name("context/create_destroy/8_slots/two_cores")
    ->UseRealTime();
BENCHMARK_CAPTURE(cold_create, x, false)->Name("context/cold_create/one_core")->UseManualTime();
BENCHMARK_CAPTURE(cold_create, x, true)
    ->Name("context/cold_create_response/one_core")
    ->UseManualTime();

} // namespace

} // namespace bench
