/** 64 bytes there and back: by a TypeScript handler and by a native one, in turns. */
#include <memory>

#include "engine_host.hpp"

namespace bench {

namespace {

constexpr size_t length = 64;
constexpr uint32_t most_records = 64;
constexpr int rounds = 9;

/** One context with one method, and what was measured of it. */
class Subject {
  public:
    Subject(weir_handle library, uint32_t method, const Placed &placed, uint32_t spin_us)
        : host_(library, [spin_us](weir_pool_options &options) { options.spin_us = spin_us; }) {
        placed.to_worker_side();
        host_.prepare(1);
        placed.to_host_side();
        context_ = host_.create();
        for (weir_request &request : requests_) {
            request = WEIR_REQUEST_INIT;
            request.method = method;
            request.data = payload_;
            request.length = length;
        }
    }

    void round_trips(uint64_t for_ns) {
        // A look at the clock is a good part of a trip that nobody sleeps in.
        constexpr uint32_t parts = 8;
        Samples samples;
        const uint64_t end = now_ns() + for_ns;
        for (samples.start(); now_ns() < end; samples.tick(parts)) {
            for (uint32_t part = 0; part < parts; part++) {
                uint64_t id = 0;
                expect_ok(weir_request_send(context_, requests_, &id, nullptr), "send");
                while (take_records(host_.queue(), records_, 1) == 0) {
                }
            }
        }
        times_.push_back(samples.percentile(0.5));
    }

    /** As many are sent as were answered, so that `outstanding` are always on their way. */
    void window(uint32_t outstanding, uint64_t for_ns) {
        uint64_t answered = 0;
        send(outstanding);
        const uint64_t began = now_ns();
        uint64_t now = began;
        for (; now < began + for_ns; now = now_ns()) {
            const uint32_t taken = take_records(host_.queue(), records_, most_records);
            answered += taken;
            send(taken);
        }
        times_.push_back(static_cast<double>(now - began) / static_cast<double>(answered));
        for (uint32_t left = outstanding; left > 0;) {
            left -= take_records(host_.queue(), records_, most_records);
        }
    }

    void forget() { times_.clear(); }
    double time() const { return median(times_); }
    uint64_t wakes() const { return host_.stats().worker_wakes + host_.stats().watch_wakes; }

    ~Subject() { destroy(context_); }
    Subject(const Subject &) = delete;
    Subject &operator=(const Subject &) = delete;

  private:
    void send(uint32_t count) {
        uint32_t accepted = 0;
        expect_ok(weir_request_send_batch(context_, requests_, count, nullptr, &accepted, nullptr),
                  "weir_request_send_batch");
    }

    EngineHost host_;
    weir_handle context_ = 0;
    char payload_[length] = {};
    weir_request requests_[most_records];
    weir_record records_[most_records];
    std::vector<double> times_;
};

constexpr uint64_t warm_up_ns = 300'000'000;
constexpr uint64_t round_ns = 150'000'000;

/** Each round measures all subjects one after the other. */
template <class Measure>
void compare(const Task &task, const std::string &name, uint32_t spin_us, Measure measure) {
    const EngineLibrary library(task.library);
    const Placed placed(task.placement);
    Methods methods;
    const weir_handle native = register_library(methods);
    struct Row {
        const char *who;
        weir_handle library;
        uint32_t method;
    };
    const Row rows[] = {{"native", native, methods.echo},
                        {"engine", library.handle(), library.method("echo")},
                        {"engine_later", library.handle(), library.method("echoLater")}};
    std::vector<std::unique_ptr<Subject>> subjects;
    for (const Row &row : rows) {
        subjects.push_back(std::make_unique<Subject>(row.library, row.method, placed, spin_us));
        measure(*subjects.back(), warm_up_ns);
        subjects.back()->forget();
    }
    for (int round = 0; round < rounds; round++) {
        for (const auto &subject : subjects) {
            measure(*subject, round_ns);
        }
    }
    for (size_t at = 0; at < subjects.size(); at++) {
        const double time = subjects[at]->time();
        constexpr double nanoseconds_per_second = 1e9;
        report(bench::placed((name + "/" + rows[at].who).c_str(), task.placement), time,
               nanoseconds_per_second / time);
    }
}

void round_trips(Subject &subject, uint64_t for_ns) { subject.round_trips(for_ns); }
void window_64(Subject &subject, uint64_t for_ns) { subject.window(most_records, for_ns); }

} // namespace

void echo_part(const Task &task) {
    compare(task, "echo", WEIR_OFF, round_trips);
    if (task.placement == Placement::two_cores) {
        compare(task, "echo_spin", 0, round_trips);
    }
}

/** What a context costs that has answered and has nothing to do: processor time and wake-ups. */
void idle_part(const Task &task) {
    const EngineLibrary library(task.library);
    const Placed placed(task.placement);
    Subject subject(library.handle(), library.method("echo"), placed, 0);
    subject.window(most_records, warm_up_ns);
    const timespec pause = {.tv_sec = 1, .tv_nsec = 0};
    nanosleep(&pause, nullptr); // V8 tidies up after work
    const uint64_t busy = processor_ns();
    const uint64_t wakes = subject.wakes();
    nanosleep(&pause, nullptr);
    constexpr double nanoseconds_per_millisecond = 1e6;
    report(bench::placed("idle", task.placement), 0, 0,
           {{"wakes_per_s", static_cast<double>(subject.wakes() - wakes)},
            {"processor_ms_per_s",
             static_cast<double>(processor_ns() - busy) / nanoseconds_per_millisecond}});
}

void window_part(const Task &task) { compare(task, "window", 0, window_64); }

} // namespace bench
