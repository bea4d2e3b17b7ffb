/**
 * bridge.hpp: one JavaScript environment's way to the core: its queue, its wake, its pools.
 *
 * Guarantees
 *   - the core wakes the environment by one threadsafe function, as long as there is one
 *   - once the environment is torn down, nothing of it is called; what the bridge has in the core
 *     is closed, in the background and bounded, unless the process ends as well
 *   - the memory of the bridge outlives its queue, since the core may call `notify` until then
 *
 * All members belong to the environment's thread but `wake`, which any thread calls.
 */
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include <napi.h>
#include <weir/weir.h>

#include "inbox.hpp"
#include "outbox.hpp"

namespace weir_addon {

class Bridge {
  public:
    Bridge() = default;
    Bridge(const Bridge &) = delete;
    Bridge &operator=(const Bridge &) = delete;

    /**
     * Make the queue, and begin to wake the environment.
     *
     * @param on_wake called without arguments, on the environment's thread
     * @param ends_with_process the environment is the main one: nothing is closed behind it
     * @returns false with an exception pending
     */
    bool start(Napi::Env env, const Napi::Function &on_wake, bool ends_with_process);

    /** Keep the environment's loop alive, or not. */
    void ref(Napi::Env env) { napi_ref_threadsafe_function(env, wake_function_); }
    void unref(Napi::Env env) { napi_unref_threadsafe_function(env, wake_function_); }

    weir_handle queue() const { return queue_; }
    void add_pool(weir_handle pool) { pools_.push_back(pool); }
    void remove_pool(weir_handle pool) { std::erase(pools_, pool); }

    Outbox outbox;
    Inbox inbox;
    uint8_t *outgoing = nullptr; /**< the buffers shared with JavaScript */
    size_t outgoing_size = 0;
    uint8_t *incoming = nullptr;
    size_t incoming_size = 0;
    Napi::Reference<Napi::ArrayBuffer> outgoing_memory;
    Napi::Reference<Napi::ArrayBuffer> incoming_memory;

    /** A cleanup hook: the environment is being torn down, and the bridge with it. */
    static void on_env_end(void *bridge) { static_cast<Bridge *>(bridge)->end(); }

  private:
    /** The bridge deletes itself when the core is done with it. */
    void end();
    static void notify(uintptr_t bridge);
    void wake();
    void close();
    bool close_queue();

    weir_handle queue_ = 0;
    std::vector<weir_handle> pools_;
    bool ends_with_process_ = false;
    std::mutex wake_lock_; /**< guards wake_function_ against `end` */
    napi_threadsafe_function wake_function_ = nullptr;
};

} // namespace weir_addon
