/** Owner after owner: of one environment, and each with an environment of its own. */
#include <malloc.h>

#include "engine_host.hpp"

namespace bench {

namespace {

constexpr double nanoseconds_per_second = 1e9;

/** How memory grows with a count: the slope of the straight line that fits best. */
class Slope {
  public:
    void add(double count, double bytes) {
        counts_.push_back(count);
        bytes_.push_back(bytes);
    }

    double bytes_each() const {
        const auto size = static_cast<double>(counts_.size());
        double count = 0;
        double bytes = 0;
        for (size_t at = 0; at < counts_.size(); at++) {
            count += counts_[at] / size;
            bytes += bytes_[at] / size;
        }
        double both = 0;
        double square = 0;
        for (size_t at = 0; at < counts_.size(); at++) {
            both += (counts_[at] - count) * (bytes_[at] - bytes);
            square += (counts_[at] - count) * (counts_[at] - count);
        }
        return square == 0 ? 0 : both / square;
    }

    double first() const { return bytes_.empty() ? 0 : bytes_.front(); }
    double last() const { return bytes_.empty() ? 0 : bytes_.back(); }

  private:
    std::vector<double> counts_;
    std::vector<double> bytes_;
};

/** Bytes that are in use of the C heap: what a leak of C++ or of Node shows in, without noise. */
double heap_bytes() { return static_cast<double>(mallinfo2().uordblks); }

void report_slopes(const std::string &name, double nanoseconds, double count, const Slope &resident,
                   const Slope &heap) {
    report(name, nanoseconds / count, count * nanoseconds_per_second / nanoseconds,
           {{"resident_bytes_each", resident.bytes_each()},
            {"heap_bytes_each", heap.bytes_each()},
            {"resident_first", resident.first()},
            {"resident_last", resident.last()}});
}

} // namespace

/**
 * One slot, one environment, one owner after the other; each is waited for. Each sends a request:
 * the worker makes no instance for an owner that is gone before it has begun.
 */
void cycles_part(const Task &task) {
    constexpr int warm = 100'000; // until V8's young generation has its size
    constexpr int cycles = 20'000;
    constexpr int between_looks = 500;
    const EngineLibrary library(task.library);
    const uint32_t instances = library.method("instances");
    const Placed place(task.placement);
    const EngineHost host(library.handle(), [](weir_pool_options &) {});
    place.to_worker_side();
    host.prepare(1);
    place.to_host_side();
    Slope resident;
    Slope heap;
    std::string made;
    uint64_t took = 0;
    for (int cycle = -warm; cycle < cycles; cycle++) {
        if (cycle >= 0 && cycle % between_looks == 0) {
            resident.add(cycle, resident_bytes());
            heap.add(cycle, heap_bytes());
        }
        const uint64_t began = now_ns();
        const weir_handle context = host.create();
        made = ask(context, instances, "");
        destroy(context);
        took += cycle < 0 ? 0 : now_ns() - began;
    }
    expect(made == std::to_string(warm + cycles), "one environment for all owners");
    report_slopes(placed("cycles/instance", task.placement), static_cast<double>(took), cycles,
                  resident, heap);
}

/** Each owner has an environment of its own: it must find that it is the first. */
void environments_part(const Task &task) {
    constexpr int warm = 100;
    constexpr int most_cycles = 1'000;
    constexpr uint64_t most_ns = 60'000'000'000; // on a busy machine the growth is that of fewer
    constexpr int between_looks = 20;
    constexpr uint32_t slots = 3; // two are built, the third is in use
    const EngineLibrary library(task.library);
    const uint32_t instances = library.method("instances");
    const Placed place(task.placement);
    const EngineHost host(library.handle(), [](weir_pool_options &options) {
        options.isolation = WEIR_ISOLATION_ENVIRONMENT;
        options.max_slots = slots;
        options.min_clean = slots;
    });
    Slope resident;
    Slope heap;
    weir_record records[64];
    uint64_t began = now_ns();
    int cycles = 0;
    for (int cycle = -warm; cycle < most_cycles && now_ns() - began < most_ns; cycle++) {
        if (cycle == 0) {
            began = now_ns();
        }
        cycles = cycle + 1;
        if (cycle >= 0 && cycle % between_looks == 0) {
            resident.add(cycle, resident_bytes());
            heap.add(cycle, heap_bytes());
        }
        const weir_handle context = host.create();
        expect(ask(context, instances, "") == "1", "an environment of its own");
        expect_ok(weir_context_destroy(context), "weir_context_destroy");
        uint32_t count = 0;
        expect_ok(weir_queue_drain(host.queue(), records, 64, &count), "weir_queue_drain");
        weir_records_release(records, count);
    }
    report_slopes(placed("cycles/environment", task.placement),
                  static_cast<double>(now_ns() - began), cycles, resident, heap);
}

} // namespace bench
