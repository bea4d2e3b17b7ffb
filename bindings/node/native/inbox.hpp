/**
 * inbox.hpp: records on their way to JavaScript.
 *
 * Guarantees: order is kept; a record is released as soon as its payload was copied, but for
 * events, which are held until JavaScript gives them back. Belongs to one JavaScript thread.
 *
 * Large payloads are copied too, once, into memory that JavaScript owns: handing out the core's own
 * memory would keep it counted against the context's limits until a garbage collection.
 */
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <napi.h>
#include <weir/weir.h>

namespace weir_addon {

/** What one turn of collecting gave. */
struct Collected {
    uint32_t count = 0; /**< records in the buffer; 0: the queue is empty */
    Napi::Value large;  /**< an array of ArrayBuffers, or undefined */
};

class Inbox {
  public:
    /** Take records out of `queue` into `buffer`, as many as fit. */
    Collected collect(Napi::Env env, weir_handle queue, uint8_t *buffer, size_t size);

    /** Give an event back to the core; a number that is not held is ignored. */
    void release(uint32_t hold);
    /** Give all back: JavaScript is gone. */
    void release_all();

  private:
    static constexpr uint32_t batch = 256;

    bool write(Napi::Env env, weir_record &record, Collected &collected);
    void write_bytes(const void *bytes, size_t length);
    void write_tail(weir_record &record);
    uint32_t hold(uint64_t token);

    std::array<weir_record, batch> records_;
    uint32_t taken_ = 0;   /**< records in records_ */
    uint32_t written_ = 0; /**< of them, those that JavaScript has */
    uint8_t *buffer_ = nullptr;
    size_t room_ = 0;
    size_t used_ = 0;
    std::vector<uint64_t> held_; /**< tokens by hold - 1; 0: free */
    std::vector<uint32_t> free_holds_;
};

} // namespace weir_addon
