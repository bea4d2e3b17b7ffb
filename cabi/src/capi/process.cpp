#include "runtime/process.hpp"

#include <weir/weir.h>

#include "capi/guard.hpp"
#include "core/payload.hpp"
#include "runtime/pool.hpp"

using namespace weir;

weir_status weir_process_stats_get(weir_process_stats *out_stats) {
    WEIR_REFUSE_IN_CHILD();
    if (out_stats == nullptr || out_stats->struct_size != sizeof(weir_process_stats)) {
        return WEIR_ERR_INVALID_ARGUMENT;
    }
    uint64_t records = 0;
    for_each_slot([&records](const Slot &slot) {
        slot.slab.for_each_live([&records](const Record &) { records++; });
    });
    out_stats->libraries = libraries().live();
    out_stats->queues = queues().live();
    out_stats->pools = pools().live();
    out_stats->slots = live_slots();
    out_stats->contexts = process_counts.contexts.load(std::memory_order_relaxed);
    out_stats->instances = process_counts.instances.load(std::memory_order_relaxed);
    out_stats->jobs = process_counts.jobs.load(std::memory_order_relaxed);
    out_stats->records = records;
    out_stats->payload_bytes = Payload::live_bytes();
    return WEIR_OK;
}
