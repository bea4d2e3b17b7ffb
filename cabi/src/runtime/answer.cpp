#include "runtime/answer.hpp"

#include <cstring>

#include "base/thread_role.hpp"
#include "base/utf8.hpp"
#include "runtime/delivery.hpp"
#include "runtime/delivery_mark.hpp"
#include "runtime/slot.hpp"
#include "runtime/worker.hpp"

namespace weir {

namespace {

struct Call {
    Slot *slot = nullptr;
    Record *record = nullptr;
    uint64_t use = 0;

    explicit operator bool() const { return record != nullptr; }
};

/** The record of a call that has not been answered. */
Call find_call(weir_call number) {
    const CallId id = CallId::unpack(number);
    Slot *slot = slot_at(id.slot);
    Record *record = slot == nullptr ? nullptr : slot->slab.at(id.index);
    if (record == nullptr) {
        return {};
    }
    const Record::State state = record->state();
    if (state.use != id.use || !state.has(Record::running) || state.has(Record::answered)) {
        return {};
    }
    return {.slot = slot, .record = record, .use = id.use};
}

/** Decide, store the result by `store(record)` when it counts, deliver, and end the handler. */
template <class Store> weir_status answer(weir_call number, weir_status result, Store store) {
    const Call call = find_call(number);
    if (!call) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const ForeignHold hold(*call.slot, call.record->generation.load(std::memory_order_relaxed));
    const DeliveryMark mark(*call.slot);
    const Record::Answered answered = call.record->answer(call.use, result);
    if (!answered.accepted) {
        return WEIR_ERR_STALE_HANDLE;
    }
    weir_status status = WEIR_OK;
    if (answered.is_result) {
        status = store(*call.record);
        if (status != WEIR_OK) {
            call.record->change_result(status);
        }
        deliver(*call.slot, *call.record);
    } else {
        call.slot->counters.results_dropped.add();
    }
    handler_ended(*call.slot, *call.record, answered.is_result);
    return status;
}

bool is_too_large(weir_call number, size_t length) {
    const Slot *slot = slot_at(CallId::unpack(number).slot);
    return slot != nullptr && length > slot->owner.max_payload.load(std::memory_order_relaxed);
}

/** Author's words as a message: valid UTF-8 of bounded length. */
struct Message {
    const char *text;
    size_t length;

    Message(const char *words, size_t words_length) : text(words), length(words_length) {
        if (words == nullptr) {
            text = "";
            length = 0;
        }
        if (utf8_find_error(text, length) != utf8_valid) {
            text = "the library's message is not valid UTF-8";
            length = strlen(text);
        }
        length = utf8_cut(text, length, WEIR_MESSAGE_LENGTH_MAX);
    }
};

} // namespace

weir_instance instance_of_call(weir_call number) {
    const Call call = find_call(number);
    return call ? call.slot->handle(call.record->generation.load(std::memory_order_relaxed)) : 0;
}

uint32_t remaining_ms(weir_call number) {
    const Call call = find_call(number);
    if (!call) {
        return 0;
    }
    const Record::State state = call.record->state();
    if (state.has(Record::settled) && state.status == WEIR_ERR_TIMED_OUT) {
        return 0; // whoever's clock said so
    }
    const uint64_t deadline = call.record->deadline_ns.load(std::memory_order_relaxed);
    if (deadline == port::never) {
        return WEIR_FOREVER;
    }
    const uint64_t now = port::now_ns();
    return now >= deadline ? 0 : static_cast<uint32_t>((deadline - now) / nanoseconds_per_ms);
}

bool is_canceled(weir_call number) {
    const Call call = find_call(number);
    return !call || call.record->state().has(Record::settled);
}

weir_status on_cancel(weir_call number, weir_cancel_callback callback, uintptr_t user_data) {
    const Call call = find_call(number);
    if (!call) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (!is_worker_of(call.slot->index)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    Record &record = *call.record;
    record.function_data = user_data;
    record.function = callback;
    if (callback != nullptr && record.state().has(Record::settled)) {
        record.holders.fetch_add(1, std::memory_order_relaxed);
        if (!call.slot->posts.post(record, post_cancel_now)) {
            record.holders.fetch_sub(1, std::memory_order_relaxed); // it lies there already
        }
    }
    return WEIR_OK;
}

weir_status resolve(weir_call call, const void *data, size_t length) {
    if (is_too_large(call, length)) {
        return WEIR_ERR_TOO_LARGE;
    }
    return answer(call, WEIR_OK, [&](Record &record) {
        return record.out.copy(data, length, record.out_bytes) ? WEIR_OK : WEIR_ERR_NO_MEMORY;
    });
}

weir_status resolve_borrowed(weir_call call, const void *data, size_t length,
                             weir_release_callback release, uintptr_t user_data) {
    if (is_too_large(call, length)) {
        return WEIR_ERR_TOO_LARGE;
    }
    bool kept = false;
    const weir_status status = answer(call, WEIR_OK, [&](Record &record) {
        record.out.borrow(data, length, release, user_data);
        kept = true;
        return WEIR_OK;
    });
    if (!kept) {
        release(data, length, user_data);
    }
    return status;
}

weir_status reject(weir_call call, weir_status result, const char *words, size_t length) {
    const Message message(words, length);
    return answer(call, result, [&](Record &record) {
        if (message.length == 0) {
            return WEIR_OK;
        }
        return record.out.copy(message.text, message.length, record.out_bytes) ? WEIR_OK
                                                                               : WEIR_ERR_NO_MEMORY;
    });
}

weir_status fail_create(weir_instance instance, const char *words, size_t length) {
    uint64_t generation = 0;
    Slot *slot = find_slot(instance, generation);
    if (slot == nullptr || !is_worker_of(slot->index) || slot->worker.generation != generation) {
        return WEIR_ERR_STALE_HANDLE;
    }
    const Message message(words, length);
    char *copy = static_cast<char *>(port::allocate(message.length));
    if (copy == nullptr) {
        return WEIR_ERR_NO_MEMORY;
    }
    memcpy(copy, message.text, message.length);
    port::deallocate(slot->worker.failure);
    slot->worker.failure = copy;
    slot->worker.failure_length = static_cast<uint32_t>(message.length);
    return WEIR_OK;
}

} // namespace weir
