/** node_seat_calls.cpp: the way of a call through a seat: staged, run in a batch, answered. */
#include <cstring>

#include "node_seat.hpp"

namespace weir::node_engine {

namespace {

using namespace v8;

/** Handlers this quick are run as large batches, which cross into JavaScript once. */
constexpr uint64_t quick_ns = 20'000;

/** Results from here on go to the host without a copy. */
constexpr size_t smallest_borrowed = 64 * 1024;

uint64_t now_ns() { return uv_hrtime(); }

} // namespace

bool NodeSeat::stage(uint32_t method, weir_call call, const void *data, size_t length) {
    const bool is_large = length > SharedBlock::largest_staged;
    if (!is_large && staged_bytes_ + length > SharedBlock::staging_bytes) {
        run();
    }
    const uint32_t id = calls_.add(call, data, length);
    if (environment_ == nullptr) { // dropped with the calls before it
        answer(id, WEIR_ERR_INSTANCE_ENDED, nullptr, 0);
        return false;
    }
    SharedBlock::Request &request = block_.requests[staged_++];
    request = {.call = id,
               .method = method,
               .offset = is_large ? SharedBlock::large : staged_bytes_,
               .length = static_cast<uint32_t>(length)};
    if (!is_large && length != 0) {
        memcpy(block_.input + staged_bytes_, data, length);
        staged_bytes_ += static_cast<uint32_t>(length);
    }
    return staged_ >= batch_size_;
}

/**
 * A request that had its response while it was staged need not begin, and must not: whoever gave
 * the response saw that nothing ran yet, and asks nobody to stop it.
 */
void NodeSeat::drop_answered() {
    std::atomic_thread_fence(std::memory_order_seq_cst); // behind the beat, which the others read
    for (auto at = static_cast<uint32_t>(block_.current); at < staged_; at++) {
        const CallTable::Entry *entry = calls_.find(block_.requests[at].call);
        if (entry == nullptr || weir_call_is_canceled(entry->call) != 0) {
            block_.requests[at].method = SharedBlock::no_method;
        }
    }
}

void NodeSeat::run() {
    if (staged_ == 0) {
        return;
    }
    drop_answered();
    const uint64_t began = now_ns();
    const uint32_t count = staged_;
    uint32_t next = 0;
    while (next < count && environment_ != nullptr) {
        run_batch(next, count);
        // Stopped in the middle: the rest of the batch has not begun.
        next = block_.current == 0 ? count : static_cast<uint32_t>(block_.current);
        block_.current = 0;
    }
    staged_ = staged_bytes_ = 0;
    learn_batch_size(count, now_ns() - began);
}

void NodeSeat::run_batch(uint32_t first, uint32_t count) {
    enter([&] {
        Isolate *isolate = environment_->isolate();
        Local<Value> arguments[] = {Integer::NewFromUnsigned(isolate, first),
                                    Integer::NewFromUnsigned(isolate, count)};
        [[maybe_unused]] const auto done = bridge_->call(Bridge::run, 2, arguments);
    });
}

void NodeSeat::learn_batch_size(uint32_t count, uint64_t took_ns) {
    if (took_ns > quick_ns * count) {
        batch_size_ = 1;
    } else if (count >= batch_size_ && batch_size_ < SharedBlock::most_requests) {
        batch_size_ *= 2;
    }
}

void NodeSeat::turn(bool ready) {
    if (environment_ == nullptr) {
        return;
    }
    if (!cancels_.empty()) {
        std::vector<uint32_t> canceled;
        canceled.swap(cancels_);
        enter([&] {
            for (const uint32_t id : canceled) {
                Local<Value> arguments[] = {Integer::NewFromUnsigned(environment_->isolate(), id)};
                [[maybe_unused]] const auto done = bridge_->call(Bridge::cancel, 1, arguments);
            }
        });
    }
    if (environment_ != nullptr && environment_->run_loop(ready)) {
        after_javascript();
    }
}

MaybeLocal<Uint8Array> NodeSeat::take_large(Isolate *isolate, uint32_t id) {
    const CallTable::Entry *entry = calls_.find(id);
    return entry == nullptr ? MaybeLocal<Uint8Array>()
                            : to_bytes(isolate, entry->data, entry->length);
}

void NodeSeat::answer(uint32_t id, weir_status status, const void *data, size_t length) {
    const CallTable::Entry *entry = calls_.find(id);
    if (entry == nullptr) {
        return;
    }
    const weir_call call = entry->call;
    calls_.forget(id);
    if (status != WEIR_OK) {
        const auto *words = static_cast<const char *>(data);
        if (weir_call_reject(call, status, words, length) == WEIR_ERR_INVALID_ARGUMENT) {
            weir_call_reject(call, WEIR_ERR_HANDLER, words, length); // a status that is none
        }
        return;
    }
    const weir_status stored = weir_call_resolve(call, data, length);
    if (stored == WEIR_ERR_TOO_LARGE) {
        const std::string words = "the result of " + std::to_string(length) +
                                  " bytes is larger than the pool's max_payload";
        weir_call_reject(call, WEIR_ERR_TOO_LARGE, words.data(), words.size());
    }
}

void NodeSeat::take_answers() {
    const bool several = block_.answer_count > 1;
    if (several) {
        host_.answers_begin();
    }
    for (int32_t at = 0; at < block_.answer_count; at++) {
        const SharedBlock::Answer &noted = block_.answers[at];
        answer(noted.call, static_cast<weir_status>(noted.status), block_.output + noted.offset,
               noted.length);
    }
    block_.answer_count = 0;
    block_.answer_bytes = 0;
    if (several) {
        host_.answers_end();
    }
}

void NodeSeat::answer_large(uint32_t id, weir_status status, Local<Uint8Array> data) {
    const BytesView bytes(data);
    const CallTable::Entry *entry = calls_.find(id);
    if (status != WEIR_OK || bytes.length < smallest_borrowed || entry == nullptr) {
        answer(id, status, bytes.data, bytes.length);
        return;
    }
    // The host has the memory itself, which outlives its environment.
    auto *kept = new std::shared_ptr<BackingStore>(data->Buffer()->GetBackingStore());
    const weir_call call = entry->call;
    const weir_status stored = weir_call_resolve_borrowed(
        call, bytes.data, bytes.length,
        [](const void *, size_t, uintptr_t held) {
            delete reinterpret_cast<std::shared_ptr<BackingStore> *>(held);
        },
        reinterpret_cast<uintptr_t>(kept));
    if (stored == WEIR_ERR_TOO_LARGE) {
        delete kept; // refused: it was not taken over
        answer(id, status, bytes.data, bytes.length);
        return;
    }
    calls_.forget(id);
}

void NodeSeat::reject_all(weir_status status, const std::string &reason) {
    for (const uint32_t id : calls_.all()) {
        answer(id, status, reason.data(), reason.size());
    }
}

NodeSeat::Watching NodeSeat::watch_cancel(uint32_t id) {
    const CallTable::Entry *entry = calls_.find(id);
    if (entry == nullptr) {
        return Watching::ended;
    }
    if (weir_call_is_canceled(entry->call) != 0) {
        return Watching::canceled;
    }
    // The worker tells; JavaScript is entered by the next turn.
    weir_call_on_cancel(
        entry->call,
        [](weir_call call, uintptr_t user_data) {
            auto &seat = *reinterpret_cast<NodeSeat *>(user_data);
            const uint32_t canceled = seat.calls_.find_call(call);
            if (canceled != CallTable::none) {
                seat.cancels_.push_back(canceled);
            }
        },
        reinterpret_cast<uintptr_t>(this));
    return Watching::watched;
}

int32_t NodeSeat::remaining(uint32_t id) {
    const CallTable::Entry *entry = calls_.find(id);
    const uint32_t left = entry == nullptr ? 0 : weir_call_remaining_ms(entry->call);
    return left == WEIR_FOREVER ? -1 : static_cast<int32_t>(left < INT32_MAX ? left : INT32_MAX);
}

int32_t NodeSeat::emit(const char *name, size_t name_length, const void *data, size_t length) {
    return host_.try_emit(name, name_length, data, length);
}

} // namespace weir::node_engine
