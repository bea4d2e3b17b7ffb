/**
 * array_memory.hpp: the memory of array buffers, bounded a context. An allocation above the bound
 * is refused until V8 has collected garbage; when it still does not fit, what runs is stopped, and
 * the allocation is made: in many places Node ends the process when it is not. One far above fails,
 * which JavaScript sees as a RangeError.
 *
 * Buffers may outlive their environment (a response on its way to the host), so all isolates'
 * allocators are shared pointers.
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <v8.h>

namespace weir::node_engine {

class ArrayMemory final : public v8::ArrayBuffer::Allocator {
  public:
    explicit ArrayMemory(size_t limit) : limit_(limit) {}

    /** `tell(data)` is called on the isolate's thread when the bound is passed. */
    void watch(void (*tell)(void *data), void *data) {
        tell_ = tell;
        tell_data_ = data;
    }

    void *Allocate(size_t length) override;
    void *AllocateUninitialized(size_t length) override;
    void Free(void *data, size_t length) override;
    void *Reallocate(void *data, size_t old_length, size_t new_length) override;

    size_t used() const { return used_.load(std::memory_order_relaxed); }

  private:
    bool take(size_t length);
    void give(size_t length) { used_.fetch_sub(length, std::memory_order_relaxed); }

    const size_t limit_;
    void (*tell_)(void *data) = nullptr;
    void *tell_data_ = nullptr;
    uint32_t refusals_ = 0; ///< of the allocation that V8 tries to make room for
    std::atomic<size_t> used_{0};
};

} // namespace weir::node_engine
