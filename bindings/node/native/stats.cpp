#include "stats.hpp"

#include "calls.hpp"

namespace weir_addon {

Napi::Object stats_object(Napi::Env env, const weir_pool_stats &stats) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("slotsMax", number(env, stats.slots_max));
    object.Set("slotsTotal", number(env, stats.slots_total));
    object.Set("slotsIdle", number(env, stats.slots_idle));
    object.Set("slotsActive", number(env, stats.slots_active));
    object.Set("slotsRecycling", number(env, stats.slots_recycling));
    object.Set("slotsQuarantined", number(env, stats.slots_quarantined));
    object.Set("slotsPrepared", number(env, stats.slots_prepared));
    object.Set("waiting", number(env, stats.waiting));
    object.Set("slotsBuilt", number(env, stats.slots_built));
    object.Set("slotsRetired", number(env, stats.slots_retired));
    object.Set("slotsBuildFailed", number(env, stats.slots_build_failed));
    object.Set("contextsCreated", number(env, stats.contexts_created));
    object.Set("contextsDestroyed", number(env, stats.contexts_destroyed));
    object.Set("contextsExhausted", number(env, stats.contexts_exhausted));
    object.Set("createsFailed", number(env, stats.creates_failed));
    object.Set("createsTimedOut", number(env, stats.creates_timed_out));
    object.Set("requestsAccepted", number(env, stats.requests_accepted));
    object.Set("requestsRefused", number(env, stats.requests_refused));
    object.Set("responsesOk", number(env, stats.responses_ok));
    object.Set("responsesFailed", number(env, stats.responses_failed));
    object.Set("responsesCanceled", number(env, stats.responses_canceled));
    object.Set("responsesTimedOut", number(env, stats.responses_timed_out));
    object.Set("responsesClosed", number(env, stats.responses_closed));
    object.Set("resultsDropped", number(env, stats.results_dropped));
    object.Set("eventsEmitted", number(env, stats.events_emitted));
    object.Set("eventsDropped", number(env, stats.events_dropped));
    object.Set("slowHandlers", number(env, stats.slow_handlers));
    object.Set("wedgedHandlers", number(env, stats.wedged_handlers));
    object.Set("recoveredHandlers", number(env, stats.recovered_handlers));
    object.Set("slotsUnclean", number(env, stats.slots_unclean));
    object.Set("workerWakes", number(env, stats.worker_wakes));
    object.Set("watchWakes", number(env, stats.watch_wakes));
    object.Set("wakesRepeated", number(env, stats.wakes_repeated));
    object.Set("callbacksRunning", number(env, stats.callbacks_running));
    object.Set("environmentsRebuilt", number(env, stats.environments_rebuilt));
    object.Set("handlersStopped", number(env, stats.handlers_stopped));
    object.Set("instancesEnded", number(env, stats.instances_ended));
    return object;
}

Napi::Object stats_object(Napi::Env env, const weir_process_stats &stats) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("libraries", number(env, stats.libraries));
    object.Set("queues", number(env, stats.queues));
    object.Set("pools", number(env, stats.pools));
    object.Set("slots", number(env, stats.slots));
    object.Set("contexts", number(env, stats.contexts));
    object.Set("instances", number(env, stats.instances));
    object.Set("jobs", number(env, stats.jobs));
    object.Set("records", number(env, stats.records));
    object.Set("payloadBytes", number(env, stats.payload_bytes));
    return object;
}

Napi::Object report_object(Napi::Env env, const weir_close_report &report) {
    Napi::Object object = Napi::Object::New(env);
    object.Set("contextsDestroyed", number(env, report.contexts_destroyed));
    object.Set("slotsRetired", number(env, report.slots_retired));
    object.Set("slotsAbandoned", number(env, report.slots_abandoned));
    object.Set("tookUs", number(env, report.took_us));
    return object;
}

} // namespace weir_addon
