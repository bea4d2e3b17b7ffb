/** One handler emits, the host takes batches out of the queue. */
#include "support.hpp"

namespace bench {

namespace {

void events(benchmark::State &state, const Setup &setup) {
    constexpr uint64_t each = 200'000;
    const Host host(setup);
    const weir_handle context = host.create();
    uint64_t listener = 0;
    expect_ok(weir_context_listen(context, "tick", 4, nullptr, 0, &listener),
              "weir_context_listen");
    weir_request request = host.echo_request(&each, sizeof each);
    request.method = host.methods().emit;
    weir_record records[256];
    while (state.KeepRunning()) {
        uint64_t id = 0;
        expect_ok(weir_request_send(context, &request, &id, nullptr), "weir_request_send");
        for (uint64_t taken = 0; taken < each + 1;) {
            taken += take_records(host.queue(), records, 256);
        }
    }
    state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * each));
    expect_ok(weir_context_destroy_wait(context, nullptr), "weir_context_destroy_wait");
}

constexpr Setup anywhere = {.placement = Placement::free, .spin = true};
constexpr Setup one_core = {.placement = Placement::one_core, .spin = true};
constexpr Setup two_cores = {.placement = Placement::two_cores, .spin = true};

BENCHMARK_CAPTURE(events, x, anywhere)->Name("events/one_emitter/queue")->UseRealTime();
BENCHMARK_CAPTURE(events, x, one_core)->Name("events/one_emitter/queue/one_core")->UseRealTime();
BENCHMARK_CAPTURE(events, x, two_cores)->Name("events/one_emitter/queue/two_cores")->UseRealTime();

} // namespace

} // namespace bench
