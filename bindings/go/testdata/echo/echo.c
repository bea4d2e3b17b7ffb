/*
 * echo.c: the library that the tests of the Go binding use. Compiled by TestMain.
 *
 *   config  "fail <reason>" lets create fail; anything else is kept and given back by `config`
 *   echo       the payload
 *   take       nothing
 *   fail       an error with the payload as its message
 *   thread_id  the worker's thread id, in decimal
 *   instances  how many instances were created, ever, in decimal
 *   config     the config
 *   lend       the config, without a copy
 *   remaining  milliseconds left of the request's time
 *   sleep      <ms>: emits `begun` and blocks the worker
 *   sleep_async <ms>: blocks a thread of weir_offload
 *   never      answers only when it is canceled
 *   emit       <n>: emits n events `tick` with 0 … n-1, then answers how many were accepted
 *   emit_named <name>: emits one event of that name, with the name as its payload
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <weir/library.h>

typedef struct state {
    size_t length;
    char config[];
} state;

static uint64_t instances;

static void sleep_ms(unsigned long ms) {
    struct timespec time = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}

static unsigned long number(const void *data, size_t length) {
    char text[24] = {0};
    memcpy(text, data, length < sizeof text - 1 ? length : sizeof text - 1);
    return strtoul(text, NULL, 10);
}

static void resolve_number(weir_call call, uint64_t value) {
    char text[24];
    int length = snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    weir_call_resolve(call, text, (size_t)length);
}

static weir_status create(weir_instance instance, const void *config, size_t length,
                          void **out_state) {
    __atomic_add_fetch(&instances, 1, __ATOMIC_SEQ_CST);
    if (length >= 5 && memcmp(config, "fail ", 5) == 0) {
        weir_instance_fail(instance, (const char *)config + 5, length - 5);
        return WEIR_ERR_CREATE_FAILED;
    }
    state *made = malloc(sizeof *made + length);
    if (made == NULL) {
        return WEIR_ERR_NO_MEMORY;
    }
    made->length = length;
    if (length > 0) {
        memcpy(made->config, config, length);
    }
    *out_state = made;
    return WEIR_OK;
}

static void destroy(weir_instance instance, void *made) {
    (void)instance;
    free(made);
}

static void echo(weir_call call, void *made, const void *data, size_t length) {
    (void)made;
    weir_call_resolve(call, data, length);
}

static void take(weir_call call, void *made, const void *data, size_t length) {
    (void)made, (void)data, (void)length;
    weir_call_resolve(call, NULL, 0);
}

static void fail(weir_call call, void *made, const void *data, size_t length) {
    (void)made;
    weir_call_reject(call, WEIR_ERR_HANDLER, data, length);
}

static void thread_id(weir_call call, void *made, const void *data, size_t length) {
    (void)made, (void)data, (void)length;
    resolve_number(call, (uint64_t)syscall(SYS_gettid));
}

static void count_instances(weir_call call, void *made, const void *data, size_t length) {
    (void)made, (void)data, (void)length;
    resolve_number(call, __atomic_load_n(&instances, __ATOMIC_SEQ_CST));
}

static void config(weir_call call, void *made, const void *data, size_t length) {
    (void)data, (void)length;
    weir_call_resolve(call, ((state *)made)->config, ((state *)made)->length);
}

static void lent_back(const void *data, size_t length, uintptr_t user_data) {
    (void)data, (void)length, (void)user_data; /* the instance frees it, after all answers */
}

static void lend(weir_call call, void *made, const void *data, size_t length) {
    (void)data, (void)length;
    const state *instance = made;
    weir_call_resolve_borrowed(call, instance->config, instance->length, lent_back, 0);
}

static void remaining(weir_call call, void *made, const void *data, size_t length) {
    (void)made, (void)data, (void)length;
    resolve_number(call, weir_call_remaining_ms(call));
}

static void sleep_here(weir_call call, void *made, const void *data, size_t length) {
    (void)made;
    weir_emit(weir_call_instance(call), "begun", 5, NULL, 0, 0);
    sleep_ms(number(data, length));
    weir_call_resolve(call, data, length);
}

static void sleep_work(weir_call call, uintptr_t ms) {
    (void)call;
    sleep_ms(ms);
}

static void sleep_deliver(weir_call call, uintptr_t ms) { resolve_number(call, ms); }

static void sleep_async(weir_call call, void *made, const void *data, size_t length) {
    (void)made;
    weir_status status = weir_offload(call, sleep_work, sleep_deliver, number(data, length));
    if (status != WEIR_OK) {
        weir_call_reject(call, status, NULL, 0);
    }
}

static void never_canceled(weir_call call, uintptr_t user_data) {
    (void)user_data;
    weir_call_reject(call, WEIR_ERR_CANCELED, NULL, 0);
}

static void never(weir_call call, void *made, const void *data, size_t length) {
    (void)made, (void)data, (void)length;
    weir_call_on_cancel(call, never_canceled, 0);
}

static void emit(weir_call call, void *made, const void *data, size_t length) {
    (void)made;
    unsigned long count = number(data, length), accepted = 0;
    for (unsigned long i = 0; i < count; i++) {
        char text[24];
        int size = snprintf(text, sizeof text, "%lu", i);
        accepted +=
            weir_emit(weir_call_instance(call), "tick", 4, text, (size_t)size, 1000) == WEIR_OK;
    }
    resolve_number(call, accepted);
}

static void emit_named(weir_call call, void *made, const void *data, size_t length) {
    (void)made;
    weir_emit(weir_call_instance(call), data, length, data, length, 1000);
    weir_call_resolve(call, NULL, 0);
}

static const weir_method methods[] = {
    {"echo", echo},
    {"take", take},
    {"fail", fail},
    {"thread_id", thread_id},
    {"config", config},
    {"lend", lend},
    {"never", never},
    {"instances", count_instances},
    {"remaining", remaining},
    {"sleep", sleep_here},
    {"sleep_async", sleep_async},
    {"emit", emit},
    {"emit_named", emit_named},
};

#ifndef ECHO_ABI_VERSION
#define ECHO_ABI_VERSION WEIR_ABI_VERSION
#endif

static const weir_library_definition definition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = ECHO_ABI_VERSION,
    .name = "echo",
    .version = "1.0.0",
    .methods = methods,
    .method_count = sizeof methods / sizeof methods[0],
    .create = create,
    .destroy = destroy,
};

WEIR_LIBRARY_ENTRY { return &definition; }
