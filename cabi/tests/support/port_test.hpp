/**
 * port_test.hpp: the port that tests are linked with: the real one, with an injected clock and
 * injected faults in front.
 *
 * Without a FakeClock and without a fault it behaves as the real port. Faults are counted per
 * process; a test is a process.
 */
#pragma once

#include <cstdint>

namespace weir::testing {

/**
 * While it lives, time stands still but for advance_ms. Threads that sleep with a deadline see the
 * new time within 2 ms.
 */
class FakeClock {
  public:
    FakeClock();
    ~FakeClock();
    FakeClock(const FakeClock &) = delete;
    FakeClock &operator=(const FakeClock &) = delete;

    void advance_ms(uint64_t milliseconds);
    uint64_t now_ns() const;
};

/** What can be made to fail. */
enum class Fault : uint8_t { allocate, thread_start, descriptor, wake, wait, restore };

/**
 * From now on let the n-th call fail (1 = the next). `count`: how many calls in a row fail;
 * UINT32_MAX = all from then on. A failing wake is dropped; a failing wait returns "timed out" at
 * once; a failing restore reports a dirty thread.
 */
void inject(Fault fault, uint32_t nth, uint32_t count = 1);
void clear_faults();

/** How often this function of the port was called since the start or the last clear_faults. */
uint64_t calls(Fault fault);

/** Allocations that were not freed. */
int64_t live_allocations();

} // namespace weir::testing
