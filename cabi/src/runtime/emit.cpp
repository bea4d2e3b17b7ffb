#include "runtime/emit.hpp"

#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/slot.hpp"

namespace weir {

namespace {

struct Event {
    const char *name;
    size_t name_length;
    const void *data;
    size_t length;
};

/** Wait until the owner's event queue has room. Holds nothing meanwhile. */
TaggedCount::Admission wait_for_room(Slot &slot, uint64_t generation, uint32_t limit,
                                     uint64_t deadline_ns) {
    OwnerLimits &owner = slot.owner;
    owner.emitters_waiting.fetch_add(1, std::memory_order_seq_cst);
    TaggedCount::Admission admission = TaggedCount::Admission::full;
    for (;;) {
        const uint32_t word = owner.events_left.load(std::memory_order_seq_cst);
        admission = owner.events.admit(generation, 1, limit);
        if (admission != TaggedCount::Admission::full) {
            break;
        }
        if (!port::wait_word(owner.events_left, word, deadline_ns)) {
            // There may be room, though not enough for a wake-up.
            admission = owner.events.admit(generation, 1, limit);
            break;
        }
    }
    owner.emitters_waiting.fetch_sub(1, std::memory_order_seq_cst);
    return admission;
}

/** Count a drop. The first one since the host saw the last notice makes a new notice. */
void count_drop(Slot &slot, uint64_t generation) {
    slot.counters.events_dropped.add();
    {
        const Lock lock(slot.owner.drops_mutex);
        if (slot.owner.drops != nullptr) {
            slot.owner.drops->id++;
            return;
        }
    }
    Record *record = slot.slab.take();
    if (record == nullptr) {
        return;
    }
    record->begin(RecordKind::notice, generation, 0, false);
    record->public_kind = WEIR_RECORD_EVENTS_DROPPED;
    record->context = slot.handle(generation);
    record->id = 1;
    record->user_data = slot.lease.user_data;
    bool first = false;
    {
        const Lock lock(slot.owner.drops_mutex);
        first = slot.owner.drops == nullptr;
        if (first) {
            slot.owner.drops = record;
        } else {
            slot.owner.drops->id++;
        }
    }
    if (first) {
        deliver(slot, *record);
    } else {
        slot.slab.give(*record);
    }
}

weir_status send_event(Slot &slot, uint64_t generation, const Event &event,
                       const ListenerTarget &listener) {
    Record *record = slot.slab.take();
    if (record == nullptr) {
        slot.owner.events.leave(generation, 1);
        return WEIR_ERR_NO_MEMORY;
    }
    record->begin(RecordKind::event, generation, 0, false);
    record->public_kind = WEIR_RECORD_EVENT;
    record->context = slot.handle(generation);
    record->id = listener.id;
    record->user_data = listener.user_data;
    record->callback = listener.callback;
    const bool copied = record->in.copy(event.name, event.name_length, record->in_bytes) &&
                        record->out.copy(event.data, event.length, record->out_bytes);
    if (!copied) {
        slot.owner.events.leave(generation, 1);
        slot.slab.give(*record);
        return WEIR_ERR_NO_MEMORY;
    }
    slot.counters.events_emitted.add();
    deliver(slot, *record);
    return WEIR_OK;
}

/** How long an emit may wait for room; the clock is read when it first must. */
class Patience {
  public:
    explicit Patience(uint32_t wait_ms) : wait_ms_(wait_ms) {}
    bool has_some() const { return wait_ms_ != 0; }
    uint64_t deadline_ns() {
        if (deadline_ns_ == 0) {
            deadline_ns_ = deadline_in(wait_ms_);
        }
        return deadline_ns_;
    }

  private:
    uint32_t wait_ms_;
    uint64_t deadline_ns_ = 0;
};

weir_status emit_to(Slot &slot, uint64_t generation, const Event &event,
                    const ListenerTarget &listener, Patience &patience) {
    const uint32_t limit = slot.owner.max_events.load(std::memory_order_relaxed);
    TaggedCount::Admission admission = slot.owner.events.admit(generation, 1, limit);
    if (admission == TaggedCount::Admission::full && patience.has_some()) {
        admission = wait_for_room(slot, generation, limit, patience.deadline_ns());
    }
    const ForeignHold hold(slot, generation);
    if (!slot.lifecycle.is_active(generation) || admission == TaggedCount::Admission::stale) {
        if (admission == TaggedCount::Admission::admitted) {
            slot.owner.events.leave(generation, 1);
        }
        return WEIR_ERR_STALE_HANDLE;
    }
    if (admission == TaggedCount::Admission::full) {
        count_drop(slot, generation);
        return WEIR_ERR_QUEUE_FULL;
    }
    return send_event(slot, generation, event, listener);
}

} // namespace

weir_status emit(weir_instance instance, const char *name, size_t name_length, const void *data,
                 size_t length, uint32_t wait_ms) {
    uint64_t generation = 0;
    Slot *slot = find_slot(instance, generation);
    if (slot == nullptr || !slot->lifecycle.is_active(generation)) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (length > slot->owner.max_payload.load(std::memory_order_relaxed)) {
        return WEIR_ERR_TOO_LARGE;
    }
    if (slot->listeners.empty()) {
        return WEIR_OK;
    }
    Patience patience(wait_ms);
    const Event event = {.name = name, .name_length = name_length, .data = data, .length = length};
    weir_status status = WEIR_OK;
    ListenerTarget listener;
    listener.has_more = true;
    while (listener.has_more &&
           slot->listeners.find_next(name, name_length, listener.id, listener)) {
        const weir_status sent = emit_to(*slot, generation, event, listener, patience);
        if (sent != WEIR_OK) {
            status = sent;
        }
    }
    return status;
}

weir_status emit_if_room(weir_instance instance, const char *name, size_t name_length,
                         const void *data, size_t length) {
    uint64_t generation = 0;
    Slot *slot = find_slot(instance, generation);
    if (slot == nullptr) {
        return WEIR_ERR_STALE_HANDLE;
    }
    uint32_t wanted = 0;
    ListenerTarget listener;
    listener.has_more = !slot->listeners.empty();
    while (listener.has_more &&
           slot->listeners.find_next(name, name_length, listener.id, listener)) {
        wanted++;
    }
    const uint32_t limit = slot->owner.max_events.load(std::memory_order_relaxed);
    if (wanted <= limit && slot->owner.events.value() + wanted > limit) {
        return slot->lifecycle.is_active(generation) ? WEIR_ERR_QUEUE_FULL : WEIR_ERR_STALE_HANDLE;
    }
    return emit(instance, name, name_length, data, length, 0);
}

weir_status listen(weir_handle context, const char *name, size_t name_length,
                   weir_record_callback callback, uintptr_t user_data, uint64_t &out_listener) {
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    if (slot == nullptr) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const OwnerHold hold(*slot, generation);
    if (!hold.is_active()) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (callback != nullptr && slot->owner.to_queue.load(std::memory_order_relaxed)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return slot->listeners.add(name, name_length, callback, user_data, out_listener);
}

weir_status unlisten(weir_handle context, uint64_t listener) {
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    if (slot == nullptr) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const OwnerHold hold(*slot, generation);
    if (!hold.is_active()) {
        return WEIR_ERR_STALE_HANDLE;
    }
    return slot->listeners.remove(listener) ? WEIR_OK : WEIR_ERR_INVALID_ARGUMENT;
}

} // namespace weir
