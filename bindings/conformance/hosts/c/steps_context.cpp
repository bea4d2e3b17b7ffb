/** steps_context.cpp: contexts, their events and their notices. */
#include <map>

#include "called.hpp"
#include "payload.hpp"
#include "steps.hpp"

namespace conformance {

namespace {

uintptr_t user_data_of(const Lease &lease) { return reinterpret_cast<uintptr_t>(&lease); }

void compare_report(Fields &step, const weir_destroy_report &report) {
    const Json *expected = step.maybe("report");
    if (expected == nullptr) {
        return;
    }
    Fields fields(*expected, step.what() + ": report");
    const auto compare = [&](const char *name, uint64_t actual) {
        if (const Json *count = fields.maybe(name)) {
            compare_count(fields.what() + "." + name, *count, actual);
        }
    };
    compare("drained", report.drained);
    compare("canceled", report.canceled);
    compare("abandoned", report.abandoned);
    compare("closed", report.closed);
    compare("callbacks_running", report.callbacks_running);
    compare("took_us", report.took_us);
    fields.done();
}

void compare_slots(Fields &step, const weir_error &error) {
    const Json *expected = step.maybe("slots");
    if (expected == nullptr) {
        return;
    }
    Fields fields(*expected, step.what());
    const auto compare = [&](const char *name, uint64_t actual) {
        if (const Json *count = fields.maybe(name)) {
            compare_count(fields.what() + ": " + name, *count, actual);
        }
    };
    compare("slots_total", error.slots_total);
    compare("slots_idle", error.slots_idle);
    compare("slots_active", error.slots_active);
    compare("slots_quarantined", error.slots_quarantined);
    compare("waiting", error.waiting);
    fields.done();
}

void compare_created(Fields &step, const Lease &lease) {
    compare_status(step.what(), step.take_text("expect"), lease.create_status,
                   lease.create_message);
    if (const auto message = step.maybe_text("message")) {
        compare_part(step.what() + ": message", *message, lease.create_message);
    }
}

/** In the background by a ticket, else by the call that waits or the one that does not. */
weir_status create_by(World &world, Lease &lease, const weir_context_options &options,
                      const Json *wait_ms, bool background, weir_error &error) {
    const uint32_t timeout_ms = wait_ms == nullptr ? 0 : wait_ms->get<uint32_t>();
    if (background) {
        return weir_context_create_queued(world.pool, &options, timeout_ms, &lease.ticket, &error);
    }
    lease.created = true;
    return wait_ms == nullptr
               ? weir_context_create(world.pool, &options, &lease.handle, &error)
               : weir_context_create_wait(world.pool, &options, timeout_ms, &lease.handle, &error);
}

void create(World &world, Fields &step) {
    Lease &lease = world.add_lease(step.take_text("as"));
    const std::string config = bytes_of(step.take("config"));
    const Json *tag = step.maybe("tag");
    const std::string tag_text = tag == nullptr ? "" : bytes_of(*tag);
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    options.config = config.data();
    options.config_length = config.size();
    options.tag = tag_text.data();
    options.tag_length = static_cast<uint32_t>(tag_text.size());
    options.user_data = user_data_of(lease);
    weir_error error = WEIR_ERROR_INIT;
    const bool background = step.take("background").get<bool>();
    lease.create_status =
        create_by(world, lease, options, step.maybe("wait_ms"), background, error);
    lease.create_message = message_of(error);
    compare_created(step, lease);
    compare_slots(step, error);
}

void created(World &world, Fields &step) {
    const Lease &lease = world.lease(step.take_text("of"));
    world.wait_for(step.what(), [&] { return lease.created; });
    compare_created(step, lease);
}

void cancel_create(World &world, Fields &step) {
    const Lease &lease = world.lease(step.take_text("of"));
    compare_status(step.what(), "OK", weir_context_create_cancel(world.pool, lease.ticket), "");
}

void destroy(World &world, Fields &step) {
    Lease &lease = world.lease(step.take_text("of"));
    if (!step.take("wait").get<bool>()) {
        compare_status(step.what(), step.take_text("expect"), weir_context_destroy(lease.handle),
                       "");
        return;
    }
    weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
    const weir_status status = weir_context_destroy_wait(lease.handle, &report);
    compare_status(step.what(), step.take_text("expect"), status, "");
    compare_report(step, report);
}

void destroyed(World &world, Fields &step) {
    const Lease &lease = world.lease(step.take_text("of"));
    world.wait_for(step.what(), [&] { return lease.destroyed; });
    compare_report(step, lease.report);
}

void listen(World &world, Fields &step) {
    Lease &lease = world.lease(step.take_text("on"));
    Listener &listener = world.add_listener(step.take_text("as"), lease);
    listener.gate = step.maybe_text("gate").value_or("");
    listener.steps = step.take("steps");
    const Json *event = step.maybe("event");
    const std::string name = event == nullptr ? "" : bytes_of(*event);
    const weir_status status =
        weir_context_listen(lease.handle, event == nullptr ? nullptr : name.data(), name.size(),
                            nullptr, reinterpret_cast<uintptr_t>(&listener), &listener.id);
    compare_status(step.what(), step.take_text("expect"), status, "");
}

void unlisten(World &world, Fields &step) {
    const Listener &listener = world.listener(step.take_text("of"));
    compare_status(step.what(), step.take_text("expect"),
                   weir_context_unlisten(listener.lease.handle, listener.id), "");
}

/** What a listener must have heard. */
std::vector<std::string> take_payloads(Fields &step) {
    std::vector<std::string> all;
    if (const Json *payloads = step.maybe("payloads")) {
        for (const Json &payload : *payloads) {
            all.push_back(bytes_of(payload));
        }
    }
    if (const Json *numbers = step.maybe("numbers")) {
        for (uint64_t number = 0; number < numbers->get<uint64_t>(); number++) {
            all.push_back(std::to_string(number));
        }
    }
    return all;
}

void events(World &world, Fields &step) {
    const Listener &listener = world.listener(step.take_text("of"));
    const std::vector<std::string> expected = take_payloads(step);
    world.wait_for(step.what(), [&] { return listener.heard.size() >= expected.size(); });
    const std::lock_guard guard(world.lock);
    compare_count(step.what() + ": events", expected.size(), listener.heard.size());
    for (size_t at = 0; at < expected.size(); at++) {
        if (listener.heard[at].body != expected[at]) {
            throw Difference(step.what() + ": event " + std::to_string(at) + ": expected " +
                             shown(expected[at]) + ", got " + shown(listener.heard[at].body));
        }
    }
    const Json *names = step.maybe("names");
    for (size_t at = 0; names != nullptr && at < names->size(); at++) {
        if (listener.heard.at(at).name != names->at(at)) {
            throw Difference(step.what() + ": event " + std::to_string(at) + " is named " +
                             listener.heard.at(at).name);
        }
    }
}

uint32_t kind_of(const std::string &name) {
    static const std::map<std::string, uint32_t> kinds = {
        {"EVENTS_DROPPED", WEIR_RECORD_EVENTS_DROPPED},
        {"UNRESPONSIVE", WEIR_RECORD_UNRESPONSIVE},
        {"RESPONSIVE", WEIR_RECORD_RESPONSIVE},
        {"INSTANCE_ENDED", WEIR_RECORD_INSTANCE_ENDED},
    };
    const auto found = kinds.find(name);
    return found != kinds.end() ? found->second : throw Difference("unknown notice " + name);
}

/** For a notice that does not come: did weir not give it, or was it lost on its way? */
std::string what_the_pool_saw(const World &world) {
    weir_pool_stats stats = {};
    stats.struct_size = sizeof stats;
    weir_pool_stats_get(world.pool, &stats);
    return std::to_string(stats.wedged_handlers) + " wedged, " +
           std::to_string(stats.recovered_handlers) + " recovered, " +
           std::to_string(stats.responses_ok) + " responses";
}

/** The next notice of the context. */
void notice(World &world, Fields &step) {
    Lease &lease = world.lease(step.take_text("on"));
    const uint32_t kind = kind_of(step.take_text("notice"));
    try {
        world.wait_for(step.what(), [&] { return !lease.notices.empty(); });
    } catch (const Difference &error) {
        throw Difference(std::string(error.what()) + "; " + what_the_pool_saw(world));
    }
    const std::lock_guard guard(world.lock);
    const Notice next = lease.notices.front();
    lease.notices.pop_front();
    compare_count(step.what() + ": kind of record", kind, next.kind);
    if (const Json *number = step.maybe("number")) {
        compare_count(step.what() + ": number", *number, next.number);
    }
    if (const auto message = step.maybe_text("message")) {
        compare_part(step.what() + ": message", *message, next.message);
    }
}

} // namespace

Step find_context_step(const std::string &name) {
    static const std::map<std::string, Step> steps = {
        {"create", create},     {"created", created},     {"cancel_create", cancel_create},
        {"destroy", destroy},   {"destroyed", destroyed}, {"listen", listen},
        {"unlisten", unlisten}, {"events", events},       {"notice", notice},
    };
    const auto found = steps.find(name);
    return found == steps.end() ? nullptr : found->second;
}

} // namespace conformance
