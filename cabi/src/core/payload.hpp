/**
 * payload.hpp: the bytes of one request, response or event: inside the record, in a buffer that
 * stays with the record for the next payload, or borrowed with a release function.
 *
 * Not thread-safe: whoever holds the record's side that this payload belongs to uses it alone.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <weir/weir.h>

namespace weir {

class Payload {
  public:
    const void *data() const { return data_; }
    size_t length() const { return length_; }

    /** Copy `length` bytes. Returns false without memory; the payload is then empty. */
    bool copy(const void *data, size_t length, std::span<std::byte> inside);

    /** Point to memory of others until `release` is called. */
    void borrow(const void *data, size_t length, weir_release_callback release,
                uintptr_t release_data);

    /**
     * Forget the bytes. May call a release function, so never under a lock. Keeps a small buffer.
     */
    void clear();

    /** Give the kept buffer back to the system. */
    void trim();

    size_t kept_bytes() const { return capacity_; }

    /** Bytes outside the records that payloads of this process hold now. */
    static uint64_t live_bytes();

  private:
    const void *data_ = nullptr;
    size_t length_ = 0;
    void *buffer_ = nullptr;
    size_t capacity_ = 0;
    weir_release_callback release_ = nullptr;
    uintptr_t release_data_ = 0;
};

} // namespace weir
