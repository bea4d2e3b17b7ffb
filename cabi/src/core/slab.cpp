#include "core/slab.hpp"

#include <new>

#include "base/port.hpp"
#include "base/tagged.hpp"

namespace weir {

Record *Slab::at(uint32_t index) const {
    if (index == 0 || index > limits::records_per_slot) {
        return nullptr;
    }
    Record *chunk = chunks_[(index - 1) / chunk_records].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr : chunk + (index - 1) % chunk_records;
}

Record *Slab::pop() {
    uint64_t seen = free_.load(std::memory_order_acquire);
    for (;;) {
        Tagged head = Tagged::unpack(seen);
        if (head.value == 0) {
            return nullptr;
        }
        Record &first = known(head.value);
        // May be stale when another thread pops first: then the tag has grown and the exchange
        // fails.
        head.value = first.next.load(std::memory_order_relaxed);
        head.generation++;
        if (free_.compare_exchange_weak(seen, head.pack(), std::memory_order_acq_rel)) {
            return &first;
        }
    }
}

Record *Slab::take() {
    for (;;) {
        Record *record = pop();
        if (record != nullptr) {
            if (const size_t kept = record->kept_bytes(); kept != 0) {
                kept_bytes_.fetch_sub(kept, std::memory_order_relaxed);
            }
            return record;
        }
        const Lock lock(building_);
        if (Tagged::unpack(free_.load(std::memory_order_acquire)).value == 0 && !build_chunk()) {
            return nullptr;
        }
    }
}

bool Slab::build_chunk() {
    const uint32_t built = built_.load(std::memory_order_relaxed);
    if (built + chunk_records > limits::records_per_slot) {
        return false;
    }
    void *memory = port::allocate(sizeof(Record) * chunk_records);
    if (memory == nullptr) {
        return false;
    }
    auto *records = static_cast<Record *>(memory);
    for (uint32_t at = 0; at < chunk_records; at++) {
        auto *record = new (records + at) Record;
        record->slab = this;
        record->index = built + at + 1;
        record->next.store(at + 1 < chunk_records ? built + at + 2 : 0, std::memory_order_relaxed);
    }
    chunks_[built / chunk_records].store(records, std::memory_order_release);
    built_.store(built + chunk_records, std::memory_order_release);
    give_chain(records[0], records[chunk_records - 1]);
    return true;
}

/**
 * A free record may keep its buffers as long as those of the whole slot stay within their bound.
 */
void Slab::keep_or_trim(Record &record) {
    const size_t kept = record.kept_bytes();
    if (kept == 0) {
        return;
    }
    if (kept_bytes_.fetch_add(kept, std::memory_order_relaxed) + kept > limits::retained_per_slot) {
        kept_bytes_.fetch_sub(kept, std::memory_order_relaxed);
        record.in.trim();
        record.out.trim();
    }
}

void Slab::end(Record &record) {
    record.end();
    keep_or_trim(record);
}

void Slab::give(Record &record) {
    end(record);
    give_chain(record, record);
}

void Slab::give_chain(Record &first, Record &last) {
    uint64_t seen = free_.load(std::memory_order_acquire);
    for (;;) {
        Tagged head = Tagged::unpack(seen);
        last.next.store(head.value, std::memory_order_relaxed);
        head.value = first.index;
        if (free_.compare_exchange_weak(seen, head.pack(), std::memory_order_acq_rel)) {
            return;
        }
    }
}

void Slab::trim() {
    if (kept_bytes_.load(std::memory_order_relaxed) == 0) {
        return;
    }
    uint64_t seen = free_.load(std::memory_order_acquire);
    Tagged head = Tagged::unpack(seen);
    do {
        head = Tagged::unpack(seen);
        if (head.value == 0) {
            return;
        }
    } while (!free_.compare_exchange_weak(
        seen, Tagged{.generation = head.generation + 1, .value = 0}.pack(),
        std::memory_order_acq_rel));
    Record *first = &known(head.value);
    Record *last = first;
    size_t freed = 0;
    for (;;) {
        freed += last->kept_bytes();
        last->in.trim();
        last->out.trim();
        Record *following = at(last->next.load(std::memory_order_relaxed));
        if (following == nullptr) {
            break;
        }
        last = following;
    }
    kept_bytes_.fetch_sub(freed, std::memory_order_relaxed);
    give_chain(*first, *last);
}

} // namespace weir
