/**
 * quiet.hpp: have all threads of weir done what there is to do at the present fake time?
 *
 * Each thread is known by where it waits: asleep on a word that is still what it expects, with its
 * deadline ahead; or parked by the test (Latch). When all are, and still are at a second look with
 * nothing in between, nothing happens any more but by the test or by the clock.
 *
 * Only while a FakeClock lives; without one it costs nothing.
 */
#pragma once

#include <atomic>
#include <cstdint>

namespace weir::testing {

/** Wait until all is quiet. False when it was not in 2 real seconds. */
bool quiet();

// ---- for the port of tests ----

/** The calling thread is about to sleep, or back from it. */
void enter_sleep(const std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline_ns);
void leave_sleep();

/** A thread of weir is being started; has begun, called by itself; could not be started. */
void thread_is_starting();
void thread_has_begun();
void thread_did_not_start();

} // namespace weir::testing
