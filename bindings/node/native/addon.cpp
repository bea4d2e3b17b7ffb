/**
 * addon.cpp: what the addon exports, and the calls that are made often.
 *
 * Its JavaScript is src/addon; the functions trust the types of their arguments, never the handles.
 */
#include <napi.h>
#include <weir/weir.h>

#include "bridge.hpp"
#include "calls.hpp"
#include "control.hpp"

namespace weir_addon {

namespace {

Bridge &bridge_of(const Napi::CallbackInfo &info) { return *static_cast<Bridge *>(info.Data()); }

/** start(onWake, outgoing, incoming, endsWithProcess) */
void start(const Napi::CallbackInfo &info) {
    Bridge &bridge = bridge_of(info);
    auto outgoing = info[1].As<Napi::ArrayBuffer>();
    auto incoming = info[2].As<Napi::ArrayBuffer>();
    bridge.outgoing_memory = Napi::Persistent(outgoing);
    bridge.incoming_memory = Napi::Persistent(incoming);
    bridge.outgoing = static_cast<uint8_t *>(outgoing.Data());
    bridge.outgoing_size = outgoing.ByteLength();
    bridge.incoming = static_cast<uint8_t *>(incoming.Data());
    bridge.incoming_size = incoming.ByteLength();
    bridge.start(info.Env(), info[0].As<Napi::Function>(), info[3].ToBoolean());
}

/** undefined, or [owner, status, message, owner, …] */
Napi::Value refusals(Napi::Env env, const std::vector<Refusal> &refused) {
    if (refused.empty()) {
        return env.Undefined();
    }
    Napi::Array list = Napi::Array::New(env, refused.size() * 3);
    uint32_t at = 0;
    for (const Refusal &one : refused) {
        list.Set(at++, one.owner);
        list.Set(at++, one.status);
        list.Set(at++, one.message);
    }
    return list;
}

/** flush(bytes): send what lies in the outbox. */
Napi::Value flush(const Napi::CallbackInfo &info) {
    Bridge &bridge = bridge_of(info);
    const size_t length = count_of(info[0]);
    if (length > bridge.outgoing_size) {
        succeeded(info.Env(), WEIR_ERR_INVALID_ARGUMENT);
        return info.Env().Undefined();
    }
    std::vector<Refusal> refused;
    bridge.outbox.send(bridge.outgoing, length, refused);
    return refusals(info.Env(), refused);
}

/** send(context, owner, method, timeoutMs, payload): send one request with a large payload. */
Napi::Value send(const Napi::CallbackInfo &info) {
    const auto payload = info[4].As<Napi::Uint8Array>();
    const OutgoingHead head{.context = info[0].As<Napi::Number>().DoubleValue(),
                            .owner = count_of(info[1]),
                            .method = count_of(info[2]),
                            .timeout_ms = count_of(info[3]),
                            .length = static_cast<uint32_t>(payload.ByteLength())};
    std::vector<Refusal> refused;
    bridge_of(info).outbox.send_one(head, payload.Data(), refused);
    return refusals(info.Env(), refused);
}

/** cancel(context, owner) */
void cancel(const Napi::CallbackInfo &info) {
    const uint64_t id = bridge_of(info).outbox.id_of(count_of(info[1]));
    if (id != 0) {
        weir_request_cancel(number_of(info[0]), id);
    }
}

/** collect(): fill the inbox. @returns the number of records, or [number, large payloads] */
Napi::Value collect(const Napi::CallbackInfo &info) {
    const Napi::Env env = info.Env();
    Bridge &bridge = bridge_of(info);
    const Collected collected =
        bridge.inbox.collect(env, bridge.queue(), bridge.incoming, bridge.incoming_size);
    const Napi::Value count = Napi::Number::New(env, collected.count);
    if (collected.large.IsEmpty()) {
        return count;
    }
    Napi::Array both = Napi::Array::New(env, 2);
    both.Set(0u, count);
    both.Set(1u, collected.large);
    return both;
}

/** release([hold, …]) */
void release(const Napi::CallbackInfo &info) {
    const auto holds = info[0].As<Napi::Array>();
    for (uint32_t at = 0; at < holds.Length(); at++) {
        bridge_of(info).inbox.release(count_of(holds.Get(at)));
    }
}

void ref(const Napi::CallbackInfo &info) { bridge_of(info).ref(info.Env()); }
void unref(const Napi::CallbackInfo &info) { bridge_of(info).unref(info.Env()); }

Napi::Object init(Napi::Env env, Napi::Object exports) {
    auto *bridge = new Bridge;
    napi_add_env_cleanup_hook(env, Bridge::on_env_end, bridge);
    exports.Set("version", weir_version());
    exports.Set("start", Napi::Function::New(env, start, "start", bridge));
    exports.Set("flush", Napi::Function::New(env, flush, "flush", bridge));
    exports.Set("send", Napi::Function::New(env, send, "send", bridge));
    exports.Set("cancel", Napi::Function::New(env, cancel, "cancel", bridge));
    exports.Set("collect", Napi::Function::New(env, collect, "collect", bridge));
    exports.Set("release", Napi::Function::New(env, release, "release", bridge));
    exports.Set("ref", Napi::Function::New(env, ref, "ref", bridge));
    exports.Set("unref", Napi::Function::New(env, unref, "unref", bridge));
    export_library_calls(exports);
    export_pool_calls(exports, *bridge);
    export_context_calls(exports);
    return exports;
}

} // namespace

NODE_API_MODULE(weir_addon, init)

} // namespace weir_addon
