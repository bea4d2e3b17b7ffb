#include "runtime/settings.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/limits.hpp"
#include "support/port_test.hpp"

namespace weir {

namespace {

constexpr uint64_t ms = nanoseconds_per_ms;

void nothing(const weir_record *, uintptr_t) {}

weir_pool_options queue_options() {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = 7;
    return options;
}

Settings read(const weir_pool_options &options) {
    Settings settings;
    char words[200];
    Text reason(words, sizeof words);
    EXPECT_EQ(read_settings(options, settings, reason), WEIR_OK) << words;
    return settings;
}

/** The complaint about `options`, or "" when there is none. */
std::string complaint(const weir_pool_options &options) {
    Settings settings;
    char words[200];
    Text reason(words, sizeof words);
    const weir_status status = read_settings(options, settings, reason);
    EXPECT_EQ(status, reason.length() == 0 ? WEIR_OK : WEIR_ERR_INVALID_ARGUMENT);
    return words;
}

/** The name that the complaint begins with, when one option is changed. */
template <class Change> std::string refused_option(Change change) {
    weir_pool_options options = queue_options();
    change(options);
    const std::string words = complaint(options);
    return words.substr(0, words.find(':'));
}

} // namespace

/** H: every default. */
TEST(Settings, zero_is_the_default) {
    const Settings settings = read(queue_options());
    EXPECT_EQ(settings.delivery, Delivery::queue);
    EXPECT_EQ(settings.max_slots, 32u);
    EXPECT_EQ(settings.min_idle, 0u);
    EXPECT_EQ(settings.max_uses, 0u);
    EXPECT_EQ(settings.max_age_ns, port::never);
    EXPECT_EQ(settings.idle_timeout_ns, 600'000 * ms);
    EXPECT_EQ(settings.drain_ns, 1'500 * ms);
    EXPECT_EQ(settings.cancel_ns, 1'500 * ms);
    EXPECT_EQ(settings.teardown_ns, 2'000 * ms);
    EXPECT_EQ(settings.watch.slow_ns, 1'000 * ms);
    EXPECT_EQ(settings.watch.wedged_ns, 5'000 * ms);
    EXPECT_EQ(settings.watch.check_ns, 500 * ms);
    EXPECT_FALSE(settings.interrupt_wedged);
    EXPECT_EQ(settings.max_requests, 4'096u);
    EXPECT_EQ(settings.max_request_units * limits::byte_unit, size_t{64} << 20);
    EXPECT_EQ(settings.max_events, 1'024u);
    EXPECT_EQ(settings.max_payload, 16u << 20);
    EXPECT_EQ(settings.spin_ns, 20'000u);
    EXPECT_EQ(settings.stack_size, size_t{1} << 20);
    EXPECT_EQ(settings.leak_threshold_ns, 0u);
}

TEST(Settings, off_switches_off) {
    weir_pool_options options = queue_options();
    options.idle_timeout_ms = WEIR_OFF;
    options.drain_ms = WEIR_OFF;
    options.cancel_ms = WEIR_OFF;
    options.slow_ms = WEIR_OFF;
    options.wedged_ms = WEIR_OFF;
    options.spin_us = WEIR_OFF;
    const Settings settings = read(options);
    EXPECT_EQ(settings.idle_timeout_ns, port::never);
    EXPECT_EQ(settings.drain_ns, 0u);
    EXPECT_EQ(settings.cancel_ns, 0u);
    EXPECT_EQ(settings.watch.slow_ns, port::never);
    EXPECT_EQ(settings.watch.wedged_ns, port::never);
    EXPECT_EQ(settings.spin_ns, 0u);
}

TEST(Settings, values_are_taken_over_up_to_their_limits) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_DIRECT;
    options.callback = nothing;
    options.max_slots = WEIR_SLOTS_MAX;
    options.min_idle = WEIR_SLOTS_MAX;
    options.max_requests = limits::max_requests;
    options.max_events = limits::max_events;
    options.max_payload = INT32_MAX;
    options.max_request_bytes = uint64_t{8} << 30;
    options.stack_size = limits::min_stack;
    options.spin_us = limits::longest_spin_us;
    options.leak_threshold_ms = limits::min_leak_threshold_ms;
    options.on_wedged = WEIR_ON_WEDGED_INTERRUPT;
    options.drain_ms = 1;
    options.max_age_ms = 1;
    options.idle_timeout_ms = UINT32_MAX - 1;
    const Settings settings = read(options);
    EXPECT_EQ(settings.delivery, Delivery::direct);
    EXPECT_EQ(settings.callback, nothing);
    EXPECT_EQ(settings.max_slots, 1'024u);
    EXPECT_EQ(settings.max_request_units, 1u << 23);
    EXPECT_EQ(settings.drain_ns, 1 * ms);
    EXPECT_EQ(settings.max_age_ns, 1 * ms);
    EXPECT_EQ(settings.idle_timeout_ns, (uint64_t{UINT32_MAX} - 1) * ms);
    EXPECT_TRUE(settings.interrupt_wedged);
}

TEST(Settings, bytes_are_rounded_up_to_a_whole_unit) {
    weir_pool_options options = queue_options();
    options.max_request_bytes = 1;
    EXPECT_EQ(read(options).max_request_units, 1u);
    options.max_request_bytes = limits::byte_unit + 1;
    EXPECT_EQ(read(options).max_request_units, 2u);
}

TEST(Settings, each_bad_option_is_named) {
    using Options = weir_pool_options;
    EXPECT_EQ(refused_option([](Options &o) { o.delivery = 0; }), "delivery");
    EXPECT_EQ(refused_option([](Options &o) { o.delivery = 4; }), "delivery");
    EXPECT_EQ(refused_option([](Options &o) { o.queue = 0; }), "queue");
    EXPECT_EQ(refused_option([](Options &o) { o.delivery = WEIR_DELIVER_CALLBACK; }), "queue");
    EXPECT_EQ(refused_option([](Options &o) { o.callback = nothing; }), "callback");
    EXPECT_EQ(refused_option([](Options &o) { o.max_slots = 1'025; }), "max_slots");
    EXPECT_EQ(refused_option([](Options &o) { o.min_idle = 33; }), "min_idle");
    EXPECT_EQ(refused_option([](Options &o) { o.max_requests = 32'769; }), "max_requests");
    EXPECT_EQ(refused_option([](Options &o) { o.max_events = 16'385; }), "max_events");
    EXPECT_EQ(refused_option([](Options &o) { o.max_payload = 1u << 31; }), "max_payload");
    EXPECT_EQ(refused_option([](Options &o) { o.max_request_bytes = (uint64_t{8} << 30) + 1; }),
              "max_request_bytes");
    EXPECT_EQ(refused_option([](Options &o) { o.max_request_bytes = UINT64_MAX; }),
              "max_request_bytes");
    EXPECT_EQ(refused_option([](Options &o) { o.stack_size = limits::min_stack - 1; }),
              "stack_size");
    EXPECT_EQ(refused_option([](Options &o) { o.slow_ms = 5'001; }), "slow_ms");
    EXPECT_EQ(refused_option([](Options &o) { o.wedged_ms = 999; }), "slow_ms");
    EXPECT_EQ(refused_option([](Options &o) { o.check_ms = WEIR_OFF; }), "check_ms");
    EXPECT_EQ(refused_option([](Options &o) { o.teardown_ms = WEIR_OFF; }), "teardown_ms");
    EXPECT_EQ(refused_option([](Options &o) { o.on_wedged = 2; }), "on_wedged");
    EXPECT_EQ(refused_option([](Options &o) { o.spin_us = 1'001; }), "spin_us");
    EXPECT_EQ(refused_option([](Options &o) { o.leak_threshold_ms = 1'999; }), "leak_threshold_ms");
    EXPECT_EQ(refused_option([](Options &o) { o.isolation = 2; }), "isolation");
    EXPECT_EQ(refused_option([](Options &) {}), "");
}

TEST(Settings, one_complaint_at_a_time) {
    weir_pool_options options = queue_options();
    options.max_slots = 5'000;
    options.spin_us = 5'000;
    EXPECT_EQ(complaint(options), "max_slots: more than WEIR_SLOTS_MAX");
}

TEST(Settings, a_deadline_is_from_now_and_forever_is_never) {
    const testing::FakeClock clock;
    EXPECT_EQ(deadline_in(0), clock.now_ns());
    EXPECT_EQ(deadline_in(5), clock.now_ns() + 5 * ms);
    EXPECT_EQ(deadline_in(WEIR_FOREVER), port::never);
    EXPECT_EQ(deadline_in(WEIR_FOREVER - 1), clock.now_ns() + (uint64_t{UINT32_MAX} - 1) * ms);
}

} // namespace weir
