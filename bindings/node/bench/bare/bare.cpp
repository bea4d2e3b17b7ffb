/**
 * bare.cpp: a bridge between JavaScript and one thread that does nothing but what cannot be left
 * out: a batch over, a copy for each, a wake back, a batch back. The addon is measured against it.
 *
 * Not shipped. It has no contexts, limits, cancel, deadlines or order over threads, and its memory
 * is never freed.
 */
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <thread>
#include <vector>

#include <napi.h>

namespace {

/** A batch: for each item its owner and its length, 32 bits each, and the bytes, padded to 8. */
using Batch = std::vector<uint8_t>;

constexpr size_t head_size = 8;
constexpr size_t aligned(size_t size) { return (size + 7) & ~size_t{7}; }

struct Bridge {
    std::mutex lock;
    std::condition_variable arrived;
    Batch requests;
    Batch responses;
    bool sleeping = false;
    bool awake = false; /**< JavaScript was woken and has not found it empty since */
    napi_threadsafe_function wake = nullptr;

    void run();
    void echo(const Batch &batch, std::vector<uint8_t *> &payloads, Batch &out);
};

/** As an owner of requests does: each payload is taken into memory of its own, and answered. */
void Bridge::echo(const Batch &batch, std::vector<uint8_t *> &payloads, Batch &out) {
    payloads.clear();
    for (size_t at = 0; at < batch.size();) {
        uint32_t length = 0;
        std::memcpy(&length, batch.data() + at + 4, sizeof length);
        const size_t size = head_size + aligned(length);
        auto *copy = new uint8_t[size];
        std::memcpy(copy, batch.data() + at, size);
        payloads.push_back(copy);
        at += size;
    }
    for (uint8_t *payload : payloads) {
        uint32_t length = 0;
        std::memcpy(&length, payload + 4, sizeof length);
        out.insert(out.end(), payload, payload + head_size + aligned(length));
        delete[] payload;
    }
}

void Bridge::run() {
    Batch taken;
    Batch answered;
    std::vector<uint8_t *> payloads;
    for (;;) {
        {
            std::unique_lock held(lock);
            while (requests.empty()) {
                sleeping = true;
                arrived.wait(held);
                sleeping = false;
            }
            taken.swap(requests);
        }
        echo(taken, payloads, answered);
        taken.clear();
        bool must_wake = false;
        {
            const std::lock_guard held(lock);
            responses.insert(responses.end(), answered.begin(), answered.end());
            must_wake = !awake;
            awake = true;
        }
        answered.clear();
        if (must_wake) {
            napi_call_threadsafe_function(wake, nullptr, napi_tsfn_nonblocking);
        }
    }
}

/** Never destroyed: at the end of the process its thread still waits. */
Bridge &bridge = *new Bridge;

void call_on_wake(napi_env env, napi_value on_wake, void *, void *) {
    napi_value undefined = nullptr;
    if (env != nullptr && napi_get_undefined(env, &undefined) == napi_ok) {
        napi_call_function(env, undefined, on_wake, 0, nullptr, nullptr);
    }
}

/** start(onWake) */
void start(const Napi::CallbackInfo &info) {
    napi_create_threadsafe_function(info.Env(), info[0], nullptr,
                                    Napi::String::New(info.Env(), "bare"), 0, 1, nullptr, nullptr,
                                    nullptr, call_on_wake, &bridge.wake);
    napi_unref_threadsafe_function(info.Env(), bridge.wake);
    std::thread([] { bridge.run(); }).detach();
}

/** send(bytes, length) */
void send(const Napi::CallbackInfo &info) {
    const auto bytes = info[0].As<Napi::Uint8Array>();
    const size_t length = info[1].As<Napi::Number>().Uint32Value();
    bool must_wake = false;
    {
        const std::lock_guard held(bridge.lock);
        bridge.requests.insert(bridge.requests.end(), bytes.Data(), bytes.Data() + length);
        must_wake = bridge.sleeping;
    }
    if (must_wake) {
        bridge.arrived.notify_one();
    }
}

/** collect(into): @returns bytes; 0 when there was nothing, and the next will wake */
Napi::Value collect(const Napi::CallbackInfo &info) {
    static Batch rest;
    static size_t given = 0;
    auto into = info[0].As<Napi::Uint8Array>();
    if (given == rest.size()) {
        rest.clear();
        given = 0;
        const std::lock_guard held(bridge.lock);
        rest.swap(bridge.responses);
        bridge.awake = !rest.empty();
    }
    size_t end = given;
    while (end < rest.size()) {
        uint32_t length = 0;
        std::memcpy(&length, rest.data() + end + 4, sizeof length);
        const size_t size = head_size + aligned(length);
        if (end + size - given > into.ByteLength()) {
            break;
        }
        end += size;
    }
    std::memcpy(into.Data(), rest.data() + given, end - given);
    const size_t count = end - given;
    given = end;
    return Napi::Number::New(info.Env(), static_cast<double>(count));
}

void ref(const Napi::CallbackInfo &info) { napi_ref_threadsafe_function(info.Env(), bridge.wake); }
void unref(const Napi::CallbackInfo &info) {
    napi_unref_threadsafe_function(info.Env(), bridge.wake);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
    exports.Set("start", Napi::Function::New(env, start));
    exports.Set("send", Napi::Function::New(env, send));
    exports.Set("collect", Napi::Function::New(env, collect));
    exports.Set("ref", Napi::Function::New(env, ref));
    exports.Set("unref", Napi::Function::New(env, unref));
    return exports;
}

NODE_API_MODULE(weir_bare, init)

} // namespace
