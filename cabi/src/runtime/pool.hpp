/**
 * pool.hpp: the slots of one library: which are idle, who waits for one, and how they come and go.
 *
 * Guarantees
 *   - the most recently idle slot is leased first; a slot that becomes idle goes to the first
 *     waiter
 *   - the mutex is held for a few instructions, never while a slot is built or any callback runs
 *   - the pool lives until its last slot's last thread is done with it, closed or not
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weir/weir.h>

#include "base/mutex.hpp"
#include "core/handle_table.hpp"
#include "engine/library.hpp"
#include "runtime/queue.hpp"
#include "runtime/settings.hpp"
#include "runtime/slot.hpp"
#include "runtime/waiters.hpp"

namespace weir {

/**
 * A request for a slot by an event loop; answered by a CREATED record. Owns copies of the options.
 */
struct Ticket;

class Pool {
  public:
    static Pool *make(HeldLibrary library, HeldQueue queue, const Settings &settings);

    const Settings &settings() const { return settings_; }
    const Library &library() const { return *library_.get(); }
    Queue *queue() const { return queue_ ? queue_.get() : nullptr; }
    weir_handle handle() const { return handle_; }
    void set_handle(weir_handle handle) { handle_ = handle; }
    bool is_closing() const { return closing_.load(std::memory_order_seq_cst); }

    /** Lease an idle slot or a new one at once. */
    weir_status create(const weir_context_options &options, weir_handle &out_context,
                       weir_error *out_error);

    /** Lease a slot, waiting in line for it until `deadline_ns`. */
    weir_status create_wait(const weir_context_options &options, uint64_t deadline_ns,
                            weir_handle &out_context, weir_error *out_error);

    /** As create_wait; the answer comes as a CREATED record. */
    weir_status create_queued(const weir_context_options &options, uint64_t deadline_ns,
                              uint64_t &out_ticket, weir_error *out_error);
    void cancel_ticket(uint64_t ticket);

    weir_status prewarm(uint32_t count);

    /** Build slots until min_clean are idle. Cheap when they are. */
    void keep_clean();
    void read_stats(weir_pool_stats &out);

    /** Destroy and retire everything. Returns at once. Returns how many contexts were open. */
    uint32_t close();

    /** Would the calling thread wait for itself if it waited for the end of this pool? */
    bool is_waited_for_here() const;

    /** Before close(): threads that end are kept for join(). */
    void expect_join();

    /**
     * After close(): wait until the threads have ended. Returns how many slots still have theirs.
     */
    uint32_t join(uint64_t deadline_ns);

    // ---- for the slots ----

    /** The slot has become idle: to the first waiter, or on the stack. */
    void put(Slot &slot);

    /**
     * An idle slot asks to retire. 0: it may, and is out of the pool's hands; else when to ask
     * again.
     */
    uint64_t ask_to_retire(Slot &slot, uint64_t now_ns);

    /** A retired slot is found by nobody any more. */
    void forget(Slot &slot);

    /** The last act of a retired slot's worker. The slot and the pool may be gone afterwards. */
    void on_retired(Slot &slot);

    void context_ended();
    void slot_was_unclean() { slots_unclean_.add(); }

    friend void dispose(Pool *pool);

  private:
    friend void keeper_main(void *argument);

    struct Claim {
        Slot *slot = nullptr;
        weir_status status = WEIR_OK;
    };

    Claim claim();
    Slot *pop_idle_locked();
    Claim claim_or_wait(Waiter &waiter);
    Claim build();
    uint32_t remove_slot(const Slot &slot);
    void retire_idle(Slot &slot);
    weir_status lease(Slot &slot, const weir_context_options &options, weir_handle &out_context);
    weir_status explain(weir_status status, weir_error *out_error);
    void answer(Waiter &waiter, Slot *slot, weir_status status);
    void answer_ticket(Ticket &ticket, Slot *slot, weir_status status);
    void tell_ticket(Ticket &ticket, Slot &ended, weir_status status);
    void fail_waiters(weir_status status);
    void leave_thread(port::Thread thread);
    Waiter *leave_line_to(Slot &ended);
    void deliver_created(Slot &slot, const Ticket &ticket, weir_handle context, weir_status status);
    bool hold_carrier(Waiter &waiter);
    weir_status start_keeper();
    void take_counters(Slot &slot);
    weir_status wait_in_line(Waiter &waiter);

    HeldLibrary library_;
    HeldQueue queue_;
    Settings settings_;
    weir_handle handle_ = 0;
    std::atomic<bool> closing_{false};

    Mutex mutex_;
    WaiterList waiters_;
    uint64_t last_ticket_ = 0;
    uint64_t last_retire_ns_ = 0;
    uint32_t total_ = 0; ///< slots built or being built, whose threads have not ended
    uint32_t idle_count_ = 0;
    uint32_t joinable_count_ = 0;
    uint32_t joiners_ = 0;   ///< threads in join()
    Slot **idle_ = nullptr;  ///< a stack
    Slot **slots_ = nullptr; ///< all, in no order
    uint32_t slot_count_ = 0;
    port::Thread *joinable_ = nullptr;
    std::atomic<uint32_t> exits_{0};

    bool keeper_running_ = false;
    port::Thread keeper_thread_;
    std::atomic<uint32_t> keeper_word_{0};

    SlotCounters retired_counters_; ///< sums of slots that are gone
    SharedCounter slots_built_;
    SharedCounter slots_retired_;
    SharedCounter slots_build_failed_;
    SharedCounter slots_unclean_;
    SharedCounter contexts_created_;
    SharedCounter contexts_destroyed_;
    SharedCounter contexts_exhausted_;
    SharedCounter creates_timed_out_;
};

using PoolTable = HandleTable<Pool, HandleKind::pool>;
using HeldPool = PoolTable::Hold;

PoolTable &pools();

} // namespace weir
