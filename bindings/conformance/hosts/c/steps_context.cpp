/** steps_context.cpp: contexts, from create to destroy. */
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

} // namespace

Step find_context_step(const std::string &name) {
    static const std::map<std::string, Step> steps = {
        {"create", create},   {"created", created},     {"cancel_create", cancel_create},
        {"destroy", destroy}, {"destroyed", destroyed},
    };
    const auto found = steps.find(name);
    return found == steps.end() ? nullptr : found->second;
}

} // namespace conformance
