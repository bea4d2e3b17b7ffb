/**
 * slab.hpp: the records of one slot, built in chunks when they are needed first and kept for good.
 *
 * Guarantees
 *   - take() and give() are lock-free on any thread, but for the rare take() that builds a chunk
 *   - last given, first taken, so that a quiet slot touches few records
 *   - at() of any index that was ever handed out stays valid memory for the life of the process
 */
#pragma once

#include <atomic>
#include <cstdint>

#include "base/mutex.hpp"
#include "core/record.hpp"

namespace weir {

class Slab {
  public:
    void bind(uint16_t slot) { slot_ = slot; }
    uint16_t slot() const { return slot_; }

    /** A free record, or nullptr when memory or indexes are used up. The caller begins it. */
    Record *take();

    /** Take a record back. Ends it first, so never under a lock. */
    void give(Record &record);

    /** The first half of give(), for records that go back together: forget what it holds. */
    void end(Record &record);

    /** Give back a chain of records that were ended, linked by `next`. */
    void give_chain(Record &first, Record &last);

    /** The record of an index, or nullptr for one that was never built. */
    Record *at(uint32_t index) const;

    /** The record of an index that came from a record or a list of this slab. */
    Record &known(uint32_t index) const {
        Record *chunk = chunks_[(index - 1) / chunk_records].load(std::memory_order_acquire);
        return chunk[(index - 1) % chunk_records];
    }

    /** Free the buffers that free records keep. */
    void trim();

    /** Call `visit(record)` for each record in use. A record may end or begin meanwhile. */
    template <class Visit> void for_each_live(Visit visit) const {
        const uint32_t built = built_.load(std::memory_order_acquire);
        for (uint32_t index = 1; index <= built; index++) {
            Record *record = at(index);
            if (record != nullptr && record->is_live()) {
                visit(*record);
            }
        }
    }

  private:
    static constexpr uint32_t chunk_records = 64;
    static constexpr uint32_t chunks = (limits::records_per_slot + 1) / chunk_records;

    Record *pop();
    bool build_chunk();
    void keep_or_trim(Record &record);

    std::atomic<uint64_t> free_{
        0}; ///< Tagged: pops so far (against reuse of a head seen before), index of the first
    std::atomic<uint32_t> built_{0};
    std::atomic<size_t> kept_bytes_{0}; ///< in buffers of free records
    uint16_t slot_ = 0;
    Mutex building_;
    std::atomic<Record *> chunks_[chunks] = {};
};

} // namespace weir
