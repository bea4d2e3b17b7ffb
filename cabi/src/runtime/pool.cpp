#include "runtime/pool.hpp"

#include <cstring>

#include "base/port.hpp"
#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/process.hpp"
#include "runtime/recycle.hpp"
#include "runtime/tickets.hpp"

namespace weir {

namespace {

constinit PoolTable table;

/** The records that every owner needs: its first message, and its last. */
struct LeaseRecords {
    Record *create = nullptr;
    Record *destroyed = nullptr;

    bool take(Slot &slot, uint64_t generation, const weir_context_options &options) {
        create = slot.slab.take();
        destroyed = slot.slab.take();
        if (create == nullptr || destroyed == nullptr) {
            give_back(slot);
            return false;
        }
        create->begin(RecordKind::create, generation, 0, false);
        destroyed->begin(RecordKind::notice, generation, 0, false);
        if (!create->in.copy(options.config, options.config_length, create->in_bytes)) {
            give_back(slot);
            return false;
        }
        create->sender_cpu = static_cast<uint16_t>(port::current_cpu());
        destroyed->public_kind = WEIR_RECORD_DESTROYED;
        destroyed->context = slot.handle(generation);
        destroyed->id = 0;
        destroyed->user_data = options.user_data;
        return true;
    }

    void give_back(Slot &slot) const {
        for (Record *record : {create, destroyed}) {
            if (record != nullptr) {
                slot.slab.give(*record);
            }
        }
    }
};

} // namespace

PoolTable &pools() { return table; }

Pool *Pool::make(HeldLibrary library, HeldQueue queue, const Settings &settings) {
    const size_t per_slot = 2 * sizeof(Slot *) + sizeof(port::Thread);
    constexpr size_t keeper = sizeof(port::Thread);
    void *memory = port::allocate(sizeof(Pool) + settings.max_slots * per_slot + keeper);
    if (memory == nullptr) {
        return nullptr;
    }
    auto *pool = new (memory) Pool;
    pool->library_ = std::move(library);
    pool->queue_ = std::move(queue);
    pool->settings_ = settings;
    pool->idle_ = reinterpret_cast<Slot **>(pool + 1);
    pool->slots_ = pool->idle_ + settings.max_slots;
    pool->joinable_ = reinterpret_cast<port::Thread *>(pool->slots_ + settings.max_slots);
    return pool;
}

void dispose(Pool *pool) {
    if (pool->queue_) {
        pool->queue_->detach();
    }
    pool->~Pool();
    port::deallocate(pool);
}

// ---- leasing ----

weir_status Pool::lease(Slot &slot, const weir_context_options &options, weir_handle &out_context) {
    const uint64_t generation = slot.lifecycle.read().generation + 1;
    LeaseRecords records;
    if (!records.take(slot, generation, options)) {
        put(slot);
        return WEIR_ERR_NO_MEMORY;
    }
    slot.lease.user_data = options.user_data;
    slot.lease.tag_length = options.tag_length;
    if (options.tag_length > 0) {
        memcpy(slot.lease.tag, options.tag, options.tag_length);
    }
    slot.lease.destroyed.store(records.destroyed, std::memory_order_release);
    slot.owner.requests.open(generation);
    slot.owner.request_units.open(generation);
    slot.owner.events.open(generation);
    out_context = slot.handle(generation);
    process_counts.contexts.fetch_add(1, std::memory_order_relaxed);
    contexts_created_.add();
    slot.lifecycle.apply(SlotEvent::claim, generation - 1);
    slot.inbox.open_with(*records.create);
    slot.wake_worker();
    if (settings_.leak_threshold_ns != 0) {
        slot.lease.creator_thread = port::thread_id();
        slot.lease.leak_at_ns.store(port::now_ns() + settings_.leak_threshold_ns);
        slot.event_signal.notify();
    }
    // close() has either seen this context, or is seen here.
    if (is_closing() && begin_destroy(slot, generation, Target::nobody)) {
        out_context = 0;
        return WEIR_ERR_CLOSED;
    }
    return WEIR_OK;
}

/**
 * The most recently idle slot that is prepared; where none is, the one that has been at it longest.
 * Under mutex_, with a slot there.
 */
Slot *Pool::pop_idle_locked() {
    uint32_t at = idle_count_ - 1;
    while (at > 0 && !idle_[at]->seating.is_prepared()) {
        at--;
    }
    Slot *slot = idle_[at];
    idle_count_--;
    memmove(idle_ + at, idle_ + at + 1, (idle_count_ - at) * sizeof(Slot *));
    return slot;
}

Pool::Claim Pool::claim() {
    {
        const Lock lock(mutex_);
        if (is_closing()) {
            return {.status = WEIR_ERR_CLOSED};
        }
        if (idle_count_ > 0) {
            return {.slot = pop_idle_locked()};
        }
        if (total_ >= settings_.max_slots) {
            return {.status = WEIR_ERR_POOL_EXHAUSTED};
        }
        total_++;
    }
    return build();
}

uint32_t Pool::remove_slot(const Slot &slot) {
    for (uint32_t at = 0; at < slot_count_; at++) {
        if (slots_[at] == &slot) {
            slots_[at] = slots_[slot_count_ - 1];
            return 1;
        }
    }
    return 0;
}

weir_status Pool::create(const weir_context_options &options, weir_handle &out_context,
                         weir_error *out_error) {
    const Claim claimed = claim();
    if (claimed.slot == nullptr) {
        return explain(claimed.status, out_error);
    }
    return lease(*claimed.slot, options, out_context);
}

weir_status Pool::create_wait(const weir_context_options &options, uint64_t deadline_ns,
                              weir_handle &out_context, weir_error *out_error) {
    Waiter waiter;
    waiter.deadline_ns = deadline_ns;
    Claim claimed = claim_or_wait(waiter);
    if (claimed.slot == nullptr && claimed.status == WEIR_OK) {
        claimed.status = wait_in_line(waiter);
        claimed.slot = waiter.slot;
    }
    if (claimed.slot == nullptr) {
        return explain(claimed.status, out_error);
    }
    return lease(*claimed.slot, options, out_context);
}

/**
 * Claim, or put the waiter in line. A thread of this pool does not wait: it might wait for itself.
 */
Pool::Claim Pool::claim_or_wait(Waiter &waiter) {
    Claim claimed = claim();
    if (claimed.status != WEIR_ERR_POOL_EXHAUSTED) {
        return claimed;
    }
    if (waiter.ticket == 0 && thread_role.pool == this) {
        return {.status = WEIR_ERR_WOULD_DEADLOCK};
    }
    bool build_now = false;
    {
        const Lock lock(mutex_);
        if (is_closing()) {
            return {.status = WEIR_ERR_CLOSED};
        }
        if (idle_count_ > 0) {
            return {.slot = pop_idle_locked()};
        }
        build_now = total_ < settings_.max_slots;
        if (build_now) {
            total_++;
        } else {
            waiters_.append(waiter);
        }
    }
    return build_now ? build() : Claim{};
}

weir_status Pool::wait_in_line(Waiter &waiter) {
    while (waiter.gate.load(std::memory_order_acquire) == 0) {
        if (port::wait_word(waiter.gate, 0, waiter.deadline_ns)) {
            continue;
        }
        const Lock lock(mutex_);
        if (waiter.queued) {
            waiters_.remove(waiter);
            creates_timed_out_.add();
            return WEIR_ERR_TIMED_OUT;
        }
        waiter.deadline_ns = port::never; // the answer is on its way
    }
    return waiter.status;
}

/** To a waiter that was taken out of the line: a slot, or why there is none. */
void Pool::answer(Waiter &waiter, Slot *slot, weir_status status) {
    if (waiter.ticket != 0) {
        answer_ticket(Ticket::of(waiter), slot, status);
        return;
    }
    waiter.slot = slot;
    waiter.status = status;
    std::atomic<uint32_t> &gate = waiter.gate;
    gate.store(1, std::memory_order_release);
    port::wake_one(gate); // by address only: the waiter may be gone already
}

void Pool::put(Slot &slot) {
    for (;;) {
        Waiter *waiter = nullptr;
        {
            const Lock lock(mutex_);
            waiter = waiters_.pop();
            if (waiter == nullptr && !is_closing()) {
                idle_[idle_count_++] = &slot;
                return;
            }
            if (waiter != nullptr && waiter->decided != WEIR_OK) {
                hold_carrier(*waiter);
            }
        }
        if (waiter == nullptr) {
            retire_idle(slot);
            return;
        }
        if (waiter->decided == WEIR_OK) {
            answer(*waiter, &slot, WEIR_OK);
            return;
        }
        answer(*waiter, nullptr, waiter->decided);
    }
}

/** A slot that is in nobody's hands ends its threads. */
void Pool::retire_idle(Slot &slot) {
    slot.lifecycle.apply(SlotEvent::retire, slot.lifecycle.read().generation);
    slot.worker.stop_asked.store(true, std::memory_order_seq_cst);
    slot.worker_signal.notify();
}

// ---- leaving ----

uint64_t Pool::ask_to_retire(Slot &slot, uint64_t now_ns) {
    constexpr uint64_t interval = limits::retire_interval_ms * nanoseconds_per_ms;
    const Lock lock(mutex_);
    if (is_closing() || idle_count_ <= settings_.min_idle) {
        return now_ns + settings_.idle_timeout_ns;
    }
    if (last_retire_ns_ != 0 && now_ns < last_retire_ns_ + interval) {
        return last_retire_ns_ + interval;
    }
    for (uint32_t at = 0; at < idle_count_; at++) {
        if (idle_[at] != &slot) {
            continue;
        }
        memmove(idle_ + at, idle_ + at + 1, (idle_count_ - at - 1) * sizeof(Slot *));
        idle_count_--;
        last_retire_ns_ = now_ns;
        slot.lifecycle.apply(SlotEvent::retire, slot.lifecycle.read().generation);
        return 0;
    }
    return now_ns + settings_.idle_timeout_ns; // somebody is about to lease it
}

void Pool::forget(Slot &slot) {
    const Lock lock(mutex_);
    slot_count_ -= remove_slot(slot);
    take_counters(slot);
}

/**
 * The next waiter that is to have a slot. Those who only wait for their answer get it, through
 * `ended`, whose worker this is. nullptr: nobody, and the slot does not count any more.
 */
Waiter *Pool::leave_line_to(Slot &ended) {
    for (;;) {
        Waiter *waiter = nullptr;
        weir_status status = WEIR_OK;
        {
            const Lock lock(mutex_);
            waiter = waiters_.pop();
            if (waiter != nullptr) {
                status = is_closing() ? WEIR_ERR_CLOSED : waiter->decided;
            }
            if (waiter == nullptr || status == WEIR_OK) {
                total_ -= waiter == nullptr ? 1 : 0;
                leave_thread(ended.worker_thread);
                return waiter;
            }
        }
        if (waiter->ticket != 0) {
            tell_ticket(Ticket::of(*waiter), ended, status);
        } else {
            answer(*waiter, nullptr, status);
        }
    }
}

/** Under mutex_: `thread` is about to end; join() waits for its very end. */
void Pool::leave_thread(port::Thread thread) {
    if (joiners_ > 0) {
        joinable_[joinable_count_++] = thread;
    } else {
        port::thread_detach(thread);
    }
    exits_.fetch_add(1, std::memory_order_seq_cst);
    port::wake_all(exits_);
}

void Pool::on_retired(Slot &slot) {
    slots_retired_.add();
    Waiter *waiter = leave_line_to(slot);
    // The memory may become another slot with the same index: this is no worker of that one.
    thread_role = {.role = Role::keeper, .pool = this};
    recycle_slot_memory(slot);
    if (waiter != nullptr) {
        const Claim built = build();
        if (built.slot == nullptr && waiter->ticket != 0) {
            const Lock lock(mutex_);
            hold_carrier(*waiter);
        }
        answer(*waiter, built.slot, built.status);
    }
    pools().let_go(this);
}

uint32_t Pool::close() {
    closing_.store(true, std::memory_order_seq_cst);
    uint32_t destroyed = 0;
    for (;;) {
        Slot *idle = nullptr;
        Waiter *waiter = nullptr;
        {
            const Lock lock(mutex_);
            waiter = waiters_.first();
            while (waiter != nullptr && waiter->ticket != 0 && !hold_carrier(*waiter)) {
                waiter = waiter->following; // the slot that comes or goes just now carries it
            }
            if (waiter != nullptr) {
                waiters_.remove(*waiter);
            } else if (idle_count_ > 0) {
                idle = idle_[--idle_count_];
            }
        }
        if (waiter != nullptr) {
            answer(*waiter, nullptr, WEIR_ERR_CLOSED);
        } else if (idle != nullptr) {
            retire_idle(*idle);
        } else {
            break;
        }
    }
    {
        // Under the mutex, so that no slot leaves and is built anew for another pool meanwhile.
        const Lock lock(mutex_);
        for (uint32_t at = 0; at < slot_count_; at++) {
            const uint64_t generation = slots_[at]->lifecycle.read().generation;
            destroyed += begin_destroy(*slots_[at], generation, Target::pool) ? 1 : 0;
        }
    }
    keeper_word_.fetch_add(1, std::memory_order_seq_cst);
    port::wake_all(keeper_word_);
    return destroyed;
}

bool Pool::is_waited_for_here() const {
    const bool in_job = thread_role.role == Role::job && slot_at(thread_role.slot)->pool == this;
    return in_job || thread_role.pool == this ||
           HoldNote::any([this](const Slot &slot) { return slot.pool == this; });
}

void Pool::expect_join() {
    const Lock lock(mutex_);
    joiners_++;
}

uint32_t Pool::join(uint64_t deadline_ns) {
    uint32_t left = 0;
    for (;;) {
        port::Thread thread;
        const uint32_t word = exits_.load(std::memory_order_seq_cst);
        {
            const Lock lock(mutex_);
            left = total_ + (keeper_running_ ? 1 : 0);
            if (joinable_count_ > 0) {
                thread = joinable_[--joinable_count_];
            }
        }
        if (thread.native != 0) {
            port::thread_join(thread);
        } else if (left == 0 || !port::wait_word(exits_, word, deadline_ns)) {
            break;
        }
    }
    {
        const Lock lock(mutex_);
        joiners_--; // threads that end later are not joined
    }
    // A thread that retired by itself, just before, is not joined either; it lets go in a moment.
    while (left == 0 && pools().is_shared(this) && port::now_ns() < deadline_ns) {
        port::yield_thread();
    }
    return left;
}

void Pool::context_ended() {
    contexts_destroyed_.add();
    process_counts.contexts.fetch_sub(1, std::memory_order_relaxed);
}

} // namespace weir
