/**
 * seat.hpp: one slot's place in an engine that keeps something there between calls: an environment
 * with a loop of its own. The native engine has none; the TypeScript engine has one a slot.
 *
 * A seat lives as long as its slot. It is prepared (its environment is built), serves one instance,
 * is prepared again where the instance left it unclean, and serves the next. Everything here runs
 * on the slot's worker but `stop`, which any thread may call.
 *
 * The worker never waits inside a seat: it sleeps on its own signal and on the seat's descriptor
 * together, and calls turn() when either says so.
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weir/library.h>

namespace weir {

enum class Progress : uint8_t { done, failed, later };

/** Why what runs is to be stopped. */
enum class StopReason : uint8_t { none, wedged, timed_out, destroyed };

/**
 * What is to be stopped. For `wedged` whatever runs; for the others, whose calls were given a
 * response just before, only a handler that had not come back by then: not what tells it.
 */
struct StopOrder {
    StopReason reason = StopReason::none;
    /// Nothing is meant any more once the worker's beat is another one.
    uint64_t beat = 0;
    /// The beat was the same before the responses: what runs now did not begin with them.
    bool ran_before = false;
};

/** What a seat tells its slot, on the worker. */
class SeatHost {
  public:
    /** A create that said `later` has ended. A reason was given by weir_instance_fail before. */
    virtual void create_ended(weir_status status) = 0;

    /** A destroy that said `later` has ended. */
    virtual void destroy_ended() = 0;

    /**
     * The instance has ended itself. The seat answers the calls that it still has; later requests
     * are refused with `reason`.
     */
    virtual void instance_ended(const char *reason, size_t length) = 0;

    /**
     * Emit, or return QUEUE_FULL and drop nothing: then Seat::room() is called when there is room.
     */
    virtual weir_status try_emit(const char *name, size_t name_length, const void *data,
                                 size_t length) = 0;

    /** Several answers follow that the host is to see together, or have been given. */
    virtual void answers_begin() = 0;
    virtual void answers_end() = 0;

    /** A handler was stopped while it ran; its call is answered by the seat. */
    virtual void handler_stopped() = 0;

  protected:
    ~SeatHost() = default;
};

struct SeatOptions {
    bool fresh_environment = false; ///< every instance gets an environment of its own
    uint64_t heap_limit = 0;        ///< bytes that an instance may hold
    size_t stack_size = 0;          ///< bytes of the worker's stack
    /// Grows by one whenever the worker enters or leaves author code.
    const std::atomic<uint64_t> *beat = nullptr;
};

class Seat {
  public:
    /**
     * Build the environment where there is none. When that fails, so does the next create, with the
     * reason.
     */
    virtual void prepare() = 0;

    /** Is there an environment in which the next instance can be made at once? */
    virtual bool is_prepared() const = 0;

    virtual Progress create(weir_instance instance, const void *config, size_t length) = 0;

    /** End the instance. No call of it is unanswered. */
    virtual Progress destroy() = 0;

    /** The instance's destroy is on its way and has come to cancel. May be called twice. */
    virtual void abort() = 0;

    /**
     * Note a call for the next run(); `data` stays where it is until the call is answered. Returns
     * true when run() must come before another one.
     */
    virtual bool stage(uint32_t method, weir_call call, const void *data, size_t length) = 0;

    /** Run what was staged. */
    virtual void run() = 0;

    /**
     * Run what the environment's own loop has ready, without waiting. `ready`: its descriptor was
     * seen readable.
     */
    virtual void turn(bool ready) = 0;

    /** Polls readable when turn() has something to do. -1 without an environment. */
    virtual int descriptor() const = 0;

    /** When turn() is to be called at the latest. */
    virtual uint64_t due_ns() = 0;

    /** Events that were refused QUEUE_FULL may be emitted again. */
    virtual void room() = 0;

    /** Drop an environment that is not fit for another owner. The instance has ended. */
    virtual void clean() = 0;

    /** Drop the environment with all that is in it; calls that it has are answered CLOSED. */
    virtual void discard() = 0;

    /** Any thread: stop what runs just now, if that is what is meant. */
    virtual void stop(const StopOrder &order) = 0;

    /** The slot ends: drop everything. */
    virtual void dispose() = 0;

  protected:
    ~Seat() = default;
};

} // namespace weir
