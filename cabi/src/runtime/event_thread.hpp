/**
 * event_thread.hpp: the slot's second thread. It runs host callbacks one at a time and in order,
 * and looks after the worker while work is outstanding: heartbeat, timeouts, lost wake-ups. With
 * nothing outstanding it sleeps without a deadline.
 */
#pragma once

namespace weir {

/** Thread function of an event thread; `argument` is its Slot. */
void event_main(void *argument);

} // namespace weir
