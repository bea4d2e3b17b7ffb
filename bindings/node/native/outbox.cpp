#include "outbox.hpp"

#include <cstring>
#include <span>

namespace weir_addon {

namespace {

constexpr weir_request empty_request = WEIR_REQUEST_INIT;

} // namespace

void Outbox::send(const uint8_t *bytes, size_t length, std::vector<Refusal> &refused) {
    weir_handle context = 0;
    for (size_t at = 0; at + sizeof(OutgoingHead) <= length;) {
        OutgoingHead head;
        std::memcpy(&head, bytes + at, sizeof head);
        const auto next = static_cast<weir_handle>(head.context);
        if (next != context) {
            send_run(context, refused);
            context = next;
        }
        at += sizeof head;
        add(head, bytes + at);
        at += aligned(head.length);
    }
    send_run(context, refused);
}

void Outbox::send_one(const OutgoingHead &head, const void *payload,
                      std::vector<Refusal> &refused) {
    add(head, payload);
    send_run(static_cast<weir_handle>(head.context), refused);
}

void Outbox::add(const OutgoingHead &head, const void *payload) {
    if (run_length_ == run_.size()) {
        run_.resize(run_.empty() ? first_capacity : 2 * run_.size(), empty_request);
        run_ids_.resize(run_.size());
    }
    weir_request &request = run_[run_length_++];
    request.method = head.method;
    request.data = payload;
    request.length = head.length;
    request.timeout_ms = head.timeout_ms;
    request.user_data = head.owner;
}

void Outbox::send_run(weir_handle context, std::vector<Refusal> &refused) {
    std::span<const weir_request> rest(run_.data(), run_length_);
    uint64_t *ids = run_ids_.data();
    while (!rest.empty()) {
        weir_error error = WEIR_ERROR_INIT;
        uint32_t accepted = 0;
        const weir_status status = weir_request_send_batch(
            context, rest.data(), static_cast<uint32_t>(rest.size()), ids, &accepted, &error);
        for (uint32_t at = 0; at < accepted; at++) {
            remember(static_cast<uint32_t>(rest[at].user_data), ids[at]);
        }
        rest = rest.subspan(accepted);
        ids += accepted;
        if (status == WEIR_OK || rest.empty()) {
            break;
        }
        const auto owner = static_cast<uint32_t>(rest.front().user_data);
        remember(owner, 0);
        refused.push_back({owner, status, std::string(error.message, error.message_length)});
        rest = rest.subspan(1);
        ids++;
    }
    run_length_ = 0;
}

void Outbox::remember(uint32_t owner, uint64_t id) {
    if (owner >= ids_.size()) {
        ids_.resize(size_t{owner} + 1 + ids_.size() / 2);
    }
    ids_[owner] = id;
}

} // namespace weir_addon
