/**
 * library.cpp: the conformance library in C++. ../typescript has the same methods; README.md says
 * what each does.
 */
#include <atomic>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <weir/library.h>

#include "gate.hpp"
#include "integers.hpp"

namespace conformance {
namespace {

/** How long an emit waits for room: longer than any scenario lets it. */
constexpr uint32_t emit_wait_ms = 20'000;

struct State {
    std::string config;
    std::vector<std::string> notes;
    uint32_t calls = 0;
    uint32_t told = 0; ///< calls that were told of their cancel
};

std::string text_of(const void *data, size_t length) {
    return {static_cast<const char *>(data), length};
}

void resolve(weir_call call, std::string_view result) {
    const weir_status status = weir_call_resolve(call, result.data(), result.size());
    if (status == WEIR_ERR_TOO_LARGE) { // still to be answered
        constexpr std::string_view why = "the result is larger than a payload may be";
        weir_call_reject(call, status, why.data(), why.size());
    }
}

/*
 * ---- payloads ----------------------------------------------------------------------------------
 */

void echo(weir_call call, void *, const void *data, size_t length) {
    weir_call_resolve(call, data, length);
}

/** A piece of work for another thread: the gate or text of its call. */
struct Job {
    std::string text;
    State *cancelable = nullptr; ///< whose calls are counted when they are told of their cancel
    std::atomic<bool> told{false};
};

void offload(weir_call call, Job *owned, weir_work_callback work) {
    const auto deliver = [](weir_call, uintptr_t data) { delete reinterpret_cast<Job *>(data); };
    const auto data = reinterpret_cast<uintptr_t>(owned);
    const weir_status status = weir_offload(call, work, deliver, data);
    if (status != WEIR_OK) {
        delete owned;
        weir_call_reject(call, status, nullptr, 0);
    }
}

const Job &job_of(uintptr_t data) { return *reinterpret_cast<const Job *>(data); }

void echo_later(weir_call call, void *, const void *data, size_t length) {
    offload(call, new Job{text_of(data, length)},
            [](weir_call later, uintptr_t job) { resolve(later, job_of(job).text); });
}

void produce(weir_call call, void *, const void *data, size_t length) {
    resolve(call, std::string(std::stoul(text_of(data, length)), 'x'));
}

template <class Width> void integer(weir_call call, void *, const void *data, size_t length) {
    try {
        resolve(call, echo_integer<Width>({static_cast<const char *>(data), length}));
    } catch (const NotThisInteger &error) {
        const std::string_view why = error.what();
        weir_call_reject(call, WEIR_ERR_INVALID_ARGUMENT, why.data(), why.size());
    }
}

/*
 * ---- failures ----------------------------------------------------------------------------------
 */

void fail(weir_call, void *, const void *data, size_t length) {
    throw std::runtime_error(text_of(data, length));
}

void reject(weir_call call, void *, const void *data, size_t length) {
    offload(call, new Job{text_of(data, length)}, [](weir_call later, uintptr_t job) {
        const std::string &why = job_of(job).text;
        weir_call_reject(later, WEIR_ERR_HANDLER, why.data(), why.size());
    });
}

/** A message, a zero byte and a document, as docs/errors.md has it. */
void declare(weir_call call, void *, const void *data, size_t length) {
    const std::string text = text_of(data, length);
    std::string failure = "declared: " + text;
    failure.push_back('\0');
    failure += R"({"code":"DECLARED","details":{"text":")" + text + R"(","number":)" +
               std::to_string(length) + "}}";
    weir_call_reject(call, WEIR_ERR_HANDLER, failure.data(), failure.size());
}

/*
 * ---- gates -------------------------------------------------------------------------------------
 */

void block_here(weir_call call, void *, const void *data, size_t length) {
    block(text_of(data, length));
    resolve(call, "blocked");
}

void stand_at_gate(weir_call call, uintptr_t data) {
    const Job &job = job_of(data);
    try {
        const bool opened = pass(job.text, [&] { return job.told.load(); });
        if (opened) {
            resolve(call, job.cancelable != nullptr ? "waited" : "ignored");
        } else {
            weir_call_reject(call, WEIR_ERR_CANCELED, "stopped", 7);
        }
    } catch (const GateNotOpened &error) {
        const std::string_view why = error.what();
        weir_call_reject(call, WEIR_ERR_HANDLER, why.data(), why.size());
    }
}

/** The job ends when the worker was told, so that who sees it end sees the count as well. */
void wait(weir_call call, void *state, const void *data, size_t length) {
    auto *job = new Job{text_of(data, length), static_cast<State *>(state)};
    const auto tell = [](weir_call, uintptr_t canceled) {
        Job &mine = *reinterpret_cast<Job *>(canceled);
        mine.cancelable->told++;
        mine.told = true;
    };
    weir_call_on_cancel(call, tell, reinterpret_cast<uintptr_t>(job));
    offload(call, job, stand_at_gate);
}

void ignore(weir_call call, void *, const void *data, size_t length) {
    offload(call, new Job{text_of(data, length)}, stand_at_gate);
}

/*
 * ---- the instance ------------------------------------------------------------------------------
 */

void told(weir_call call, void *state, const void *, size_t) {
    resolve(call, std::to_string(static_cast<State *>(state)->told));
}

void note(weir_call call, void *state, const void *data, size_t length) {
    static_cast<State *>(state)->notes.push_back(text_of(data, length));
    weir_call_resolve(call, data, length);
}

void notes(weir_call call, void *state, const void *, size_t) {
    std::string all;
    for (const std::string &one : static_cast<State *>(state)->notes) {
        all += all.empty() ? one : "," + one;
    }
    resolve(call, all);
}

void config(weir_call call, void *state, const void *, size_t) {
    resolve(call, static_cast<State *>(state)->config);
}

void count(weir_call call, void *state, const void *, size_t) {
    resolve(call, std::to_string(++static_cast<State *>(state)->calls));
}

void remaining(weir_call call, void *, const void *, size_t) {
    const uint32_t left = weir_call_remaining_ms(call);
    resolve(call, left == WEIR_FOREVER ? "none" : std::to_string(left));
}

/*
 * ---- events ------------------------------------------------------------------------------------
 */

/** Emit as many as `NAME:COUNT` says; their payloads are numbers from 0. Answers how many went. */
void emit_series(weir_call call, const std::string &order, uint32_t wait_ms) {
    const size_t colon = order.find(':');
    const std::string name = order.substr(0, colon);
    const unsigned long wanted = std::stoul(order.substr(colon + 1));
    unsigned long sent = 0;
    for (unsigned long number = 0; number < wanted; number++) {
        const std::string payload = std::to_string(number);
        sent += weir_emit(weir_call_instance(call), name.data(), name.size(), payload.data(),
                          payload.size(), wait_ms) == WEIR_OK;
    }
    resolve(call, std::to_string(sent));
}

void emit(weir_call call, void *, const void *data, size_t length) {
    emit_series(call, text_of(data, length), emit_wait_ms);
}

void emit_at_once(weir_call call, void *, const void *data, size_t length) {
    emit_series(call, text_of(data, length), 0);
}

void emit_data(weir_call call, void *, const void *data, size_t length) {
    const weir_status status =
        weir_emit(weir_call_instance(call), "data", 4, data, length, emit_wait_ms);
    if (status == WEIR_OK) {
        resolve(call, std::to_string(length));
    } else {
        weir_call_reject(call, WEIR_ERR_HANDLER, "not emitted", 11);
    }
}

/*
 * ---- the library -------------------------------------------------------------------------------
 */

weir_status create(weir_instance instance, const void *data, size_t length, void **out_state) {
    const std::string said = text_of(data, length);
    if (said.starts_with("fail ")) {
        weir_instance_fail(instance, said.data() + 5, said.size() - 5);
        return WEIR_ERR_CREATE_FAILED;
    }
    if (said.starts_with("block ")) {
        block(said.substr(6));
    }
    *out_state = new State{said, {}};
    return WEIR_OK;
}

void destroy(weir_instance, void *state) { delete static_cast<State *>(state); }

const weir_method methods[] = {
    WEIR_METHOD("echo", echo),
    WEIR_METHOD("echo_later", echo_later),
    WEIR_METHOD("produce", produce),
    WEIR_METHOD("int8", integer<int8_t>),
    WEIR_METHOD("int16", integer<int16_t>),
    WEIR_METHOD("int32", integer<int32_t>),
    WEIR_METHOD("int64", integer<int64_t>),
    WEIR_METHOD("uint8", integer<uint8_t>),
    WEIR_METHOD("uint16", integer<uint16_t>),
    WEIR_METHOD("uint32", integer<uint32_t>),
    WEIR_METHOD("uint64", integer<uint64_t>),
    WEIR_METHOD("fail", fail),
    WEIR_METHOD("reject", reject),
    WEIR_METHOD("declare", declare),
    WEIR_METHOD("block", block_here),
    WEIR_METHOD("wait", wait),
    WEIR_METHOD("ignore", ignore),
    WEIR_METHOD("told", told),
    WEIR_METHOD("note", note),
    WEIR_METHOD("notes", notes),
    WEIR_METHOD("config", config),
    WEIR_METHOD("count", count),
    WEIR_METHOD("remaining", remaining),
    WEIR_METHOD("emit", emit),
    WEIR_METHOD("emit_at_once", emit_at_once),
    WEIR_METHOD("emit_data", emit_data),
};

const weir_library_definition definition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = WEIR_ABI_VERSION,
    .name = "conformance",
    .version = "1.0.0",
    .methods = methods,
    .method_count = sizeof methods / sizeof methods[0],
    .reserved = 0,
    .create = WEIR_CREATE(create),
    .destroy = WEIR_DESTROY(destroy),
};

} // namespace
} // namespace conformance

WEIR_LIBRARY_ENTRY { return &conformance::definition; }
