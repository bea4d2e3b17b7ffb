#include <weir/weir.h>

#include "capi/guard.hpp"
#include "runtime/emit.hpp"
#include "runtime/pool.hpp"
#include "runtime/recycle.hpp"

using namespace weir;

namespace {

weir_status check_options(const Pool &pool, const weir_context_options *options, Text &reason) {
    if (options == nullptr) {
        reason.add("struct_size: not that of weir_context_options");
        return WEIR_ERR_VERSION_MISMATCH;
    }
    if (options->config == nullptr && options->config_length > 0) {
        reason.add("config: NULL with a length");
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    if (options->config_length > pool.settings().max_payload) {
        reason.add("config: longer than max_payload");
        return WEIR_ERR_TOO_LARGE;
    }
    if (options->tag_length == 0) {
        return WEIR_OK;
    }
    return check_name(options->tag, options->tag_length, reason, "tag");
}

/** Find the pool, check the options, and let `create(pool, options, error)` do the rest. */
template <class Create>
weir_status with_pool(weir_handle pool, const weir_context_options *options, weir_error *out_error,
                      Create create) {
    ErrorReport error(out_error);
    const HeldPool held = pools().find(pool);
    if (!held) {
        return error.end(WEIR_ERR_STALE_HANDLE, "pool: no such handle");
    }
    const weir_context_options fallback = WEIR_CONTEXT_OPTIONS_INIT;
    const weir_context_options *given = options_or_default(options, fallback);
    const weir_status checked = check_options(*held.get(), given, error.reason());
    return error.end(checked != WEIR_OK ? checked : create(*held.get(), *given, error.get()));
}

} // namespace

weir_status weir_context_create(weir_handle pool, const weir_context_options *options,
                                weir_handle *out_context, weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    if (out_context == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_context = 0;
    return with_pool(pool, options, out_error,
                     [&](Pool &held, const weir_context_options &given, weir_error *error) {
                         return held.create(given, *out_context, error);
                     });
}

weir_status weir_context_create_wait(weir_handle pool, const weir_context_options *options,
                                     uint32_t timeout_ms, weir_handle *out_context,
                                     weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    if (out_context == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_context = 0;
    return with_pool(pool, options, out_error,
                     [&](Pool &held, const weir_context_options &given, weir_error *error) {
                         return held.create_wait(given, deadline_in(timeout_ms), *out_context,
                                                 error);
                     });
}

weir_status weir_context_create_queued(weir_handle pool, const weir_context_options *options,
                                       uint32_t timeout_ms, uint64_t *out_ticket,
                                       weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    if (out_ticket == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_ticket = 0;
    return with_pool(pool, options, out_error,
                     [&](Pool &held, const weir_context_options &given, weir_error *error) {
                         return held.create_queued(given, deadline_in(timeout_ms), *out_ticket,
                                                   error);
                     });
}

weir_status weir_context_create_cancel(weir_handle pool, uint64_t ticket) {
    WEIR_REFUSE_IN_CHILD();
    const HeldPool held = pools().find(pool);
    if (!held) {
        return WEIR_ERR_STALE_HANDLE;
    }
    held->cancel_ticket(ticket);
    return WEIR_OK;
}

weir_status weir_context_destroy(weir_handle context) {
    WEIR_REFUSE_IN_CHILD();
    uint64_t generation = 0;
    Slot *slot = find_slot(context, generation);
    const bool begun = slot != nullptr && begin_destroy(*slot, generation, Target::pool);
    return begun ? WEIR_OK : WEIR_ERR_STALE_HANDLE;
}

weir_status weir_context_destroy_wait(weir_handle context, weir_destroy_report *out_report) {
    WEIR_REFUSE_IN_CHILD();
    if (out_report != nullptr && out_report->struct_size != sizeof(weir_destroy_report)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return destroy_and_wait(context, out_report);
}

weir_status weir_context_listen(weir_handle context, const char *name, size_t name_length,
                                weir_record_callback callback, uintptr_t user_data,
                                uint64_t *out_listener) {
    WEIR_REFUSE_IN_CHILD();
    if (out_listener == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    *out_listener = 0;
    if (name != nullptr) {
        ErrorReport scratch(nullptr);
        const weir_status checked = check_name(name, name_length, scratch.reason(), "name");
        if (checked != WEIR_OK) {
            return checked;
        }
    }
    return listen(context, name, name_length, callback, user_data, *out_listener);
}

weir_status weir_context_unlisten(weir_handle context, uint64_t listener) {
    WEIR_REFUSE_IN_CHILD();
    return unlisten(context, listener);
}
