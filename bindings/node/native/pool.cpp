#include <weir/weir.h>

#include "bridge.hpp"
#include "calls.hpp"
#include "control.hpp"
#include "stats.hpp"

namespace weir_addon {

namespace {

Bridge &bridge_of(const Napi::CallbackInfo &info) { return *static_cast<Bridge *>(info.Data()); }

class OptionReader {
  public:
    explicit OptionReader(Napi::Object options) : options_(options) {}
    uint32_t operator()(const char *name) const { return count_of(options_.Get(name)); }
    uint64_t wide(const char *name) const { return number_of(options_.Get(name)); }

  private:
    Napi::Object options_;
};

weir_pool_options pool_options(const OptionReader &read, weir_handle queue) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = queue;
    options.max_slots = read("maxSlots");
    options.min_idle = read("minIdle");
    options.idle_timeout_ms = read("idleTimeoutMs");
    options.max_uses = read("maxUses");
    options.max_age_ms = read("maxAgeMs");
    options.drain_ms = read("drainMs");
    options.cancel_ms = read("cancelMs");
    options.teardown_ms = read("teardownMs");
    options.slow_ms = read("slowMs");
    options.wedged_ms = read("wedgedMs");
    options.check_ms = read("checkMs");
    options.on_wedged = read("onWedged");
    options.max_requests = read("maxRequests");
    options.max_events = read("maxEvents");
    options.max_request_bytes = read.wide("maxRequestBytes");
    options.max_payload = read("maxPayload");
    options.spin_us = read("spinUs");
    options.stack_size = read("stackSize");
    options.leak_threshold_ms = read("leakThresholdMs");
    options.isolation = read("isolation");
    options.min_clean = read("minClean");
    options.heap_limit_mb = read("heapLimitMb");
    return options;
}

/** createPool(library, options) */
Napi::Value create_pool(const Napi::CallbackInfo &info) {
    Bridge &bridge = bridge_of(info);
    const OptionReader read(info[1].As<Napi::Object>());
    const weir_pool_options options = pool_options(read, bridge.queue());
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
    return succeeded(info.Env(), status) ? stats_object(info.Env(), stats) : info.Env().Undefined();
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
        result.Set("report", report_object(Env(), report_));
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
    return succeeded(info.Env(), status) ? stats_object(info.Env(), stats) : info.Env().Undefined();
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
