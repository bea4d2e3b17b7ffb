/**
 * worker.hpp: the thread on which an instance lives. It takes all that is queued, runs it in order,
 * delivers, finishes a recycle that is due, and only then sleeps.
 */
#pragma once

#include "runtime/slot.hpp"

namespace weir {

/** Thread function of a worker; `argument` is its Slot. */
void worker_main(void *argument);

/** On the worker: is `record` the call whose handler is running now? Then its answer ends it. */
bool is_current_call(const Slot &slot, const Record &record);

/** The handler of `record` has answered; `in_time`: its result became the response. */
void handler_ended(Slot &slot, Record &record, bool in_time);

} // namespace weir
