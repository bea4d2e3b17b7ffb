/**
 * supervise.hpp: what must happen at a time, whoever is stuck: request timeouts, the cancel and the
 * end of a destroy.
 *
 * Called by the event thread, and by the worker while it waits for handlers; whichever of the two
 * is not stuck does it. It needs no list that the worker owns: it walks the slot's records, and
 * each result is decided by compare-exchange.
 */
#pragma once

#include <cstdint>

#include "runtime/slot.hpp"

namespace weir {

/** Do what is due at `now_ns`. Returns when something will be due next, or port::never. */
uint64_t supervise(Slot &slot, uint64_t now_ns);

/**
 * The time of a request is used up: its response, unless it has one, and the end of its handler.
 */
void time_out(Slot &slot, Record &record, uint64_t use);

} // namespace weir
