/**
 * queue.hpp: where contexts deliver and hosts collect.
 *
 * Guarantees
 *   - push() is lock-free, on any thread, and makes a system call only when somebody sleeps or
 *     polls on an empty queue
 *   - records come out in the order of their pushes; each comes out once, whichever thread drains
 *   - a descriptor that was asked for polls readable while the queue is not empty
 *   - a socket that was asked for receives a byte when the queue turns from empty to not empty
 *
 * Records are pushed to an exchange-all stack; a drainer takes it whole, turns it around and keeps
 * what it did not need.
 */
#pragma once

#include <atomic>
#include <cstdint>

#include <weir/weir.h>

#include "base/mutex.hpp"
#include "base/spin_guard.hpp"
#include "core/handle_table.hpp"
#include "core/record.hpp"

namespace weir {

class Queue {
  public:
    static Queue *make(const weir_queue_options &options);

    /**
     * Hand over a record. May call the host's notify function, so never under a lock.
     * `more_follows`: the caller is about to push more, so a host that is woken on the caller's own
     * processor does well to let it go on first.
     */
    void push(Record &record, bool more_follows);

    /** As push, but nobody is told: tell() must follow soon. */
    void push_quietly(Record &record);

    /** Tell who waits, as a push does. */
    void tell(bool more_follows);

    /** Take up to `capacity` records, oldest first. */
    uint32_t drain(weir_record *out, uint32_t capacity);

    /** As drain, but wait for the first one. */
    weir_status wait(weir_record *out, uint32_t capacity, uint64_t deadline_ns,
                     uint32_t &out_count);

    /** Let one wait() return without a record. */
    void wake();

    weir_status descriptor(int &out);

    /** Makes the socket, whose other end is the caller's. BUSY: made before. */
    weir_status socket(int &out_reader);

    /** A pool delivers here from now on. False once the queue is closed. */
    bool attach();
    void detach();

    /** No pool may attach any more, and waiters return. False while one is attached. */
    bool close();

    friend void dispose(Queue *queue);

  private:
    static constexpr uint32_t closed_mark = UINT32_MAX;

    bool looks_empty() const;
    bool has_listener() const;
    bool wake_asked();
    void wake_sleeper(bool more_follows);
    bool sleep(uint64_t deadline_ns);
    void announce();
    void arm();
    Record *take_kept();
    uint32_t take(weir_record *out, uint32_t capacity, Record *&outdated);

    std::atomic<Record *> pushed_{nullptr};
    std::atomic<uint32_t> pusher_cpu_{0};
    std::atomic<bool> more_follows_{false};         ///< said by the push that woke a thread last
    alignas(64) std::atomic<uint32_t> sleepers_{0}; ///< threads in sleep()
    std::atomic<bool> waking_{false};               ///< one of them is on its way to look
    std::atomic<uint32_t> wakes_{0};                ///< the word they sleep on
    std::atomic<uint32_t> wakes_asked_{0};
    std::atomic<bool> armed_{true};   ///< tell descriptor, socket and notify at the next push
    std::atomic<bool> marked_{false}; ///< the descriptor was set since it was cleared last
    std::atomic<int> descriptor_{-1};
    std::atomic<int> socket_{-1}; ///< the end that is written to
    std::atomic<uint32_t> pools_{0};
    alignas(64) Mutex mutex_;             ///< of those who drain
    std::atomic<Record *> kept_{nullptr}; ///< taken and turned around; oldest first
    weir_notify_callback notify_ = nullptr;
    uintptr_t user_data_ = 0;
    uint64_t spin_ns_ = 0;
    SpinGuard spin_;
};

using QueueTable = HandleTable<Queue, HandleKind::queue>;
using HeldQueue = QueueTable::Hold;

QueueTable &queues();

} // namespace weir
