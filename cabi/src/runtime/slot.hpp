/**
 * slot.hpp: one worker thread, one event thread and everything they share with hosts; built once
 * and leased again and again. A slot's memory is never freed, only reused, so that a thread with a
 * dead handle reads a generation that does not fit and nothing worse.
 *
 * The members are grouped by who may write them. Nobody writes another's group.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include <weir/weir.h>

#include "base/mutex.hpp"
#include "base/signal.hpp"
#include "base/spin_guard.hpp"
#include "base/thread_role.hpp"
#include "core/handle.hpp"
#include "core/lifecycle.hpp"
#include "core/listeners.hpp"
#include "core/mailbox.hpp"
#include "core/slab.hpp"
#include "core/watch.hpp"
#include "engine/library.hpp"
#include "runtime/counters.hpp"
#include "runtime/queue.hpp"
#include "runtime/seating.hpp"
#include "runtime/settings.hpp"

namespace weir {

class Pool;

/**
 * What the creator of a context hands over with the slot. Written by the creator before its first
 * record is sent.
 */
struct Lease {
    uintptr_t user_data = 0;
    std::atomic<Record *> destroyed{nullptr}; ///< taken at create, so that destroy needs no memory
    std::atomic<uint64_t> leak_at_ns{port::never};
    uint64_t creator_thread = 0; ///< the system's number of it, when leaks are looked for
    uint32_t tag_length = 0;
    char tag[WEIR_NAME_LENGTH_MAX] = {};
};

/**
 * Bounds and counts of the present owner. A host's thread may come here with a handle that died a
 * moment ago, when the pool is gone already, so what it needs is kept here, in atomics, and not
 * looked up in the pool.
 */
struct OwnerLimits {
    std::atomic<uint64_t> spin_ns{0};
    std::atomic<weir_handle> pool{0};
    std::atomic<uint32_t> max_requests{0};
    std::atomic<uint32_t> max_request_units{0};
    std::atomic<uint32_t> max_payload{0};
    std::atomic<uint32_t> max_events{0};
    std::atomic<uint32_t> method_count{0};
    std::atomic<bool> to_queue{false};
    // Each written by other threads than the next: a cache line each.
    alignas(64) TaggedCount requests;
    TaggedCount request_units;
    alignas(64) TaggedCount events;
    std::atomic<uint32_t> emitters_waiting{0};
    std::atomic<uint32_t> events_left{0}; ///< grows when room was made while an emitter waits
    Mutex drops_mutex;
    Record *drops = nullptr; ///< the EVENTS_DROPPED record that is on its way
};

/** Destroy on its way. */
struct Recycle {
    /// Generation whose destroy was asked for and is completely described.
    std::atomic<uint64_t> ready{0};
    std::atomic<uint64_t> began_ns{0};
    std::atomic<uint64_t> teardown_began_ns{0}; ///< 0 before the library's destroy runs
    std::atomic<uint64_t> muted{0};    ///< generation whose callbacks may not start any more
    std::atomic<bool> canceled{false}; ///< running handlers were canceled
    std::atomic<bool> retire{false};   ///< the slot is not fit for another owner
    std::atomic<uint32_t> drained{0};
    std::atomic<uint32_t> canceled_ended{0};
    std::atomic<uint32_t> closed{0};
    std::atomic<uint32_t> abandoned{0};
};

/** Of the worker thread alone, but for the atomics, which others read. */
struct WorkerState {
    RecordList backlog;
    Record *current = nullptr; ///< the request whose handler runs and has not been answered
    void *instance_state = nullptr;
    bool constructed = false;
    bool torn_down = false;             ///< the library's destroy has begun
    uint8_t hurried = 0;                ///< see hurry_seat
    weir_status refuses_with = WEIR_OK; ///< why there is no instance: requests get this
    bool brisk = false;                 ///< the handlers of the last batch took no time to speak of
    bool answers_follow = false;        ///< a seat is about to answer more calls
    bool handed_over = false;           ///< the event thread finishes this recycle
    uint32_t uses = 0;
    uint64_t generation = 0; ///< of the owner that it serves
    uint64_t built_ns = 0;
    uint32_t sender_cpu = 0;
    SpinGuard spin;
    uint32_t failure_length = 0;
    char *failure = nullptr; ///< why create failed
    std::atomic<bool> stop_asked{false};
    std::atomic<bool> idle_too_long{false}; ///< by the event thread: ask the pool whether to retire
    std::atomic<uint64_t> idle_since_ns{0}; ///< of the worker and of who finishes a recycle
    std::atomic<bool> delivering{false};    ///< see DeliveryMark
    std::atomic<uint64_t> beat{0};
    std::atomic<uint64_t> batch_began_ns{0};
    std::atomic<uint32_t> cpu{0};
    std::atomic<int32_t> waits_for{-1}; ///< index of the slot whose answer it blocks on
};

/** Of the event thread alone, but for the atomics. */
struct EventState {
    std::atomic<Record *> outbox{nullptr};
    std::atomic<bool> armed{false}; ///< looks at the worker in intervals
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> wakes_at_ns{0};
    /// By the worker: finish the recycle after the callbacks.
    std::atomic<bool> finish_asked{false};
    Watch watch;
    uint64_t beat_seen = 0;   ///< at the last look, to tell whether anything ran since
    uint64_t told_wedged = 0; ///< generation that was told UNRESPONSIVE: nobody else hears the end
};

class Slot {
  public:
    // Set when the slot is built; constant while it is in a pool.
    uint16_t index = 0;
    Pool *pool = nullptr;
    const Settings *settings = nullptr;
    Engine *engine = nullptr;
    Queue *queue = nullptr; ///< of the pool, for queue delivery
    char worker_name[16] = {};
    char event_name[16] = {};
    port::Thread worker_thread;
    port::Thread event_thread;

    // What hosts write.
    alignas(64) Lifecycle lifecycle;
    Inbox inbox;
    alignas(64) OwnerLimits owner;
    alignas(64) Signal worker_signal;
    std::atomic<uint64_t> next_timeout_ns{port::never};
    alignas(64) Slab slab;
    alignas(64) Listeners listeners;
    Lease lease;
    std::atomic<int32_t> holds{0}; ///< see OwnerHold

    // What the slot's threads write.
    alignas(64) PostBox posts;
    std::atomic<int32_t> running{0}; ///< handlers that returned and have not answered
    std::atomic<int32_t> jobs{0};    ///< offloaded work that was not delivered
    Recycle recycle;
    Seating seating{*this};
    alignas(64) WorkerState worker;
    alignas(64) EventState event;
    Signal event_signal;
    std::atomic<bool> supervising{false};
    SlotCounters counters;

    /** Start the threads. On failure nothing is left behind. */
    weir_status build(Pool &owner_pool);

    weir_handle handle(uint64_t generation) const {
        return Handle{.kind = HandleKind::context, .index = index, .generation = generation}.pack();
    }

    /** Is a destroy of `generation` (the owner's, odd) completely described? */
    bool is_destroying(uint64_t generation) const {
        return recycle.ready.load(std::memory_order_seq_cst) == generation;
    }

    /** The event thread looks after this slot from now on, until there is nothing to look after. */
    void arm();

    /** Wake the worker, and have somebody look after the wake-up. */
    void wake_worker();
};

/**
 * Notes for its lifetime that the calling thread holds a slot. Host code may run meanwhile (a
 * queue's notify, a release function); what it calls must not wait for this slot's recycling.
 */
class [[nodiscard]] HoldNote {
  public:
    explicit HoldNote(const Slot &slot)
        : slot_(slot), outer_(static_cast<const HoldNote *>(thread_role.held)) {
        thread_role.held = this;
    }
    ~HoldNote() { thread_role.held = outer_; }
    HoldNote(const HoldNote &) = delete;
    HoldNote &operator=(const HoldNote &) = delete;

    /** Does the calling thread hold a slot for which `matches(slot)`? */
    template <class Matches> static bool any(Matches matches) {
        const auto *note = static_cast<const HoldNote *>(thread_role.held);
        while (note != nullptr && !matches(note->slot_)) {
            note = note->outer_;
        }
        return note != nullptr;
    }

  private:
    const Slot &slot_;
    const HoldNote *outer_;
};

/** Would the calling thread wait for itself if it waited for the end of what `slot` does? */
inline bool would_wait_for_itself(const Slot &slot) {
    const bool in_job = thread_role.role == Role::job && thread_role.slot == slot.index;
    return in_job || is_thread_of(slot.index) ||
           HoldNote::any([&slot](const Slot &held) { return &held == &slot; });
}

/**
 * Keeps the present owner's recycling from finishing while another thread than the slot's own does
 * something for that owner: delivers a result that it decided, adds a listener, emits. Short, and
 * never while it blocks.
 */
class [[nodiscard]] OwnerHold {
  public:
    OwnerHold(Slot &slot, uint64_t generation) : note_(slot), slot_(slot), generation_(generation) {
        slot_.holds.fetch_add(1, std::memory_order_seq_cst);
    }
    ~OwnerHold() {
        slot_.holds.fetch_sub(1, std::memory_order_seq_cst);
        if (!is_active()) {
            slot_.worker_signal.notify(); // it may wait for this hold
        }
    }
    OwnerHold(const OwnerHold &) = delete;
    OwnerHold &operator=(const OwnerHold &) = delete;

    /**
     * When true it is safe to act; the owner stays until this hold ends, even when it is destroyed
     * meanwhile.
     */
    bool is_active() const { return slot_.lifecycle.is_active(generation_); }

  private:
    HoldNote note_;
    Slot &slot_;
    uint64_t generation_;
};

/**
 * An OwnerHold for all threads but the slot's own worker, whose owner cannot go away while it runs.
 */
class [[nodiscard]] ForeignHold {
  public:
    ForeignHold(Slot &slot, uint64_t generation) {
        if (!is_worker_of(slot.index)) {
            hold_.emplace(slot, generation);
        }
    }

  private:
    std::optional<OwnerHold> hold_;
};

/**
 * The slot that a context handle names, with the generation in `out_generation`; nullptr when no
 * such slot was ever built.
 */
Slot *find_slot(weir_handle context, uint64_t &out_generation);

/** The slot of an index, or nullptr. */
Slot *slot_at(uint16_t index);

/**
 * Memory for a slot: of one that was retired, or new. nullptr without memory or when all indexes
 * are in use.
 */
Slot *acquire_slot();

/** After its last thread's last touch: the memory may become another slot. */
void recycle_slot_memory(Slot &slot);

uint32_t live_slots();

/** Call `visit(slot)` for each slot's memory that was ever built. */
template <class Visit> void for_each_slot(Visit visit) {
    for (uint16_t index = 0; index < limits::slots; index++) {
        Slot *slot = slot_at(index);
        if (slot != nullptr) {
            visit(*slot);
        }
    }
}

} // namespace weir
