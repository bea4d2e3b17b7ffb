/**
 * delivery.hpp: how a record reaches its host and comes back.
 *
 *   decided -> deliver() -> queue | outbox of the event thread | callback on the worker | blocking
 *   call -> release()
 *
 * deliver() may run host code (direct delivery, a queue's notify), so it is never called under a
 * lock.
 */
#pragma once

#include <cstdint>

#include <weir/weir.h>

#include "core/record.hpp"

namespace weir {

class Slot;

/** Hand a record that is complete to its target. Any thread. */
void deliver(Slot &slot, Record &record);

/** Callback delivery: hand a record over behind all that waits for the event thread. */
void deliver_behind_callbacks(Slot &slot, Record &record);

/**
 * Decide a request's result without its handler and deliver it. False when another result was
 * first.
 */
bool settle_and_deliver(Slot &slot, Record &record, uint64_t use, weir_status result);

/**
 * Run the host's callback for a record and release it; or let go of the thread that waits for it.
 * On the slot's worker or event thread.
 */
void invoke(Slot &slot, Record &record);

/** Is it of no interest any more: an event or notice of a context that was destroyed? */
bool is_outdated(const Record &record);

/** Show a record to the host, which owns it until release_records. */
void hand_out(Record &record, weir_record &out);

/** The host's side lets go of a record that was not handed out, or was taken back. */
void release(Record &record);

/** Records that were handed out come back. Unknown and late tokens are ignored. */
void release_records(const weir_record *records, uint32_t count);

/** The handler's side lets go of a request. */
void let_go_of_request(Record &record);

/** Fixed words for a result that has no message of its own. */
const char *status_message(weir_status status);

/**
 * States of Record::gate, on which a blocking call sleeps. A call that could not wait longer has
 * left it: then who opens it releases the record.
 */
enum Gate : uint32_t { gate_closed = 0, gate_watched = 1, gate_open = 2, gate_left = 3 };

} // namespace weir
