#include "node_seat.hpp"

#include <cstring>

#include "base/port.hpp"
#include "builtin_cache.hpp"

namespace weir::node_engine {

namespace {

using namespace v8;

} // namespace

NodeSeat::NodeSeat(NodeEngine &engine, SeatHost &host, const SeatOptions &options)
    : engine_(engine), host_(host), options_(options),
      stopper_(
          options.beat,
          [](void *seat, const StopOrder &order) {
              return static_cast<NodeSeat *>(seat)->is_meant(order);
          },
          this) {}

// ---- the environment ----

void NodeSeat::prepare() {
    if (environment_ != nullptr) {
        return;
    }
    failure_.clear();
    environment_ = Environment::make(
        engine_.process(), {.heap = options_.heap_limit, .stack = options_.stack_size}, failure_);
    if (environment_ == nullptr) {
        return;
    }
    environment_->on_exit = [this](int code) {
        end("Node ended the process with code " + std::to_string(code));
    };
    bridge_ = Bridge::open(*environment_, *this, block_, failure_);
    if (bridge_ == nullptr) {
        drop_environment();
        return;
    }
    stopper_.watch(environment_->isolate(), options_.heap_limit);
    environment_->memory().watch(
        [](void *stopper) { static_cast<Stopper *>(stopper)->on_buffers_full(); }, &stopper_);
    stopper_.watch_async_stack(bridge_->async_stack());
    if (!load_library(failure_)) {
        drop_environment();
    }
}

bool NodeSeat::load_library(std::string &reason) {
    bool loaded = false;
    environment_->enter([&] {
        Isolate *isolate = environment_->isolate();
        TryCatch caught(isolate);
        loaded = !bridge_->call(Bridge::load).IsEmpty();
        if (!loaded) {
            reason = Bridge::describe(isolate, caught);
        }
    });
    const Stopped why = stopper_.take();
    if (why != Stopped::no || ending_) {
        reason = "the library was stopped while it was loaded: " +
                 (ending_ ? end_reason_ : name_of(why));
        ending_ = false;
        return false;
    }
    return loaded;
}

void NodeSeat::drop_environment() {
    if (environment_ != nullptr) {
        environment_->memory().watch(nullptr, nullptr);
        builtin_cache::forget(environment_->isolate());
    }
    stopper_.watch(nullptr, 0);
    bridge_.reset();
    environment_.reset();
    block_.current = block_.answer_count = block_.answer_bytes = 0;
    staged_ = staged_bytes_ = 0;
    cancels_.clear();
    suspect_ = false;
    instance_ = 0;
}

int NodeSeat::descriptor() const {
    return environment_ == nullptr ? -1 : uv_backend_fd(environment_->loop());
}

uint64_t NodeSeat::due_ns() {
    if (environment_ == nullptr) {
        return port::never;
    }
    const int timeout_ms = uv_backend_timeout(environment_->loop());
    return timeout_ms < 0 ? port::never
                          : uv_hrtime() + static_cast<uint64_t>(timeout_ms) * 1'000'000;
}

void NodeSeat::dispose() {
    drop_environment();
    delete this;
}

// ---- entering JavaScript ----

void NodeSeat::after_javascript() {
    take_answers();
    const Stopped why = stopper_.take();
    if (why != Stopped::no && why != Stopped::ended) {
        on_stopped(why);
    }
    if (ending_) {
        ending_ = false;
        failure_ = std::move(end_reason_);
        reject_all(WEIR_ERR_INSTANCE_ENDED, failure_);
        drop_environment();
        host_.instance_ended(failure_.data(), failure_.size());
    }
}

std::string NodeSeat::name_of(Stopped why) const {
    switch (why) {
    case Stopped::wedged: return "the handler ran longer than wedged_ms and was stopped";
    case Stopped::timed_out: return "the handler's time was used up and it was stopped";
    case Stopped::destroyed: return "the context was destroyed and the handler was stopped";
    case Stopped::out_of_memory:
        return "the library ran out of memory: its limit is " +
               std::to_string(options_.heap_limit >> 20) + " MiB";
    case Stopped::no:
    case Stopped::ended: break;
    }
    return "it has ended";
}

/**
 * What ran was a handler, which alone is to blame; or something between handlers: then V8 has
 * thrown the waiting microtasks away, and no call that is on its way can be trusted to end.
 */
void NodeSeat::on_stopped(Stopped why) {
    suspect_ = true;
    host_.handler_stopped();
    if (environment_ != nullptr && !ending_) {
        environment_->look([&] {
            Local<Value> arguments[] = {Boolean::New(environment_->isolate(), block_.current == 0)};
            [[maybe_unused]] const auto done = bridge_->call(Bridge::recover, 1, arguments);
        });
    }
    const bool no_memory = why == Stopped::out_of_memory;
    const weir_status status = no_memory ? WEIR_ERR_NO_MEMORY : WEIR_ERR_INTERRUPTED;
    const std::string words = name_of(why);
    if (block_.current != 0) {
        const auto stopped = static_cast<uint32_t>(block_.current - 1);
        answer(block_.requests[stopped].call, status, words.data(), words.size());
        return;
    }
    reject_all(status, words);
}

void NodeSeat::end(std::string reason) {
    if (!ending_) {
        ending_ = true;
        end_reason_ = std::move(reason);
    }
    stopper_.note(Stopped::ended);
    environment_->stop();
}

bool NodeSeat::is_meant(const StopOrder &order) {
    drop_answered();
    if (order.reason == StopReason::wedged) {
        return true;
    }
    const bool by_time = order.reason == StopReason::timed_out;
    const auto has_ended = [this, by_time](uint32_t id) {
        const CallTable::Entry *entry = calls_.find(id);
        return entry != nullptr && weir_call_is_canceled(entry->call) != 0 &&
               (!by_time || weir_call_remaining_ms(entry->call) == 0);
    };
    if (block_.current != 0) {
        return has_ended(block_.requests[block_.current - 1].call);
    }
    if (!order.ran_before) {
        return false;
    }
    // Between handlers: what runs is the only call's that there is, or nobody knows whose.
    return !by_time || (calls_.live() == 1 && has_ended(calls_.all().front()));
}

// ---- instances ----

Progress NodeSeat::create(weir_instance instance, const void *config, size_t length) {
    prepare();
    if (environment_ == nullptr) {
        weir_instance_fail(instance, failure_.data(), failure_.size());
        return Progress::failed;
    }
    instance_ = instance;
    make_later_ = false;
    create_failed_ = false;
    int32_t made = static_cast<int32_t>(Progress::failed);
    bool reached = false;
    enter([&] {
        Isolate *isolate = environment_->isolate();
        Local<Uint8Array> bytes;
        Local<Value> result;
        if (!to_bytes(isolate, config, length).ToLocal(&bytes)) {
            return;
        }
        Local<Value> arguments[] = {bytes};
        if (bridge_->call(Bridge::create, 1, arguments).ToLocal(&result)) {
            made = result.As<Int32>()->Value();
            reached = true;
        }
    });
    if (environment_ == nullptr || !reached) {
        const std::string words = environment_ == nullptr ? failure_ : "create was stopped";
        weir_instance_fail(instance, words.data(), words.size());
        return Progress::failed;
    }
    if (static_cast<Progress>(made) != Progress::later) {
        return static_cast<Progress>(made);
    }
    if (make_later_) { // its promise was settled when JavaScript was left
        return create_failed_ ? Progress::failed : Progress::done;
    }
    make_later_ = true;
    return Progress::later;
}

void NodeSeat::create_ended(bool failed, const void *reason, size_t length) {
    create_failed_ = failed;
    if (failed) {
        weir_instance_fail(instance_, static_cast<const char *>(reason), length);
    }
    if (make_later_) {
        host_.create_ended(failed ? WEIR_ERR_CREATE_FAILED : WEIR_OK);
    }
    make_later_ = true;
}

Progress NodeSeat::destroy() {
    if (environment_ == nullptr) {
        return Progress::done;
    }
    make_later_ = false;
    int32_t ended = static_cast<int32_t>(Progress::done);
    enter([&] {
        Local<Value> result;
        if (bridge_->call(Bridge::destroy).ToLocal(&result)) {
            ended = result.As<Int32>()->Value();
        }
    });
    if (environment_ == nullptr || suspect_ || make_later_ ||
        static_cast<Progress>(ended) != Progress::later) {
        return Progress::done;
    }
    make_later_ = true;
    return Progress::later;
}

void NodeSeat::destroy_ended() {
    if (make_later_) {
        host_.destroy_ended();
    }
    make_later_ = true;
}

void NodeSeat::abort() {
    if (environment_ != nullptr) {
        enter([&] { [[maybe_unused]] const auto done = bridge_->call(Bridge::abort); });
    }
}

void NodeSeat::room() {
    if (environment_ != nullptr) {
        enter([&] { [[maybe_unused]] const auto done = bridge_->call(Bridge::room); });
    }
}

void NodeSeat::clean() {
    instance_ = 0;
    if (environment_ == nullptr) {
        return;
    }
    environment_->look([&] { builtin_cache::keep(environment_->isolate()); });
    bool is_clean = !suspect_ && !options_.fresh_environment;
    if (is_clean) {
        environment_->look([&] {
            Local<Value> difference;
            is_clean =
                bridge_->call(Bridge::is_clean).ToLocal(&difference) && difference->IsUndefined();
        });
    }
    if (!is_clean) {
        drop_environment();
    }
}

void NodeSeat::discard() {
    const std::string words = "the context was destroyed while the handler ran";
    if (environment_ != nullptr) {
        stopper_.watch(nullptr, 0);
    }
    reject_all(WEIR_ERR_CLOSED, words);
    drop_environment();
}

std::vector<uint8_t> NodeSeat::make_code_cache(std::string &reason) {
    prepare();
    std::vector<uint8_t> cache;
    reason = failure_;
    if (environment_ == nullptr) {
        return cache;
    }
    enter([&] {
        Local<Value> made;
        if (bridge_->call(Bridge::code_cache).ToLocal(&made)) {
            const BytesView bytes(made);
            cache.assign(bytes.data, bytes.data + bytes.length);
        }
    });
    return cache;
}

} // namespace weir::node_engine
