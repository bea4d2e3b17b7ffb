/**
 * offload.hpp: blocking work of a call on a thread of its own, then a delivery on the worker.
 *
 * One thread a job for now; the thread cache takes its place behind the same function.
 */
#pragma once

#include <weir/library.h>

namespace weir {

weir_status offload(weir_call call, weir_work_callback work, weir_work_callback deliver,
                    uintptr_t user_data);

} // namespace weir
