/** steps_library.cpp: libraries, pools, and the counts of a pool. */
#include <chrono>
#include <map>
#include <thread>

#include "called.hpp"
#include "pool_options.hpp"
#include "steps.hpp"

namespace conformance {

namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::chrono::milliseconds look_every{1};
constexpr uint32_t close_timeout_ms = 20'000;

std::map<std::string, uint64_t> counts_of(const weir_pool_stats &s) {
    return {
        {"slots_total", s.slots_total},
        {"slots_idle", s.slots_idle},
        {"slots_active", s.slots_active},
        {"slots_recycling", s.slots_recycling},
        {"slots_quarantined", s.slots_quarantined},
        {"slots_prepared", s.slots_prepared},
        {"waiting", s.waiting},
        {"slots_built", s.slots_built},
        {"slots_retired", s.slots_retired},
        {"slots_unclean", s.slots_unclean},
        {"contexts_created", s.contexts_created},
        {"contexts_destroyed", s.contexts_destroyed},
        {"contexts_exhausted", s.contexts_exhausted},
        {"creates_failed", s.creates_failed},
        {"creates_timed_out", s.creates_timed_out},
        {"requests_accepted", s.requests_accepted},
        {"requests_refused", s.requests_refused},
        {"responses_ok", s.responses_ok},
        {"responses_failed", s.responses_failed},
        {"responses_canceled", s.responses_canceled},
        {"responses_timed_out", s.responses_timed_out},
        {"responses_closed", s.responses_closed},
        {"results_dropped", s.results_dropped},
        {"events_emitted", s.events_emitted},
        {"events_dropped", s.events_dropped},
        {"slow_handlers", s.slow_handlers},
        {"wedged_handlers", s.wedged_handlers},
        {"recovered_handlers", s.recovered_handlers},
        {"environments_rebuilt", s.environments_rebuilt},
        {"handlers_stopped", s.handlers_stopped},
        {"instances_ended", s.instances_ended},
        {"wakes_repeated", s.wakes_repeated},
        {"callbacks_running", s.callbacks_running},
    };
}

std::map<std::string, uint64_t> read_counts(const World &world, const std::string &what) {
    weir_pool_stats stats = {};
    stats.struct_size = sizeof stats;
    compare_status(what, "OK", weir_pool_stats_get(world.pool, &stats), "");
    return counts_of(stats);
}

/** The first count that is not as expected, or an empty text. */
std::string first_difference(const Json &expected, const std::map<std::string, uint64_t> &counts) {
    for (const auto &[name, count] : expected.items()) {
        const auto found = counts.find(name);
        if (found == counts.end()) {
            return "unknown count " + name;
        }
        if (!count_fits(count, found->second)) {
            return name + ": expected " + count.dump() + ", got " + std::to_string(found->second);
        }
    }
    return "";
}

void stats(World &world, Fields &step) {
    const Json &expected = step.take("stats");
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        const std::string difference = first_difference(expected, read_counts(world, step.what()));
        if (difference.empty()) {
            return;
        }
        if (std::chrono::steady_clock::now() > end) {
            throw Difference(step.what() + ": waited in vain: " + difference);
        }
        std::this_thread::sleep_for(look_every);
    }
}

void describe(World &world, Fields &step) {
    weir_library_info info = WEIR_LIBRARY_INFO_INIT;
    compare_status(step.what(), "OK", weir_library_describe(world.library, &info), "");
    compare_part(step.what() + ": name", step.take_text("name"), {info.name, info.name_length});
    compare_part(step.what() + ": engine", step.take_text("engine"),
                 {info.engine, info.engine_length});
    compare_count(step.what() + ": methods", step.take("methods"), info.method_count);
    compare_count(step.what() + ": bytes of the contract's hash",
                  step.take("contract").get<bool>() ? 64 : 0, info.contract_hash_length);
}

void open_library(World &, Fields &step) {
    const std::string path = step.take_text("path");
    weir_handle library = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_library_load(path.data(), path.size(), &library, &error);
    weir_library_close(library);
    compare_status(step.what(), step.take_text("expect"), status, message_of(error));
    if (const auto message = step.maybe_text("message")) {
        compare_part(step.what() + ": message", *message, message_of(error));
    }
}

void close_library(World &world, Fields &step) {
    compare_status(step.what(), "OK", weir_library_close(world.library), "");
}

void open_pool(World &world, Fields &step) {
    weir_pool_options options = pool_options_of(step.take("options"));
    world.set_delivery(options);
    weir_handle pool = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_pool_create(world.library, &options, &pool, &error);
    weir_pool_close_wait(pool, close_timeout_ms, nullptr);
    compare_status(step.what(), step.take_text("expect"), status, message_of(error));
    if (const auto message = step.maybe_text("message")) {
        compare_part(step.what() + ": message", *message, message_of(error));
    }
}

void prewarm(World &world, Fields &step) {
    const auto count = step.take("count").get<uint32_t>();
    compare_status(step.what(), step.take_text("expect"),
                   weir_pool_prewarm(world.pool, count, nullptr), "");
}

void close_pool(World &world, Fields &step) {
    weir_close_report report = WEIR_CLOSE_REPORT_INIT;
    const weir_status status = weir_pool_close_wait(world.pool, close_timeout_ms, &report);
    compare_status(step.what(), step.take_text("expect"), status, "");
    const Json *expected = step.maybe("report");
    if (expected == nullptr) {
        return;
    }
    const std::string difference =
        first_difference(*expected, {{"contexts_destroyed", report.contexts_destroyed},
                                     {"slots_retired", report.slots_retired},
                                     {"slots_abandoned", report.slots_abandoned}});
    if (!difference.empty()) {
        throw Difference(step.what() + ": " + difference);
    }
}

} // namespace

Step find_library_step(const std::string &name) {
    static const std::map<std::string, Step> steps = {
        {"stats", stats},
        {"describe", describe},
        {"open_library", open_library},
        {"close_library", close_library},
        {"open_pool", open_pool},
        {"prewarm", prewarm},
        {"close_pool", close_pool},
    };
    const auto found = steps.find(name);
    return found == steps.end() ? nullptr : found->second;
}

} // namespace conformance
