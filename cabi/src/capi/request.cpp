#include <weir/weir.h>

#include "capi/guard.hpp"
#include "runtime/sending.hpp"

using namespace weir;

weir_status weir_request_send(weir_handle context, const weir_request *request, uint64_t *out_id,
                              weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (request == nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "request: NULL");
    }
    uint32_t accepted = 0;
    return error.end(send_requests(context, request, 1, out_id, accepted, error.reason()));
}

weir_status weir_request_send_batch(weir_handle context, const weir_request *requests,
                                    uint32_t count, uint64_t *out_ids, uint32_t *out_accepted,
                                    weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (out_accepted == nullptr || (requests == nullptr && count > 0)) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "requests or out_accepted: NULL");
    }
    return error.end(
        send_requests(context, requests, count, out_ids, *out_accepted, error.reason()));
}

weir_status weir_request_wait(weir_handle context, const weir_request *request,
                              weir_record *out_record, weir_error *out_error) {
    WEIR_REFUSE_IN_CHILD();
    ErrorReport error(out_error);
    if (request == nullptr || out_record == nullptr) {
        return error.end(WEIR_ERR_INVALID_ARGUMENT, "request or out_record: NULL");
    }
    return error.end(send_and_wait(context, *request, *out_record, error.reason()));
}

weir_status weir_request_cancel(weir_handle context, uint64_t id) {
    WEIR_REFUSE_IN_CHILD();
    return end_request(context, id, WEIR_ERR_CANCELED);
}

weir_status weir_request_expire(weir_handle context, uint64_t id) {
    WEIR_REFUSE_IN_CHILD();
    return end_request(context, id, WEIR_ERR_TIMED_OUT);
}
