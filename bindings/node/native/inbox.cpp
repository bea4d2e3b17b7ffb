#include "inbox.hpp"

#include <cstring>

#include "layout.hpp"

namespace weir_addon {

namespace {

void add_large(Napi::Env env, const weir_record &record, Collected &collected) {
    Napi::ArrayBuffer memory = Napi::ArrayBuffer::New(env, record.length);
    std::memcpy(memory.Data(), record.data, record.length);
    if (collected.large.IsEmpty()) {
        collected.large = Napi::Array::New(env);
    }
    Napi::Array all = collected.large.As<Napi::Array>();
    all.Set(all.Length(), memory);
}

RecordHead head_of(const weir_record &record) {
    const bool response = record.kind == WEIR_RECORD_RESPONSE;
    return {.kind = record.kind,
            .status = record.status,
            .owner = response ? static_cast<uint32_t>(record.user_data) : 0,
            .length = static_cast<uint32_t>(record.length)};
}

RecordTail tail_of(const weir_record &record, uint32_t hold) {
    return {.owner = static_cast<double>(record.user_data),
            .context = static_cast<double>(record.context),
            .id = static_cast<double>(record.id),
            .hold = hold,
            .name_length = static_cast<uint32_t>(record.name_length)};
}

size_t size_of(const weir_record &record) {
    const size_t inlined = record.length <= inline_payload_max ? aligned(record.length) : 0;
    const bool response = record.kind == WEIR_RECORD_RESPONSE;
    const size_t rest = response ? 0 : sizeof(RecordTail) + aligned(record.name_length);
    return sizeof(RecordHead) + inlined + rest;
}

} // namespace

Collected Inbox::collect(Napi::Env env, weir_handle queue, uint8_t *buffer, size_t size) {
    buffer_ = buffer;
    room_ = size;
    used_ = 0;
    Collected collected;
    if (written_ == taken_) {
        written_ = taken_ = 0;
        if (weir_queue_drain(queue, records_.data(), batch, &taken_) != WEIR_OK) {
            return collected;
        }
    }
    const uint32_t begin = written_;
    while (written_ < taken_ && write(env, records_[written_], collected)) {
        written_++;
    }
    collected.count = written_ - begin;
    weir_records_release(records_.data() + begin, collected.count);
    return collected;
}

/** False: the buffer is full. Any record fits into an empty one. */
bool Inbox::write(Napi::Env env, weir_record &record, Collected &collected) {
    if (used_ + size_of(record) > room_) {
        return false;
    }
    RecordHead head = head_of(record);
    const bool large = record.length > inline_payload_max;
    if (large) {
        head.kind |= large_payload;
        add_large(env, record, collected);
    }
    write_bytes(&head, sizeof head);
    if (!large) {
        write_bytes(record.data, record.length);
    }
    if (record.kind != WEIR_RECORD_RESPONSE) {
        write_tail(record);
    }
    return true;
}

void Inbox::write_bytes(const void *bytes, size_t length) {
    if (length > 0) {
        std::memcpy(buffer_ + used_, bytes, length);
        used_ += aligned(length);
    }
}

/** Keeps the token of an event, so that it is not released with the rest. */
void Inbox::write_tail(weir_record &record) {
    uint32_t held = 0;
    if (record.kind == WEIR_RECORD_EVENT) {
        held = hold(record.token);
        record.token = 0;
    }
    const RecordTail tail = tail_of(record, held);
    write_bytes(&tail, sizeof tail);
    write_bytes(record.name, record.name_length);
}

uint32_t Inbox::hold(uint64_t token) {
    if (free_holds_.empty()) {
        held_.push_back(token);
        return static_cast<uint32_t>(held_.size());
    }
    const uint32_t number = free_holds_.back();
    free_holds_.pop_back();
    held_[number - 1] = token;
    return number;
}

void Inbox::release(uint32_t hold) {
    if (hold == 0 || hold > held_.size() || held_[hold - 1] == 0) {
        return;
    }
    weir_record record{};
    record.token = held_[hold - 1];
    weir_records_release(&record, 1);
    held_[hold - 1] = 0;
    free_holds_.push_back(hold);
}

void Inbox::release_all() {
    weir_records_release(records_.data() + written_, taken_ - written_);
    written_ = taken_;
    for (uint32_t hold = 1; hold <= held_.size(); hold++) {
        release(hold);
    }
}

} // namespace weir_addon
