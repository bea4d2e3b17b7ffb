#include "environment.hpp"

namespace weir::node_engine {

namespace {

using namespace v8;

constexpr auto environment_flags = static_cast<node::EnvironmentFlags::Flags>(
    node::EnvironmentFlags::kTrackUnmanagedFds | node::EnvironmentFlags::kNoCreateInspector |
    node::EnvironmentFlags::kNoGlobalSearchPaths);

/**
 * What V8 is told of the size of its heap. Told the limit of an instance it collects garbage at
 * each 30 % of growth, in small spaces for what is young; the Stopper holds the limit instead.
 */
constexpr size_t roomy_heap = size_t{2} << 30;

/**
 * Young objects, in V8's two halves and its space for large ones: an environment starts without a
 * collection, each of which would copy what stays. Only what is used of it is resident.
 */
constexpr size_t first_young = size_t{12} << 20;

/**
 * What that may grow to while much of it survives: less copying for work that makes many objects.
 */
constexpr size_t most_young = size_t{96} << 20;

/** Old objects before the first collection of them: what a large library holds. */
constexpr size_t first_collection = size_t{32} << 20;

/** Everything that running JavaScript of an isolate needs, for its lifetime. */
class Entered {
  public:
    Entered(Presence &presence, Isolate *isolate, const Global<Context> &context)
        : presence_(presence), locker_(isolate), isolate_scope_(isolate), handles_(isolate),
          context_scope_(context.Get(isolate)) {}

  private:
    Presence::Scope presence_;
    Locker locker_;
    Isolate::Scope isolate_scope_;
    HandleScope handles_;
    Context::Scope context_scope_;
};

} // namespace

std::unique_ptr<Environment>
Environment::make(NodeProcess &process, const EnvironmentLimits &limits, std::string &reason) {
    std::unique_ptr<Environment> made(new Environment);
    made->process_ = &process;
    return made->open(process, limits, reason) ? std::move(made) : nullptr;
}

bool Environment::open_isolate(const EnvironmentLimits &limits) {
    isolate_ = Isolate::Allocate();
    process_->platform().RegisterIsolate(isolate_, &loop_);
    memory_ = std::make_shared<ArrayMemory>(limits.heap);
    Isolate::CreateParams parameters;
    parameters.array_buffer_allocator_shared = memory_;
    parameters.constraints.set_max_old_generation_size_in_bytes(
        limits.heap > roomy_heap ? limits.heap : roomy_heap);
    parameters.constraints.set_initial_old_generation_size_in_bytes(first_collection);
    parameters.constraints.set_initial_young_generation_size_in_bytes(first_young);
    parameters.constraints.set_max_young_generation_size_in_bytes(most_young);
    parameters.constraints.set_stack_limit(reinterpret_cast<uint32_t *>(
        reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) - limits.stack));
    Isolate::Initialize(isolate_, parameters);
    node::SetIsolateUpForNode(isolate_);
    return true;
}

bool Environment::open(NodeProcess &process, const EnvironmentLimits &limits, std::string &reason) {
    const Presence::Scope present(presence_);
    if (uv_loop_init(&loop_) != 0) {
        reason = "the system refused the descriptors of an event loop";
        return false;
    }
    loop_open_ = true;
    // A loop without a live handle does not look at its descriptors, not even at those that V8's
    // tasks and unreferenced handles wake it by.
    uv_async_init(&loop_, &keeper_, nullptr);
    open_isolate(limits);
    const Locker locker(isolate_);
    const Isolate::Scope isolate_scope(isolate_);
    const HandleScope handles(isolate_);
    presence_.check();
    isolate_data_ = node::CreateIsolateData(isolate_, &loop_, &process.platform());
    const Local<Context> context = node::NewContext(isolate_);
    if (isolate_data_ == nullptr || context.IsEmpty()) {
        reason = "V8 could not make a context";
        return false;
    }
    context_.Reset(isolate_, context);
    const Context::Scope context_scope(context);
    resource_.Reset(isolate_, Object::New(isolate_));
    const auto flags = process.host_is_node()
                           ? static_cast<node::EnvironmentFlags::Flags>(
                                 environment_flags | node::EnvironmentFlags::kNoNativeAddons)
                           : environment_flags;
    presence_.check();
    environment_ = node::CreateEnvironment(isolate_data_, context, process.arguments(), {}, flags);
    if (environment_ == nullptr) {
        reason = "Node could not make an environment";
        return false;
    }
    node::SetProcessExitHandler(environment_, [this](node::Environment *own, int code) {
        if (on_exit) {
            on_exit(code);
        }
        node::Stop(own);
    });
    return true;
}

bool Environment::load(const Start &start) {
    bool loaded = false;
    const Entered entered(presence_, isolate_, context_);
    TryCatch caught(isolate_);
    loaded =
        !node::LoadEnvironment(environment_, [&](const node::StartExecutionCallbackInfo &info) {
             presence_.watch(isolate_); // Node's own start is behind it
             return start(info);
         }).IsEmpty();
    Presence::expect_end();
    return loaded;
}

void Environment::enter(const std::function<void()> &work) {
    const Entered entered(presence_, isolate_, context_);
    const node::CallbackScope scope(environment_, resource_.Get(isolate_), {0, 0});
    const TryCatch caught(isolate_); // inside of the scope, which takes an error for the end
    work();
}

void Environment::look(const std::function<void()> &work) {
    const Entered entered(presence_, isolate_, context_);
    const TryCatch caught(isolate_);
    work();
}

bool Environment::run_loop(bool ready) {
    uv_update_time(&loop_);
    const uint64_t now_ms = uv_now(&loop_);
    if (!ready && now_ms == ran_at_ms_ && uv_backend_timeout(&loop_) != 0) {
        return false;
    }
    ran_at_ms_ = now_ms;
    const Entered entered(presence_, isolate_, context_);
    // V8's own tasks wake the loop too. Not DrainTasks, which waits for those of other isolates.
    uv_run(&loop_, UV_RUN_NOWAIT);
    return true;
}

/** Handles that were being closed have their callbacks; then the loop itself goes. */
void Environment::close_loop() {
    while (uv_loop_close(&loop_) == UV_EBUSY) {
        uv_run(&loop_, UV_RUN_ONCE);
    }
}

Environment::~Environment() {
    const Presence::Scope present(presence_);
    presence_.watch(nullptr);
    if (isolate_ != nullptr) {
        {
            const Locker locker(isolate_);
            const Isolate::Scope isolate_scope(isolate_);
            if (environment_ != nullptr) {
                const HandleScope handles(isolate_);
                node::Stop(environment_);
                isolate_->CancelTerminateExecution();
                node::FreeEnvironment(environment_);
            }
            resource_.Reset();
            context_.Reset();
            if (isolate_data_ != nullptr) {
                node::FreeIsolateData(isolate_data_);
            }
        }
        bool finished = false;
        process_->platform().AddIsolateFinishedCallback(
            isolate_, [](void *data) { *static_cast<bool *>(data) = true; }, &finished);
        process_->platform().UnregisterIsolate(isolate_);
        isolate_->Dispose();
        while (!finished) {
            uv_run(&loop_, UV_RUN_ONCE);
        }
    }
    if (loop_open_) {
        uv_close(reinterpret_cast<uv_handle_t *>(&keeper_), nullptr);
        close_loop();
    }
}

} // namespace weir::node_engine
