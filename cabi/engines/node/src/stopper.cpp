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
    reason_ = StopReason::none;
    why_ = Stopped::no;
    heap_full_ = false;
    async_stack_ = {};
    if (isolate != nullptr) {
        isolate->AddNearHeapLimitCallback(on_heap_full, this);
    }
}

void Stopper::ask(weir_call call, StopReason reason, uint64_t beat) {
    const std::lock_guard lock(mutex_);
    if (isolate_ == nullptr) {
        return;
    }
    call_ = call;
    reason_ = reason;
    asked_beat_ = beat;
    isolate_->RequestInterrupt(on_interrupt, this);
}

void Stopper::on_interrupt(v8::Isolate *, void *data) { static_cast<Stopper *>(data)->decide(); }

void Stopper::decide() {
    const std::lock_guard lock(mutex_);
    const StopReason reason = reason_;
    reason_ = StopReason::none;
    const bool same_entry =
        asked_beat_ == 0 || beat_->load(std::memory_order_relaxed) == asked_beat_;
    const bool meant =
        reason != StopReason::none && same_entry && (call_ == 0 || is_running_(seat_, call_));
    if (heap_full_) {
        terminate(Stopped::out_of_memory);
    } else if (meant) {
        terminate(as_stopped(reason));
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

/** Inside of a collection of garbage: what runs is stopped where it next can be. */
size_t Stopper::on_heap_full(void *data, size_t limit, size_t) {
    auto &stopper = *static_cast<Stopper *>(data);
    stopper.heap_full_ = true;
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
        isolate_->RemoveNearHeapLimitCallback(on_heap_full, heap_limit_);
        isolate_->AddNearHeapLimitCallback(on_heap_full, this);
    }
    return why;
}

} // namespace weir::node_engine
