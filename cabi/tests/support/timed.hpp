/**
 * timed.hpp: tests on the injected clock. Time stands still but where a test lets it pass, so that
 * bounds are exact: what may not happen before a millisecond is looked for just before it, what
 * must happen by then is waited for after it.
 */
#pragma once

#include <optional>
#include <thread>

#include <gtest/gtest.h>

#include "support/host.hpp"
#include "support/port_test.hpp"
#include "support/quiet.hpp"

namespace weir::testing {

class TimedTest : public ::testing::Test {
  protected:
    TimedTest() { clear_faults(); }
    ~TimedTest() override { clear_faults(); }

    weir_pool_options queue_options() { return test_options(WEIR_DELIVER_QUEUE, queue.handle()); }

    /**
     * Let time pass in steps, so that threads look as often as they would. After each step all that
     * was due has been done.
     */
    void pass_ms(uint64_t milliseconds, uint64_t step_ms = 50) {
        EXPECT_TRUE(quiet());
        while (milliseconds > 0) {
            const uint64_t step = milliseconds < step_ms ? milliseconds : step_ms;
            clock.advance_ms(step);
            milliseconds -= step;
            EXPECT_TRUE(quiet());
        }
    }

    /** Let time pass at once. */
    void jump_ms(uint64_t milliseconds) { pass_ms(milliseconds, milliseconds); }

    bool collect(uint32_t kind, size_t number = 1) { return queue.collect(recorder, kind, number); }

    size_t count(uint32_t kind) {
        queue.drain_to(recorder);
        return recorder.count(kind);
    }

    FakeClock clock;
    HostLibrary library;
    HostQueue queue;
    Recorder recorder;
};

/** A test for each form of delivery; the recorder sees the records of all three. */
class DeliveryTest : public TimedTest, public ::testing::WithParamInterface<uint32_t> {
  protected:
    weir_pool_options options(uint32_t slots = 0) {
        const bool queued = GetParam() == WEIR_DELIVER_QUEUE;
        weir_pool_options made = test_options(GetParam(), queued ? queue.handle() : 0);
        made.max_slots = slots;
        return made;
    }
};

inline std::string delivery_name(const ::testing::TestParamInfo<uint32_t> &info) {
    static constexpr const char *names[] = {"", "queue", "callback", "direct"};
    return names[info.param];
}

inline auto every_delivery() {
    return ::testing::Values(uint32_t{WEIR_DELIVER_QUEUE}, uint32_t{WEIR_DELIVER_CALLBACK},
                             uint32_t{WEIR_DELIVER_DIRECT});
}

/**
 * weir_context_destroy_wait on a thread of its own. Made, the handle is dead; it is ended joined.
 */
class Destroying {
  public:
    explicit Destroying(weir_handle context) {
        thread_ = std::thread([this, context] {
            report_ = WEIR_DESTROY_REPORT_INIT;
            status_ = weir_context_destroy_wait(context, &report_);
            done_ = true;
        });
        EXPECT_TRUE(eventually(
            [&] { return done_ || weir_context_unlisten(context, 0) == WEIR_ERR_STALE_HANDLE; }));
    }
    ~Destroying() { join(); }
    Destroying(const Destroying &) = delete;
    Destroying &operator=(const Destroying &) = delete;

    bool is_done() const { return done_; }
    bool ends() {
        return eventually([this] { return is_done(); });
    }

    weir_status status() {
        join();
        return status_;
    }
    weir_destroy_report report() {
        join();
        return report_;
    }

  private:
    void join() {
        if (thread_.joinable()) {
            thread_.join();
        }
    }

    std::thread thread_;
    std::atomic<bool> done_{false};
    weir_status status_ = WEIR_OK;
    weir_destroy_report report_ = WEIR_DESTROY_REPORT_INIT;
};

} // namespace weir::testing
