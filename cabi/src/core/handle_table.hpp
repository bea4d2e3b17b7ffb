/**
 * handle_table.hpp: the objects of one kind that handles name: libraries, queues, pools.
 *
 * Guarantees
 *   - a handle that was closed, or never given, finds nothing; a value is never valid twice
 *   - an object that somebody holds is not disposed of before they let go, closed or not
 *
 * An entry's word holds the generation and the number of holders; the table itself holds each open
 * object once.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include <weir/weir.h>

#include "base/mutex.hpp"
#include "base/tagged.hpp"
#include "core/handle.hpp"
#include "core/limits.hpp"

namespace weir {

template <class Object, HandleKind kind> class HandleTable;

/** A hold on an object of a table. */
template <class Object, HandleKind kind> class Held {
  public:
    using Table = HandleTable<Object, kind>;

    Held() = default;
    Held(Table *table, uint16_t index) : table_(table), index_(index) {}
    Held(Held &&other) noexcept
        : table_(std::exchange(other.table_, nullptr)), index_(other.index_) {}
    Held &operator=(Held &&other) noexcept {
        std::swap(table_, other.table_);
        std::swap(index_, other.index_);
        return *this;
    }
    ~Held() { reset(); }

    void reset() {
        if (table_ != nullptr) {
            std::exchange(table_, nullptr)->let_go(index_);
        }
    }

    /** Another hold on the same object. */
    Held share() const {
        table_->hold_again(index_);
        return Held(table_, index_);
    }

    explicit operator bool() const { return table_ != nullptr; }
    Object *operator->() const { return get(); }
    Object *get() const { return table_->object(index_); }

  private:
    Table *table_ = nullptr;
    uint16_t index_ = 0;
};

template <class Object, HandleKind kind> class HandleTable {
  public:
    using Hold = Held<Object, kind>;

    /** Give `object` a handle. 0 when the table is full; the object is then still the caller's. */
    weir_handle insert(Object *object) {
        const Lock lock(mutex_);
        for (uint16_t at = 0; at < limits::handles_per_kind; at++) {
            Entry &entry = entries_[at];
            const Tagged tagged = Tagged::unpack(entry.word.load(std::memory_order_acquire));
            const bool usable = entry.object == nullptr && tagged.generation + 1 < last_generation;
            if (usable) {
                const Handle handle = {
                    .kind = kind, .index = at, .generation = tagged.generation + 1};
                entry.object = object;
                entry.word.store(Tagged{.generation = handle.generation, .value = 1}.pack(),
                                 std::memory_order_release);
                live_.fetch_add(1, std::memory_order_relaxed);
                return handle.pack();
            }
        }
        return 0;
    }

    Hold find(weir_handle number) {
        const Handle handle = Handle::unpack(number);
        if (handle.kind != kind) {
            return {};
        }
        std::atomic<uint64_t> &word = entries_[handle.index].word;
        uint64_t seen = word.load(std::memory_order_acquire);
        for (;;) {
            Tagged tagged = Tagged::unpack(seen);
            if (tagged.generation != handle.generation) {
                return {};
            }
            tagged.value++;
            if (word.compare_exchange_weak(seen, tagged.pack(), std::memory_order_acq_rel)) {
                return Hold(this, handle.index);
            }
        }
    }

    /**
     * Make the handle invalid. False when it was. The table's own hold passes to the caller in
     * `out`.
     */
    bool close(weir_handle number, Hold &out) {
        const Handle handle = Handle::unpack(number);
        if (handle.kind != kind) {
            return false;
        }
        std::atomic<uint64_t> &word = entries_[handle.index].word;
        uint64_t seen = word.load(std::memory_order_acquire);
        for (;;) {
            Tagged tagged = Tagged::unpack(seen);
            if (tagged.generation != handle.generation) {
                return false;
            }
            tagged.generation++;
            if (word.compare_exchange_weak(seen, tagged.pack(), std::memory_order_acq_rel)) {
                out = Hold(this, handle.index);
                return true;
            }
        }
    }

    /** Another hold by the object itself, which knows its handle; let_go() ends it. */
    void hold(const Object *object) { hold_again(Handle::unpack(object->handle()).index); }
    void let_go(const Object *object) { let_go(Handle::unpack(object->handle()).index); }

    /** Does anybody but the caller hold `object`? */
    bool is_shared(const Object *object) const {
        const uint16_t index = Handle::unpack(object->handle()).index;
        return Tagged::unpack(entries_[index].word.load(std::memory_order_acquire)).value > 1;
    }

    uint32_t live() const { return live_.load(std::memory_order_relaxed); }

  private:
    friend Hold;

    struct Entry {
        std::atomic<uint64_t> word{0};
        Object *object = nullptr;
    };

    Object *object(uint16_t index) { return entries_[index].object; }

    void hold_again(uint16_t index) {
        entries_[index].word.fetch_add(1, std::memory_order_relaxed);
    }

    void let_go(uint16_t index) {
        Entry &entry = entries_[index];
        const uint64_t before = entry.word.fetch_sub(1, std::memory_order_acq_rel);
        if (Tagged::unpack(before).value != 1) {
            return;
        }
        Object *object = entry.object;
        dispose(object);
        const Lock lock(mutex_);
        entry.object = nullptr;
        live_.fetch_sub(1, std::memory_order_relaxed);
    }

    Mutex mutex_;
    std::atomic<uint32_t> live_{0};
    Entry entries_[limits::handles_per_kind];
};

} // namespace weir
