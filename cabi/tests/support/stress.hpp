/**
 * stress.hpp: what the stress, race and environment tests share: a library whose handlers run what
 * a test hands them, a host with a pool of it that checks at its end that nothing is left, and
 * probes of the process (threads, descriptors, memory).
 */
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <dirent.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include <weir/library.h>

#include "support/eventually.hpp"

namespace weir::stress {

using testing::eventually;
using testing::scaled;

using Clock = std::chrono::steady_clock;

inline uint64_t elapsed_ms(Clock::time_point since) {
    const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - since);
    return static_cast<uint64_t>(passed.count());
}

// ---- the library ----

/** One instance of the library. */
struct Instance {
    static constexpr uint64_t alive = 0x57e1'57e1'57e1'57e1;

    uint64_t mark = alive;
    uint64_t canary = 0; ///< the first bytes of the config
    weir_instance handle = 0;
    uint64_t number = 0; ///< that came with the present "run"
};

/** What the method "run" does: the payload is a pointer to it, and a number if there is one. */
using Work = std::function<void(weir_call call, Instance &instance)>;

inline std::atomic<uint64_t> constructed{0};
inline std::atomic<uint64_t> destructed{0};
inline std::atomic<uint64_t> corrupted{0}; ///< calls that came with a state that is none
/** When set, called by the constructor and the destructor. */
inline std::function<void(weir_instance)> on_create;
inline std::function<void(weir_instance)> on_destroy;

inline constexpr char failing_config[] = "fail: told to";

inline weir_status create(weir_instance instance, const void *config, size_t length, void **state) {
    if (length == sizeof failing_config && memcmp(config, failing_config, length) == 0) {
        weir_instance_fail(instance, "told to", 7);
        return WEIR_ERR_CREATE_FAILED;
    }
    auto *made = new Instance;
    made->handle = instance;
    memcpy(&made->canary, config, length < sizeof made->canary ? length : sizeof made->canary);
    *state = made;
    constructed++;
    if (on_create) {
        on_create(instance);
    }
    return WEIR_OK;
}

inline void destroy(weir_instance instance, void *state) {
    auto *made = static_cast<Instance *>(state);
    corrupted += made->mark == Instance::alive && made->handle == instance ? 0 : 1;
    if (on_destroy) {
        on_destroy(instance);
    }
    made->mark = 0;
    delete made;
    destructed++;
}

inline Instance &instance_of(void *state) {
    auto *instance = static_cast<Instance *>(state);
    corrupted += instance->mark == Instance::alive ? 0 : 1;
    return *instance;
}

inline void echo(weir_call call, void *state, const void *data, size_t length) {
    instance_of(state);
    weir_call_resolve(call, data, length);
}

inline void canary(weir_call call, void *state, const void *, size_t) {
    weir_call_resolve(call, &instance_of(state).canary, sizeof(uint64_t));
}

inline void thread_id(weir_call call, void *state, const void *, size_t) {
    instance_of(state);
    const uint64_t id = static_cast<uint64_t>(gettid());
    weir_call_resolve(call, &id, sizeof id);
}

inline void fail(weir_call call, void *state, const void *, size_t) {
    instance_of(state);
    weir_call_reject(call, WEIR_ERR_HANDLER, "told to", 7);
}

struct Numbered {
    const Work *work = nullptr;
    uint64_t number = 0;
};

inline void run(weir_call call, void *state, const void *data, size_t length) {
    Numbered given;
    memcpy(&given, data, length);
    instance_of(state).number = given.number;
    (*given.work)(call, instance_of(state));
}

/** Emits as many numbered events "e" as the payload says; answers how many were accepted. */
inline void emit(weir_call call, void *state, const void *data, size_t) {
    uint64_t count = 0;
    memcpy(&count, data, sizeof count);
    uint64_t accepted = 0;
    for (uint64_t number = 0; number < count; number++) {
        const weir_status status =
            weir_emit(instance_of(state).handle, "e", 1, &number, sizeof number, 0);
        accepted += status == WEIR_OK ? 1 : 0;
    }
    weir_call_resolve(call, &accepted, sizeof accepted);
}

inline const weir_method methods[] = {
    WEIR_METHOD("echo", echo), WEIR_METHOD("canary", canary), WEIR_METHOD("thread", thread_id),
    WEIR_METHOD("fail", fail), WEIR_METHOD("run", run),       WEIR_METHOD("emit", emit),
};
enum Method : uint32_t { m_echo = 1, m_canary, m_thread, m_fail, m_run, m_emit };

inline weir_library_definition definition() {
    weir_library_definition made = {};
    made.struct_size = sizeof made;
    made.abi_version = WEIR_ABI_VERSION;
    made.name = "stress";
    made.version = "1.0.0";
    made.methods = methods;
    made.method_count = sizeof methods / sizeof methods[0];
    made.create = WEIR_CREATE(create);
    made.destroy = WEIR_DESTROY(destroy);
    return made;
}

// ---- requests ----

inline weir_request make_request(uint32_t method, const void *data = nullptr, size_t length = 0,
                                 uintptr_t user_data = 0) {
    weir_request request = WEIR_REQUEST_INIT;
    request.method = method;
    request.data = data;
    request.length = length;
    request.user_data = user_data;
    return request;
}

/** A request that runs `*work` on the worker. The caller keeps `*work` and `pointer` alive. */
inline weir_request run_request(const Work *const &pointer, uintptr_t user_data = 0) {
    return make_request(m_run, &pointer, sizeof pointer, user_data);
}

struct Answer {
    weir_status call = WEIR_OK;   ///< of the call itself
    weir_status status = WEIR_OK; ///< of the response
    std::string data;

    uint64_t number() const {
        uint64_t value = 0;
        memcpy(&value, data.data(), data.size() < sizeof value ? data.size() : sizeof value);
        return value;
    }
};

inline Answer ask(weir_handle context, const weir_request &request) {
    Answer answer;
    weir_record record = {};
    answer.call = weir_request_wait(context, &request, &record, nullptr);
    if (answer.call == WEIR_OK) {
        answer.status = record.status;
        answer.data.assign(static_cast<const char *>(record.data), record.length);
        weir_records_release(&record, 1);
    }
    return answer;
}

inline Answer ask(weir_handle context, uint32_t method, const void *data = nullptr,
                  size_t length = 0) {
    return ask(context, make_request(method, data, length));
}

/** Run `work` on the context's worker and wait for its answer, which `work` gives. */
inline Answer run_on(weir_handle context, const Work &work) {
    const Work *pointer = &work;
    return ask(context, run_request(pointer));
}

// ---- the host ----

using Tweak = std::function<void(weir_pool_options &)>;

inline weir_process_stats live_objects() {
    weir_process_stats live = {};
    live.struct_size = sizeof live;
    EXPECT_EQ(weir_process_stats_get(&live), WEIR_OK);
    return live;
}

/** A library, a queue (for queue delivery) and a pool. Its end closes them; nothing may be left. */
class Host {
  public:
    explicit Host(uint32_t delivery, const Tweak &tweak = {}) {
        open_hosts++;
        const weir_library_definition defined = definition();
        EXPECT_EQ(weir_library_register(&defined, &library, nullptr), WEIR_OK);
        weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
        options.delivery = delivery;
        if (delivery == WEIR_DELIVER_QUEUE) {
            EXPECT_EQ(weir_queue_create(nullptr, &queue, nullptr), WEIR_OK);
            options.queue = queue;
        }
        if (tweak) {
            tweak(options);
        }
        weir_error error = WEIR_ERROR_INIT;
        EXPECT_EQ(weir_pool_create(library, &options, &pool, &error), WEIR_OK) << error.message;
    }

    ~Host() { close(); }
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;

    void close() {
        if (library == 0) {
            return;
        }
        if (weir_pool_close_wait(pool, 30'000, nullptr) != WEIR_OK) { // a test has closed it
            EXPECT_TRUE(
                eventually([] { return live_objects().slots + live_objects().pools == 0; }));
        }
        if (queue != 0) {
            EXPECT_EQ(weir_queue_close(queue), WEIR_OK);
        }
        EXPECT_EQ(weir_library_close(std::exchange(library, 0)), WEIR_OK);
        if (--open_hosts > 0) {
            return;
        }
        const weir_process_stats live = live_objects();
        EXPECT_EQ(live.pools + live.queues + live.libraries + live.slots, 0u);
        EXPECT_EQ(live.contexts, 0u);
        EXPECT_EQ(live.instances, 0u);
        EXPECT_EQ(live.jobs, 0u);
        EXPECT_EQ(live.records, 0u);
        EXPECT_EQ(live.payload_bytes, 0u);
        EXPECT_EQ(corrupted, 0u);
        EXPECT_EQ(constructed, destructed);
    }

    weir_handle create(uintptr_t user_data = 0, uint64_t canary_value = 0) const {
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.user_data = user_data;
        options.config = &canary_value;
        options.config_length = sizeof canary_value;
        weir_handle context = 0;
        EXPECT_EQ(weir_context_create(pool, &options, &context, nullptr), WEIR_OK);
        return context;
    }

    weir_pool_stats stats() const {
        weir_pool_stats stats = {};
        stats.struct_size = sizeof stats;
        EXPECT_EQ(weir_pool_stats_get(pool, &stats), WEIR_OK);
        return stats;
    }

    weir_handle library = 0;
    weir_handle queue = 0;
    weir_handle pool = 0;

  private:
    static inline std::atomic<int> open_hosts{0}; ///< the last one looks whether anything is left
};

/** Takes records out of a queue on a thread of its own and shows each to `see`. */
class Collector {
  public:
    Collector(weir_handle queue, std::function<void(const weir_record &)> see)
        : queue_(queue), see_(std::move(see)), thread_([this] { collect(); }) {}

    ~Collector() { stop(); }
    Collector(const Collector &) = delete;
    Collector &operator=(const Collector &) = delete;

    void stop() {
        if (thread_.joinable()) {
            stop_ = true;
            weir_queue_wake(queue_);
            thread_.join();
        }
    }

  private:
    void collect() {
        constexpr uint32_t batch = 64;
        weir_record records[batch];
        uint32_t count = 0;
        while (count != 0 || !stop_) {
            weir_queue_wait(queue_, records, batch, 100, &count);
            for (uint32_t at = 0; at < count; at++) {
                see_(records[at]);
            }
            weir_records_release(records, count);
        }
    }

    weir_handle queue_;
    std::function<void(const weir_record &)> see_;
    std::atomic<bool> stop_{false};
    std::thread thread_;
};

// ---- the process ----

inline std::set<std::string> entries(const char *folder) {
    std::set<std::string> names;
    DIR *opened = opendir(folder);
    while (const dirent *entry = opened == nullptr ? nullptr : readdir(opened)) {
        if (entry->d_name[0] != '.') {
            names.insert(entry->d_name);
        }
    }
    if (opened != nullptr) {
        closedir(opened);
    }
    return names;
}

inline size_t descriptors() { return entries("/proc/self/fd").size() - 1; }
inline std::set<std::string> threads() { return entries("/proc/self/task"); }

inline std::string read_text(const std::string &path) {
    std::string text;
    FILE *file = fopen(path.c_str(), "re");
    char part[512];
    size_t count = 0;
    while (file != nullptr && (count = fread(part, 1, sizeof part, file)) > 0) {
        text.append(part, count);
    }
    if (file != nullptr) {
        fclose(file);
    }
    return text;
}

/** A thread of the library, by its name. */
struct WeirThread {
    std::string id;
    std::string name;
};

inline std::vector<WeirThread> weir_threads() {
    std::vector<WeirThread> found;
    for (const std::string &id : threads()) {
        std::string name = read_text("/proc/self/task/" + id + "/comm");
        if (name.starts_with("weir-")) {
            name.pop_back();
            found.push_back({id, name});
        }
    }
    return found;
}

inline uint64_t resident_bytes() {
    const std::string text = read_text("/proc/self/statm");
    const size_t space = text.find(' ');
    return std::stoull(text.substr(space + 1)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace weir::stress
