/* bridge.c: see bridge.h. */
#include "bridge.h"

#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

/* Only the head of a weir_error is cleared: the message is as long as message_length says. */
static void error_begin(weir_error *error) {
    memset(error, 0, offsetof(weir_error, message));
    error->struct_size = sizeof *error;
}

static weirgo_result finish(weir_status status, uint64_t value, const weir_error *error) {
    weirgo_result result = {value, NULL, status};
    if (status != WEIR_OK && error != NULL) {
        result.error = malloc(sizeof *error);
        if (result.error != NULL) {
            memcpy(result.error, error, sizeof *error);
        }
    }
    return result;
}

static void on_record(const weir_record *record, uintptr_t user_data) {
    weirgoRecord((weir_record *)record, user_data);
}

static void on_notify(uintptr_t user_data) { weirgoNotify(user_data); }

weirgo_result weirgo_library_load(const char *path, size_t length) {
    weir_error error;
    weir_handle library = 0;
    error_begin(&error);
    weir_status status = weir_library_load(path, length, &library, &error);
    return finish(status, library, &error);
}

weirgo_result weirgo_library_method(weir_handle library, const char *name, size_t length) {
    uint32_t method = 0;
    weir_status status = weir_library_method(library, name, length, &method);
    return finish(status, method, NULL);
}

weirgo_result weirgo_queue_create(uint32_t spin_us, int notify, uintptr_t user_data) {
    weir_error error;
    weir_handle queue = 0;
    weir_queue_options options = WEIR_QUEUE_OPTIONS_INIT;
    options.spin_us = spin_us;
    options.notify = notify ? on_notify : NULL;
    options.user_data = user_data;
    error_begin(&error);
    weir_status status = weir_queue_create(&options, &queue, &error);
    return finish(status, queue, &error);
}

weirgo_batch weirgo_queue_drain(weir_handle queue, weir_record *records, uint32_t capacity) {
    weirgo_batch batch = {WEIR_OK, 0};
    batch.status = weir_queue_drain(queue, records, capacity, &batch.count);
    return batch;
}

weirgo_batch weirgo_queue_wait(weir_handle queue, weir_record *records, uint32_t capacity,
                               uint32_t timeout_ms) {
    weirgo_batch batch = {WEIR_OK, 0};
    batch.status = weir_queue_wait(queue, records, capacity, timeout_ms, &batch.count);
    return batch;
}

weirgo_result weirgo_queue_fd(weir_handle queue) {
    int fd = -1;
    weir_status status = weir_queue_fd(queue, &fd);
    return finish(status, (uint64_t)(unsigned)fd, NULL);
}

weirgo_result weirgo_pool_create(weir_handle library, const weir_pool_options *options,
                                 int callback) {
    weir_error error;
    weir_handle pool = 0;
    weir_pool_options complete = *options;
    complete.callback = callback ? on_record : NULL;
    error_begin(&error);
    weir_status status = weir_pool_create(library, &complete, &pool, &error);
    return finish(status, pool, &error);
}

weirgo_result weirgo_pool_prewarm(weir_handle pool, uint32_t count) {
    weir_error error;
    error_begin(&error);
    weir_status status = weir_pool_prewarm(pool, count, &error);
    return finish(status, 0, &error);
}

static void context_options(weir_context_options *options, const uint8_t *config,
                            size_t config_length, const char *tag, uint32_t tag_length,
                            uintptr_t user_data) {
    memset(options, 0, sizeof *options);
    options->struct_size = sizeof *options;
    options->config = config;
    options->config_length = config_length;
    options->tag = tag;
    options->tag_length = tag_length;
    options->user_data = user_data;
}

weirgo_result weirgo_context_create(weir_handle pool, const uint8_t *config, size_t config_length,
                                    const char *tag, uint32_t tag_length, uintptr_t user_data) {
    weir_error error;
    weir_handle context = 0;
    weir_context_options options;
    context_options(&options, config, config_length, tag, tag_length, user_data);
    error_begin(&error);
    weir_status status = weir_context_create(pool, &options, &context, &error);
    return finish(status, context, &error);
}

weirgo_result weirgo_context_create_queued(weir_handle pool, const uint8_t *config,
                                           size_t config_length, const char *tag,
                                           uint32_t tag_length, uint32_t timeout_ms,
                                           uintptr_t user_data) {
    weir_error error;
    uint64_t ticket = 0;
    weir_context_options options;
    context_options(&options, config, config_length, tag, tag_length, user_data);
    error_begin(&error);
    weir_status status = weir_context_create_queued(pool, &options, timeout_ms, &ticket, &error);
    return finish(status, ticket, &error);
}

weirgo_result weirgo_context_listen(weir_handle context, const char *name, size_t length,
                                    uintptr_t user_data) {
    uint64_t listener = 0;
    weir_status status = weir_context_listen(context, name, length, NULL, user_data, &listener);
    return finish(status, listener, NULL);
}

weirgo_result weirgo_request_send(weir_handle context, uint32_t method, const uint8_t *data,
                                  size_t length, uint32_t timeout_ms, uintptr_t user_data) {
    weir_error error;
    uint64_t id = 0;
    weir_request request = WEIR_REQUEST_INIT;
    request.method = method;
    request.data = data;
    request.length = length;
    request.timeout_ms = timeout_ms;
    request.user_data = user_data;
    error_begin(&error);
    weir_status status = weir_request_send(context, &request, &id, &error);
    return finish(status, id, &error);
}

/* As many as are sent with one wake-up: what fits on the stack of a goroutine's thread. */
enum { SEND_STEP = 64 };

void weirgo_request_send_all(weir_handle context, weirgo_entry *entries, uint32_t count,
                             const uint8_t *payloads) {
    weir_request requests[SEND_STEP];
    uint64_t ids[SEND_STEP];
    uint32_t begin = 0;
    while (begin < count) {
        const uint32_t step = count - begin < SEND_STEP ? count - begin : SEND_STEP;
        for (uint32_t at = 0; at < step; at++) {
            const weirgo_entry *entry = &entries[begin + at];
            const weir_request request = {.struct_size = sizeof request,
                                          .method = entry->method,
                                          .data =
                                              entry->length == 0 ? NULL : payloads + entry->offset,
                                          .length = entry->length,
                                          .timeout_ms = entry->timeout_ms,
                                          .user_data = entry->user_data};
            requests[at] = request;
        }
        uint32_t accepted = 0;
        const weir_status status =
            weir_request_send_batch(context, requests, step, ids, &accepted, NULL);
        for (uint32_t at = 0; at < accepted; at++) {
            entries[begin + at].id = ids[at];
            entries[begin + at].status = WEIR_OK;
        }
        begin += accepted;
        if (status != WEIR_OK) {
            entries[begin++].status = status;
        }
    }
}
