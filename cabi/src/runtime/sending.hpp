/**
 * sending.hpp: from a host's call to the worker's mailbox: check, admit, fill a record, push, wake.
 * Any thread, no lock.
 */
#pragma once

#include <cstdint>

#include <weir/weir.h>

#include "base/text.hpp"

namespace weir {

/**
 * Send requests in order. Stops at the first that is refused; `accepted` says how many were taken.
 */
weir_status send_requests(weir_handle context, const weir_request *requests, uint32_t count,
                          uint64_t *out_ids, uint32_t &accepted, Text &reason);

/** Send one request and wait for its response. */
weir_status send_and_wait(weir_handle context, const weir_request &request, weir_record &out,
                          Text &reason);

/** End a request that has no response yet: CANCELED, or TIMED_OUT, which also stops its handler. */
weir_status end_request(weir_handle context, uint64_t id, weir_status result);

} // namespace weir
