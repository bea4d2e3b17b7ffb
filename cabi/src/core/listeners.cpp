#include "core/listeners.hpp"

#include <cstring>
#include <new>

#include "base/port.hpp"

namespace weir {

struct Listeners::Listener {
    Listener *following = nullptr;
    uint64_t id = 0;
    weir_record_callback callback = nullptr;
    uintptr_t user_data = 0;
    bool all = false;
    uint8_t name_length = 0;
    char name[WEIR_NAME_LENGTH_MAX] = {};

    bool matches(const char *other, size_t other_length) const {
        return all || (name_length == other_length && memcmp(name, other, other_length) == 0);
    }
};

weir_status Listeners::add(const char *name, size_t name_length, weir_record_callback callback,
                           uintptr_t user_data, uint64_t &out_id) {
    void *memory = port::allocate(sizeof(Listener));
    if (memory == nullptr) {
        return WEIR_ERR_NO_MEMORY;
    }
    auto *listener = new (memory) Listener;
    listener->callback = callback;
    listener->user_data = user_data;
    listener->all = name == nullptr;
    listener->name_length = static_cast<uint8_t>(name_length);
    if (!listener->all && name_length > 0) {
        memcpy(listener->name, name, name_length);
    }
    {
        const Lock lock(mutex_);
        if (count_.load(std::memory_order_relaxed) < WEIR_LISTENERS_MAX) {
            listener->id = ++last_id_;
            out_id = listener->id;
            (last_ == nullptr ? first_ : last_->following) = listener;
            last_ = listener;
            count_.fetch_add(1, std::memory_order_release);
            return WEIR_OK;
        }
    }
    port::deallocate(memory);
    return WEIR_ERR_QUEUE_FULL;
}

bool Listeners::remove(uint64_t id) {
    Listener *removed = nullptr;
    {
        const Lock lock(mutex_);
        Listener *before = nullptr;
        Listener *at = first_;
        while (at != nullptr && at->id != id) {
            before = at;
            at = at->following;
        }
        if (at == nullptr) {
            return false;
        }
        (before == nullptr ? first_ : before->following) = at->following;
        if (last_ == at) {
            last_ = before;
        }
        count_.fetch_sub(1, std::memory_order_release);
        removed = at;
    }
    port::deallocate(removed);
    return true;
}

bool Listeners::contains(uint64_t id) {
    const Lock lock(mutex_);
    for (const Listener *at = first_; at != nullptr; at = at->following) {
        if (at->id == id) {
            return true;
        }
    }
    return false;
}

bool Listeners::find_next(const char *name, size_t name_length, uint64_t after,
                          ListenerTarget &out) {
    bool found = false;
    const Lock lock(mutex_);
    for (const Listener *at = first_; at != nullptr; at = at->following) {
        if (at->id <= after || !at->matches(name, name_length)) {
            continue;
        }
        if (found) {
            out.has_more = true;
            break;
        }
        found = true;
        out = {
            .id = at->id, .callback = at->callback, .user_data = at->user_data, .has_more = false};
    }
    return found;
}

void Listeners::clear() {
    Listener *at = nullptr;
    {
        const Lock lock(mutex_);
        at = first_;
        first_ = nullptr;
        last_ = nullptr;
        count_.store(0, std::memory_order_release);
    }
    while (at != nullptr) {
        Listener *following = at->following;
        port::deallocate(at);
        at = following;
    }
}

} // namespace weir
