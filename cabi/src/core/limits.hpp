/**
 * limits.hpp: every bound of the core that is not already in weir.h, with its unit and its reason.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/weir.h>

namespace weir::limits {

inline constexpr uint32_t slots = WEIR_SLOTS_MAX;

/** Slots of a pool when it does not say: what connection pools elsewhere settle on is 10 to 32. */
inline constexpr uint32_t default_slots = 32;

/** Handles of each other kind (libraries, queues, pools): the handle has 10 bits for the index. */
inline constexpr uint32_t handles_per_kind = 1024;

/**
 * Records of a slot: 16 bits in a request id. Requests, events and control records of one context
 * fit twice.
 */
inline constexpr uint32_t records_per_slot = 65535;
inline constexpr uint32_t max_requests = 32768;
inline constexpr uint32_t max_events = 16384;

/** Payload bytes that live in the record itself: most requests need no memory of their own. */
inline constexpr size_t inline_payload = 128;

/**
 * A buffer up to this size stays with its record for the next payload; larger ones go back at once.
 */
inline constexpr size_t retained_buffer = size_t{128} * 1024;

/** Bytes of such buffers that a slot keeps while in use; an idle slot keeps none. */
inline constexpr size_t retained_per_slot = size_t{1024} * 1024;

/** max_request_bytes is accounted in units of this many bytes, so that 24 bits hold 16 GiB. */
inline constexpr size_t byte_unit = 1024;

/** Room in the event queue for which a waiting emitter is woken, if it is not half of the queue. */
inline constexpr uint32_t emit_batch = 128;

inline constexpr uint32_t methods_per_library = 65535;

/** Between two looks at a slot with work: what a lost wake-up can cost at most. */
inline constexpr uint32_t safety_poll_ms = 100;

/** A batch whose handlers took no longer than this each is worth waiting for as a whole. */
inline constexpr uint64_t brisk_handler_ns = 5'000;

inline constexpr uint32_t default_idle_timeout_ms = 600'000;
inline constexpr uint32_t default_drain_ms = 1'500;
inline constexpr uint32_t default_cancel_ms = 1'500;
inline constexpr uint32_t default_teardown_ms = 2'000;
inline constexpr uint32_t default_slow_ms = 1'000;
inline constexpr uint32_t default_wedged_ms = 5'000;
inline constexpr uint32_t default_check_ms = 500;
inline constexpr uint32_t default_close_ms = 6'000;
inline constexpr uint32_t default_spin_us = 20;
inline constexpr uint32_t longest_spin_us = 1'000;
inline constexpr uint32_t min_leak_threshold_ms = 2'000;

/**
 * At most one idle slot retires in this time, so that a pool does not fold up between two bursts.
 */
inline constexpr uint32_t retire_interval_ms = 1'000;

/**
 * What destroy_wait waits beyond the sum of the three times before it answers without the slot's
 * threads.
 */
inline constexpr uint32_t destroy_slack_ms = 500;

/** Memory of an instance whose engine can bound it. Less than the least holds no environment. */
inline constexpr uint32_t default_heap_mb = 256;
inline constexpr uint32_t min_heap_mb = 32;
inline constexpr uint32_t max_heap_mb = 65'536;

inline constexpr size_t default_stack = size_t{1} << 20;
/** An engine gets all but 256 KiB of it: what Node gives the main thread of a program. */
inline constexpr size_t default_seat_stack = size_t{1280} << 10;
inline constexpr size_t min_seat_stack = size_t{512} << 10;
inline constexpr size_t min_stack = size_t{128} << 10;

} // namespace weir::limits
