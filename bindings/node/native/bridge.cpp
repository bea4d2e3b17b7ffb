#include "bridge.hpp"

#include <chrono>
#include <thread>

#include "calls.hpp"

namespace weir_addon {

namespace {

/** Attempts to close a queue that a thread which ends still holds, one a step: 10 s in all. */
constexpr int close_attempts = 1000;
constexpr std::chrono::milliseconds close_step{10};

/** Runs on the environment's thread. `env` is NULL while that is torn down. */
void call_on_wake(napi_env env, napi_value on_wake, void *, void *) {
    if (env == nullptr || on_wake == nullptr) {
        return;
    }
    napi_value undefined = nullptr;
    if (napi_get_undefined(env, &undefined) == napi_ok) {
        napi_call_function(env, undefined, on_wake, 0, nullptr, nullptr);
    }
}

} // namespace

bool Bridge::start(Napi::Env env, const Napi::Function &on_wake, bool ends_with_process) {
    ends_with_process_ = ends_with_process;
    const napi_status made =
        napi_create_threadsafe_function(env, on_wake, nullptr, Napi::String::New(env, "weir"), 0, 1,
                                        nullptr, nullptr, nullptr, call_on_wake, &wake_function_);
    if (made != napi_ok) {
        return succeeded(env, WEIR_ERR_NO_RESOURCES);
    }
    unref(env);
    // Hooks run last in, first out, and ours must run before that of the threadsafe function.
    napi_remove_env_cleanup_hook(env, on_env_end, this);
    napi_add_env_cleanup_hook(env, on_env_end, this);
    weir_error error = WEIR_ERROR_INIT;
    weir_queue_options options = WEIR_QUEUE_OPTIONS_INIT;
    options.notify = notify;
    options.user_data = reinterpret_cast<uintptr_t>(this);
    return succeeded(env, weir_queue_create(&options, &queue_, &error), &error);
}

void Bridge::notify(uintptr_t bridge) { reinterpret_cast<Bridge *>(bridge)->wake(); }

void Bridge::wake() {
    const std::lock_guard lock(wake_lock_);
    if (wake_function_ == nullptr) {
        return;
    }
    const napi_status called =
        napi_call_threadsafe_function(wake_function_, nullptr, napi_tsfn_nonblocking);
    if (called == napi_closing) {
        wake_function_ = nullptr; // That call has given it up.
    }
}

void Bridge::end() {
    outgoing_memory.Reset();
    incoming_memory.Reset();
    {
        const std::lock_guard lock(wake_lock_);
        if (wake_function_ != nullptr) {
            napi_release_threadsafe_function(wake_function_, napi_tsfn_abort);
            wake_function_ = nullptr;
        }
    }
    inbox.release_all();
    if (queue_ == 0 || (pools_.empty() && close_queue())) {
        delete this;
    } else if (!ends_with_process_) {
        std::thread([this] { close(); }).detach();
    }
}

/** On a thread of its own: handlers may take their time to end. */
void Bridge::close() {
    for (const weir_handle pool : pools_) {
        weir_pool_close(pool);
    }
    for (int attempt = 0; attempt < close_attempts; attempt++) {
        if (close_queue()) {
            delete this;
            return;
        }
        std::this_thread::sleep_for(close_step);
    }
    // An abandoned handler keeps its slot, and that the queue: both stay for the process.
}

bool Bridge::close_queue() { return weir_queue_close(queue_) != WEIR_ERR_BUSY; }

} // namespace weir_addon
