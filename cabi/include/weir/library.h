/**
 * library.h: what the author of a native library needs.
 *
 * A library is a table of methods with a `create` and a `destroy`. An instance of it lives in one context: its create,
 * its handlers, its deferred work and its destroy all run on the context's worker, one after the other, always the same
 * thread. So an instance needs no locks of its own.
 *
 * A handler answers each call exactly once, with weir_call_resolve or weir_call_reject, at once or later, from any thread.
 * A call and an instance are numbers that can be refused, not pointers: a late or second answer is an error, never damage.
 *
 * In C++ give functions to the WEIR_METHOD, WEIR_CREATE and WEIR_DESTROY macros: they turn an exception into an error
 * response inside the library's own module. A function given without them must not throw.
 */
#ifndef WEIR_LIBRARY_H
#define WEIR_LIBRARY_H

#include <weir/weir.h>

#ifdef __cpp_exceptions
#include <exception>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** One request that a handler answers. Valid until it is answered. */
typedef uint64_t weir_call;

/** One live state of a library: the context that it serves. Valid from create until destroy returns. */
typedef weir_handle weir_instance;

/**
 * Make the state of an instance; `config` is the host's, valid during the call.
 *
 * Return WEIR_OK and set `*out_state`, or return any error, after weir_instance_fail with the reason if there is one.
 * When it fails, destroy is not called.
 */
typedef weir_status (*weir_create_function)(weir_instance instance, const void *config, size_t config_length, void **out_state);

/** Free the state. Every call has been answered and every job delivered before. Must return within teardown_ms. */
typedef void (*weir_destroy_function)(weir_instance instance, void *state);

/** Handle one call. `data` is the request's payload, valid until the call is answered. */
typedef void (*weir_handler)(weir_call call, void *state, const void *data, size_t length);

typedef struct weir_method {
    const char *name; /**< UTF-8, zero-terminated, unique in the library */
    weir_handler handler;
} weir_method;

typedef struct weir_library_definition {
    uint32_t struct_size;
    uint32_t abi_version; /**< WEIR_ABI_VERSION */
    const char *name;     /**< zero-terminated */
    const char *version;  /**< zero-terminated; semantic version */
    const weir_method *methods;
    uint32_t method_count;
    uint32_t reserved; /**< 0 */
    weir_create_function create;   /**< may be NULL: an instance without state */
    weir_destroy_function destroy; /**< may be NULL */
} weir_library_definition;

/** The function that a shared object for weir_library_load exports under the name "weir_library_entry". */
typedef const weir_library_definition *(*weir_library_entry_function)(void);

/** Declare that function: WEIR_LIBRARY_ENTRY { return &definition; } */
#ifdef __cplusplus
#define WEIR_LIBRARY_ENTRY extern "C" WEIR_API const weir_library_definition *weir_library_entry(void)
#else
#define WEIR_LIBRARY_ENTRY WEIR_API const weir_library_definition *weir_library_entry(void)
#endif

/**
 * Register a library that is part of this program.
 *
 * Ownership  The definition, its strings and its table are copied. The caller closes `*out_library` with weir_library_close.
 * Errors     VERSION_MISMATCH, LIBRARY_INVALID (no name, no handler, a name twice, bad UTF-8: the message says which), NO_MEMORY
 */
WEIR_API weir_status weir_library_register(const weir_library_definition *definition, weir_handle *out_library,
                                           weir_error *out_error);

/* ---- instances --------------------------------------------------------------------------------------------- */

/** In create: say why it fails. The message (UTF-8, at most WEIR_MESSAGE_LENGTH_MAX bytes, longer ones are cut) is copied. */
WEIR_API weir_status weir_instance_fail(weir_instance instance, const char *message, size_t length);

/**
 * Emit an event to the listeners of its name. Name and payload are copied.
 *
 * Threads    Any.
 * Blocks     Up to `wait_ms` while the event queue is full, which gives the host time to catch up (0 = not at all).
 * Errors     QUEUE_FULL     still full: this event is dropped and counted, and the host gets an EVENTS_DROPPED record
 *            STALE_HANDLE   the instance is being destroyed: nobody listens any more
 *            TOO_LARGE, BAD_UTF8 (name), INVALID_ARGUMENT, NO_MEMORY
 */
WEIR_API weir_status weir_emit(weir_instance instance, const char *name, size_t name_length, const void *data, size_t length,
                               uint32_t wait_ms);

/* ---- calls ------------------------------------------------------------------------------------------------- */

/** The instance that a call belongs to; 0 for a call that was answered. */
WEIR_API weir_instance weir_call_instance(weir_call call);

/** Milliseconds until the request times out; WEIR_FOREVER without a timeout; 0 when it is over or the call was answered. */
WEIR_API uint32_t weir_call_remaining_ms(weir_call call);

/** 1 when the host no longer waits for a result (canceled, timed out, destroyed) and for a call that was answered, else 0. */
WEIR_API int weir_call_is_canceled(weir_call call);

/** Told once that a call was canceled; runs on the worker. The call must still be answered. */
typedef void (*weir_cancel_callback)(weir_call call, uintptr_t user_data);

/**
 * Ask to be told when the call is canceled. One callback a call; a NULL callback takes it back.
 *
 * Threads    The worker, in the handler or in another callback of the instance. When the call is canceled already, the
 *            callback runs soon after the present handler returns.
 * Errors     STALE_HANDLE (answered), INVALID_ARGUMENT (another thread)
 */
WEIR_API weir_status weir_call_on_cancel(weir_call call, weir_cancel_callback callback, uintptr_t user_data);

/**
 * Answer a call with a result, which is copied.
 *
 * Threads    Any.
 * Errors     STALE_HANDLE  answered before
 *            TOO_LARGE, INVALID_ARGUMENT: the call is still to be answered
 *            NO_MEMORY     the host gets this as the response
 */
WEIR_API weir_status weir_call_resolve(weir_call call, const void *data, size_t length);

/** As weir_call_resolve without a copy: `release` is called once when the host has let go of the memory, whatever happens. */
WEIR_API weir_status weir_call_resolve_borrowed(weir_call call, const void *data, size_t length, weir_release_callback release,
                                                uintptr_t user_data);

/**
 * Answer a call with an error: the host gets `status` and the message (UTF-8, copied, cut at WEIR_MESSAGE_LENGTH_MAX bytes).
 *
 * `status` is WEIR_ERR_HANDLER for the library's own errors; any other error code is passed on. Threads: any.
 */
WEIR_API weir_status weir_call_reject(weir_call call, weir_status status, const char *message, size_t length);

/** A piece of weir_offload. */
typedef void (*weir_work_callback)(weir_call call, uintptr_t user_data);

/**
 * Do blocking work of a call without blocking the worker: `work` on a thread of its own, then `deliver` on the worker.
 *
 * `deliver` must not block; it may be NULL. The instance is not destroyed before `deliver` has run. Either may answer the call.
 *
 * Errors     STALE_HANDLE, INVALID_ARGUMENT, NO_MEMORY, NO_RESOURCES: neither function runs
 */
WEIR_API weir_status weir_offload(weir_call call, weir_work_callback work, weir_work_callback deliver, uintptr_t user_data);

#ifdef __cplusplus
}
#endif

#ifdef __cpp_exceptions
/* ---- exceptions become errors ------------------------------------------------------------------------------ */

namespace weir_author {

/** What an exception says: the text of a std::exception, else a fixed one. Call in a catch block. */
inline const char *describe_exception(char *buffer, size_t capacity) {
    const char *text = nullptr;
    try {
        throw;
    } catch (const std::exception &error) {
        text = error.what();
    } catch (...) {
        text = "the library threw something that is not a std::exception";
    }
    size_t length = 0;
    while (length + 1 < capacity && text[length] != '\0') {
        buffer[length] = text[length];
        length++;
    }
    buffer[length] = '\0';
    return buffer;
}

inline size_t text_length(const char *text) { return __builtin_strlen(text); }

template <weir_handler function> void guarded_handler(weir_call call, void *state, const void *data, size_t length) {
    try {
        function(call, state, data, length);
    } catch (...) {
        char text[1024];
        describe_exception(text, sizeof text);
        weir_call_reject(call, WEIR_ERR_HANDLER, text, text_length(text));
    }
}

template <weir_create_function function>
weir_status guarded_create(weir_instance instance, const void *config, size_t length, void **out_state) {
    try {
        return function(instance, config, length, out_state);
    } catch (...) {
        char text[1024];
        describe_exception(text, sizeof text);
        weir_instance_fail(instance, text, text_length(text));
        return WEIR_ERR_CREATE_FAILED;
    }
}

template <weir_destroy_function function> void guarded_destroy(weir_instance instance, void *state) {
    try {
        function(instance, state);
    } catch (...) { // NOLINT(bugprone-empty-catch): nobody is left to hear of it
    }
}

} // namespace weir_author

#define WEIR_METHOD(name, function) {(name), &weir_author::guarded_handler<(function)>}
#define WEIR_CREATE(function) (&weir_author::guarded_create<(function)>)
#define WEIR_DESTROY(function) (&weir_author::guarded_destroy<(function)>)
#else
#define WEIR_METHOD(name, function) {(name), (function)}
#define WEIR_CREATE(function) (function)
#define WEIR_DESTROY(function) (function)
#endif

#endif
