#include "runtime/sending.hpp"

#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/pool.hpp"
#include "runtime/slot.hpp"
#include "runtime/supervise.hpp"

namespace weir {

namespace {

/** What a request needs besides its bytes, found before anything is taken. */
struct Checked {
    uint32_t method = 0;
    uint32_t byte_units = 0;
};

/** By name. The pool may be gone: then the context is, too. */
uint32_t find_method(const Slot &slot, const weir_request &request) {
    if (request.name == nullptr) {
        return 0;
    }
    const HeldPool pool = pools().find(slot.owner.pool.load(std::memory_order_relaxed));
    return pool ? pool->library().find_method(request.name, request.name_length) : 0;
}

weir_status check(const Slot &slot, const weir_request &request, Checked &out, Text &reason) {
    if (request.struct_size < sizeof(weir_request) || request.reserved != 0) {
        reason.add("request: struct_size or reserved is wrong; begin with WEIR_REQUEST_INIT");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    if (request.data == nullptr && request.length > 0) {
        reason.add("data: NULL with a length");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    if (request.callback != nullptr && slot.owner.to_queue.load(std::memory_order_relaxed)) {
        reason.add("callback: this pool delivers to a queue");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const uint32_t max_payload = slot.owner.max_payload.load(std::memory_order_relaxed);
    if (request.length > max_payload) {
        reason.add("payload of ").add(request.length).add(" bytes, at most ").add(max_payload);
        return WEIR_ERR_TOO_LARGE;
    }
    out.method = request.method == 0 ? find_method(slot, request) : request.method;
    if (out.method == 0 || out.method > slot.owner.method_count.load(std::memory_order_relaxed)) {
        reason.add("the library has no such method");
        return WEIR_ERR_UNKNOWN_METHOD;
    }
    const bool outside = request.length > limits::inline_payload;
    out.byte_units =
        outside
            ? static_cast<uint32_t>((request.length + limits::byte_unit - 1) / limits::byte_unit)
            : 0;
    return WEIR_OK;
}

weir_status admission_status(TaggedCount::Admission admission, Text &reason, const char *what) {
    switch (admission) {
    case TaggedCount::Admission::admitted: return WEIR_OK;
    case TaggedCount::Admission::stale: return WEIR_ERR_STALE_HANDLE;
    case TaggedCount::Admission::full: break;
    }
    reason.add(what);
    return WEIR_ERR_QUEUE_FULL;
}

/** Count the request in, with all its bytes or not at all. */
weir_status admit(Slot &slot, uint64_t generation, uint32_t byte_units, Text &reason) {
    OwnerLimits &owner = slot.owner;
    const weir_status counted = admission_status(
        owner.requests.admit(generation, 1, owner.max_requests.load(std::memory_order_relaxed)),
        reason, "the context has as many open requests as max_requests allows");
    if (counted != WEIR_OK || byte_units == 0) {
        return counted;
    }
    const weir_status weighed = admission_status(
        owner.request_units.admit(generation, byte_units,
                                  owner.max_request_units.load(std::memory_order_relaxed)),
        reason, "the context's open requests hold as many bytes as max_request_bytes allows");
    if (weighed != WEIR_OK) {
        owner.requests.leave(generation, 1);
    }
    return weighed;
}

void count_out(Slot &slot, uint64_t generation, uint32_t byte_units) {
    slot.owner.requests.leave(generation, 1);
    if (byte_units != 0) {
        slot.owner.request_units.leave(generation, byte_units);
    }
}

/**
 * A refused request never began for its owner: borrowed memory stays the caller's. Unless somebody
 * guessed its number and canceled it before its push: then it has its response already.
 */
void undo(Slot &slot, Record &record, bool borrowed) {
    const uint64_t use = record.state().use;
    record.mark_queued(use);
    if (!record.settle(use, WEIR_ERR_CLOSED).won) {
        let_go_of_request(record);
        return;
    }
    if (borrowed) {
        record.in.borrow(nullptr, 0, nullptr, 0);
    }
    slot.slab.give(record);
}

Record *make_record(Slot &slot, uint64_t generation, const weir_request &request,
                    const Checked &checked) {
    Record *record = slot.slab.take();
    if (record == nullptr) {
        return nullptr;
    }
    const bool timed = request.timeout_ms != 0;
    record->begin(RecordKind::request, generation, timed ? 0 : Record::queued, true);
    record->public_kind = WEIR_RECORD_RESPONSE;
    record->context = slot.handle(generation);
    record->method = checked.method;
    record->byte_units = checked.byte_units;
    record->user_data = request.user_data;
    record->callback = request.callback;
    record->id = RequestId{.use = record->state().use, .index = record->index}.pack();
    if (timed) {
        record->deadline_ns.store(deadline_in(request.timeout_ms), std::memory_order_relaxed);
    }
    if (request.release != nullptr) {
        record->in.borrow(request.data, request.length, request.release, request.release_data);
    } else if (!record->in.copy(request.data, request.length, record->in_bytes)) {
        slot.slab.give(*record);
        return nullptr;
    }
    return record;
}

/** Admit and fill, but do not push. */
weir_status prepare(Slot &slot, uint64_t generation, const weir_request &request, Record *&out,
                    Text &reason) {
    Checked checked;
    const weir_status usable = check(slot, request, checked, reason);
    if (usable != WEIR_OK) {
        return usable;
    }
    const weir_status admitted = admit(slot, generation, checked.byte_units, reason);
    if (admitted != WEIR_OK) {
        return admitted;
    }
    out = make_record(slot, generation, request, checked);
    if (out == nullptr) {
        count_out(slot, generation, checked.byte_units);
        return WEIR_ERR_NO_MEMORY;
    }
    return WEIR_OK;
}

void watch_timeout(Slot &slot, uint64_t deadline_ns) {
    uint64_t seen = slot.next_timeout_ns.load(std::memory_order_seq_cst);
    while (deadline_ns < seen) {
        if (slot.next_timeout_ns.compare_exchange_weak(seen, deadline_ns,
                                                       std::memory_order_seq_cst)) {
            break;
        }
    }
    if (deadline_ns < slot.event.wakes_at_ns.load(std::memory_order_seq_cst)) {
        slot.event_signal.notify();
    }
}

/** Records that are pushed together, linked newest to oldest. */
class Chain {
  public:
    bool empty() const { return size_ == 0; }
    uint32_t size() const { return size_; }

    void add(Record &record) {
        size_++;
        if (oldest_ == nullptr) {
            oldest_ = &record;
        } else {
            record.next.store(newest_->index, std::memory_order_relaxed);
        }
        newest_ = &record;
    }

    /**
     * Push all; when the context was destroyed since, take all back. `requests` are theirs, the
     * last one first.
     */
    bool push(Slot &slot, uint64_t generation, const weir_request *last_request) {
        newest_->sender_cpu = static_cast<uint16_t>(port::current_cpu());
        const Chain pushed = *this;
        *this = Chain{};
        if (slot.inbox.push_chain(generation, *pushed.newest_, *pushed.oldest_)) {
            return true;
        }
        Record *record = pushed.newest_;
        for (uint32_t left = pushed.size_; left > 0; left--, last_request--) {
            Record *older = slot.slab.at(record->next.load(std::memory_order_relaxed));
            undo(slot, *record, last_request->release != nullptr);
            record = older;
        }
        return false;
    }

  private:
    uint32_t size_ = 0;
    Record *newest_ = nullptr;
    Record *oldest_ = nullptr;
};

/** Before a worker blocks on a call: would the workers that wait for one another form a ring? */
bool would_close_ring(const Slot &target, uint16_t own) {
    uint16_t at = target.index;
    for (uint32_t step = 0; step < limits::slots; step++) {
        if (at == own) {
            return true;
        }
        const int32_t following = slot_at(at)->worker.waits_for.load(std::memory_order_seq_cst);
        if (following < 0) {
            return false;
        }
        at = static_cast<uint16_t>(following);
    }
    return false;
}

/** Says for its lifetime which slot this worker waits for. */
class WaitMark {
  public:
    explicit WaitMark(const Slot &target) {
        if (thread_role.role == Role::worker) {
            own_ = slot_at(thread_role.slot);
            own_->worker.waits_for.store(target.index, std::memory_order_seq_cst);
        }
    }
    ~WaitMark() {
        if (own_ != nullptr) {
            own_->worker.waits_for.store(-1, std::memory_order_seq_cst);
        }
    }
    WaitMark(const WaitMark &) = delete;
    WaitMark &operator=(const WaitMark &) = delete;

  private:
    Slot *own_ = nullptr;
};

[[gnu::tls_model("initial-exec")]] thread_local SpinGuard wait_spin;

void wait_for_gate(Slot &slot, Record &record, uint64_t use) {
    const auto open = [&record] {
        return record.gate.load(std::memory_order_acquire) == gate_open;
    };
    const uint32_t worker_cpu = slot.worker.cpu.load(std::memory_order_relaxed);
    const uint64_t spin_ns = slot.owner.spin_ns.load(std::memory_order_relaxed);
    const bool may_spin = spin_ns != 0 && wait_spin.allows(worker_cpu, port::current_cpu());
    if (may_spin && wait_spin.spin(open, spin_ns)) {
        return;
    }
    const uint64_t deadline = record.deadline_ns.load(std::memory_order_relaxed);
    uint32_t closed = gate_closed;
    record.gate.compare_exchange_strong(closed, gate_watched, std::memory_order_acq_rel);
    while (!open()) {
        const bool in_time = port::wait_word(record.gate, gate_watched, deadline);
        if (!in_time) {
            time_out(slot, record, use);
            // When another result was first, its deliverer opens the gate in a moment.
            while (!open()) {
                port::wait_word(record.gate, gate_watched, port::never);
            }
        }
    }
}

} // namespace

weir_status send_requests(weir_handle context, const weir_request *requests, uint32_t count,
                          uint64_t *out_ids, uint32_t &accepted, Text &reason) {
    accepted = 0;
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    if (slot == nullptr || !slot->lifecycle.is_active(generation)) {
        return WEIR_ERR_STALE_HANDLE;
    }
    Chain chain;
    weir_status status = WEIR_OK;
    for (uint32_t at = 0; at < count; at++) {
        Record *record = nullptr;
        status = prepare(*slot, generation, requests[at], record, reason);
        if (status != WEIR_OK) {
            slot->counters.requests_refused.add();
            break;
        }
        if (out_ids != nullptr) {
            out_ids[at] = record->id;
        }
        chain.add(*record);
        const uint64_t deadline = record->deadline_ns.load(std::memory_order_relaxed);
        const uint64_t use = record->state().use;
        const bool timed = deadline != port::never;
        const bool last = at + 1 == count;
        if (!timed && !last) {
            continue;
        }
        if (!chain.push(*slot, generation, &requests[at])) {
            return WEIR_ERR_STALE_HANDLE;
        }
        accepted = at + 1;
        if (timed) {
            record->mark_queued(use);
            watch_timeout(*slot, deadline);
        }
    }
    if (!chain.empty()) {
        const uint32_t prepared = accepted + chain.size();
        if (!chain.push(*slot, generation, &requests[prepared - 1])) {
            return WEIR_ERR_STALE_HANDLE;
        }
        accepted = prepared;
    }
    if (accepted > 0) {
        slot->wake_worker();
    }
    return status;
}

weir_status send_and_wait(weir_handle context, const weir_request &request, weir_record &out,
                          Text &reason) {
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    if (slot == nullptr || !slot->lifecycle.is_active(generation)) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (request.callback != nullptr) {
        reason.add("callback: must be NULL for a blocking call");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const WaitMark mark(*slot);
    if (thread_role.role == Role::worker && would_close_ring(*slot, thread_role.slot)) {
        reason.add("the call would wait for the worker that makes it");
        return WEIR_ERR_WOULD_DEADLOCK;
    }
    Record *record = nullptr;
    const weir_status status = prepare(*slot, generation, request, record, reason);
    if (status != WEIR_OK) {
        slot->counters.requests_refused.add();
        return status;
    }
    record->target = Target::waiter;
    const uint64_t use = record->state().use;
    record->sender_cpu = static_cast<uint16_t>(port::current_cpu());
    if (!slot->inbox.push(generation, *record)) {
        undo(*slot, *record, request.release != nullptr);
        return WEIR_ERR_STALE_HANDLE;
    }
    record->mark_queued(use);
    slot->wake_worker();
    wait_for_gate(*slot, *record, use);
    hand_out(*record, out);
    return WEIR_OK;
}

weir_status end_request(weir_handle context, uint64_t id, weir_status result) {
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    if (slot == nullptr) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const OwnerHold hold(*slot, generation);
    if (!hold.is_active()) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const RequestId request = RequestId::unpack(id);
    Record *record = slot->slab.at(request.index);
    if (record == nullptr || record->kind.load(std::memory_order_acquire) != RecordKind::request) {
        return WEIR_OK; // it has its response
    }
    if (result == WEIR_ERR_TIMED_OUT) {
        time_out(*slot, *record, request.use);
    } else {
        settle_and_deliver(*slot, *record, request.use, result);
    }
    return WEIR_OK;
}

} // namespace weir
