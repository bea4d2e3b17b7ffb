/**
 * array_memory.hpp: the memory of array buffers, bounded a context. Above the bound an allocation
 * fails, which JavaScript sees as a RangeError. Buffers may outlive their environment (a response
 * on its way to the host), so all isolates' allocators are shared pointers.
 */
#pragma once

#include <atomic>
#include <cstddef>

#include <v8.h>

namespace weir::node_engine {

class ArrayMemory final : public v8::ArrayBuffer::Allocator {
  public:
    explicit ArrayMemory(size_t limit) : limit_(limit) {}

    void *Allocate(size_t length) override;
    void *AllocateUninitialized(size_t length) override;
    void Free(void *data, size_t length) override;
    void *Reallocate(void *data, size_t old_length, size_t new_length) override;

    size_t used() const { return used_.load(std::memory_order_relaxed); }

  private:
    bool take(size_t length);
    void give(size_t length) { used_.fetch_sub(length, std::memory_order_relaxed); }

    const size_t limit_;
    std::atomic<size_t> used_{0};
};

} // namespace weir::node_engine
