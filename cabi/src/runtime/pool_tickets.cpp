/**
 * pool_tickets.cpp: creates that wait without a thread of the host. A ticket is answered where its
 * slot becomes free; one whose time is over is answered by the pool's keeper, a thread that is
 * started with the first ticket that must wait.
 */
#include <cstring>

#include "base/port.hpp"
#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/pool.hpp"
#include "runtime/tickets.hpp"

namespace weir {

namespace {

/**
 * No slot can carry the answer now: the only one is being built, or goes. The ticket stays in line
 * and gets its answer through the next one.
 */
void decide(Waiter &waiter, weir_status status) {
    if (waiter.decided == WEIR_OK) {
        waiter.decided = status;
    }
}

} // namespace

weir_status Pool::create_queued(const weir_context_options &options, uint64_t deadline_ns,
                                uint64_t &out_ticket, weir_error *out_error) {
    Ticket *ticket = Ticket::make(options);
    if (ticket == nullptr) {
        return WEIR_ERR_NO_MEMORY;
    }
    ticket->waiter.deadline_ns = deadline_ns;
    {
        const Lock lock(mutex_);
        ticket->waiter.ticket = ++last_ticket_;
        out_ticket = ticket->waiter.ticket;
    }
    const weir_status kept = deadline_ns == port::never ? WEIR_OK : start_keeper();
    const Claim claimed = kept == WEIR_OK ? claim_or_wait(ticket->waiter) : Claim{.status = kept};
    if (claimed.status != WEIR_OK) {
        port::deallocate(ticket);
        return explain(claimed.status, out_error);
    }
    if (claimed.slot != nullptr) {
        answer_ticket(*ticket, claimed.slot, WEIR_OK);
        return WEIR_OK;
    }
    keeper_word_.fetch_add(1, std::memory_order_seq_cst);
    port::wake_all(keeper_word_);
    return WEIR_OK;
}

void Pool::cancel_ticket(uint64_t number) {
    Waiter *waiter = nullptr;
    {
        const Lock lock(mutex_);
        waiter = waiters_.first();
        while (waiter != nullptr && waiter->ticket != number) {
            waiter = waiter->following;
        }
        if (waiter == nullptr || number == 0) {
            return;
        }
        if (!hold_carrier(*waiter)) {
            decide(*waiter, WEIR_ERR_CANCELED);
            return;
        }
        waiters_.remove(*waiter);
    }
    answer(*waiter, nullptr, WEIR_ERR_CANCELED);
}

void Pool::answer_ticket(Ticket &ticket, Slot *slot, weir_status status) {
    weir_handle context = 0;
    Slot *through = ticket.waiter.slot;
    if (slot != nullptr) {
        through = slot;
        slot->holds.fetch_add(1, std::memory_order_seq_cst); // the lease may end at once in a close
        status = lease(*slot, ticket.options, context);
    }
    if (through != nullptr) {
        const HoldNote note(*through);
        deliver_created(*through, ticket, context, status);
        through->holds.fetch_sub(1, std::memory_order_seq_cst);
        through->worker_signal.notify();
    }
    port::deallocate(&ticket);
}

/** The last act of a slot's worker for its pool: tell a ticket that it gets no slot. */
void Pool::tell_ticket(Ticket &ticket, Slot &ended, weir_status status) {
    deliver_created(ended, ticket, 0, status);
    port::deallocate(&ticket);
}

/**
 * Under mutex_: hold a slot whose records and threads can carry the answer to a ticket that gets
 * none. It does not leave while it is held. False when no slot is there.
 */
bool Pool::hold_carrier(Waiter &waiter) {
    if (slot_count_ == 0) {
        return false;
    }
    waiter.slot = slots_[0];
    waiter.slot->holds.fetch_add(1, std::memory_order_seq_cst);
    return true;
}

void Pool::deliver_created(Slot &slot, const Ticket &ticket, weir_handle context,
                           weir_status status) {
    Record *record = slot.slab.take();
    if (record == nullptr) {
        return;
    }
    record->begin(RecordKind::notice, Handle::unpack(context).generation, 0, false);
    record->change_result(status);
    record->public_kind = WEIR_RECORD_CREATED;
    record->context = context;
    record->id = ticket.waiter.ticket;
    record->user_data = ticket.options.user_data;
    const bool event_thread_ended = slot.event.stop.load(std::memory_order_acquire);
    if (event_thread_ended && settings_.delivery != Delivery::queue) {
        invoke(slot, *record);
    } else {
        deliver(slot, *record);
    }
}

/** Answers the tickets whose time is over. */
void keeper_main(void *argument) {
    Pool &pool = *static_cast<Pool *>(argument);
    thread_role = {.role = Role::keeper, .pool = &pool};
    while (!pool.is_closing()) {
        const uint32_t word = pool.keeper_word_.load(std::memory_order_seq_cst);
        const uint64_t now = port::now_ns();
        uint64_t earliest = port::never;
        Waiter *overdue = nullptr;
        {
            const Lock lock(pool.mutex_);
            for (Waiter *at = pool.waiters_.first(); at != nullptr; at = at->following) {
                if (at->ticket == 0 || at->decided != WEIR_OK) {
                    continue;
                }
                if (at->deadline_ns > now) {
                    earliest = at->deadline_ns < earliest ? at->deadline_ns : earliest;
                    continue;
                }
                pool.creates_timed_out_.add();
                if (pool.hold_carrier(*at)) {
                    overdue = at;
                    pool.waiters_.remove(*at);
                    break;
                }
                decide(*at, WEIR_ERR_TIMED_OUT);
            }
        }
        if (overdue != nullptr) {
            pool.answer(*overdue, nullptr, WEIR_ERR_TIMED_OUT);
        } else if (!pool.is_closing()) {
            port::wait_word(pool.keeper_word_, word, earliest);
        }
    }
    {
        const Lock lock(pool.mutex_);
        pool.keeper_running_ = false;
        pool.leave_thread(pool.keeper_thread_);
    }
    pools().let_go(&pool);
}

weir_status Pool::start_keeper() {
    const Lock lock(mutex_);
    if (keeper_running_ || is_closing()) {
        return WEIR_OK;
    }
    pools().hold(this);
    if (!port::thread_start(keeper_thread_, "weir-keeper", settings_.stack_size, keeper_main,
                            this)) {
        pools().let_go(this);
        return WEIR_ERR_NO_RESOURCES;
    }
    keeper_running_ = true;
    return WEIR_OK;
}

} // namespace weir
