/**
 * weir.h: what a host needs to use a library through pooled contexts.
 *
 * Guarantees
 *   - Every accepted request gets exactly one RESPONSE record; a refused one gets none and the call says why.
 *   - A handle value is never valid twice in one process; a dead one gets WEIR_ERR_STALE_HANDLE and touches nothing.
 *   - The DESTROYED record is the last thing delivered for a context.
 *   - No weir lock is held while host or author code runs; every function may be called from every callback.
 *   - Functions whose name ends in `_wait` may block, up to the time they are given; all others never do.
 *
 * Conventions
 *   - Option structs begin with `struct_size`; use the _INIT macros. All other fields zero is the default.
 *   - Strings are (pointer, length), UTF-8, and need no terminating zero. Times in `_ms` are milliseconds.
 *   - `out_error` may be NULL. Out parameters are written before any callback can run.
 *   - After fork() each call in the child returns WEIR_ERR_FORKED.
 *   - Unless a comment says otherwise, a function may be called from any thread.
 *
 * The pages under docs/ (lifecycle, threads, ownership, errors) say what cuts across functions.
 */
#ifndef WEIR_WEIR_H
#define WEIR_WEIR_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define WEIR_API __declspec(dllimport)
#else
#define WEIR_API __attribute__((visibility("default")))
#endif

/** Grows when a host or a library built against this header would no longer work with an older core. */
#define WEIR_ABI_VERSION 1u

/** Names a pool, a queue, a library or a context. Below 2^53, so exact in a double. 0 is never a valid handle. */
typedef uint64_t weir_handle;

/* ---- errors ------------------------------------------------------------------------------------------------ */

/** Result of a call, and status of a record. Values never change their meaning. docs/errors.md explains each. */
typedef int32_t weir_status;
enum {
    WEIR_OK = 0,
    WEIR_ERR_INVALID_ARGUMENT = 1,   /**< a value, a pointer or a combination of options that cannot be */
    WEIR_ERR_STALE_HANDLE = 2,       /**< destroyed before, never created, or of another kind */
    WEIR_ERR_FORKED = 3,             /**< called in a child of the process that uses weir */
    WEIR_ERR_NO_MEMORY = 4,          /**< nothing was changed */
    WEIR_ERR_NO_RESOURCES = 5,       /**< the system refused a thread or a descriptor; nothing was changed */
    WEIR_ERR_POOL_EXHAUSTED = 6,     /**< every slot is in use; the error carries the pool's counts */
    WEIR_ERR_QUEUE_FULL = 7,         /**< a bounded queue is full; try again when something was taken out */
    WEIR_ERR_TOO_LARGE = 8,          /**< longer than a limit; nothing was copied */
    WEIR_ERR_BAD_UTF8 = 9,           /**< a string is not valid UTF-8; the message has the byte offset */
    WEIR_ERR_UNKNOWN_METHOD = 10,    /**< the library has no method of this name or number */
    WEIR_ERR_WOULD_DEADLOCK = 11,    /**< the call would wait for the thread that makes it */
    WEIR_ERR_TIMED_OUT = 12,         /**< the time given was used up */
    WEIR_ERR_CANCELED = 13,          /**< canceled by its host, or by the destroy of its context */
    WEIR_ERR_CLOSED = 14,            /**< the context, pool or queue was closed before the work began */
    WEIR_ERR_CREATE_FAILED = 15,     /**< the library's create failed; the payload is its reason */
    WEIR_ERR_HANDLER = 16,           /**< the library's handler failed; the payload is its message */
    WEIR_ERR_INTERRUPTED = 17,       /**< the handler was stopped while it ran */
    WEIR_ERR_VERSION_MISMATCH = 18,  /**< struct or ABI version of host, core and library do not fit */
    WEIR_ERR_LIBRARY_NOT_FOUND = 19, /**< no file at this path */
    WEIR_ERR_LIBRARY_INVALID = 20,   /**< a file that is not a weir library, or a definition that cannot be */
    WEIR_ERR_BUSY = 21,              /**< still in use by something that must be closed first */
    WEIR_ERR_TOO_DEEP = 22,          /**< callbacks nested deeper than WEIR_REENTRY_DEPTH_MAX */
    WEIR_ERR_ENGINE_MISSING = 23,    /**< the engine that the library needs is not installed; the message says what to get */
    WEIR_ERR_INSTANCE_ENDED = 24,    /**< the library ended its own instance: an uncaught error, process.exit, out of memory */
    WEIR_ERR_CONTRACT_MISMATCH = 25  /**< for generated clients: the library's contract does not fit the client's */
};

/** Bytes of weir_error.message, its terminating zero included. */
#define WEIR_ERROR_MESSAGE_SIZE 480u

/** What went wrong, in words. Set struct_size before the call. The counts are set by POOL_EXHAUSTED. */
typedef struct weir_error {
    uint32_t struct_size;
    weir_status status;
    uint32_t slots_total;
    uint32_t slots_idle;
    uint32_t slots_active;
    uint32_t slots_quarantined;
    uint32_t waiting;
    uint32_t message_length;
    char message[WEIR_ERROR_MESSAGE_SIZE];
} weir_error;
#define WEIR_ERROR_INIT {sizeof(weir_error), WEIR_OK, 0, 0, 0, 0, 0, 0, {0}}

/** The constant's name, such as "STALE_HANDLE"; "UNKNOWN" for a value that is none. Static memory. */
WEIR_API const char *weir_status_name(weir_status status);

/** Version of the core as "1.2.3". Static memory. */
WEIR_API const char *weir_version(void);

/** The WEIR_ABI_VERSION that the core was built with. */
WEIR_API uint32_t weir_abi_version(void);

/* ---- limits ------------------------------------------------------------------------------------------------ */

#define WEIR_SLOTS_MAX 1024u                 /**< slots in a process: the handle has 10 bits for them */
#define WEIR_PAYLOAD_MAX_DEFAULT 16777216u   /**< bytes of one request, response or event: 16 MiB */
#define WEIR_REQUESTS_MAX_DEFAULT 4096u      /**< requests of a context that are accepted and not yet released */
#define WEIR_REQUEST_BYTES_MAX_DEFAULT 67108864u /**< bytes of their payloads: 64 MiB */
#define WEIR_EVENTS_MAX_DEFAULT 1024u        /**< events of a context that are emitted and not yet released */
#define WEIR_NAME_LENGTH_MAX 255u            /**< bytes of a method's, an event's, a library's name or of a tag */
#define WEIR_MESSAGE_LENGTH_MAX 4096u        /**< bytes of a handler's error message; longer ones are cut */
#define WEIR_LISTENERS_MAX 65536u            /**< listeners of one context */
#define WEIR_REENTRY_DEPTH_MAX 32u           /**< callbacks that run inside one another on one thread */
#define WEIR_FOREVER UINT32_MAX              /**< as a timeout: no limit */
#define WEIR_OFF UINT32_MAX                  /**< as an option: switched off, where 0 stands for the default */

/* ---- records ----------------------------------------------------------------------------------------------- */

/** Kinds of weir_record. */
enum {
    WEIR_RECORD_RESPONSE = 1,       /**< the one result of a request; id = request id */
    WEIR_RECORD_EVENT = 2,          /**< the library emitted; id = listener id; name = the event's name */
    WEIR_RECORD_EVENTS_DROPPED = 3, /**< the event queue was full; id = how many were dropped since the last notice */
    WEIR_RECORD_UNRESPONSIVE = 4,   /**< a handler runs longer than wedged_ms; id = milliseconds so far */
    WEIR_RECORD_RESPONSIVE = 5,     /**< it came back; id = milliseconds that it took */
    WEIR_RECORD_DESTROYED = 6,      /**< nothing follows for this context; data = a weir_destroy_report */
    WEIR_RECORD_CREATED = 7,        /**< answer to weir_context_create_queued; id = ticket; context = the handle, or 0 */
    WEIR_RECORD_LEAK_SUSPECTED = 8, /**< open for longer than leak_threshold_ms; data = who made it, in words */
    WEIR_RECORD_INSTANCE_ENDED = 9  /**< the library ended its instance; data = why. Destroy the context, and make a new one */
};

/** One thing delivered. The memory it points to is the host's until weir_records_release (queue) or the callback's return. */
typedef struct weir_record {
    uint32_t kind;
    weir_status status;     /**< of a RESPONSE, CREATED or DESTROYED; WEIR_OK in all others */
    weir_handle context;
    uint64_t id;
    uintptr_t user_data;    /**< of the request, the listener, or (other kinds) the context */
    const void *data;       /**< response or event payload; a message where status says that something failed */
    size_t length;
    const char *name;       /**< of an EVENT, else NULL */
    size_t name_length;
    uint64_t token;         /**< for weir_records_release; 0 when there is nothing to release */
} weir_record;

/** What destroy did with the work that it found. */
typedef struct weir_destroy_report {
    uint32_t struct_size;
    uint32_t drained;            /**< handlers that ended in the drain time */
    uint32_t canceled;           /**< handlers that were canceled and then ended */
    uint32_t abandoned;          /**< handlers, and the destructor if it was late, that still run: the slot is quarantined */
    uint32_t callbacks_running;  /**< host callbacks that still run; their user_data must stay alive */
    uint32_t closed;             /**< requests that had not begun and were completed CLOSED */
    uint64_t took_us;            /**< microseconds from the call of destroy to this report */
} weir_destroy_report;
#define WEIR_DESTROY_REPORT_INIT {sizeof(weir_destroy_report), 0, 0, 0, 0, 0, 0}

/** Receives one record; `user_data` is record->user_data. May call any weir function; must not throw or longjmp. */
typedef void (*weir_record_callback)(const weir_record *record, uintptr_t user_data);

/** Called once when weir no longer needs borrowed memory, on any thread. Must not block. */
typedef void (*weir_release_callback)(const void *data, size_t length, uintptr_t user_data);

/* ---- libraries --------------------------------------------------------------------------------------------- */

/**
 * Load a library from a file: a shared object, or what `weir build` makes of TypeScript (NAME.weir).
 *
 * The first TypeScript library loads the engine, libweir_node.so, from the folder of the core, and starts it. The whole
 * file is read and its checksums are compared; it is not needed afterwards.
 *
 * Ownership  The caller closes `*out_library` with weir_library_close. The path is copied.
 * Blocks     While the system's loader runs.
 * Errors     INVALID_ARGUMENT   the path is not absolute or is longer than 4,095 bytes
 *            LIBRARY_NOT_FOUND  no file there
 *            LIBRARY_INVALID    neither a shared object with the entry point nor a whole library file; the message says what
 *                               is wrong
 *            VERSION_MISMATCH   built for another ABI version; the message names both
 *            ENGINE_MISSING     the engine is not there, or the package that it needs is not installed; the message names it
 */
WEIR_API weir_status weir_library_load(const char *path, size_t path_length, weir_handle *out_library, weir_error *out_error);

/** What a library says of itself. The texts are the library's: valid until weir_library_close, not zero-terminated. */
typedef struct weir_library_info {
    uint32_t struct_size;
    uint32_t method_count;
    const char *name;
    const char *version;
    const char *engine;        /**< "native" or "node" */
    const char *contract;      /**< the contract document (JSON), or NULL: a native library has none */
    const char *contract_hash; /**< 64 hexadecimal digits, or NULL */
    size_t name_length, version_length, engine_length, contract_length, contract_hash_length;
} weir_library_info;
#define WEIR_LIBRARY_INFO_INIT {sizeof(weir_library_info), 0, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0}

/** Set struct_size before the call. Errors: STALE_HANDLE, INVALID_ARGUMENT. */
WEIR_API weir_status weir_library_describe(weir_handle library, weir_library_info *out_info);

/** Number of a method, for weir_request.method. Errors: STALE_HANDLE, UNKNOWN_METHOD. */
WEIR_API weir_status weir_library_method(weir_handle library, const char *name, size_t name_length, uint32_t *out_method);

/** Give up the library's handle. Pools of it go on; code is never unmapped. Errors: STALE_HANDLE. */
WEIR_API weir_status weir_library_close(weir_handle library);

/* ---- queues ------------------------------------------------------------------------------------------------ */

/**
 * Called when a queue turns from empty to not empty, on the thread that made it so: a worker, a thread that cancels, or one
 * that drains while something is pushed. Must not block.
 */
typedef void (*weir_notify_callback)(uintptr_t user_data);

typedef struct weir_queue_options {
    uint32_t struct_size;
    uint32_t spin_us;             /**< longest guarded spin of weir_queue_wait; 0 = 20, WEIR_OFF = never */
    weir_notify_callback notify;  /**< may be NULL */
    uintptr_t user_data;
} weir_queue_options;
#define WEIR_QUEUE_OPTIONS_INIT {sizeof(weir_queue_options), 0, NULL, 0}

/**
 * Make a queue, where any number of contexts deliver and any number of threads collect.
 *
 * Ownership  The caller closes it with weir_queue_close, after the pools that deliver to it. `options` may be NULL.
 * Errors     INVALID_ARGUMENT, NO_MEMORY
 */
WEIR_API weir_status weir_queue_create(const weir_queue_options *options, weir_handle *out_queue, weir_error *out_error);

/**
 * Take up to `capacity` records without waiting, oldest first.
 *
 * Ownership  Each record taken is the caller's until weir_records_release.
 * Errors     STALE_HANDLE; WEIR_OK with *out_count = 0 when the queue is empty
 */
WEIR_API weir_status weir_queue_drain(weir_handle queue, weir_record *out_records, uint32_t capacity, uint32_t *out_count);

/**
 * As weir_queue_drain, but wait for the first record.
 *
 * Blocks     Up to `timeout_ms`, or until weir_queue_wake. On a worker or event thread of weir it never waits.
 * Errors     TIMED_OUT; WOULD_DEADLOCK (nothing there and the caller is a thread of weir); CLOSED (closed meanwhile);
 *            WEIR_OK with *out_count = 0 after weir_queue_wake
 */
WEIR_API weir_status weir_queue_wait(weir_handle queue, weir_record *out_records, uint32_t capacity, uint32_t timeout_ms,
                                     uint32_t *out_count);

/** Let one weir_queue_wait, the present or the next one, return with no record. Errors: STALE_HANDLE. */
WEIR_API weir_status weir_queue_wake(weir_handle queue);

/**
 * A descriptor that polls readable while the queue is not empty.
 *
 * Ownership  The queue's; it is closed with the queue. Do not read, write or close it: a drain that empties the queue clears it.
 * Errors     STALE_HANDLE, NO_RESOURCES
 */
WEIR_API weir_status weir_queue_fd(weir_handle queue, int *out_fd);

/**
 * A stream socket that receives a byte when the queue turns from empty to not empty: for event loops that read what they
 * poll, such as Node's. After a byte, drain until a call takes fewer records than it has room for: then the next record
 * sends the next byte.
 *
 * Ownership  The caller's, who reads it and closes it at any time. Weir's end closes with the queue. A queue has one.
 * Errors     STALE_HANDLE; BUSY (asked before); NO_RESOURCES
 */
WEIR_API weir_status weir_queue_socket(weir_handle queue, int *out_socket);

/** Close a queue and release what is in it. Errors: STALE_HANDLE; BUSY while a pool delivers to it. */
WEIR_API weir_status weir_queue_close(weir_handle queue);

/** Give back what records point to. Safe to call twice with the same records, and with records whose token is 0. */
WEIR_API weir_status weir_records_release(const weir_record *records, uint32_t count);

/**
 * Copy what records carry to one place, in one call: for hosts to which each look into foreign memory is expensive.
 *
 * The data of the records follow one another without gaps. Those longer than `longest` are passed over. It ends at the
 * first that does not fit any more; `*out_records` says how many records were looked at. Nothing is released.
 *
 * Errors     INVALID_ARGUMENT
 */
WEIR_API weir_status weir_records_copy(const weir_record *records, uint32_t count, size_t longest, void *out_bytes, size_t capacity,
                                       uint32_t *out_records);

/* ---- pools ------------------------------------------------------------------------------------------------- */

/** How a pool's contexts deliver records. */
enum {
    WEIR_DELIVER_QUEUE = 1,    /**< into weir_pool_options.queue */
    WEIR_DELIVER_CALLBACK = 2, /**< on the context's event thread, one at a time, in order */
    WEIR_DELIVER_DIRECT = 3    /**< on the worker, in order: for callbacks that only wake something */
};

/** What to do with a handler that runs longer than wedged_ms. */
enum {
    WEIR_ON_WEDGED_REPORT = 0,   /**< one UNRESPONSIVE record */
    WEIR_ON_WEDGED_INTERRUPT = 1 /**< and stop it, where the engine can (native code cannot be stopped) */
};

/** What the next owner of a slot finds of the last one. For libraries whose engine has environments. */
enum {
    WEIR_ISOLATION_INSTANCE = 0,   /**< an instance of its own in the same environment, which is built anew when it is unclean */
    WEIR_ISOLATION_ENVIRONMENT = 1 /**< nothing: an environment of its own, built between two owners */
};

typedef struct weir_pool_options {
    uint32_t struct_size;
    uint32_t delivery;              /**< WEIR_DELIVER_…; required */
    weir_handle queue;              /**< for WEIR_DELIVER_QUEUE */
    uint32_t max_slots;             /**< 0 = 32; at most WEIR_SLOTS_MAX */
    uint32_t min_idle;              /**< idle slots that are kept however long they idle; at most max_slots */
    uint32_t idle_timeout_ms;       /**< 0 = 600,000; WEIR_OFF = never retire an idle slot */
    uint32_t max_uses;              /**< contexts that a slot serves before it is built anew; 0 = any number */
    uint32_t max_age_ms;            /**< age at which a slot is built anew, when its context ends; 0 = any age */
    uint32_t drain_ms;              /**< 0 = 1,500; time for handlers to end by themselves; WEIR_OFF = none */
    uint32_t cancel_ms;             /**< 0 = 1,500; time to end after cancel; WEIR_OFF = none */
    uint32_t teardown_ms;           /**< 0 = 2,000; time for the library's destroy */
    uint32_t slow_ms;               /**< 0 = 1,000; counted in the stats; WEIR_OFF = off */
    uint32_t wedged_ms;             /**< 0 = 5,000; UNRESPONSIVE; WEIR_OFF = off */
    uint32_t check_ms;              /**< 0 = 500; between two looks at a busy worker */
    uint32_t on_wedged;             /**< WEIR_ON_WEDGED_… */
    uint32_t max_requests;          /**< 0 = 4,096 per context; at most 32,768 */
    uint32_t max_events;            /**< 0 = 1,024 per context; at most 16,384 */
    uint64_t max_request_bytes;     /**< 0 = 64 MiB per context */
    uint32_t max_payload;           /**< 0 = 16 MiB; at most 2^31-1 */
    uint32_t spin_us;               /**< longest guarded spin of a worker before it sleeps; 0 = 20, WEIR_OFF = never */
    uint32_t stack_size;            /**< bytes of each thread's stack; 0 = 1 MiB; at least 128 KiB, 512 for TypeScript */
    uint32_t leak_threshold_ms;     /**< LEAK_SUSPECTED for a context open this long; 0 = off; else at least 2,000 */
    uint32_t isolation;             /**< WEIR_ISOLATION_…; a native library has no environments */
    uint32_t min_clean;             /**< prepared idle slots that the pool keeps ready, up to max_slots; 0 = none */
    uint32_t heap_limit_mb;         /**< MiB that an instance may hold, heap and buffers each; 0 = 256; at least 32; not native */
    weir_record_callback callback;  /**< for CALLBACK and DIRECT: records without a callback of their own */
} weir_pool_options;
#define WEIR_POOL_OPTIONS_INIT                                                                                                     \
    {sizeof(weir_pool_options), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, NULL}

/**
 * Make a pool of contexts of one library. It builds no slot yet, but those of min_clean.
 *
 * Ownership  The caller closes it. The pool keeps the library and the queue in use.
 * Errors     INVALID_ARGUMENT  the message names the option
 *            STALE_HANDLE      library or queue
 *            NO_MEMORY, NO_RESOURCES
 */
WEIR_API weir_status weir_pool_create(weir_handle library, const weir_pool_options *options, weir_handle *out_pool,
                                      weir_error *out_error);

/** Build slots until `count` are idle or max_slots exist. Errors: STALE_HANDLE, CLOSED, NO_MEMORY, NO_RESOURCES. */
WEIR_API weir_status weir_pool_prewarm(weir_handle pool, uint32_t count, weir_error *out_error);

/** Counts of a pool; those after `waiting` only grow, but for callbacks_running. Set struct_size before the call. */
typedef struct weir_pool_stats {
    uint32_t struct_size;
    uint32_t slots_max, slots_total, slots_idle, slots_active, slots_recycling, slots_quarantined;
    uint32_t slots_prepared;            /**< of the idle ones: an instance can be made in them at once */
    uint32_t waiting;                   /**< threads and tickets that wait for a slot */
    uint64_t slots_built, slots_retired, slots_build_failed;
    uint64_t contexts_created, contexts_destroyed, contexts_exhausted, creates_failed, creates_timed_out;
    uint64_t requests_accepted, requests_refused;
    uint64_t responses_ok, responses_failed, responses_canceled, responses_timed_out, responses_closed;
    uint64_t results_dropped;           /**< results of handlers whose request had its response before */
    uint64_t events_emitted, events_dropped;
    uint64_t slow_handlers, wedged_handlers, recovered_handlers;
    uint64_t slots_unclean;             /**< slots that were retired since a reset did not leave them clean */
    uint64_t worker_wakes, watch_wakes; /**< how often workers and event threads came back from sleep */
    uint64_t wakes_repeated;            /**< lost wake-ups that the safety poll mended; 0 unless something is broken */
    uint64_t callbacks_running;         /**< host callbacks in progress now */
    uint64_t environments_rebuilt;      /**< environments that were built anew between two owners of a slot */
    uint64_t handlers_stopped;          /**< handlers that were stopped while they ran */
    uint64_t instances_ended;           /**< instances that ended themselves */
} weir_pool_stats;

/** Errors: STALE_HANDLE, INVALID_ARGUMENT. */
WEIR_API weir_status weir_pool_stats_get(weir_handle pool, weir_pool_stats *out_stats);

/**
 * Close a pool: destroy its contexts as weir_context_destroy does, complete waiting creates CLOSED, retire all slots.
 *
 * Blocks     Never. weir_pool_close_wait is the blocking form.
 * Errors     STALE_HANDLE
 */
WEIR_API weir_status weir_pool_close(weir_handle pool);

/** What is left behind by weir_pool_close_wait. */
typedef struct weir_close_report {
    uint32_t struct_size;
    uint32_t contexts_destroyed; /**< contexts that were open */
    uint32_t slots_retired;      /**< slots whose threads have ended */
    uint32_t slots_abandoned;    /**< slots whose handler, destructor or callback still runs */
    uint64_t took_us;
} weir_close_report;
#define WEIR_CLOSE_REPORT_INIT {sizeof(weir_close_report), 0, 0, 0, 0}

/**
 * As weir_pool_close, then wait until its threads have ended.
 *
 * Blocks     Up to `timeout_ms` (0 = 6,000). `out_report` may be NULL.
 * Errors     STALE_HANDLE; TIMED_OUT with slots_abandoned > 0; WOULD_DEADLOCK on a thread of the pool, in its offloaded
 *            work, and in a callback that runs inside a call for one of its contexts (nothing is closed)
 */
WEIR_API weir_status weir_pool_close_wait(weir_handle pool, uint32_t timeout_ms, weir_close_report *out_report);

/* ---- contexts ---------------------------------------------------------------------------------------------- */

typedef struct weir_context_options {
    uint32_t struct_size;
    uint32_t tag_length;
    const void *config;     /**< handed to the library's create; copied */
    size_t config_length;
    const char *tag;        /**< a name for reports; copied; may be NULL */
    uintptr_t user_data;    /**< of records that belong to no request or listener */
} weir_context_options;
#define WEIR_CONTEXT_OPTIONS_INIT {sizeof(weir_context_options), 0, NULL, 0, NULL, 0}

/**
 * Lease a slot and make an instance of the library in it.
 *
 * The library's create runs later, on the slot's worker; requests may follow at once. When it fails they complete
 * CREATE_FAILED with its reason, and so does everything sent afterwards. The most recently idle slot is taken first.
 *
 * Ownership  The caller destroys `*out_context`, also when the library's create fails. `options` may be NULL.
 * Errors     POOL_EXHAUSTED, STALE_HANDLE, CLOSED, INVALID_ARGUMENT, BAD_UTF8 (tag), TOO_LARGE, NO_MEMORY, NO_RESOURCES
 */
WEIR_API weir_status weir_context_create(weir_handle pool, const weir_context_options *options, weir_handle *out_context,
                                         weir_error *out_error);

/**
 * As weir_context_create, but wait for a slot; waiting creates are served first come, first served.
 *
 * Blocks     Up to `timeout_ms`. On a thread of the same pool it never waits.
 * Errors     TIMED_OUT, WOULD_DEADLOCK, and those of weir_context_create
 */
WEIR_API weir_status weir_context_create_wait(weir_handle pool, const weir_context_options *options, uint32_t timeout_ms,
                                              weir_handle *out_context, weir_error *out_error);

/**
 * As weir_context_create_wait for event loops: the answer is a CREATED record with the ticket, exactly one, in the
 * pool's own form of delivery. It is delivered even when a slot is free at once. Its user_data is that of `options`.
 *
 * Errors     those of weir_context_create but POOL_EXHAUSTED; TIMED_OUT and CLOSED come in the record
 */
WEIR_API weir_status weir_context_create_queued(weir_handle pool, const weir_context_options *options, uint32_t timeout_ms,
                                                uint64_t *out_ticket, weir_error *out_error);

/** Take back a ticket: its CREATED record comes with CANCELED. No effect when it was answered. Errors: STALE_HANDLE (pool). */
WEIR_API weir_status weir_context_create_cancel(weir_handle pool, uint64_t ticket);

/**
 * Destroy a context and give its slot back to the pool.
 *
 * Handlers that run have `drain_ms` to end; the rest are canceled and have `cancel_ms` more; the library's destroy has
 * `teardown_ms`. Requests that have not begun complete CLOSED. The DESTROYED record is the last thing delivered for this
 * context. The slot keeps its threads and descriptors. If a handler does not end, DESTROYED comes in time all the same,
 * and the slot is not used again before the handler has returned.
 *
 * Ownership  `context` is dead at once, whatever the result.
 * Threads    Any, callbacks of this context included.
 * Blocks     Never. weir_context_destroy_wait is the blocking form.
 * Errors     STALE_HANDLE  destroyed before, or never created
 */
WEIR_API weir_status weir_context_destroy(weir_handle context);

/**
 * As weir_context_destroy, then wait; the report is written here and no DESTROYED record is delivered.
 *
 * When it returns OK no callback of this context runs or will start, unless out_report->callbacks_running says so.
 * Then what was due behind that callback, responses included, is not delivered any more.
 *
 * Blocks     Up to drain_ms + cancel_ms + teardown_ms + 500 ms. `out_report` may be NULL.
 * Errors     STALE_HANDLE; WOULD_DEADLOCK on this context's own threads, in its offloaded work, and in a callback that runs
 *            inside a call for this context (nothing is destroyed)
 */
WEIR_API weir_status weir_context_destroy_wait(weir_handle context, weir_destroy_report *out_report);

/**
 * Listen to events of one name, or to all with a NULL name. Events that nobody listens to are not delivered.
 *
 * `callback` overrides the pool's callback; it must be NULL for queue delivery. Listener ids never repeat.
 *
 * Errors     STALE_HANDLE, INVALID_ARGUMENT, TOO_LARGE (name), BAD_UTF8, QUEUE_FULL (WEIR_LISTENERS_MAX), NO_MEMORY
 */
WEIR_API weir_status weir_context_listen(weir_handle context, const char *name, size_t name_length, weir_record_callback callback,
                                         uintptr_t user_data, uint64_t *out_listener);

/**
 * Stop listening. With CALLBACK or DIRECT delivery no callback of this listener starts afterwards; one that runs on
 * another thread may still be running. Records already in a queue stay there.
 *
 * Errors     STALE_HANDLE (context); INVALID_ARGUMENT (no such listener)
 */
WEIR_API weir_status weir_context_unlisten(weir_handle context, uint64_t listener);

/* ---- requests ---------------------------------------------------------------------------------------------- */

typedef struct weir_request {
    uint32_t struct_size;
    uint32_t method;                /**< from weir_library_method; 0 = look `name` up */
    const char *name;
    size_t name_length;
    const void *data;               /**< the payload; copied unless `release` is set */
    size_t length;
    uint32_t timeout_ms;            /**< 0 = none; covers the time in the queue */
    uint32_t reserved;              /**< 0 */
    weir_release_callback release;  /**< set: the payload is borrowed until this is called; not called for a refused request */
    uintptr_t release_data;
    weir_record_callback callback;  /**< overrides the pool's; NULL for queue delivery */
    uintptr_t user_data;
} weir_request;
#define WEIR_REQUEST_INIT {sizeof(weir_request), 0, NULL, 0, NULL, 0, 0, 0, NULL, 0, NULL, 0}

/**
 * Send a request. Its response comes as one RESPONSE record with id `*out_id`, also when it is canceled or times out.
 *
 * Requests of one context begin in the order in which they were sent, over all threads.
 *
 * Errors     STALE_HANDLE, QUEUE_FULL, TOO_LARGE, UNKNOWN_METHOD, INVALID_ARGUMENT, NO_MEMORY
 */
WEIR_API weir_status weir_request_send(weir_handle context, const weir_request *request, uint64_t *out_id, weir_error *out_error);

/**
 * Send requests in order with one wake-up. Stops at the first that is refused and returns why.
 *
 * `*out_accepted` says how many were accepted; `out_ids` (may be NULL) has room for `count` ids.
 */
WEIR_API weir_status weir_request_send_batch(weir_handle context, const weir_request *requests, uint32_t count, uint64_t *out_ids,
                                             uint32_t *out_accepted, weir_error *out_error);

/**
 * Send a request and wait for its response, which is not delivered elsewhere. Request.callback must be NULL.
 *
 * Ownership  `*out_record` is the caller's until weir_records_release, whenever WEIR_OK is returned.
 * Blocks     Up to request->timeout_ms (0 = no limit, but destroy always ends it).
 * Errors     WEIR_OK with out_record->status when a response came; WOULD_DEADLOCK on the context's own worker, or when the
 *            workers that wait for one another would form a ring; those of weir_request_send
 */
WEIR_API weir_status weir_request_wait(weir_handle context, const weir_request *request, weir_record *out_record,
                                       weir_error *out_error);

/**
 * Cancel a request: if it has no response yet, it gets CANCELED now. A handler that runs is told, and its late result dropped.
 *
 * Idempotent; no effect on a request that has its response. Errors: STALE_HANDLE (context).
 */
WEIR_API weir_status weir_request_cancel(weir_handle context, uint64_t id);

/**
 * The time of a request is over: as if its timeout_ms were, for a host with a clock or a deadline of its own. If it has no
 * response yet, it gets TIMED_OUT now; a handler that runs is told, and one that does not come back is stopped where the
 * engine can.
 *
 * Idempotent; no effect on a request that has its response. Errors: STALE_HANDLE (context).
 */
WEIR_API weir_status weir_request_expire(weir_handle context, uint64_t id);

/* ---- the process ------------------------------------------------------------------------------------------- */

/** Live objects of this process, for leak tests. Set struct_size before the call. */
typedef struct weir_process_stats {
    uint32_t struct_size;
    uint32_t libraries, queues, pools, slots;
    uint32_t contexts;      /**< handles that are valid */
    uint32_t instances;     /**< instances of libraries that were created and not yet destroyed */
    uint32_t jobs;          /**< weir_offload jobs that have not been delivered */
    uint64_t records;       /**< requests and events that are not released */
    uint64_t payload_bytes; /**< bytes of payload memory outside the records */
} weir_process_stats;

/** Errors: INVALID_ARGUMENT. */
WEIR_API weir_status weir_process_stats_get(weir_process_stats *out_stats);

#ifdef __cplusplus
}
#endif

#endif
