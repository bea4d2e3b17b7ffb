/**
 * mailbox.hpp: how records get to the worker, as two stacks that the worker takes whole.
 *
 * Inbox: what hosts send. The head holds the owner's generation, so that push() and "is the context
 * still open?" are one compare-exchange: after close() nothing can be added, and everything that
 * was added is found by the worker. Pushes are totally ordered: if A's push returned before B's
 * began, A is taken first, on whichever threads they ran.
 *
 * PostBox: what weir itself sends to the worker (an answer to deliver there, a cancel to tell). It
 * is never closed.
 */
#pragma once

#include <atomic>
#include <cstdint>

#include "base/mutex.hpp"
#include "base/tagged.hpp"
#include "core/slab.hpp"

namespace weir {

/** Records linked by `next`, oldest first. */
class RecordList {
  public:
    bool empty() const { return first_ == 0; }

    Record *pop(const Slab &slab) {
        if (first_ == 0) {
            return nullptr;
        }
        Record &record = slab.known(first_);
        first_ = record.next.load(std::memory_order_relaxed);
        return &record;
    }

    /**
     * Append a stack (newest first) in the order in which it was pushed, and mark its records as
     * taken.
     */
    void append_stack(const Slab &slab, uint32_t newest) {
        uint32_t reversed = 0;
        const uint32_t last = newest;
        while (newest != 0) {
            Record &record = slab.known(newest);
            const uint32_t older = record.next.load(std::memory_order_relaxed);
            record.next.store(reversed, std::memory_order_relaxed);
            record.taken.store(true, std::memory_order_relaxed);
            reversed = newest;
            newest = older;
        }
        if (reversed == 0) {
            return;
        }
        if (first_ == 0) {
            first_ = reversed;
        } else {
            slab.known(last_).next.store(reversed, std::memory_order_relaxed);
        }
        last_ = last;
    }

  private:
    uint32_t first_ = 0;
    uint32_t last_ = 0;
};

class Inbox {
  public:
    /**
     * Add records `first` … `last`, linked newest to oldest. Returns false when `generation` is not
     * the owner.
     */
    bool push_chain(uint64_t generation, Record &newest, Record &oldest) {
        uint64_t seen = head_.load(std::memory_order_acquire);
        for (;;) {
            Tagged head = Tagged::unpack(seen);
            if (head.generation != generation) {
                return false;
            }
            oldest.next.store(head.value, std::memory_order_relaxed);
            head.value = newest.index;
            if (head_.compare_exchange_weak(seen, head.pack(), std::memory_order_seq_cst)) {
                return true;
            }
        }
    }

    bool push(uint64_t generation, Record &record) {
        return push_chain(generation, record, record);
    }

    /** Take all as a stack, newest first; 0 when there is nothing. */
    uint32_t take_all() {
        uint64_t seen = head_.load(std::memory_order_acquire);
        while (Tagged::unpack(seen).value != 0) {
            const Tagged emptied = {.generation = Tagged::unpack(seen).generation, .value = 0};
            if (head_.compare_exchange_weak(seen, emptied.pack(), std::memory_order_acq_rel)) {
                return Tagged::unpack(seen).value;
            }
        }
        return 0;
    }

    bool empty() const { return Tagged::unpack(head_.load(std::memory_order_seq_cst)).value == 0; }

    /**
     * Open for the next generation, with its first record in place. The inbox is closed and empty.
     */
    void open_with(Record &first) {
        first.next.store(0, std::memory_order_relaxed);
        head_.fetch_add((uint64_t{1} << Tagged::value_bits) + first.index,
                        std::memory_order_seq_cst);
    }

    /** End the generation: nothing can be added any more. */
    void close() { head_.fetch_add(uint64_t{1} << Tagged::value_bits, std::memory_order_seq_cst); }

  private:
    std::atomic<uint64_t> head_{0};
};

/** Why a record lies in the post box; bits of Record::posts. */
enum Post : uint32_t {
    post_boxed = 1,
    post_cancel = 2,      ///< canceled while its handler was on its way
    post_deliver = 4,     ///< direct delivery, from another thread
    post_task = 8,        ///< an offloaded job has ended
    post_cancel_now = 16, ///< a cancel callback was set on a call that is canceled already
    post_create = 32      ///< an owner's first record, if the worker had not taken it when overdue
};

class PostBox {
  public:
    /**
     * Post `record` for `reason`. A record that lies in the box already only gets one more reason.
     * Each reason owns one hold on the record; returns false when it lies there for this reason
     * already.
     */
    bool post(Record &record, Post reason) {
        const uint32_t before =
            record.posts.fetch_or(reason | post_boxed, std::memory_order_acq_rel);
        if ((before & post_boxed) != 0) {
            return (before & reason) == 0;
        }
        uint32_t seen = head_.load(std::memory_order_acquire);
        do {
            record.post_next.store(seen, std::memory_order_relaxed);
        } while (!head_.compare_exchange_weak(seen, record.index, std::memory_order_seq_cst));
        return true;
    }

    /**
     * Take the oldest one, with why it lies here; nullptr when the box is empty. One at a time:
     * what a worker that gets stuck has not taken is still here for who ends its work.
     */
    Record *take(const Slab &slab, uint32_t &reasons) {
        const Lock lock(mutex_);
        uint32_t oldest = sorted_.load(std::memory_order_relaxed);
        if (oldest == 0) {
            oldest = sort(slab, head_.exchange(0, std::memory_order_seq_cst));
        }
        if (oldest == 0) {
            return nullptr;
        }
        Record &record = slab.known(oldest);
        sorted_.store(record.post_next.load(std::memory_order_relaxed), std::memory_order_seq_cst);
        reasons = record.posts.exchange(0, std::memory_order_acq_rel);
        return &record;
    }

    bool empty() const {
        return head_.load(std::memory_order_seq_cst) == 0 &&
               sorted_.load(std::memory_order_seq_cst) == 0;
    }

  private:
    /** Turn a stack around: the oldest first. */
    static uint32_t sort(const Slab &slab, uint32_t newest) {
        uint32_t oldest = 0;
        while (newest != 0) {
            Record &record = slab.known(newest);
            const uint32_t older = record.post_next.load(std::memory_order_relaxed);
            record.post_next.store(oldest, std::memory_order_relaxed);
            oldest = newest;
            newest = older;
        }
        return oldest;
    }

    std::atomic<uint32_t> head_{0};   ///< newest first, as posted
    std::atomic<uint32_t> sorted_{0}; ///< oldest first; under mutex_
    Mutex mutex_;                     ///< of those who take
};

} // namespace weir
