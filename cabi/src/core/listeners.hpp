/**
 * listeners.hpp: who listens to which event of one context.
 *
 * Guarantees
 *   - adding, removing and walking are safe from any thread and from inside a callback: no lock is
 *     held between two steps of a walk, and a listener that was removed is not returned afterwards
 *   - ids never repeat in one slot, so a late id of an earlier owner finds nothing
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include <weir/weir.h>

#include "base/mutex.hpp"

namespace weir {

struct ListenerTarget {
    uint64_t id = 0;
    weir_record_callback callback = nullptr;
    uintptr_t user_data = 0;
    bool has_more = false; ///< another listener matches after this one
};

class Listeners {
  public:
    /** Returns the status; on WEIR_OK the id. A null name matches all events. */
    weir_status add(const char *name, size_t name_length, weir_record_callback callback,
                    uintptr_t user_data, uint64_t &out_id);

    bool remove(uint64_t id);

    /** Still there? For a record that was queued before its listener was removed. */
    bool contains(uint64_t id);

    /** The first match with an id above `after`. Returns false when there is none. */
    bool find_next(const char *name, size_t name_length, uint64_t after, ListenerTarget &out);

    void clear();

    bool empty() const { return count_.load(std::memory_order_acquire) == 0; }

  private:
    struct Listener;

    Mutex mutex_;
    Listener *first_ = nullptr; ///< by growing id
    Listener *last_ = nullptr;
    uint64_t last_id_ = 0; ///< survives clear()
    std::atomic<uint32_t> count_{0};
};

} // namespace weir
