#include "array_memory.hpp"

#include <cstdlib>

namespace weir::node_engine {

namespace {

/**
 * Beyond the bound: what may be had until what runs has stopped. Memory nobody writes costs none.
 */
constexpr size_t room_to_unwind = size_t{1} << 30;

/** V8 collects garbage after each of these refusals, and asks again. */
constexpr uint32_t refusals_before_stop = 2;

} // namespace

bool ArrayMemory::take(size_t length) {
    const size_t before = used_.fetch_add(length, std::memory_order_relaxed);
    if (length <= limit_ && before <= limit_ - length) {
        refusals_ = 0;
        return true;
    }
    if (refusals_ < refusals_before_stop) {
        refusals_++;
        give(length);
        return false;
    }
    refusals_ = 0;
    const size_t most = limit_ + room_to_unwind;
    if (length > most || before > most - length) {
        give(length);
        return false;
    }
    if (tell_ != nullptr) {
        tell_(tell_data_);
    }
    return true;
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
