/*
 * bridge.h: the C half of the Go binding, thin enough to be inlined by eye.
 *
 * Guarantees
 *   - Option structs and requests are built on the C stack: Go stores no pointer in C memory.
 *   - A result comes back by value; its `error` is NULL, or malloc'ed and freed by the Go side.
 *   - Nothing here keeps a pointer to Go memory after it returned.
 *   - Payloads are uint8_t *, not void *: cgo need not look for Go pointers behind them.
 */
#ifndef WEIRGO_BRIDGE_H
#define WEIRGO_BRIDGE_H

#include <stdint.h>
#include <stdlib.h>
#include <weir/weir.h>

typedef struct weirgo_result {
    uint64_t value;    /* a handle, a request id, a listener id or a ticket */
    weir_error *error; /* the caller's; NULL on success */
    weir_status status;
} weirgo_result;

typedef struct weirgo_batch {
    weir_status status;
    uint32_t count;
} weirgo_batch;

weirgo_result weirgo_library_load(const char *path, size_t length);
weirgo_result weirgo_library_method(weir_handle library, const char *name, size_t length);

weirgo_result weirgo_queue_create(uint32_t spin_us, int notify, uintptr_t user_data);
weirgo_batch weirgo_queue_drain(weir_handle queue, weir_record *records, uint32_t capacity);
weirgo_batch weirgo_queue_wait(weir_handle queue, weir_record *records, uint32_t capacity,
                               uint32_t timeout_ms);
weirgo_result weirgo_queue_fd(weir_handle queue);

/* `options` is complete but for the callback, which is the Go side's when `callback` is not 0. */
weirgo_result weirgo_pool_create(weir_handle library, const weir_pool_options *options,
                                 int callback);
weirgo_result weirgo_pool_prewarm(weir_handle pool, uint32_t count);

weirgo_result weirgo_context_create(weir_handle pool, const uint8_t *config, size_t config_length,
                                    const char *tag, uint32_t tag_length, uintptr_t user_data);
weirgo_result weirgo_context_create_queued(weir_handle pool, const uint8_t *config,
                                           size_t config_length, const char *tag,
                                           uint32_t tag_length, uint32_t timeout_ms,
                                           uintptr_t user_data);
weirgo_result weirgo_context_listen(weir_handle context, const char *name, size_t length,
                                    uintptr_t user_data);

/* One of several requests that are sent together; `id` and `status` are written. */
typedef struct weirgo_entry {
    uint64_t id;
    uintptr_t user_data;
    uint32_t method;
    uint32_t timeout_ms;
    uint32_t offset; /* of the payload in `payloads` */
    uint32_t length;
    weir_status status;
} weirgo_entry;

/* Sends the requests in order, with one wake-up but where one is refused. */
void weirgo_request_send_all(weir_handle context, weirgo_entry *entries, uint32_t count,
                             const uint8_t *payloads);

weirgo_result weirgo_request_send(weir_handle context, uint32_t method, const uint8_t *data,
                                  size_t length, uint32_t timeout_ms, uintptr_t user_data);

#endif
