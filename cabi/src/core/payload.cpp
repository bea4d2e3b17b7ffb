#include "core/payload.hpp"

#include <atomic>
#include <cstring>

#include "base/port.hpp"
#include "base/thread_role.hpp"
#include "core/limits.hpp"

namespace weir {

namespace {

std::atomic<uint64_t> bytes_in_use{0};

} // namespace

bool Payload::copy(const void *data, size_t length, std::span<std::byte> inside) {
    void *target = inside.data();
    if (length > inside.size()) {
        if (length > capacity_) {
            trim();
            buffer_ = port::allocate(length);
            if (buffer_ == nullptr) {
                return false;
            }
            capacity_ = length;
        }
        target = buffer_;
        bytes_in_use.fetch_add(length, std::memory_order_relaxed);
    }
    if (length > 0) {
        memcpy(target, data, length);
    }
    data_ = target;
    length_ = length;
    return true;
}

void Payload::borrow(const void *data, size_t length, weir_release_callback release,
                     uintptr_t release_data) {
    data_ = data;
    length_ = length;
    release_ = release;
    release_data_ = release_data;
}

void Payload::clear() {
    if (release_ != nullptr) {
        assert_no_lock_held();
        const weir_release_callback release = release_;
        release_ = nullptr;
        release(data_, length_, release_data_);
    } else if (data_ == buffer_ && buffer_ != nullptr) {
        bytes_in_use.fetch_sub(length_, std::memory_order_relaxed);
        if (capacity_ > limits::retained_buffer) {
            trim();
        }
    }
    data_ = nullptr;
    length_ = 0;
}

void Payload::trim() {
    port::deallocate(buffer_);
    buffer_ = nullptr;
    capacity_ = 0;
}

uint64_t Payload::live_bytes() { return bytes_in_use.load(std::memory_order_relaxed); }

} // namespace weir
