/** Round trips with one request outstanding. */
#include "support.hpp"

namespace bench {

namespace {

enum class Way : uint8_t { queue, wait };

void round_trip(benchmark::State &state, const Setup &setup, Way way, size_t length) {
    const Host host(setup);
    const weir_handle context = host.create();
    const std::vector<char> payload(length, 1);
    const weir_request request = host.echo_request(payload.data(), length);
    weir_record records[16];
    const auto exchange = [&] {
        if (way == Way::wait) {
            expect_ok(weir_request_wait(context, &request, records, nullptr), "weir_request_wait");
            weir_records_release(records, 1);
            return;
        }
        uint64_t id = 0;
        expect_ok(weir_request_send(context, &request, &id, nullptr), "weir_request_send");
        while (take_records(host.queue(), records, 16) == 0) {
        }
    };
    for (int warm = 0; warm < 200; warm++) {
        exchange();
    }
    // A look at the clock is a good part of a trip that nobody sleeps in.
    const uint32_t parts = setup.spin ? 16 : 1;
    uint32_t part = 0;
    Samples samples;
    samples.start();
    while (state.KeepRunning()) {
        exchange();
        if (++part == parts) {
            samples.tick(parts);
            part = 0;
        }
    }
    samples.report(state);
    expect_ok(weir_context_destroy_wait(context, nullptr), "weir_context_destroy_wait");
}

constexpr Setup one_core = {.placement = Placement::one_core, .spin = false};
constexpr Setup one_core_spin = {.placement = Placement::one_core, .spin = true};
constexpr Setup two_cores = {.placement = Placement::two_cores, .spin = false};
constexpr Setup two_cores_spin = {.placement = Placement::two_cores, .spin = true};
constexpr size_t small = 64;
constexpr size_t large = size_t{64} * 1024;

#define ROUND_TRIP(name, setup, way, length)                                                       \
    BENCHMARK_CAPTURE(round_trip, x, setup, way, length)->Name(name)->UseRealTime()

ROUND_TRIP("request/round_trip/64/one_core", one_core, Way::queue, small);
ROUND_TRIP("request/round_trip/64/one_core_spin", one_core_spin, Way::queue, small);
ROUND_TRIP("request/round_trip/64/two_cores", two_cores, Way::queue, small);
ROUND_TRIP("request/round_trip/64/two_cores_spin", two_cores_spin, Way::queue, small);
ROUND_TRIP("request/wait/64/one_core", one_core, Way::wait, small);
ROUND_TRIP("request/wait/64/one_core_spin", one_core_spin, Way::wait, small);
ROUND_TRIP("request/wait/64/two_cores", two_cores, Way::wait, small);
ROUND_TRIP("request/wait/64/two_cores_spin", two_cores_spin, Way::wait, small);
ROUND_TRIP("request/round_trip/64KiB/one_core", one_core, Way::queue, large);

} // namespace

} // namespace bench
