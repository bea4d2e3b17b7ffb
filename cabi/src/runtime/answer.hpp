/**
 * answer.hpp: what a handler does with its call: answer it, ask about it, hand its blocking part to
 * another thread.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/library.h>

namespace weir {

weir_instance instance_of_call(weir_call call);
uint32_t remaining_ms(weir_call call);
bool is_canceled(weir_call call);

weir_status on_cancel(weir_call call, weir_cancel_callback callback, uintptr_t user_data);

weir_status resolve(weir_call call, const void *data, size_t length);
weir_status resolve_borrowed(weir_call call, const void *data, size_t length,
                             weir_release_callback release, uintptr_t user_data);
weir_status reject(weir_call call, weir_status status, const char *message, size_t length);

weir_status fail_create(weir_instance instance, const char *message, size_t length);

} // namespace weir
