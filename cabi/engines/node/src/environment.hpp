/**
 * environment.hpp: one isolate with one Node environment and one loop, on the thread that makes it.
 * Everything of it is gone when it is destroyed: handles, timers, descriptors that scripts opened,
 * worker threads.
 */
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <node.h>
#include <uv.h>

#include "array_memory.hpp"
#include "node_process.hpp"
#include "presence.hpp"

namespace weir::node_engine {

struct EnvironmentLimits {
    size_t heap = 0;  ///< bytes of V8's heap, and of array buffers
    size_t stack = 0; ///< bytes of the thread's stack that JavaScript may use, from here on
};

class Environment {
  public:
    /** nullptr with the reason when it cannot be made. */
    static std::unique_ptr<Environment> make(NodeProcess &process, const EnvironmentLimits &limits,
                                             std::string &reason);
    ~Environment();
    Environment(const Environment &) = delete;
    Environment &operator=(const Environment &) = delete;

    /** The memory of its array buffers. */
    ArrayMemory &memory() { return *memory_; }

    v8::Isolate *isolate() const { return isolate_; }
    uv_loop_t *loop() { return &loop_; }

    /** The context, in the present handle scope. */
    v8::Local<v8::Context> context() const { return context_.Get(isolate_); }

    /**
     * Run `work` with the isolate entered, as a callback of Node: when it ends, what it left to
     * process.nextTick and to promises has run. What it throws is dropped: it catches itself.
     */
    void enter(const std::function<void()> &work);

    /** As enter, but nothing else of the environment runs at its end. */
    void look(const std::function<void()> &work);

    /**
     * Run what the loop has ready, without waiting. When its descriptor was not seen ready it is
     * looked at once a millisecond, or when a timer or a new watcher asks for it. Returns whether
     * it ran.
     */
    bool run_loop(bool ready);

    /** Inside JavaScript: leave it at once, and run none any more. */
    void stop() { node::Stop(environment_); }

    /** Told when Node itself would end the process, before the environment is stopped. */
    std::function<void(int code)> on_exit;

    /** Called with process and require of the environment; once, first of all. */
    using Start =
        std::function<v8::MaybeLocal<v8::Value>(const node::StartExecutionCallbackInfo &)>;
    bool load(const Start &start);

  private:
    Environment() = default;
    bool open(NodeProcess &process, const EnvironmentLimits &limits, std::string &reason);
    bool open_isolate(const EnvironmentLimits &limits);
    void close_loop();

    NodeProcess *process_ = nullptr;
    Presence presence_;
    std::shared_ptr<ArrayMemory> memory_;
    uv_loop_t loop_ = {};
    uv_async_t keeper_ = {};
    uint64_t ran_at_ms_ = 0;
    bool loop_open_ = false;
    v8::Isolate *isolate_ = nullptr;
    node::IsolateData *isolate_data_ = nullptr;
    v8::Global<v8::Context> context_;
    v8::Global<v8::Object> resource_; ///< stands for the engine where Node asks who calls
    node::Environment *environment_ = nullptr;
};

} // namespace weir::node_engine
