#include "array_memory.hpp"

#include <cstdlib>

namespace weir::node_engine {

bool ArrayMemory::take(size_t length) {
    const size_t before = used_.fetch_add(length, std::memory_order_relaxed);
    if (length <= limit_ && before <= limit_ - length) {
        return true;
    }
    give(length);
    return false;
}

void *ArrayMemory::Allocate(size_t length) {
    if (!take(length)) {
        return nullptr;
    }
    void *data = calloc(length == 0 ? 1 : length, 1);
    if (data == nullptr) {
        give(length);
    }
    return data;
}

void *ArrayMemory::AllocateUninitialized(size_t length) {
    if (!take(length)) {
        return nullptr;
    }
    void *data = malloc(length == 0 ? 1 : length);
    if (data == nullptr) {
        give(length);
    }
    return data;
}

void ArrayMemory::Free(void *data, size_t length) {
    free(data);
    give(length);
}

void *ArrayMemory::Reallocate(void *data, size_t old_length, size_t new_length) {
    if (!take(new_length)) {
        return nullptr;
    }
    void *moved = realloc(data, new_length == 0 ? 1 : new_length);
    give(moved == nullptr ? new_length : old_length);
    return moved;
}

} // namespace weir::node_engine
