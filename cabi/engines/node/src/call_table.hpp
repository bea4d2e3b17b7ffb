/**
 * call_table.hpp: the calls that are in an environment. JavaScript knows them by numbers that die
 * with their call: an answer that comes twice, or after the call was taken from its handler, meets
 * nobody.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <weir/library.h>

namespace weir::node_engine {

class CallTable {
  public:
    struct Entry {
        weir_call call = 0; ///< 0: free
        const void *data =
            nullptr; ///< the request's payload, the host's until the call is answered
        size_t length = 0;
        uint32_t generation = 0;
        uint32_t next_free = 0;
    };

    /** Returns the number that JavaScript knows it by. */
    uint32_t add(weir_call call, const void *data, size_t length);

    /** nullptr for a call that was answered. */
    const Entry *find(uint32_t id) const;

    /** The number of a call, or `none`. */
    uint32_t find_call(weir_call call) const;
    static constexpr uint32_t none = UINT32_MAX;

    void forget(uint32_t id);

    uint32_t live() const { return live_; }

    /** All numbers in use, oldest entry first. */
    std::vector<uint32_t> all() const;

  private:
    uint32_t id_at(uint32_t index) const;

    std::vector<Entry> entries_;
    uint32_t first_free_ = 0; ///< index + 1
    uint32_t live_ = 0;
};

} // namespace weir::node_engine
