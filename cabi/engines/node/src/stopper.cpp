#include "stopper.hpp"

namespace weir::node_engine {

namespace {

/**
 * What a heap that is full may grow by while what runs unwinds. One allocation can be of 1 GiB (the
 * longest array), and V8 ends the process when that fails; the memory is reserved, not used.
 */
constexpr size_t room_to_unwind = size_t{1200} << 20;

Stopped as_stopped(StopReason reason) {
    switch (reason) {
    case StopReason::wedged: return Stopped::wedged;
    case StopReason::timed_out: return Stopped::timed_out;
    case StopReason::destroyed: return Stopped::destroyed;
    case StopReason::none: return Stopped::no;
    }
    return Stopped::no;
}

} // namespace

void Stopper::watch(v8::Isolate *isolate, size_t heap_limit) {
    const std::lock_guard lock(mutex_);
    isolate_ = isolate;
    heap_limit_ = heap_limit;
    order_ = {};
    why_ = Stopped::no;
    heap_full_ = false;
    collect_asked_ = false;
    limit_to_restore_ = 0;
    async_stack_ = {};
    if (isolate != nullptr) {
        isolate->AddNearHeapLimitCallback(on_heap_full, this);
        isolate->AddGCEpilogueCallback(on_collected, this);
    }
}

/** An order that V8 has not come to yet is not forgotten for one that means less. */
void Stopper::ask(const StopOrder &order) {
    const std::lock_guard lock(mutex_);
    if (isolate_ == nullptr) {
        return;
    }
    const bool same_entry = order_.reason != StopReason::none && order_.beat == order.beat;
    if (!same_entry || order_.reason != StopReason::wedged) {
        order_ = order;
    }
    isolate_->RequestInterrupt(on_interrupt, this);
}

void Stopper::on_interrupt(v8::Isolate *isolate, void *data) {
    auto &stopper = *static_cast<Stopper *>(data);
    if (stopper.collect_asked_) {
        stopper.collect_asked_ = false;
        isolate->LowMemoryNotification(); // its end decides
    }
    stopper.decide();
}

void Stopper::decide() {
    const std::lock_guard lock(mutex_);
    const StopOrder order = order_;
    order_ = {};
    const bool same_entry = beat_->load(std::memory_order_relaxed) == order.beat;
    const bool meant = order.reason != StopReason::none && same_entry && is_meant_(seat_, order);
    if (heap_full_) {
        terminate(Stopped::out_of_memory);
    } else if (meant) {
        terminate(as_stopped(order.reason));
    }
}

/**
 * What is terminated runs no `finally`, with which Node counts its callbacks: where the count is
 * wrong, Node ends the process.
 */
void Stopper::terminate(Stopped why) {
    if (why_ != Stopped::no || isolate_ == nullptr) {
        return;
    }
    why_ = why;
    if (async_stack_.length != nullptr) {
        *async_stack_.length = 0;
        *async_stack_.execution_id = 0;
        *async_stack_.trigger_id = 0;
    }
    isolate_->TerminateExecution();
}

/** What is left after all was collected counts; after less than that, all is to be collected. */
void Stopper::on_collected(v8::Isolate *isolate, v8::GCType type, v8::GCCallbackFlags, void *data) {
    auto &stopper = *static_cast<Stopper *>(data);
    v8::HeapStatistics heap;
    isolate->GetHeapStatistics(&heap);
    if (stopper.isolate_ != isolate || heap.used_heap_size() <= stopper.heap_limit_) {
        return;
    }
    const bool all = type == v8::kGCTypeMarkSweepCompact;
    stopper.heap_full_ = stopper.heap_full_ || all;
    stopper.collect_asked_ = stopper.collect_asked_ || !all;
    isolate->RequestInterrupt(on_interrupt, data);
}

/** Inside of a collection of garbage: what runs is stopped where it next can be. */
size_t Stopper::on_heap_full(void *data, size_t limit, size_t initial) {
    auto &stopper = *static_cast<Stopper *>(data);
    stopper.heap_full_ = true;
    stopper.limit_to_restore_ = initial;
    stopper.isolate_->RequestInterrupt(on_interrupt, &stopper);
    return limit + room_to_unwind;
}

void Stopper::on_buffers_full() {
    if (isolate_ != nullptr && !heap_full_) {
        heap_full_ = true;
        isolate_->RequestInterrupt(on_interrupt, this);
    }
}

Stopped Stopper::take() {
    const Stopped why = why_;
    if (why != Stopped::no) {
        why_ = Stopped::no;
        isolate_->CancelTerminateExecution();
    }
    if (heap_full_) {
        heap_full_ = false;
        isolate_->LowMemoryNotification();
    }
    if (limit_to_restore_ != 0) {
        isolate_->RemoveNearHeapLimitCallback(on_heap_full, limit_to_restore_);
        isolate_->AddNearHeapLimitCallback(on_heap_full, this);
        limit_to_restore_ = 0;
    }
    return why;
}

} // namespace weir::node_engine
