/**
 * stopper.hpp: stops JavaScript that does not come back. Any thread asks; V8 calls in at the next
 * loop or function of what runs, on the worker, and there it is decided whether that still is what
 * was meant. So a handler that ended just then is not mistaken for the next one.
 *
 * Memory: what runs is stopped too when the heap is above its limit and a collection of garbage has
 * not helped. V8 is told of a larger heap than that, in which it runs well, so collections are
 * looked at as they end; near V8's own limit there is some room to unwind in.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include <v8.h>
#include <weir/library.h>

#include "engine/seat.hpp"

namespace weir::node_engine {

enum class Stopped : uint8_t { no, wedged, timed_out, destroyed, out_of_memory, ended };

/** Node's own count of the callbacks that are inside one another, and whose the innermost is. */
struct AsyncStack {
    uint32_t *length = nullptr;
    double *execution_id = nullptr;
    double *trigger_id = nullptr;
};

class Stopper {
  public:
    /** Says whether what runs just now is what is meant. On the worker. */
    using IsMeant = bool (*)(void *seat, const StopOrder &order);

    Stopper(const std::atomic<uint64_t> *beat, IsMeant is_meant, void *seat)
        : beat_(beat), is_meant_(is_meant), seat_(seat) {}

    /** The isolate that is to be stopped from now on; nullptr before it goes. The worker. */
    void watch(v8::Isolate *isolate, size_t heap_limit);

    /** Any thread. */
    void ask(const StopOrder &order);

    /** The worker: what runs is being left because of this. */
    void note(Stopped why) { why_ = why_ == Stopped::no ? why : why_; }

    /** The worker, in an allocation: array buffers have passed their bound. */
    void on_buffers_full();

    /** Where Node notes whose callback runs: what is stopped has not left it in order. */
    void watch_async_stack(const AsyncStack &stack) { async_stack_ = stack; }

    /**
     * The worker, outside of JavaScript: was it stopped, and why? Makes the isolate fit to go on.
     */
    Stopped take();

  private:
    static void on_interrupt(v8::Isolate *isolate, void *data);
    static void on_collected(v8::Isolate *isolate, v8::GCType type, v8::GCCallbackFlags flags,
                             void *data);
    static size_t on_heap_full(void *data, size_t limit, size_t initial);
    void decide();
    void terminate(Stopped why);

    const std::atomic<uint64_t> *beat_;
    IsMeant is_meant_;
    void *seat_;
    std::mutex mutex_; ///< of what follows, but for why_
    v8::Isolate *isolate_ = nullptr;
    StopOrder order_;
    size_t heap_limit_ = 0;
    Stopped why_ = Stopped::no; ///< from here on: of the worker alone
    bool heap_full_ = false;
    size_t limit_to_restore_ = 0; ///< V8's own, which it came near to; 0: it did not
    bool collect_asked_ = false;  ///< young objects were collected, and the heap is above its limit
    AsyncStack async_stack_;
};

} // namespace weir::node_engine
