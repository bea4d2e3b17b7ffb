/**
 * matrix_functions.hpp: every function of the ABI as one row: how to call it from a callback, and
 * which results are defined there.
 */
#pragma once

#include <string_view>

#include <pthread.h>
#include <unistd.h>

#include "support/stress.hpp"

namespace weir::stress {

enum class Where : uint8_t { host, worker, event, job };

inline Where find_out_where() {
    char name[16] = {};
    pthread_getname_np(pthread_self(), name, sizeof name);
    const std::string_view prefix(name, 7);
    return prefix == "weir-w-"   ? Where::worker
           : prefix == "weir-e-" ? Where::event
           : prefix == "weir-jo" ? Where::job
                                 : Where::host;
}

/** What one cell of the matrix plays with. */
struct Scene {
    weir_handle pool = 0;
    weir_handle library = 0;
    weir_handle own = 0;   ///< the context whose callback it is
    weir_handle other = 0; ///< another one of the same pool
    weir_handle other_pool = 0;
    weir_handle queue = 0; ///< to which nobody delivers
    uint64_t listener = 0; ///< of own
    uint64_t other_listener = 0;
};

struct Function {
    const char *name;
    weir_status (*call)(Scene &scene);
    /** Bit sets of 1 << status, for the slot's own threads and for others; own may be gone. */
    uint32_t on_own_threads;
    uint32_t elsewhere;
};

constexpr uint32_t bit(weir_status status) { return 1u << static_cast<uint32_t>(status); }
constexpr uint32_t ok = bit(WEIR_OK);
constexpr uint32_t stale = bit(WEIR_ERR_STALE_HANDLE);
constexpr uint32_t deadlock = bit(WEIR_ERR_WOULD_DEADLOCK);
constexpr uint32_t invalid = bit(WEIR_ERR_INVALID_ARGUMENT);
constexpr uint32_t timed_out = bit(WEIR_ERR_TIMED_OUT);

inline weir_status wait_for_answer(weir_handle context) {
    weir_request request = make_request(m_echo, "x", 1);
    request.timeout_ms = 200;
    return ask(context, request).call;
}

inline weir_status make_pool(const Scene &scene, weir_handle *out) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_DIRECT;
    return weir_pool_create(scene.library, &options, out, nullptr);
}

inline const weir_request echo_request = make_request(m_echo, "x", 1);

inline const Function functions[] = {
    {"context_create",
     [](Scene &s) {
         weir_handle made = 0;
         return weir_context_create(s.pool, nullptr, &made, nullptr);
     },
     ok, ok},
    {"context_create_wait",
     [](Scene &s) {
         weir_handle made = 0;
         return weir_context_create_wait(s.pool, nullptr, 50, &made, nullptr);
     },
     ok, ok},
    {"context_create_queued",
     [](Scene &s) {
         uint64_t ticket = 0;
         return weir_context_create_queued(s.pool, nullptr, 50, &ticket, nullptr);
     },
     ok, ok},
    {"context_create_cancel", [](Scene &s) { return weir_context_create_cancel(s.pool, 1); }, ok,
     ok},
    {"context_destroy own", [](Scene &s) { return weir_context_destroy(s.own); }, ok | stale,
     ok | stale},
    {"context_destroy other", [](Scene &s) { return weir_context_destroy(s.other); }, ok, ok},
    {"context_destroy_wait own", [](Scene &s) { return weir_context_destroy_wait(s.own, nullptr); },
     deadlock | stale, ok | stale | deadlock},
    {"context_destroy_wait other",
     [](Scene &s) { return weir_context_destroy_wait(s.other, nullptr); }, ok, ok},
    {"context_listen own",
     [](Scene &s) {
         uint64_t listener = 0;
         return weir_context_listen(s.own, "e", 1, nullptr, 0, &listener);
     },
     ok | stale, ok | stale},
    {"context_unlisten own", [](Scene &s) { return weir_context_unlisten(s.own, s.listener); },
     ok | stale | invalid, ok | stale | invalid},
    {"context_unlisten other",
     [](Scene &s) { return weir_context_unlisten(s.other, s.other_listener); }, ok, ok},
    {"request_send own",
     [](Scene &s) { return weir_request_send(s.own, &echo_request, nullptr, nullptr); }, ok | stale,
     ok | stale},
    {"request_send other",
     [](Scene &s) { return weir_request_send(s.other, &echo_request, nullptr, nullptr); }, ok, ok},
    {"request_send_batch own",
     [](Scene &s) {
         const weir_request two[] = {echo_request, echo_request};
         uint32_t accepted = 0;
         return weir_request_send_batch(s.own, two, 2, nullptr, &accepted, nullptr);
     },
     ok | stale, ok | stale},
    {"request_wait own", [](Scene &s) { return wait_for_answer(s.own); }, ok | stale | deadlock,
     ok | stale},
    {"request_wait other", [](Scene &s) { return wait_for_answer(s.other); }, ok, ok},
    {"request_cancel own", [](Scene &s) { return weir_request_cancel(s.own, 0x10001); }, ok | stale,
     ok | stale},
    {"request_expire own", [](Scene &s) { return weir_request_expire(s.own, 0x10001); }, ok | stale,
     ok | stale},
    {"queue_drain",
     [](Scene &s) {
         weir_record record;
         uint32_t count = 0;
         const weir_status status = weir_queue_drain(s.queue, &record, 1, &count);
         weir_records_release(&record, count);
         return status;
     },
     ok, ok},
    {"queue_wait",
     [](Scene &s) {
         weir_record record;
         uint32_t count = 0;
         const weir_status status = weir_queue_wait(s.queue, &record, 1, 10, &count);
         weir_records_release(&record, count);
         return status;
     },
     ok | deadlock, ok | timed_out | deadlock},
    {"queue_wake", [](Scene &s) { return weir_queue_wake(s.queue); }, ok, ok},
    {"queue_fd",
     [](Scene &s) {
         int descriptor = -1;
         return weir_queue_fd(s.queue, &descriptor);
     },
     ok, ok},
    {"queue_create, queue_socket and queue_close",
     [](Scene &) {
         weir_handle made = 0;
         if (const weir_status status = weir_queue_create(nullptr, &made, nullptr);
             status != WEIR_OK) {
             return status;
         }
         int socket = -1;
         const weir_status status = weir_queue_socket(made, &socket);
         close(socket);
         const weir_status closed = weir_queue_close(made);
         return status == WEIR_OK ? closed : status;
     },
     ok, ok},
    {"records_copy",
     [](Scene &) {
         uint32_t looked_at = 0;
         return weir_records_copy(nullptr, 0, 0, nullptr, 0, &looked_at);
     },
     ok, ok},
    {"records_release", [](Scene &) { return weir_records_release(nullptr, 0); }, ok, ok},
    {"pool_stats_get",
     [](Scene &s) {
         weir_pool_stats stats = {};
         stats.struct_size = sizeof stats;
         return weir_pool_stats_get(s.pool, &stats);
     },
     ok, ok},
    {"pool_prewarm", [](Scene &s) { return weir_pool_prewarm(s.pool, 2, nullptr); }, ok, ok},
    {"pool_create and pool_close",
     [](Scene &s) {
         weir_handle made = 0;
         const weir_status status = make_pool(s, &made);
         return status == WEIR_OK ? weir_pool_close(made) : status;
     },
     ok, ok},
    {"pool_close own", [](Scene &s) { return weir_pool_close(s.pool); }, ok, ok},
    {"pool_close_wait own", [](Scene &s) { return weir_pool_close_wait(s.pool, 100, nullptr); },
     deadlock, ok | deadlock | timed_out},
    {"pool_close_wait other",
     [](Scene &s) { return weir_pool_close_wait(s.other_pool, 0, nullptr); }, ok, ok},
    {"process_stats_get",
     [](Scene &) {
         weir_process_stats stats = {};
         stats.struct_size = sizeof stats;
         return weir_process_stats_get(&stats);
     },
     ok, ok},
    {"library_method",
     [](Scene &s) {
         uint32_t method = 0;
         return weir_library_method(s.library, "echo", 4, &method);
     },
     ok, ok},
    {"library_register and library_close",
     [](Scene &) {
         const weir_library_definition defined = definition();
         weir_handle made = 0;
         const weir_status status = weir_library_register(&defined, &made, nullptr);
         return status == WEIR_OK ? weir_library_close(made) : status;
     },
     ok, ok},
    {"emit own", [](Scene &s) { return weir_emit(s.own, "e", 1, "x", 1, 0); }, ok | stale,
     ok | stale},
    {"emit other", [](Scene &s) { return weir_emit(s.other, "e", 1, "x", 1, 0); }, ok, ok},
    {"instance_fail own", [](Scene &s) { return weir_instance_fail(s.own, "x", 1); }, ok | stale,
     stale},
    {"call_resolve of no call", [](Scene &) { return weir_call_resolve(1, "x", 1); }, stale, stale},
};

} // namespace weir::stress
