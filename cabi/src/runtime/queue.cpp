#include "runtime/queue.hpp"

#include <new>

#include "base/port.hpp"
#include "base/thread_role.hpp"
#include "runtime/delivery.hpp"
#include "runtime/settings.hpp"

namespace weir {

namespace {

constinit QueueTable table;
constexpr uint64_t nanoseconds_per_us = 1'000;

} // namespace

QueueTable &queues() { return table; }

Queue *Queue::make(const weir_queue_options &options) {
    void *memory = port::allocate(sizeof(Queue));
    if (memory == nullptr) {
        return nullptr;
    }
    auto *queue = new (memory) Queue;
    queue->notify_ = options.notify;
    queue->user_data_ = options.user_data;
    const uint32_t spin_us = options.spin_us == 0 ? limits::default_spin_us : options.spin_us;
    queue->spin_ns_ = spin_us == WEIR_OFF ? 0 : spin_us * nanoseconds_per_us;
    return queue;
}

void dispose(Queue *queue) {
    weir_record left[16];
    while (const uint32_t count = queue->drain(left, 16)) {
        release_records(left, count);
    }
    for (const auto *opened : {&queue->descriptor_, &queue->socket_}) {
        if (const int descriptor = opened->load(std::memory_order_acquire); descriptor >= 0) {
            port::descriptor_close(descriptor);
        }
    }
    port::deallocate(queue);
}

void Queue::push_quietly(Record &record) {
    const uint32_t cpu = port::current_cpu();
    if (pusher_cpu_.load(std::memory_order_relaxed) != cpu) {
        pusher_cpu_.store(cpu, std::memory_order_relaxed);
    }
    Record *seen = pushed_.load(std::memory_order_acquire);
    do {
        record.next_out.store(seen, std::memory_order_relaxed);
    } while (!pushed_.compare_exchange_weak(seen, &record, std::memory_order_seq_cst));
}

void Queue::push(Record &record, bool more_follows) {
    push_quietly(record);
    tell(more_follows);
}

void Queue::tell(bool more_follows) {
    wake_sleeper(more_follows);
    if (armed_.load(std::memory_order_seq_cst)) {
        announce();
    }
}

/**
 * Wake one sleeping thread, unless one is on its way already: it looks at the queue after it has
 * cleared `waking_`, takes what was pushed meanwhile, and wakes the next for what it leaves.
 */
void Queue::wake_sleeper(bool more_follows) {
    while (sleepers_.load(std::memory_order_seq_cst) != 0 &&
           !waking_.load(std::memory_order_seq_cst) &&
           !waking_.exchange(true, std::memory_order_seq_cst)) {
        more_follows_.store(more_follows, std::memory_order_relaxed);
        wakes_.fetch_add(1, std::memory_order_seq_cst);
        if (port::wake_one(wakes_)) {
            return;
        }
        // Nobody slept yet: who was about to finds the word changed. But another push may have
        // relied on this wake-up for a thread that went to sleep just now.
        waking_.store(false, std::memory_order_seq_cst);
        if (looks_empty()) {
            return;
        }
    }
}

/** Is there anybody to tell beside those who wait? */
bool Queue::has_listener() const {
    return notify_ != nullptr || descriptor_.load(std::memory_order_seq_cst) >= 0 ||
           socket_.load(std::memory_order_seq_cst) >= 0;
}

void Queue::announce() {
    if (!has_listener() || !armed_.exchange(false)) {
        return;
    }
    if (const int descriptor = descriptor_.load(std::memory_order_acquire); descriptor >= 0) {
        port::descriptor_set(descriptor);
        marked_.store(true, std::memory_order_seq_cst);
    }
    if (const int socket = socket_.load(std::memory_order_acquire); socket >= 0) {
        port::socket_set(socket);
    }
    if (notify_ != nullptr) {
        assert_no_lock_held();
        notify_(user_data_);
    }
}

bool Queue::looks_empty() const {
    return pushed_.load(std::memory_order_seq_cst) == nullptr &&
           kept_.load(std::memory_order_seq_cst) == nullptr;
}

/** Under mutex_. All records, oldest first: those that were kept, or else what was pushed. */
Record *Queue::take_kept() {
    Record *first = kept_.load(std::memory_order_relaxed);
    if (first != nullptr) {
        return first;
    }
    Record *newest = pushed_.exchange(nullptr, std::memory_order_seq_cst);
    while (newest != nullptr) {
        Record *older = newest->next_out.load(std::memory_order_relaxed);
        newest->next_out.store(first, std::memory_order_relaxed);
        first = newest;
        newest = older;
    }
    return first;
}

/** Take what fits into `out`. Records of contexts that are gone are collected in `outdated`. */
uint32_t Queue::take(weir_record *out, uint32_t capacity, Record *&outdated) {
    const Lock lock(mutex_);
    uint32_t count = 0;
    Record *record = take_kept();
    while (record != nullptr && count < capacity) {
        Record *following = record->next_out.load(std::memory_order_relaxed);
        if (is_outdated(*record)) {
            record->next_out.store(outdated, std::memory_order_relaxed);
            outdated = record;
        } else {
            hand_out(*record, out[count++]);
        }
        record = following;
    }
    kept_.store(record, std::memory_order_seq_cst);
    return count;
}

uint32_t Queue::drain(weir_record *out, uint32_t capacity) {
    uint32_t count = 0;
    while (count < capacity && !looks_empty()) {
        Record *outdated = nullptr;
        count += take(out + count, capacity - count, outdated);
        while (outdated != nullptr) {
            Record *record = outdated;
            outdated = record->next_out.load(std::memory_order_relaxed);
            release(*record);
        }
    }
    if (count < capacity) {
        arm();
    } else if (!looks_empty()) {
        wake_sleeper(false); // what is left is for another thread that waits
        if (armed_.load(std::memory_order_seq_cst)) {
            announce(); // one that drained meanwhile saw nothing, for it was in this one's hands
        }
    }
    return count;
}

/**
 * The queue was found empty: the next push is announced. Also when it is armed, if a push that was
 * drained by then has set the descriptor late.
 */
void Queue::arm() {
    const bool armed = armed_.load(std::memory_order_relaxed);
    if (!has_listener() || (armed && !marked_.load(std::memory_order_seq_cst))) {
        return;
    }
    if (const int descriptor = descriptor_.load(std::memory_order_acquire); descriptor >= 0) {
        marked_.store(false, std::memory_order_seq_cst);
        port::descriptor_clear(descriptor);
    }
    armed_.store(true, std::memory_order_seq_cst);
    if (!looks_empty()) {
        announce();
    }
}

bool Queue::wake_asked() {
    uint32_t seen = wakes_asked_.load(std::memory_order_seq_cst);
    while (seen != 0) {
        if (wakes_asked_.compare_exchange_weak(seen, seen - 1, std::memory_order_seq_cst)) {
            return true;
        }
    }
    return false;
}

/**
 * Sleep until something may be there; false when the deadline passed. A thread that was woken on
 * the worker's own processor has taken it from a worker in the middle of a batch: one yield lets
 * the worker finish, and this thread collects the batch at once.
 */
bool Queue::sleep(uint64_t deadline_ns) {
    const uint32_t word = wakes_.load(std::memory_order_seq_cst);
    sleepers_.fetch_add(1, std::memory_order_seq_cst);
    bool in_time = true;
    if (looks_empty() && wakes_asked_.load(std::memory_order_seq_cst) == 0 &&
        pools_.load(std::memory_order_seq_cst) != closed_mark) {
        in_time = port::wait_word(wakes_, word, deadline_ns);
    }
    sleepers_.fetch_sub(1, std::memory_order_seq_cst);
    waking_.store(false, std::memory_order_seq_cst); // before the caller looks again
    if (in_time && more_follows_.load(std::memory_order_relaxed) &&
        pusher_cpu_.load(std::memory_order_relaxed) == port::current_cpu()) {
        port::yield_thread();
    }
    return in_time;
}

weir_status Queue::wait(weir_record *out, uint32_t capacity, uint64_t deadline_ns,
                        uint32_t &out_count) {
    for (;;) {
        out_count = drain(out, capacity);
        if (out_count != 0 || wake_asked()) {
            return WEIR_OK;
        }
        if (pools_.load(std::memory_order_acquire) == closed_mark) {
            return WEIR_ERR_CLOSED;
        }
        if (thread_role.role != Role::host) {
            return WEIR_ERR_WOULD_DEADLOCK;
        }
        const auto ready = [this] { return !looks_empty(); };
        const uint32_t cpu = port::current_cpu();
        const bool may_spin = spin_ns_ != 0 && spin_.allows(pusher_cpu_.load(), cpu);
        if (may_spin && spin_.spin(ready, spin_ns_)) {
            continue;
        }
        if (!sleep(deadline_ns) && looks_empty()) {
            return WEIR_ERR_TIMED_OUT;
        }
    }
}

void Queue::wake() {
    wakes_asked_.fetch_add(1, std::memory_order_seq_cst);
    wakes_.fetch_add(1, std::memory_order_seq_cst);
    port::wake_one(wakes_); // also when another is on its way, who may find a record to return with
}

weir_status Queue::descriptor(int &out) {
    const Lock lock(mutex_);
    int descriptor = descriptor_.load(std::memory_order_acquire);
    if (descriptor < 0) {
        descriptor = port::descriptor_create();
        if (descriptor < 0) {
            return WEIR_ERR_NO_RESOURCES;
        }
        descriptor_.store(descriptor, std::memory_order_seq_cst);
        if (!looks_empty()) {
            armed_.store(false, std::memory_order_seq_cst);
            port::descriptor_set(descriptor);
        }
    }
    out = descriptor;
    return WEIR_OK;
}

weir_status Queue::socket(int &out_reader) {
    const Lock lock(mutex_);
    if (socket_.load(std::memory_order_acquire) >= 0) {
        return WEIR_ERR_BUSY;
    }
    int writer = -1;
    if (!port::socket_create(writer, out_reader)) {
        return WEIR_ERR_NO_RESOURCES;
    }
    socket_.store(writer, std::memory_order_seq_cst);
    if (!looks_empty()) {
        armed_.store(false, std::memory_order_seq_cst);
        port::socket_set(writer);
    }
    return WEIR_OK;
}

bool Queue::attach() {
    uint32_t seen = pools_.load(std::memory_order_acquire);
    do {
        if (seen == closed_mark) {
            return false;
        }
    } while (!pools_.compare_exchange_weak(seen, seen + 1, std::memory_order_acq_rel));
    return true;
}

void Queue::detach() { pools_.fetch_sub(1, std::memory_order_acq_rel); }

bool Queue::close() {
    uint32_t unused = 0;
    if (!pools_.compare_exchange_strong(unused, closed_mark, std::memory_order_seq_cst)) {
        return false;
    }
    wakes_.fetch_add(1, std::memory_order_seq_cst);
    port::wake_all(wakes_);
    return true;
}

} // namespace weir
