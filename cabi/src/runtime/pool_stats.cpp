/** pool_stats.cpp: a pool's counts, and the error that carries them when there is no slot. */
#include "base/text.hpp"
#include "runtime/pool.hpp"

namespace weir {

namespace {

struct States {
    uint32_t idle = 0;
    uint32_t active = 0;
    uint32_t recycling = 0;
    uint32_t quarantined = 0;

    void count(SlotState state) {
        switch (state) {
        case SlotState::idle: idle++; return;
        case SlotState::active: active++; return;
        case SlotState::recycle_pending:
        case SlotState::recycling: recycling++; return;
        case SlotState::quarantined: quarantined++; return;
        case SlotState::retired: return;
        }
    }
};

void add_counters(const SlotCounters &counters, weir_pool_stats &out) {
    out.requests_accepted += counters.requests_accepted.read();
    out.requests_refused += counters.requests_refused.read();
    out.responses_ok += counters.responses_ok.read();
    out.responses_failed += counters.responses_failed.read();
    out.responses_canceled += counters.responses_canceled.read();
    out.responses_timed_out += counters.responses_timed_out.read();
    out.responses_closed += counters.responses_closed.read();
    out.results_dropped += counters.results_dropped.read();
    out.events_emitted += counters.events_emitted.read();
    out.events_dropped += counters.events_dropped.read();
    out.slow_handlers += counters.slow_handlers.read();
    out.wedged_handlers += counters.wedged_handlers.read();
    out.recovered_handlers += counters.recovered_handlers.read();
    out.creates_failed += counters.creates_failed.read();
    out.worker_wakes += counters.worker_wakes.read();
    out.environments_rebuilt += counters.environments_rebuilt.read();
    out.handlers_stopped += counters.handlers_stopped.read();
    out.instances_ended += counters.instances_ended.read();
    out.watch_wakes += counters.watch_wakes.read();
    out.wakes_repeated += counters.wakes_repeated.read();
    const int32_t running = counters.callbacks_running.load(std::memory_order_relaxed);
    out.callbacks_running += running > 0 ? static_cast<uint64_t>(running) : 0;
}

} // namespace

void Pool::read_stats(weir_pool_stats &out) {
    const uint32_t struct_size = out.struct_size;
    out = {};
    out.struct_size = struct_size;
    States states;
    {
        const Lock lock(mutex_);
        for (uint32_t at = 0; at < slot_count_; at++) {
            states.count(slots_[at]->lifecycle.read().state);
            add_counters(slots_[at]->counters, out);
        }
        add_counters(retired_counters_, out);
        for (uint32_t at = 0; at < idle_count_; at++) {
            out.slots_prepared += idle_[at]->seating.is_prepared() ? 1 : 0;
        }
        // Idle is what a create can have now; a slot between its list and its owner is neither.
        states.recycling += states.idle - idle_count_;
        states.idle = idle_count_;
        out.slots_total = total_;
        out.waiting = waiters_.size();
    }
    out.slots_max = settings_.max_slots;
    out.slots_idle = states.idle;
    out.slots_active = states.active;
    out.slots_recycling = states.recycling;
    out.slots_quarantined = states.quarantined;
    out.slots_built = slots_built_.read();
    out.slots_retired = slots_retired_.read();
    out.slots_build_failed = slots_build_failed_.read();
    out.slots_unclean = slots_unclean_.read();
    out.contexts_created = contexts_created_.read();
    out.contexts_destroyed = contexts_destroyed_.read();
    out.contexts_exhausted = contexts_exhausted_.read();
    out.creates_timed_out = creates_timed_out_.read();
}

weir_status Pool::explain(weir_status status, weir_error *out_error) {
    if (status == WEIR_ERR_POOL_EXHAUSTED) {
        contexts_exhausted_.add();
    }
    const bool of_slots = status == WEIR_ERR_POOL_EXHAUSTED || status == WEIR_ERR_TIMED_OUT ||
                          status == WEIR_ERR_WOULD_DEADLOCK;
    if (out_error == nullptr || !of_slots) {
        return status;
    }
    weir_pool_stats stats = {};
    read_stats(stats);
    out_error->slots_total = stats.slots_total;
    out_error->slots_idle = stats.slots_idle;
    out_error->slots_active = stats.slots_active;
    out_error->slots_quarantined = stats.slots_quarantined;
    out_error->waiting = stats.waiting;
    Text text(out_error->message, sizeof out_error->message);
    text.add("no slot: ").add(stats.slots_total).add(" of ").add(stats.slots_max);
    text.add(" exist, ").add(stats.slots_idle).add(" idle, ").add(stats.slots_active);
    text.add(" active, ").add(stats.slots_quarantined).add(" quarantined, ");
    text.add(stats.waiting).add(" waiting");
    return status;
}

/** A slot is about to go: keep its sums, so that the pool's figures never shrink. */
void Pool::take_counters(Slot &slot) {
    SlotCounters &from = slot.counters;
    SlotCounters &to = retired_counters_;
    uint64_t taken[32] = {};
    size_t count = 0;
    for_each_counter(from, [&](auto &counter) { taken[count++] = counter.take(); });
    count = 0;
    for_each_counter(to, [&](auto &counter) { counter.add(taken[count++]); });
}

} // namespace weir
