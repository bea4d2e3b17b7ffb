#include "runtime/queue.hpp"

#include <cstring>

#include <weir/weir.h>

#include "capi/guard.hpp"
#include "runtime/delivery.hpp"
#include "runtime/settings.hpp"

using namespace weir;

weir_status weir_queue_create(const weir_queue_options *options, weir_handle *out_queue,
                              weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (out_queue == nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "out_queue: NULL");
    }
    *out_queue = 0;
    const weir_queue_options fallback = WEIR_QUEUE_OPTIONS_INIT;
    const weir_queue_options *given = options_or_default(options, fallback);
    if (given == nullptr) {
        return error.end(WEIR_ERR_VERSION_MISMATCH, "struct_size: not that of weir_queue_options");
    }
    if (given->spin_us != WEIR_OFF && given->spin_us > limits::longest_spin_us) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "spin_us: more than 1,000");
    }
    Queue *queue = port::fork_guard_arm() ? Queue::make(*given) : nullptr;
    if (queue == nullptr) {
        return error.end(WEIR_ERR_NO_MEMORY);
    }
    *out_queue = queues().insert(queue);
    if (*out_queue == 0) {
        dispose(queue);
        return error.end(WEIR_ERR_NO_RESOURCES, "1,024 queues are open");
    }
    return WEIR_OK;
}

weir_status weir_queue_drain(weir_handle queue, weir_record *out_records, uint32_t capacity,
                             uint32_t *out_count) {
    WEIR_REFUSE_IN_CHILD();
    if (out_count == nullptr || (out_records == nullptr && capacity > 0)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_count = 0;
    const HeldQueue held = queues().find(queue);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    *out_count = held->drain(out_records, capacity);
    return WEIR_OK;
}

weir_status weir_queue_wait(weir_handle queue, weir_record *out_records, uint32_t capacity,
                            uint32_t timeout_ms, uint32_t *out_count) {
    WEIR_REFUSE_IN_CHILD();
    if (out_count == nullptr || out_records == nullptr || capacity == 0) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_count = 0;
    const HeldQueue held = queues().find(queue);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    *out_count = held->drain(out_records, capacity);
    if (*out_count != 0) {
        return WEIR_OK;
    }
    return held->wait(out_records, capacity, deadline_in(timeout_ms), *out_count);
}

weir_status weir_queue_wake(weir_handle queue) {
    WEIR_REFUSE_IN_CHILD();
    const HeldQueue held = queues().find(queue);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    held->wake();
    return WEIR_OK;
}

weir_status weir_queue_fd(weir_handle queue, int *out_fd) {
    WEIR_REFUSE_IN_CHILD();
    if (out_fd == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_fd = -1;
    const HeldQueue held = queues().find(queue);
    return held ? held->descriptor(*out_fd) : WEIR_ERR_STALE_HANDLE;
}

weir_status weir_queue_socket(weir_handle queue, int *out_socket) {
    WEIR_REFUSE_IN_CHILD();
    if (out_socket == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_socket = -1;
    const HeldQueue held = queues().find(queue);
    return held ? held->socket(*out_socket) : WEIR_ERR_STALE_HANDLE;
}

weir_status weir_queue_close(weir_handle queue) {
    WEIR_REFUSE_IN_CHILD();
    const HeldQueue held = queues().find(queue);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    if (!held->close()) {
        return WEIR_ERR_BUSY;
    }
    HeldQueue last;
    return queues().close(queue, last) ? WEIR_OK : WEIR_ERR_STALE_HANDLE;
}

weir_status weir_records_release(const weir_record *records, uint32_t count) {
    WEIR_REFUSE_IN_CHILD();
    if (records == nullptr && count > 0) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    release_records(records, count);
    return WEIR_OK;
}

weir_status weir_records_copy(const weir_record *records, uint32_t count, size_t longest,
                              void *out_bytes, size_t capacity, uint32_t *out_records) {
    WEIR_REFUSE_IN_CHILD();
    if (out_records == nullptr || (records == nullptr && count > 0) ||
        (out_bytes == nullptr && capacity > 0)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    auto *to = static_cast<unsigned char *>(out_bytes);
    size_t left = capacity;
    uint32_t at = 0;
    for (; at < count; at++) {
        const size_t length = records[at].length <= longest ? records[at].length : 0;
        if (length > left) {
            break;
        }
        if (length > 0) {
            memcpy(to, records[at].data, length);
            to += length;
            left -= length;
        }
    }
    *out_records = at;
    return WEIR_OK;
}
