/**
 * seating.hpp: a slot whose engine keeps an environment: the slot's side of seat.hpp, and what the
 * worker does with the seat beside requests. A slot without a seat costs one comparison.
 *
 * An environment that is not fit for the next owner is dropped in recycling and built again by the
 * worker after that, with the slot idle already: who leases it meanwhile waits in its inbox, and a
 * pool gives prepared slots first.
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weir/library.h>

#include "base/port.hpp"
#include "engine/seat.hpp"

namespace weir {

class Slot;
class Record;

class Seating final : public SeatHost {
  public:
    explicit Seating(Slot &slot) : slot_(slot) {}

    /** Take a seat for the slot, if its engine has any. Before the slot's threads start. */
    weir_status open();

    /** Give it up. The worker's last act, with no other thread of the slot left. */
    void close();

    Seat *seat() const { return seat_; }
    explicit operator bool() const { return seat_ != nullptr; }

    /** Can a lease begin at once? True for a slot without a seat. */
    bool is_prepared() const { return prepared_.load(std::memory_order_acquire); }

    // ---- on the worker ----

    /** Build the environment where there is none, unless the slot is about to end. */
    bool prepare();

    /** Run the environment's loop, and emit what waited for room. */
    void turn();

    /** As Engine::create; it may end later. */
    void create(weir_instance instance, const Record &record);

    /** True when it has ended. */
    bool destroy();

    /** Has a create or destroy not ended? */
    bool is_busy() const { return creating_ || destroying_; }
    bool is_creating() const { return creating_; }

    /** Hand a call to the seat, and run those it has when that is due. */
    void handle(const Record &record, weir_call call);

    /** Run what the seat was handed. */
    void run();

    /** The destroy has come to cancel. */
    void abort();

    /** Drop what the owner left, where that is not fit for the next one. */
    void clean();

    /** The owner's time is used up: drop everything. */
    void discard();

    bool has_work() const { return room_.load(std::memory_order_seq_cst); }

    /** Sleep until the slot's signal is notified or the environment's loop has something to do. */
    void sleep_on_descriptors(uint64_t deadline_ns);

    // ---- any thread ----

    /** Stop what has run since the worker's beat was `beat`. No effect without a seat. */
    void stop_wedged(uint64_t beat);

    /**
     * Calls were given a response: stop a handler that still runs for one of them. `beat` is the
     * worker's before that.
     */
    void stop_answered(StopReason reason, uint64_t beat);

    /** Stop whatever runs. */
    void stop_all();

    /** The host has taken events: an emitter of the seat may go on. */
    void offer_room();

    // ---- for the seat ----

    void create_ended(weir_status status) override;
    void destroy_ended() override;
    void instance_ended(const char *reason, size_t length) override;
    weir_status try_emit(const char *name, size_t name_length, const void *data,
                         size_t length) override;
    void answers_begin() override;
    void answers_end() override;
    void handler_stopped() override;

  private:
    void stop(const StopOrder &order);
    void watch_descriptor();
    uint64_t sleep_until(uint64_t deadline_ns) const;

    Slot &slot_;
    Seat *seat_ = nullptr;
    int signal_ = -1;         ///< what notifiers write to
    int poller_ = -1;         ///< sleeps on signal_ and on the loop's descriptor
    int watched_ = -1;        ///< that descriptor
    bool loop_ready_ = false; ///< the descriptor was readable when the worker last slept
    bool creating_ = false;
    bool destroying_ = false;
    bool ended_ = false; ///< the instance ended itself
    bool prepared_before_ = false;
    std::atomic<bool> prepared_{true};
    std::atomic<bool> wants_room_{false};
    std::atomic<bool> room_{false};
};

} // namespace weir
