/**
 * thread_role.hpp: what the calling thread is to weir, so that a function that belongs to one
 * thread can assert it, a call that would wait for itself can be refused, and a callback can be
 * shown to run without a lock.
 */
#pragma once

#include <cassert>
#include <cstdint>

namespace weir {

enum class Role : uint8_t { host, worker, event, keeper, job };

struct ThreadRole {
    Role role = Role::host;
    uint16_t slot = 0;           ///< of a worker, event or job thread
    uint16_t callback_depth = 0; ///< host callbacks that run inside one another on this thread
    int32_t locks_held = 0;      ///< weir mutexes; user code must see 0
    const void *pool = nullptr;  ///< of a worker or event thread: whose it is
    const void *held = nullptr;  ///< innermost HoldNote: what cannot end before this thread goes on
};

[[gnu::tls_model("initial-exec")]] extern thread_local ThreadRole thread_role;

inline bool is_worker_of(uint16_t slot) {
    return thread_role.role == Role::worker && thread_role.slot == slot;
}

inline bool is_thread_of(uint16_t slot) {
    return thread_role.role != Role::host && thread_role.slot == slot &&
           (thread_role.role == Role::worker || thread_role.role == Role::event);
}

/** To be called before any host or author code is entered. */
inline void assert_no_lock_held() { assert(thread_role.locks_held == 0); }

} // namespace weir
