#include <weir/library.h>

#include "capi/guard.hpp"
#include "runtime/answer.hpp"
#include "runtime/emit.hpp"
#include "runtime/offload.hpp"

using namespace weir;

weir_instance weir_call_instance(weir_call call) {
    return port::forked() ? 0 : instance_of_call(call);
}

uint32_t weir_call_remaining_ms(weir_call call) { return port::forked() ? 0 : remaining_ms(call); }

int weir_call_is_canceled(weir_call call) { return port::forked() || is_canceled(call) ? 1 : 0; }

weir_status weir_call_on_cancel(weir_call call, weir_cancel_callback callback,
                                uintptr_t user_data) {
    WEIR_REFUSE_IN_CHILD();
    return on_cancel(call, callback, user_data);
}

weir_status weir_call_resolve(weir_call call, const void *data, size_t length) {
    WEIR_REFUSE_IN_CHILD();
    if (data == nullptr && length > 0) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return resolve(call, data, length);
}

weir_status weir_call_resolve_borrowed(weir_call call, const void *data, size_t length,
                                       weir_release_callback release, uintptr_t user_data) {
    WEIR_REFUSE_IN_CHILD();
    if (release == nullptr || (data == nullptr && length > 0)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return resolve_borrowed(call, data, length, release, user_data);
}

weir_status weir_call_reject(weir_call call, weir_status status, const char *message,
                             size_t length) {
    WEIR_REFUSE_IN_CHILD();
    if (status <= WEIR_OK || status > WEIR_ERR_INSTANCE_ENDED ||
        (message == nullptr && length > 0)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return reject(call, status, message, length);
}

weir_status weir_instance_fail(weir_instance instance, const char *message, size_t length) {
    WEIR_REFUSE_IN_CHILD();
    if (message == nullptr && length > 0) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return fail_create(instance, message, length);
}

weir_status weir_emit(weir_instance instance, const char *name, size_t name_length,
                      const void *data, size_t length, uint32_t wait_ms) {
    WEIR_REFUSE_IN_CHILD();
    if (data == nullptr && length > 0) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    ErrorReport scratch(nullptr);
    const weir_status checked = check_name(name, name_length, scratch.reason(), "name");
    if (checked != WEIR_OK) {
        return checked;
    }
    return emit(instance, name, name_length, data, length, wait_ms);
}

weir_status weir_offload(weir_call call, weir_work_callback work, weir_work_callback deliver,
                         uintptr_t user_data) {
    WEIR_REFUSE_IN_CHILD();
    if (work == nullptr) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    return offload(call, work, deliver, user_data);
}
