/** steps_events.cpp: what contexts tell: events, and notices. */
#include <map>

#include "called.hpp"
#include "payload.hpp"
#include "steps.hpp"

namespace conformance {

namespace {

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

Step find_event_step(const std::string &name) {
    static const std::map<std::string, Step> steps = {
        {"listen", listen},
        {"unlisten", unlisten},
        {"events", events},
        {"notice", notice},
    };
    const auto found = steps.find(name);
    return found == steps.end() ? nullptr : found->second;
}

} // namespace conformance
