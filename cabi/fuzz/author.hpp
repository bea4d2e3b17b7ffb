/**
 * author.hpp: a library whose handlers do what the first bytes of the payload say: answer, refuse,
 * emit, offload, answer twice, or keep the call until somebody answers it.
 */
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include <weir/library.h>

#include "input.hpp"

namespace weir::fuzz {

/** Calls that handlers have left open. */
class KeptCalls {
  public:
    void add(weir_call call) {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
    }

    void answer_all() {
        std::vector<weir_call> calls;
        {
            const std::lock_guard lock(mutex_);
            calls = std::exchange(calls_, {});
        }
        for (const weir_call call : calls) {
            weir_call_resolve(call, "late", 4);
        }
    }

  private:
    std::mutex mutex_;
    std::vector<weir_call> calls_;
};

inline KeptCalls kept_calls;
inline std::atomic<int64_t> instances{0};

namespace author {

inline void refuse_canceled(weir_call call, uintptr_t) {
    weir_call_reject(call, WEIR_ERR_CANCELED, "stop", 4);
}

inline void answer_job(weir_call call, uintptr_t) { weir_call_resolve(call, "job", 3); }

inline void emit(weir_call call, Input &input) {
    const uint32_t count = input.byte() % 8U;
    for (uint32_t at = 0; at < count; at++) {
        weir_emit(weir_call_instance(call), "tick", 4, &at, sizeof at, input.byte() % 4U);
    }
    weir_call_resolve(call, nullptr, 0);
}

inline void offload(weir_call call, Input &input) {
    const bool in_work = input.byte() % 2 == 0;
    const weir_status status =
        weir_offload(call, in_work ? answer_job : nullptr, in_work ? nullptr : answer_job, 0);
    if (status != WEIR_OK) {
        weir_call_reject(call, status, nullptr, 0);
    }
}

inline void keep(weir_call call, Input &input) {
    if (input.byte() % 2 == 0) {
        weir_call_on_cancel(call, refuse_canceled, 0);
    }
    kept_calls.add(call);
}

inline void handle(weir_call call, void *, const void *data, size_t length) {
    Input input(static_cast<const uint8_t *>(data), length);
    switch (input.byte() % 8) {
    case 0:
        if (weir_call_reject(call, input.number<int32_t>(), "no", 2) != WEIR_OK) {
            keep(call, input); // not a status that a call can have
        }
        return;
    case 1: emit(call, input); return;
    case 2: offload(call, input); return;
    case 3:
    case 4: keep(call, input); return;
    case 5:
        weir_call_resolve(call, data, length);
        require(weir_call_resolve(call, nullptr, 0) == WEIR_ERR_STALE_HANDLE, "one answer a call");
        return;
    case 6:
        weir_call_reject(call ^ (uint64_t{1} << input.byte() % 64U), WEIR_ERR_HANDLER, "?", 1);
        weir_call_resolve(call, nullptr, 0);
        return;
    default: break;
    }
    if (weir_call_resolve(call, data, length) != WEIR_OK) {
        weir_call_reject(call, WEIR_ERR_HANDLER, nullptr, 0);
    }
}

inline weir_status create(weir_instance instance, const void *config, size_t length, void **) {
    if (length > 0 && *static_cast<const uint8_t *>(config) % 4 == 0) {
        weir_instance_fail(instance, "the bytes say so", 16);
        return WEIR_ERR_CREATE_FAILED;
    }
    instances++;
    return WEIR_OK;
}

inline void destroy(weir_instance, void *) { instances--; }

inline const weir_method methods[] = {{"do", handle}, {"same", handle}};

inline const weir_library_definition definition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = WEIR_ABI_VERSION,
    .name = "fuzz",
    .version = "1.0.0",
    .methods = methods,
    .method_count = 2,
    .reserved = 0,
    .create = create,
    .destroy = destroy,
};

} // namespace author

} // namespace weir::fuzz
