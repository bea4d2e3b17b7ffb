#include "runtime/pool.hpp"

#include <weir/weir.h>

#include "capi/guard.hpp"

using namespace weir;

namespace {

/** The queue of the options, ready for the pool; nothing for other deliveries. */
weir_status attach_queue(const weir_pool_options &options, HeldQueue &out) {
    if (options.delivery != WEIR_DELIVER_QUEUE) {
        return WEIR_OK;
    }
    out = queues().find(options.queue);
    return out && out->attach() ? WEIR_OK : WEIR_ERR_STALE_HANDLE;
}

weir_status close_report(Pool &pool, uint32_t destroyed, uint32_t timeout_ms, uint64_t began_ns,
                         weir_close_report *out) {
    const uint64_t bound =
        began_ns + option_ns(timeout_ms, limits::default_close_ms, port::never - began_ns);
    weir_pool_stats before = {};
    pool.read_stats(before);
    const uint32_t left = pool.join(bound);
    weir_pool_stats after = {};
    pool.read_stats(after);
    if (out != nullptr) {
        constexpr uint64_t nanoseconds_per_us = 1'000;
        out->contexts_destroyed = destroyed;
        out->slots_retired = static_cast<uint32_t>(after.slots_built) - after.slots_total;
        out->slots_abandoned = left;
        out->took_us = (port::now_ns() - began_ns) / nanoseconds_per_us;
    }
    return left == 0 ? WEIR_OK : WEIR_ERR_TIMED_OUT;
}

/** Options whose meaning depends on what runs the library. */
weir_status fit_to_engine(const weir_pool_options &options, const Engine &engine,
                          Settings &settings, Text &reason) {
    if (!engine.has_seats()) {
        if (settings.fresh_environment) {
            reason.add("isolation: a native library has no environment to build anew");
            return WEIR_ERR_INVALID_ARGUMENT;
        }
        if (options.heap_limit_mb != 0) {
            reason.add("heap_limit_mb: the memory of a native library cannot be bounded");
            return WEIR_ERR_INVALID_ARGUMENT;
        }
        return WEIR_OK;
    }
    if (options.stack_size == 0) {
        settings.stack_size = limits::default_seat_stack;
    }
    if (settings.stack_size < limits::min_seat_stack) {
        reason.add("stack_size: less than the 512 KiB that the library's engine needs");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return WEIR_OK;
}

} // namespace

weir_status weir_pool_create(weir_handle library, const weir_pool_options *options,
                             weir_handle *out_pool, weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (out_pool == nullptr || options == nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "options or out_pool: NULL");
    }
    *out_pool = 0;
    if (options->struct_size != sizeof(weir_pool_options)) {
        return error.end(WEIR_ERR_VERSION_MISMATCH, "struct_size: not that of weir_pool_options");
    }
    Settings settings;
    weir_status status = read_settings(*options, settings, error.reason());
    if (status != WEIR_OK) {
        return error.end(status);
    }
    HeldLibrary held = libraries().find(library);
    if (!held) {
        return error.end(WEIR_ERR_STALE_HANDLE, "library: no such handle");
    }
    status = fit_to_engine(*options, held->engine(), settings, error.reason());
    if (status != WEIR_OK) {
        return error.end(status);
    }
    HeldQueue queue;
    status = attach_queue(*options, queue);
    if (status != WEIR_OK) {
        return error.end(status, "queue: no such handle");
    }
    Queue *attached = queue ? queue.get() : nullptr;
    Pool *pool =
        port::fork_guard_arm() ? Pool::make(std::move(held), std::move(queue), settings) : nullptr;
    if (pool == nullptr) {
        if (attached != nullptr) {
            attached->detach();
        }
        return error.end(WEIR_ERR_NO_MEMORY);
    }
    const weir_handle handle = pools().insert(pool);
    if (handle == 0) {
        dispose(pool);
        return error.end(WEIR_ERR_NO_RESOURCES, "1,024 pools are open");
    }
    pool->set_handle(handle);
    pool->keep_clean();
    *out_pool = handle;
    return WEIR_OK;
}

weir_status weir_pool_prewarm(weir_handle pool, uint32_t count, weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    const HeldPool held = pools().find(pool);
    return error.end(held ? held->prewarm(count) : WEIR_ERR_STALE_HANDLE);
}

weir_status weir_pool_stats_get(weir_handle pool, weir_pool_stats *out_stats) {
    WEIR_REFUSE_IN_CHILD();
    if (out_stats == nullptr || out_stats->struct_size != sizeof(weir_pool_stats)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const HeldPool held = pools().find(pool);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    held->read_stats(*out_stats);
    return WEIR_OK;
}

weir_status weir_pool_close(weir_handle pool) {
    WEIR_REFUSE_IN_CHILD();
    HeldPool held;
    if (!pools().close(pool, held)) {
        return WEIR_ERR_STALE_HANDLE;
    }
    held->close();
    return WEIR_OK;
}

weir_status weir_pool_close_wait(weir_handle pool, uint32_t timeout_ms,
                                 weir_close_report *out_report) {
    WEIR_REFUSE_IN_CHILD();
    if (out_report != nullptr && out_report->struct_size != sizeof(weir_close_report)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    const uint64_t began = port::now_ns();
    {
        const HeldPool held = pools().find(pool);
        if (held && held->is_waited_for_here()) {
            return WEIR_ERR_WOULD_DEADLOCK;
        }
    }
    HeldPool held;
    if (!pools().close(pool, held)) {
        return WEIR_ERR_STALE_HANDLE;
    }
    held->expect_join();
    const uint32_t destroyed = held->close();
    return close_report(*held.get(), destroyed, timeout_ms, began, out_report);
}
