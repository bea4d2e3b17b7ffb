#include "runtime/seating.hpp"

#include <cstring>

#include "base/thread_role.hpp"
#include "runtime/answer.hpp"
#include "runtime/beat.hpp"
#include "runtime/delivery.hpp"
#include "runtime/emit.hpp"
#include "runtime/pool.hpp"
#include "runtime/process.hpp"
#include "runtime/slot.hpp"

namespace weir {

namespace {

/** A stack's last part is the core's and the system's own. */
constexpr size_t stack_reserve = size_t{256} << 10;

/** The host learns that it has a context without an instance. */
void tell_ended(Slot &slot, const char *reason, size_t length) {
    Record *record = slot.slab.take();
    if (record == nullptr) {
        return; // each request says so as well
    }
    const uint64_t generation = slot.worker.generation;
    record->begin(RecordKind::notice, generation, 0, false);
    record->public_kind = WEIR_RECORD_INSTANCE_ENDED;
    record->context = slot.handle(generation);
    record->id = 0;
    record->user_data = slot.lease.user_data;
    record->out.copy(reason, length, record->out_bytes);
    deliver(slot, *record);
}

} // namespace

weir_status Seating::open() {
    Engine &engine = *slot_.engine;
    if (!engine.has_seats()) {
        return WEIR_OK;
    }
    const Settings &settings = *slot_.settings;
    seat_ = engine.take_seat(*this, {.fresh_environment = settings.fresh_environment,
                                     .heap_limit = settings.heap_limit,
                                     .stack_size = settings.stack_size - stack_reserve,
                                     .beat = &slot_.worker.beat});
    if (seat_ == nullptr) {
        return WEIR_ERR_NO_MEMORY;
    }
    signal_ = port::descriptor_create();
    poller_ = signal_ < 0 ? -1 : port::poller_create(signal_);
    if (poller_ < 0) {
        close();
        return WEIR_ERR_NO_RESOURCES;
    }
    slot_.worker_signal.lend(signal_);
    prepared_.store(false, std::memory_order_release);
    prepared_before_ = false;
    return WEIR_OK;
}

void Seating::close() {
    if (seat_ != nullptr) {
        seat_->dispose();
        seat_ = nullptr;
    }
    slot_.worker_signal.take_back();
    for (int *descriptor : {&poller_, &signal_}) {
        if (*descriptor >= 0) {
            port::descriptor_close(*descriptor);
            *descriptor = -1;
        }
    }
    watched_ = -1;
    creating_ = false;
    destroying_ = false;
    ended_ = false;
    prepared_.store(true, std::memory_order_release);
}

bool Seating::prepare() {
    if (is_prepared() || slot_.worker.stop_asked.load(std::memory_order_acquire)) {
        return false;
    }
    slot_.worker.batch_began_ns.store(port::now_ns(), std::memory_order_relaxed);
    {
        const Beat beat(slot_.worker);
        assert_no_lock_held();
        seat_->prepare();
    }
    if (prepared_before_) {
        slot_.counters.environments_rebuilt.add();
    }
    prepared_before_ = true;
    watch_descriptor();
    prepared_.store(true, std::memory_order_release);
    return true;
}

/** Each environment has a loop, and each loop a descriptor, of its own. */
void Seating::watch_descriptor() {
    const int descriptor = seat_->descriptor();
    if (watched_ >= 0) {
        port::poller_remove(poller_, watched_); // closed since; a new one may have its number
    }
    watched_ = descriptor >= 0 && port::poller_add(poller_, descriptor) ? descriptor : -1;
}

void Seating::turn() {
    slot_.worker.batch_began_ns.store(port::now_ns(), std::memory_order_relaxed);
    const Beat beat(slot_.worker);
    assert_no_lock_held();
    if (room_.exchange(false, std::memory_order_seq_cst)) {
        seat_->room();
    }
    const bool ready = loop_ready_;
    loop_ready_ = false;
    seat_->turn(ready);
}

void Seating::create(weir_instance instance, const Record &record) {
    switch (seat_->create(instance, record.in.data(), record.in.length())) {
    case Progress::done: return create_ended(WEIR_OK);
    case Progress::failed: return create_ended(WEIR_ERR_CREATE_FAILED);
    case Progress::later: creating_ = true; return;
    }
}

void Seating::create_ended(weir_status status) {
    WorkerState &worker = slot_.worker;
    creating_ = false;
    worker.constructed = status == WEIR_OK;
    if (worker.constructed) {
        process_counts.instances.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    worker.refuses_with = WEIR_ERR_CREATE_FAILED;
    slot_.counters.creates_failed.add();
}

bool Seating::destroy() {
    if (ended_) {
        return true; // there is nothing left to end
    }
    destroying_ = seat_->destroy() == Progress::later;
    return !destroying_;
}

void Seating::destroy_ended() { destroying_ = false; }

void Seating::instance_ended(const char *reason, size_t length) {
    WorkerState &worker = slot_.worker;
    slot_.counters.instances_ended.add();
    ended_ = true;
    destroying_ = false;
    if (creating_) {
        fail_create(slot_.handle(worker.generation), reason, length);
        create_ended(WEIR_ERR_CREATE_FAILED);
        return;
    }
    if (worker.constructed && worker.refuses_with == WEIR_OK) {
        fail_create(slot_.handle(worker.generation), reason, length);
        worker.refuses_with = WEIR_ERR_INSTANCE_ENDED;
        tell_ended(slot_, reason, length);
    }
}

void Seating::handle(const Record &record, weir_call call) {
    if (seat_->stage(record.method, call, record.in.data(), record.in.length())) {
        run();
    }
}

void Seating::run() {
    const Beat beat(slot_.worker);
    assert_no_lock_held();
    seat_->run();
}

void Seating::abort() {
    if (creating_ || slot_.worker.constructed) {
        const Beat beat(slot_.worker);
        seat_->abort();
    }
}

void Seating::clean() {
    if (seat_ == nullptr) {
        return;
    }
    {
        const Beat beat(slot_.worker);
        seat_->clean();
    }
    ended_ = false;
    prepared_.store(seat_->is_prepared(), std::memory_order_release);
}

void Seating::discard() {
    {
        const Beat beat(slot_.worker);
        seat_->discard();
    }
    creating_ = false;
    destroying_ = false;
    slot_.worker.constructed = false;
    prepared_.store(false, std::memory_order_release);
}

weir_status Seating::try_emit(const char *name, size_t name_length, const void *data,
                              size_t length) {
    const weir_instance instance = slot_.handle(slot_.worker.generation);
    const weir_status status = emit_if_room(instance, name, name_length, data, length);
    if (status != WEIR_ERR_QUEUE_FULL) {
        return status;
    }
    // Said before the last look, so that who makes room meanwhile sees it.
    wants_room_.store(true, std::memory_order_seq_cst);
    const weir_status again = emit_if_room(instance, name, name_length, data, length);
    if (again != WEIR_ERR_QUEUE_FULL) {
        wants_room_.store(false, std::memory_order_seq_cst);
    }
    return again;
}

void Seating::offer_room() {
    if (wants_room_.load(std::memory_order_seq_cst) &&
        wants_room_.exchange(false, std::memory_order_seq_cst)) {
        room_.store(true, std::memory_order_seq_cst);
        slot_.worker_signal.notify();
    }
}

void Seating::answers_begin() { slot_.worker.answers_follow = true; }

void Seating::answers_end() {
    slot_.worker.answers_follow = false;
    if (slot_.queue != nullptr) {
        slot_.queue->tell(false);
    }
}

void Seating::handler_stopped() { slot_.counters.handlers_stopped.add(); }

void Seating::stop(const StopOrder &order) {
    const bool runs = (order.beat & 1) != 0; // else what comes next is not meant
    if (seat_ != nullptr && runs) {
        seat_->stop(order);
    }
}

void Seating::stop_wedged(uint64_t beat) {
    stop({.reason = StopReason::wedged, .beat = beat, .ran_before = true});
}

void Seating::stop_answered(StopReason reason, uint64_t beat) {
    // Behind what the caller has settled: a seat that has not begun that looks behind its own beat.
    const uint64_t now = slot_.worker.beat.load(std::memory_order_seq_cst);
    stop({.reason = reason, .beat = now, .ran_before = now == beat});
}

void Seating::stop_all() {
    const uint64_t now = slot_.worker.beat.load(std::memory_order_seq_cst);
    stop({.reason = StopReason::destroyed, .beat = now, .ran_before = true});
}

uint64_t Seating::sleep_until(uint64_t deadline_ns) const {
    const uint64_t due = seat_->due_ns();
    return due < deadline_ns ? due : deadline_ns;
}

void Seating::sleep_on_descriptors(uint64_t deadline_ns) {
    loop_ready_ = port::poller_wait(poller_, sleep_until(deadline_ns));
}

} // namespace weir
