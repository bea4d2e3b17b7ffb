/**
 * test_library.hpp: a native library whose instances do what a test tells them.
 *
 * A payload or a config is the bytes of an order (below) or of a pointer to something of the test,
 * see bytes_of(). Methods:
 *
 *   echo                its payload
 *   thread_id           the worker's thread id, uint64_t
 *   block               Latch*: blocks the worker until it opens, then answers
 *   answer_then_block   Latch*: answers, then blocks the worker
 *   async               Calls*: keeps the call; the test answers it
 *   cooperative         Calls*: as async, but rejects CANCELED when it is told to stop
 *   emit                EmitOrder: emits; answers with an EmitResult
 *   throw               "int", or the message of a std::runtime_error
 *   reject              the message
 *   offload             OffloadOrder: work on another thread; answers with an OffloadResult
 *   run                 Script*: whatever the test says, on the worker; must answer
 */
#pragma once

#include <atomic>
#include <cstring>
#include <functional>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <weir/library.h>

#include "support/eventually.hpp"

namespace weir::testing {

/** An object's own bytes, as a payload. */
template <class Object> std::string_view bytes_of(const Object &object) {
    static_assert(std::is_trivially_copyable_v<Object>);
    return {reinterpret_cast<const char *>(&object), sizeof object};
}

template <class Object> Object object_in(const void *data, size_t length) {
    static_assert(std::is_trivially_copyable_v<Object>);
    Object object{};
    memcpy(&object, data, length < sizeof object ? length : sizeof object);
    return object;
}

inline uint64_t thread_id() { return static_cast<uint64_t>(gettid()); }

/** Calls that handlers left for the test to answer. */
class Calls {
  public:
    void add(weir_call call) {
        const std::lock_guard lock(mutex_);
        calls_.push_back(call);
    }

    size_t size() {
        const std::lock_guard lock(mutex_);
        return calls_.size();
    }

    weir_call at(size_t index) {
        const std::lock_guard lock(mutex_);
        return calls_.at(index);
    }

    bool wait_for(size_t count) {
        return eventually([&] { return size() >= count; });
    }

    /** Answer all that are there; their memory may be used again afterwards. */
    void resolve_all(std::string_view result = "late") {
        const std::lock_guard lock(mutex_);
        for (const weir_call call : calls_) {
            weir_call_resolve(call, result.data(), result.size());
        }
        calls_.clear();
    }

    std::atomic<uint32_t> canceled{0}; ///< on_cancel callbacks that ran

  private:
    std::mutex mutex_;
    std::vector<weir_call> calls_;
};

using Script = std::function<void(weir_call call)>;

/**
 * What an instance does when it is made and destroyed. Given as config: bytes of a pointer to it.
 */
struct InstancePlan {
    Latch *block_create = nullptr;
    Latch *block_destroy = nullptr;
    std::function<weir_status(weir_instance)> on_create; ///< may fail or throw
    std::function<void(weir_instance)> on_destroy;       ///< may throw
    std::atomic<uint32_t> created{0};
    std::atomic<uint32_t> destroyed{0};
};

struct EmitOrder {
    char name[32] = {};
    uint64_t first = 0; ///< the payload of each event is its number, uint64_t
    uint32_t count = 1;
    uint32_t wait_ms = 0;
};

struct EmitResult {
    uint32_t sent = 0;
    uint32_t refused = 0;
    weir_status last_refusal = WEIR_OK;
};

struct OffloadOrder {
    Latch *block_work = nullptr;
    std::atomic<uint32_t> *delivered = nullptr;
    bool answer_in_work = false;
    Latch *block_deliver = nullptr;
};

struct OffloadResult {
    uint64_t work_thread = 0;
    uint64_t answer_thread = 0;
};

namespace library {

inline void echo(weir_call call, void *, const void *data, size_t length) {
    weir_call_resolve(call, data, length);
}

inline void tell_thread_id(weir_call call, void *, const void *, size_t) {
    const uint64_t id = thread_id();
    weir_call_resolve(call, &id, sizeof id);
}

inline void block(weir_call call, void *, const void *data, size_t length) {
    object_in<Latch *>(data, length)->wait();
    weir_call_resolve(call, "done", 4);
}

inline void answer_then_block(weir_call call, void *, const void *data, size_t length) {
    auto *latch = object_in<Latch *>(data, length);
    weir_call_resolve(call, "early", 5);
    latch->wait();
}

inline void async(weir_call call, void *, const void *data, size_t length) {
    object_in<Calls *>(data, length)->add(call);
}

inline void cooperative(weir_call call, void *, const void *data, size_t length) {
    auto *calls = object_in<Calls *>(data, length);
    const auto stop = [](weir_call canceled, uintptr_t user_data) {
        reinterpret_cast<Calls *>(user_data)->canceled++;
        weir_call_reject(canceled, WEIR_ERR_CANCELED, "stopped", 7);
    };
    weir_call_on_cancel(call, stop, reinterpret_cast<uintptr_t>(calls));
    calls->add(call);
}

inline void emit(weir_call call, void *, const void *data, size_t length) {
    const auto order = object_in<EmitOrder>(data, length);
    const weir_instance instance = weir_call_instance(call);
    EmitResult result;
    for (uint64_t number = order.first; number < order.first + order.count; number++) {
        const weir_status status = weir_emit(instance, order.name, strlen(order.name), &number,
                                             sizeof number, order.wait_ms);
        (status == WEIR_OK ? result.sent : result.refused)++;
        result.last_refusal = status == WEIR_OK ? result.last_refusal : status;
    }
    weir_call_resolve(call, &result, sizeof result);
}

inline void throw_it(weir_call, void *, const void *data, size_t length) {
    const std::string what(static_cast<const char *>(data), length);
    if (what == "int") {
        throw 7;
    }
    throw std::runtime_error(what);
}

inline void reject(weir_call call, void *, const void *data, size_t length) {
    weir_call_reject(call, WEIR_ERR_HANDLER, static_cast<const char *>(data), length);
}

inline void offload(weir_call call, void *, const void *data, size_t length) {
    struct Job {
        OffloadOrder order;
        OffloadResult result;
    };
    auto *job = new Job{.order = object_in<OffloadOrder>(data, length), .result = {}};
    const auto answer = [](weir_call answered, Job &done) {
        done.result.answer_thread = thread_id();
        weir_call_resolve(answered, &done.result, sizeof done.result);
    };
    const auto work = [](weir_call worked, uintptr_t user_data) {
        Job &mine = *reinterpret_cast<Job *>(user_data);
        mine.result.work_thread = thread_id();
        if (mine.order.block_work != nullptr) {
            mine.order.block_work->wait();
        }
        if (mine.order.answer_in_work) {
            decltype(answer){}(worked, mine);
        }
    };
    const auto deliver = [](weir_call delivered, uintptr_t user_data) {
        Job *mine = reinterpret_cast<Job *>(user_data);
        if (mine->order.block_deliver != nullptr) {
            mine->order.block_deliver->wait();
        }
        if (mine->order.delivered != nullptr) {
            ++*mine->order.delivered;
        }
        if (!mine->order.answer_in_work) {
            decltype(answer){}(delivered, *mine);
        }
        delete mine;
    };
    const weir_status status = weir_offload(call, work, deliver, reinterpret_cast<uintptr_t>(job));
    if (status != WEIR_OK) {
        delete job;
        weir_call_reject(call, status, "offload refused", 15);
    }
}

inline void run(weir_call call, void *, const void *data, size_t length) {
    (*object_in<const Script *>(data, length))(call);
}

inline weir_status create(weir_instance instance, const void *config, size_t length, void **state) {
    if (length == 0) {
        return WEIR_OK;
    }
    auto *plan = object_in<InstancePlan *>(config, length);
    if (plan->block_create != nullptr) {
        plan->block_create->wait();
    }
    const weir_status status = plan->on_create ? plan->on_create(instance) : WEIR_OK;
    if (status == WEIR_OK) {
        *state = plan;
        plan->created++;
    }
    return status;
}

inline void destroy(weir_instance instance, void *state) {
    auto *plan = static_cast<InstancePlan *>(state);
    if (plan == nullptr) {
        return;
    }
    if (plan->block_destroy != nullptr) {
        plan->block_destroy->wait();
    }
    plan->destroyed++;
    if (plan->on_destroy) {
        plan->on_destroy(instance);
    }
}

inline const weir_method methods[] = {
    WEIR_METHOD("echo", echo),     WEIR_METHOD("thread_id", tell_thread_id),
    WEIR_METHOD("block", block),   WEIR_METHOD("answer_then_block", answer_then_block),
    WEIR_METHOD("async", async),   WEIR_METHOD("cooperative", cooperative),
    WEIR_METHOD("emit", emit),     WEIR_METHOD("throw", throw_it),
    WEIR_METHOD("reject", reject), WEIR_METHOD("offload", offload),
    WEIR_METHOD("run", run),
};

inline const weir_library_definition definition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = WEIR_ABI_VERSION,
    .name = "test",
    .version = "1.0.0",
    .methods = methods,
    .method_count = sizeof methods / sizeof methods[0],
    .reserved = 0,
    .create = WEIR_CREATE(create),
    .destroy = WEIR_DESTROY(destroy),
};

} // namespace library

} // namespace weir::testing
