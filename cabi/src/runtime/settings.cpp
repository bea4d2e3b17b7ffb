#include "runtime/settings.hpp"

#include "base/port.hpp"
#include "core/limits.hpp"

namespace weir {

namespace {

/** Collects the first thing that is wrong with the options. */
class Check {
  public:
    explicit Check(Text &reason) : reason_(reason) {}

    void require(bool holds, const char *complaint) {
        if (good_ && !holds) {
            reason_.add(complaint);
            good_ = false;
        }
    }
    bool good() const { return good_; }

  private:
    Text &reason_;
    bool good_ = true;
};

template <class Number> Number or_default(Number value, Number fallback) {
    return value == 0 ? fallback : value;
}

void check_delivery(const weir_pool_options &options, Check &check) {
    const bool queued = options.delivery == WEIR_DELIVER_QUEUE;
    check.require(options.delivery >= WEIR_DELIVER_QUEUE && options.delivery <= WEIR_DELIVER_DIRECT,
                  "delivery: must be WEIR_DELIVER_QUEUE, _CALLBACK or _DIRECT");
    check.require(!queued || options.queue != 0, "queue: WEIR_DELIVER_QUEUE needs a queue");
    check.require(queued || options.queue == 0, "queue: only for WEIR_DELIVER_QUEUE");
    check.require(!queued || options.callback == nullptr,
                  "callback: not for WEIR_DELIVER_QUEUE, which delivers to the queue");
}

void check_sizes(const weir_pool_options &options, Check &check) {
    const uint32_t slots = or_default(options.max_slots, limits::default_slots);
    check.require(slots <= limits::slots, "max_slots: more than WEIR_SLOTS_MAX");
    check.require(options.min_idle <= slots, "min_idle: more than max_slots");
    check.require(options.max_requests <= limits::max_requests, "max_requests: more than 32,768");
    check.require(options.max_events <= limits::max_events, "max_events: more than 16,384");
    check.require(options.max_payload <= INT32_MAX, "max_payload: more than 2^31-1");
    constexpr uint64_t most_bytes = uint64_t{limits::byte_unit} << 23;
    check.require(options.max_request_bytes <= most_bytes, "max_request_bytes: more than 8 GiB");
    check.require(options.min_clean <= slots, "min_clean: more than max_slots");
    check.require(options.isolation <= WEIR_ISOLATION_ENVIRONMENT,
                  "isolation: must be a WEIR_ISOLATION_ constant");
    check.require(options.heap_limit_mb == 0 || (options.heap_limit_mb >= limits::min_heap_mb &&
                                                 options.heap_limit_mb <= limits::max_heap_mb),
                  "heap_limit_mb: less than 32 or more than 65,536");
    check.require(options.stack_size == 0 || options.stack_size >= limits::min_stack,
                  "stack_size: less than 128 KiB");
}

void check_times(const weir_pool_options &options, Check &check) {
    const uint32_t slow = or_default(options.slow_ms, limits::default_slow_ms);
    const uint32_t wedged = or_default(options.wedged_ms, limits::default_wedged_ms);
    check.require(slow == WEIR_OFF || wedged == WEIR_OFF || slow <= wedged,
                  "slow_ms: more than wedged_ms");
    check.require(options.check_ms != WEIR_OFF, "check_ms: cannot be off; see slow_ms, wedged_ms");
    check.require(options.teardown_ms != WEIR_OFF, "teardown_ms: cannot be off");
    check.require(options.on_wedged <= WEIR_ON_WEDGED_INTERRUPT,
                  "on_wedged: must be a WEIR_ON_WEDGED_ constant");
    check.require(options.spin_us == WEIR_OFF || options.spin_us <= limits::longest_spin_us,
                  "spin_us: more than 1,000");
    check.require(options.leak_threshold_ms == 0 ||
                      options.leak_threshold_ms >= limits::min_leak_threshold_ms,
                  "leak_threshold_ms: less than 2,000");
}

} // namespace

uint64_t option_ns(uint32_t value_ms, uint32_t default_ms, uint64_t off) {
    if (value_ms == WEIR_OFF) {
        return off;
    }
    return or_default(value_ms, default_ms) * nanoseconds_per_ms;
}

uint64_t deadline_in(uint32_t timeout_ms) {
    return timeout_ms == WEIR_FOREVER ? port::never
                                      : port::now_ns() + timeout_ms * nanoseconds_per_ms;
}

weir_status read_settings(const weir_pool_options &options, Settings &out, Text &reason) {
    Check check(reason);
    check_delivery(options, check);
    check_sizes(options, check);
    check_times(options, check);
    if (!check.good()) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const uint64_t bytes =
        or_default<uint64_t>(options.max_request_bytes, WEIR_REQUEST_BYTES_MAX_DEFAULT);
    constexpr uint64_t nanoseconds_per_us = 1'000;
    out = {
        .delivery = static_cast<Delivery>(options.delivery - WEIR_DELIVER_QUEUE),
        .max_slots = or_default(options.max_slots, limits::default_slots),
        .min_idle = options.min_idle > options.min_clean ? options.min_idle : options.min_clean,
        .max_uses = options.max_uses,
        .max_requests = or_default(options.max_requests, WEIR_REQUESTS_MAX_DEFAULT),
        .max_request_units =
            static_cast<uint32_t>((bytes + limits::byte_unit - 1) / limits::byte_unit),
        .max_events = or_default(options.max_events, WEIR_EVENTS_MAX_DEFAULT),
        .max_payload = or_default(options.max_payload, WEIR_PAYLOAD_MAX_DEFAULT),
        .min_clean = options.min_clean,
        .interrupt_wedged = options.on_wedged == WEIR_ON_WEDGED_INTERRUPT,
        .fresh_environment = options.isolation == WEIR_ISOLATION_ENVIRONMENT,
        .heap_limit = uint64_t{or_default(options.heap_limit_mb, limits::default_heap_mb)} << 20,
        .max_age_ns =
            options.max_age_ms == 0 ? port::never : options.max_age_ms * nanoseconds_per_ms,
        .idle_timeout_ns =
            option_ns(options.idle_timeout_ms, limits::default_idle_timeout_ms, port::never),
        .drain_ns = option_ns(options.drain_ms, limits::default_drain_ms, 0),
        .cancel_ns = option_ns(options.cancel_ms, limits::default_cancel_ms, 0),
        .teardown_ns = option_ns(options.teardown_ms, limits::default_teardown_ms, 0),
        .spin_ns = options.spin_us == WEIR_OFF
                       ? 0
                       : or_default(options.spin_us, limits::default_spin_us) * nanoseconds_per_us,
        .leak_threshold_ns = options.leak_threshold_ms * nanoseconds_per_ms,
        .watch = {.slow_ns = option_ns(options.slow_ms, limits::default_slow_ms, port::never),
                  .wedged_ns = option_ns(options.wedged_ms, limits::default_wedged_ms, port::never),
                  .check_ns = option_ns(options.check_ms, limits::default_check_ms, 0)},
        .stack_size = or_default<size_t>(options.stack_size, limits::default_stack),
        .callback = options.callback,
    };
    return WEIR_OK;
}

} // namespace weir
