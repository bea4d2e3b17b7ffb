/**
 * settings.hpp: a pool's options with defaults filled in, checked, and times in nanoseconds.
 * Read-only after creation.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/weir.h>

#include "base/text.hpp"
#include "core/watch.hpp"

namespace weir {

enum class Delivery : uint8_t { queue, callback, direct };

struct Settings {
    Delivery delivery = Delivery::queue;
    uint32_t max_slots = 0;
    uint32_t min_idle = 0;
    uint32_t max_uses = 0; ///< 0 = any number
    uint32_t max_requests = 0;
    uint32_t max_request_units = 0; ///< of limits::byte_unit
    uint32_t max_events = 0;
    uint32_t max_payload = 0;
    uint32_t min_clean = 0;
    bool interrupt_wedged = false;
    bool fresh_environment = false;
    uint64_t heap_limit = 0; ///< bytes
    uint64_t max_age_ns = port::never;
    uint64_t idle_timeout_ns = 0; ///< port::never = keep
    uint64_t drain_ns = 0;
    uint64_t cancel_ns = 0;
    uint64_t teardown_ns = 0;
    uint64_t spin_ns = 0;
    uint64_t leak_threshold_ns = 0; ///< 0 = off
    WatchTimes watch;
    size_t stack_size = 0;
    weir_record_callback callback = nullptr;
};

/** Check `options` and fill `out`. On an error `reason` names the option. */
weir_status read_settings(const weir_pool_options &options, Settings &out, Text &reason);

/** Milliseconds as nanoseconds; WEIR_OFF gives `off`, 0 gives the default. */
uint64_t option_ns(uint32_t value_ms, uint32_t default_ms, uint64_t off);

/** A deadline in `timeout_ms` from now; WEIR_FOREVER gives port::never. */
uint64_t deadline_in(uint32_t timeout_ms);

} // namespace weir
