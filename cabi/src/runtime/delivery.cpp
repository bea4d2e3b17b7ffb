#include "runtime/delivery.hpp"

#include <cstring>
#include <optional>

#include "base/thread_role.hpp"
#include "runtime/delivery_mark.hpp"
#include "runtime/slot.hpp"

namespace weir {

namespace {

void count_response(Slot &slot, weir_status status) {
    SlotCounters &counters = slot.counters;
    switch (status) {
    case WEIR_OK: return counters.responses_ok.add();
    case WEIR_ERR_CANCELED: return counters.responses_canceled.add();
    case WEIR_ERR_TIMED_OUT: return counters.responses_timed_out.add();
    case WEIR_ERR_CLOSED: return counters.responses_closed.add();
    default: return counters.responses_failed.add();
    }
}

void open_gate(Record &record) {
    switch (record.gate.exchange(gate_open, std::memory_order_acq_rel)) {
    case gate_watched: port::wake_one(record.gate); return;
    case gate_left: release(record); return;
    default: return;
    }
}

/** Direct delivery runs on the worker; from elsewhere the record goes there. */
void deliver_direct(Slot &slot, Record &record) {
    const bool here =
        is_worker_of(slot.index) && thread_role.callback_depth < WEIR_REENTRY_DEPTH_MAX;
    if (here) {
        invoke(slot, record);
        return;
    }
    slot.posts.post(record, post_deliver);
    slot.wake_worker();
}

/** Is this the worker with more to run, and does it run it in no time? */
bool more_follows(const Slot &slot) {
    return is_worker_of(slot.index) && slot.worker.brisk && !slot.worker.backlog.empty();
}

/**
 * The number that an EVENTS_DROPPED record carries is read when the host sees it; later drops make
 * a new record.
 */
void close_drops(Slot &slot, Record &record) {
    const Lock lock(slot.owner.drops_mutex);
    if (slot.owner.drops == &record) {
        slot.owner.drops = nullptr;
    }
}

void show(const Record &record, weir_record &out) {
    const Record::State state = record.state();
    const bool is_event = record.public_kind == WEIR_RECORD_EVENT;
    out = {.kind = record.public_kind,
           .status = state.status,
           .context = record.context,
           .id = record.id,
           .user_data = record.user_data,
           .data = record.out.data(),
           .length = record.out.length(),
           .name = is_event ? static_cast<const char *>(record.in.data()) : nullptr,
           .name_length = is_event ? record.in.length() : 0,
           .token = 0};
    if (state.status != WEIR_OK && out.data == nullptr) {
        out.data = status_message(state.status);
        out.length = strlen(status_message(state.status));
    }
}

Slot &slot_of(const Record &record) { return *slot_at(record.slab->slot()); }

/** Emitters that wait are woken when there is room for many events, not for each one. */
void wake_emitters(OwnerLimits &owner) {
    if (owner.emitters_waiting.load(std::memory_order_seq_cst) == 0) {
        return;
    }
    const uint32_t limit = owner.max_events.load(std::memory_order_relaxed);
    const uint32_t worthwhile = limit / 2 < limits::emit_batch ? limit / 2 : limits::emit_batch;
    if (owner.events.value() + worthwhile <= limit) {
        owner.events_left.fetch_add(1, std::memory_order_seq_cst);
        port::wake_all(owner.events_left);
    }
}

/**
 * Records of one owner that come back together: one change of each count and one push on the free
 * list, however many they are.
 */
class Returned {
  public:
    explicit Returned(const Record &record)
        : slot_(slot_of(record)), generation_(record.generation.load(std::memory_order_relaxed)) {}
    ~Returned() {
        if (first_ != nullptr) {
            slot_.slab.give_chain(*first_, *last_);
        }
        if (requests_ != 0) {
            slot_.owner.requests.leave(generation_, requests_);
        }
        if (units_ != 0) {
            slot_.owner.request_units.leave(generation_, units_);
        }
        if (events_ != 0) {
            slot_.owner.events.leave(generation_, events_);
            wake_emitters(slot_.owner);
            slot_.seating.offer_room();
        }
    }
    Returned(const Returned &) = delete;
    Returned &operator=(const Returned &) = delete;

    bool is_of(const Record &record) const {
        return record.slab == &slot_.slab &&
               record.generation.load(std::memory_order_relaxed) == generation_;
    }

    void add(Record &record) {
        const RecordKind kind = record.kind.load(std::memory_order_relaxed);
        if (kind == RecordKind::request) {
            requests_++;
            units_ += record.byte_units;
        } else if (kind == RecordKind::event) {
            events_++;
        }
        record.out.clear();
        if (!record.let_go()) {
            return;
        }
        slot_.slab.end(record);
        if (first_ == nullptr) {
            last_ = &record;
        } else {
            record.next.store(first_->index, std::memory_order_relaxed);
        }
        first_ = &record;
    }

  private:
    Slot &slot_;
    uint64_t generation_;
    uint32_t requests_ = 0;
    uint32_t units_ = 0;
    uint32_t events_ = 0;
    Record *first_ = nullptr;
    Record *last_ = nullptr;
};

/** The record of a token, taken back from the host; nullptr for one that is unknown or spent. */
Record *take_back(uint64_t token) {
    const CallId id = CallId::unpack(token);
    const Slot *slot = slot_at(id.slot);
    Record *record = slot == nullptr ? nullptr : slot->slab.at(id.index);
    return record != nullptr && record->take_back(id.use) ? record : nullptr;
}

/** Did the destroy of its owner return already, with a callback that still ran? */
bool is_muted(const Slot &slot, const Record &record) {
    const uint64_t generation = record.generation.load(std::memory_order_relaxed);
    const bool has_owner = generation != 0; // an answer to a ticket that got no context has none
    return has_owner && slot.recycle.muted.load(std::memory_order_seq_cst) == generation;
}

} // namespace

const char *status_message(weir_status status) {
    switch (status) {
    case WEIR_ERR_CANCELED: return "the request was canceled";
    case WEIR_ERR_TIMED_OUT: return "the request's time was used up";
    case WEIR_ERR_CLOSED: return "the context was destroyed before the request began";
    case WEIR_ERR_CREATE_FAILED: return "the library's create failed and gave no reason";
    case WEIR_ERR_INTERRUPTED: return "the handler was stopped while it ran";
    case WEIR_ERR_INSTANCE_ENDED: return "the library ended its instance";
    case WEIR_ERR_HANDLER: return "the handler failed and gave no reason";
    case WEIR_ERR_NO_MEMORY: return "there was no memory for the result";
    default: return weir_status_name(status);
    }
}

void deliver(Slot &slot, Record &record) {
    if (record.public_kind == WEIR_RECORD_RESPONSE) {
        count_response(slot, record.state().status);
    }
    if (record.target == Target::waiter) {
        open_gate(record);
        return;
    }
    if (record.target == Target::nobody) {
        release(record);
        return;
    }
    switch (slot.settings->delivery) {
    case Delivery::queue:
        // Asked of the worker's own thread alone, which is the one that writes it.
        return is_worker_of(slot.index) && slot.worker.answers_follow
                   ? slot.queue->push_quietly(record)
                   : slot.queue->push(record, more_follows(slot));
    case Delivery::callback: return deliver_behind_callbacks(slot, record);
    case Delivery::direct: return deliver_direct(slot, record);
    }
}

bool settle_and_deliver(Slot &slot, Record &record, uint64_t use, weir_status result) {
    const DeliveryMark mark(slot);
    const Record::Settled settled = record.settle(use, result);
    if (!settled.won) {
        return false;
    }
    if (settled.was_running) {
        record.holders.fetch_add(1, std::memory_order_relaxed);
        slot.posts.post(record, post_cancel);
        slot.wake_worker();
    }
    deliver(slot, record);
    return true;
}

bool is_outdated(const Record &record) {
    if (record.public_kind == WEIR_RECORD_RESPONSE || record.public_kind == WEIR_RECORD_DESTROYED ||
        record.public_kind == WEIR_RECORD_CREATED) {
        return false;
    }
    return !slot_of(record).lifecycle.is_active(record.generation.load(std::memory_order_relaxed));
}

void deliver_behind_callbacks(Slot &slot, Record &record) {
    std::atomic<Record *> &outbox = slot.event.outbox;
    Record *seen = outbox.load(std::memory_order_acquire);
    do {
        record.next_out.store(seen, std::memory_order_relaxed);
    } while (!outbox.compare_exchange_weak(seen, &record, std::memory_order_seq_cst));
    slot.event_signal.notify();
}

void invoke(Slot &slot, Record &record) {
    if (record.target == Target::waiter) {
        open_gate(record);
        return;
    }
    const bool is_event = record.public_kind == WEIR_RECORD_EVENT;
    const weir_record_callback callback =
        record.callback != nullptr ? record.callback : slot.settings->callback;
    // Counted before it looks: a destroy that returns mutes first, and then counts.
    slot.counters.callbacks_running.fetch_add(1, std::memory_order_seq_cst);
    const bool wanted = callback != nullptr && !is_muted(slot, record) && !is_outdated(record) &&
                        (!is_event || slot.listeners.contains(record.id));
    DeliveryMark::callback_is_decided(slot);
    if (wanted) {
        if (record.public_kind == WEIR_RECORD_EVENTS_DROPPED) {
            close_drops(slot, record);
        }
        weir_record shown;
        show(record, shown);
        assert_no_lock_held();
        thread_role.callback_depth++;
        callback(&shown, shown.user_data);
        thread_role.callback_depth--;
    }
    slot.counters.callbacks_running.fetch_sub(1, std::memory_order_seq_cst);
    release(record);
}

void hand_out(Record &record, weir_record &out) {
    if (record.public_kind == WEIR_RECORD_EVENTS_DROPPED) {
        close_drops(slot_of(record), record);
    }
    record.hand_out();
    show(record, out);
    out.token =
        CallId{.slot = record.slab->slot(), .index = record.index, .use = record.state().use}
            .pack();
}

void release(Record &record) { Returned(record).add(record); }

void release_records(const weir_record *records, uint32_t count) {
    std::optional<Returned> returned;
    for (uint32_t at = 0; at < count; at++) {
        Record *record = take_back(records[at].token);
        if (record == nullptr) {
            continue;
        }
        if (!returned || !returned->is_of(*record)) {
            returned.emplace(*record);
        }
        returned->add(*record);
    }
}

void let_go_of_request(Record &record) {
    record.in.clear();
    if (record.let_go()) {
        record.slab->give(record);
    }
}

} // namespace weir
