#include <algorithm>
#include <cstring>

#include <weir/weir.h>

#include "bridge.hpp"
#include "calls.hpp"
#include "control.hpp"

namespace weir_addon {

namespace {

Bridge &bridge_of(const Napi::CallbackInfo &info) { return *static_cast<Bridge *>(info.Data()); }

/** A struct of the core as its bytes: src/abi knows its fields. */
template <typename Struct> Napi::ArrayBuffer bytes_of(Napi::Env env, const Struct &value) {
    Napi::ArrayBuffer bytes = Napi::ArrayBuffer::New(env, sizeof value);
    std::memcpy(bytes.Data(), &value, sizeof value);
    return bytes;
}

weir_pool_options pool_options(Napi::ArrayBuffer given, weir_handle queue) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    std::memcpy(&options, given.Data(), std::min(sizeof options, given.ByteLength()));
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = queue;
    return options;
}

/** createPool(library, options) */
Napi::Value create_pool(const Napi::CallbackInfo &info) {
    Bridge &bridge = bridge_of(info);
    const weir_pool_options options = pool_options(info[1].As<Napi::ArrayBuffer>(), bridge.queue());
    weir_handle pool = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_pool_create(number_of(info[0]), &options, &pool, &error);
    if (!succeeded(info.Env(), status, &error)) {
        return info.Env().Undefined();
    }
    bridge.add_pool(pool);
    return number(info.Env(), pool);
}

/** prewarm(pool, count) */
void prewarm(const Napi::CallbackInfo &info) {
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_pool_prewarm(number_of(info[0]), count_of(info[1]), &error);
    succeeded(info.Env(), status, &error);
}

/** poolStats(pool) */
Napi::Value pool_stats(const Napi::CallbackInfo &info) {
    weir_pool_stats stats{};
    stats.struct_size = sizeof stats;
    const weir_status status = weir_pool_stats_get(number_of(info[0]), &stats);
    return succeeded(info.Env(), status) ? bytes_of(info.Env(), stats) : info.Env().Undefined();
}

/** Waits on a thread of libuv's pool until the threads of a pool have ended. */
class Closing : public Napi::AsyncWorker {
  public:
    Closing(Napi::Env env, weir_handle pool, uint32_t timeout_ms)
        : Napi::AsyncWorker(env, "weir.closePool"), done_(env), pool_(pool),
          timeout_ms_(timeout_ms) {}

    Napi::Promise promise() const { return done_.Promise(); }

    void Execute() override { status_ = weir_pool_close_wait(pool_, timeout_ms_, &report_); }

    void OnOK() override {
        Napi::Object result = Napi::Object::New(Env());
        result.Set("status", status_);
        result.Set("report", bytes_of(Env(), report_));
        done_.Resolve(result);
    }

  private:
    Napi::Promise::Deferred done_;
    weir_handle pool_;
    uint32_t timeout_ms_;
    weir_status status_ = WEIR_OK;
    weir_close_report report_ = WEIR_CLOSE_REPORT_INIT;
};

/** closePool(pool, timeoutMs) */
Napi::Value close_pool(const Napi::CallbackInfo &info) {
    const weir_handle pool = number_of(info[0]);
    bridge_of(info).remove_pool(pool);
    auto *closing = new Closing(info.Env(), pool, count_of(info[1]));
    const Napi::Promise promise = closing->promise();
    closing->Queue();
    return promise;
}

/** processStats() */
Napi::Value process_stats(const Napi::CallbackInfo &info) {
    weir_process_stats stats{};
    stats.struct_size = sizeof stats;
    const weir_status status = weir_process_stats_get(&stats);
    return succeeded(info.Env(), status) ? bytes_of(info.Env(), stats) : info.Env().Undefined();
}

} // namespace

void export_pool_calls(Napi::Object exports, Bridge &bridge) {
    const Napi::Env env = exports.Env();
    exports.Set("createPool", Napi::Function::New(env, create_pool, "createPool", &bridge));
    exports.Set("prewarm", Napi::Function::New(env, prewarm));
    exports.Set("poolStats", Napi::Function::New(env, pool_stats));
    exports.Set("closePool", Napi::Function::New(env, close_pool, "closePool", &bridge));
    exports.Set("processStats", Napi::Function::New(env, process_stats));
}

} // namespace weir_addon
