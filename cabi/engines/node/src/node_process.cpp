#include "node_process.hpp"

#include <csignal>
#include <mutex>
#include <pthread.h>

#include <dlfcn.h>
#include <uv.h>

#include "apart_environ.hpp"

namespace weir::node_engine {

namespace {

/** Threads that V8 has for compiling and collecting garbage, for all isolates together. */
constexpr int platform_threads = 2;

/** Threads that are started in its lifetime block every signal but faults. */
class QuietThreads {
  public:
    QuietThreads() {
        sigset_t blocked;
        sigfillset(&blocked);
        for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
            sigdelset(&blocked, fault);
        }
        pthread_sigmask(SIG_BLOCK, &blocked, &before_);
    }
    ~QuietThreads() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    QuietThreads(const QuietThreads &) = delete;
    QuietThreads &operator=(const QuietThreads &) = delete;

  private:
    sigset_t before_ = {};
};

/** Puts back what a library may have done to the dispositions of signals. */
class SignalKeeper {
  public:
    SignalKeeper() {
        for (int number = 1; number < NSIG; number++) {
            known_[number] = sigaction(number, nullptr, &before_[number]) == 0;
        }
    }
    ~SignalKeeper() {
        for (int number = 1; number < NSIG; number++) {
            struct sigaction now = {};
            if (known_[number] && sigaction(number, nullptr, &now) == 0 &&
                now.sa_handler != before_[number].sa_handler) {
                sigaction(number, &before_[number], nullptr);
            }
        }
    }
    SignalKeeper(const SignalKeeper &) = delete;
    SignalKeeper &operator=(const SignalKeeper &) = delete;

  private:
    struct sigaction before_[NSIG] = {};
    bool known_[NSIG] = {};
};

/** Did the host bring a Node of its own? Else the program's functions are those of this image. */
bool find_host_node() {
    void *found = symbol_of_program("napi_create_function");
    Dl_info theirs;
    Dl_info ours;
    return found != nullptr && dladdr(found, &theirs) != 0 &&
           dladdr(reinterpret_cast<void *>(&node::FreeEnvironment), &ours) != 0 &&
           theirs.dli_fbase != ours.dli_fbase;
}

} // namespace

NodeProcess *NodeProcess::open(std::string &reason) {
    static std::mutex mutex;
    static NodeProcess *process = nullptr;
    const std::lock_guard lock(mutex);
    if (process == nullptr) {
        auto made = std::make_unique<NodeProcess>();
        if (made->start(reason)) {
            process = made.release();
        }
    }
    return process;
}

bool NodeProcess::start(std::string &reason) {
    using namespace node;
    const QuietThreads quiet;
    const SignalKeeper signals;
    host_is_node_ = find_host_node();
    if (host_is_node_) {
        give_environ();
    }
    const auto flags = static_cast<ProcessInitializationFlags::Flags>(
        ProcessInitializationFlags::kNoInitializeV8 |
        ProcessInitializationFlags::kNoInitializeNodeV8Platform |
        ProcessInitializationFlags::kDisableNodeOptionsEnv |
        ProcessInitializationFlags::kNoStdioInitialization |
        ProcessInitializationFlags::kNoDefaultSignalHandling |
        ProcessInitializationFlags::kNoAdjustResourceLimits |
        ProcessInitializationFlags::kNoUseLargePages |
        ProcessInitializationFlags::kNoPrintHelpOrVersionOutput |
        ProcessInitializationFlags::kNoParseGlobalDebugVariables);
    // Handlers are stopped in the middle of a callback, after which Node's own count is off.
    const auto result = InitializeOncePerProcess(
        {"weir", "--no-force-async-hooks-checks", "--experimental-vm-modules"}, flags);
    if (result->early_return() || result->exit_code() != 0) {
        reason = "Node does not start in this process";
        for (const std::string &error : result->errors()) {
            reason += ": " + error;
        }
        return false;
    }
    arguments_ = result->args();
    platform_ = MultiIsolatePlatform::Create(platform_threads);
    v8::V8::InitializePlatform(platform_.get());
    v8::V8::Initialize();
    return true;
}

} // namespace weir::node_engine
