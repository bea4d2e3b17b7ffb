/**
 * emit.hpp: from an instance's event to the records of its listeners, with back-pressure and
 * counted drops. Any thread.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/library.h>

namespace weir {

weir_status emit(weir_instance instance, const char *name, size_t name_length, const void *data,
                 size_t length, uint32_t wait_ms);

/**
 * As emit without waiting, but QUEUE_FULL drops nothing. Only for an instance that has no other
 * emitter.
 */
weir_status emit_if_room(weir_instance instance, const char *name, size_t name_length,
                         const void *data, size_t length);

weir_status listen(weir_handle context, const char *name, size_t name_length,
                   weir_record_callback callback, uintptr_t user_data, uint64_t &out_listener);

weir_status unlisten(weir_handle context, uint64_t listener);

} // namespace weir
