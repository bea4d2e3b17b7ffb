/**
 * recycle.hpp: from destroy to idle.
 *
 *   destroy (any thread)  kill the handle, close counts and inbox, describe the destroy, wake
 *   advance (worker)      complete what has not begun, wait for handlers, run the library's
 *                         destroy, reset
 *   finish  (worker, or the event thread behind the last callback)
 *                         make the slot idle, then tell the owner
 *
 * supervise.hpp watches the clock meanwhile.
 */
#pragma once

#include <cstdint>

#include <weir/weir.h>

#include "runtime/slot.hpp"

namespace weir {

/**
 * Begin the destroy of `generation`. `target`: who gets the DESTROYED record. False for a stale
 * handle.
 */
bool begin_destroy(Slot &slot, uint64_t generation, Target target);

/** Destroy and wait. */
weir_status destroy_and_wait(weir_handle context, weir_destroy_report *out);

/** Complete a request that has not begun, since its context is being destroyed. */
void close_request(Slot &slot, Record &record);

/** Worker: take the next step. Returns true when something was done, false when it must wait. */
bool advance_recycle(Slot &slot);

/** Could advance_recycle do something now? For the worker's sleep. */
bool may_advance_recycle(const Slot &slot);

/**
 * Make the slot idle or retire it, and deliver DESTROYED unless that was done when it was overdue.
 */
void finish_recycle(Slot &slot);

/**
 * The time is used up: complete everything that is left, deliver DESTROYED, and keep the slot from
 * use until its handlers have ended. No effect when the destroy of `generation` has finished.
 */
void abandon(Slot &slot, uint64_t generation);

/** One row of the reset table. */
struct Reset {
    const char *what;
    void (*reset)(Slot &slot);
    bool (*is_clean)(const Slot &slot);
};

/**
 * Everything of an owner that must be gone before the next one, as data, so that a test can walk
 * it.
 */
extern const Reset reset_table[];
extern const size_t reset_table_size;

} // namespace weir
