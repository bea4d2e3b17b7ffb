/** steps_request.cpp: requests, their answers, and gates. */
#include <chrono>
#include <map>

#include "called.hpp"
#include "payload.hpp"
#include "steps.hpp"

namespace conformance {

namespace {

constexpr std::chrono::seconds patience{10};

/** The parts of a request must outlive the call. */
struct Order {
    std::string method;
    std::string payload;
    uint32_t timeout_ms = 0;

    weir_request request() const {
        weir_request made = WEIR_REQUEST_INIT;
        made.name = method.data();
        made.name_length = method.size();
        made.data = payload.data();
        made.length = payload.size();
        made.timeout_ms = timeout_ms;
        return made;
    }
};

Order take_order(Fields &step) {
    return {bytes_of(step.take("method")), bytes_of(step.take("send")),
            step.take("timeout_ms").get<uint32_t>()};
}

void refuse(Called &called, weir_status status, const weir_error &error) {
    const std::lock_guard guard(called.world.lock);
    called.status = status;
    called.body = message_of(error);
    called.refused = true;
}

void wait_for_answer(World &world, Called &called, const std::string &what) {
    world.wait_for(what, [&] { return called.answered || called.refused; });
}

void send(World &world, Fields &step) {
    Called &called = world.add_called(step.take_text("as"), world.lease(step.take_text("on")));
    const Order order = take_order(step);
    weir_request request = order.request();
    request.user_data = reinterpret_cast<uintptr_t>(&called);
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_request_send(called.lease.handle, &request, &called.id, &error);
    if (status != WEIR_OK) {
        refuse(called, status, error);
    }
}

/** By one call of weir_request_send_batch, so that they have one wake-up. */
void send_many(World &world, Fields &step) {
    const std::string name = step.take_text("as");
    Lease &lease = world.lease(step.take_text("on"));
    const std::string method = step.take_text("method");
    const std::string text = step.take_text("text");
    const auto count = step.take("count").get<uint32_t>();
    std::vector<Order> orders(count);
    std::vector<Called *> all(count);
    std::vector<weir_request> requests(count);
    for (uint32_t at = 0; at < count; at++) {
        orders[at] = {method, numbered(text, at)};
        all[at] = &world.add_called(name + "." + std::to_string(at), lease);
        requests[at] = orders[at].request();
        requests[at].user_data = reinterpret_cast<uintptr_t>(all[at]);
    }
    std::vector<uint64_t> ids(count);
    uint32_t accepted = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_request_send_batch(lease.handle, requests.data(), count,
                                                       ids.data(), &accepted, &error);
    for (uint32_t at = 0; at < count; at++) {
        if (at < accepted) {
            all[at]->id = ids[at];
        } else {
            refuse(*all[at], status, error);
        }
    }
}

void await(World &world, Fields &step) {
    Called &called = world.called(step.take_text("of"));
    wait_for_answer(world, called, step.what());
    compare_answer(step, called.status, called.body);
}

void await_many(World &world, Fields &step) {
    const std::string name = step.take_text("of");
    const auto text = step.maybe_text("text");
    Json expected = step.take("statuses");
    std::map<std::string, uint64_t> found;
    uint64_t total = 0;
    for (const auto &[status, count] : expected.items()) {
        found[status] = 0;
        total += count.get<uint64_t>();
    }
    for (uint64_t at = 0; at < total; at++) {
        Called &called = world.called(name + "." + std::to_string(at));
        wait_for_answer(world, called, step.what());
        found[weir_status_name(called.status)]++;
        if (text && called.status == WEIR_OK && called.body != numbered(*text, at)) {
            throw Difference(step.what() + ": number " + std::to_string(at) + " answered " +
                             shown(called.body));
        }
    }
    if (Json(found) != expected) {
        throw Difference(step.what() + ": expected " + expected.dump() + ", got " +
                         Json(found).dump());
    }
}

/** The blocking form, weir_request_wait. */
void request(World &world, Fields &step) {
    const Lease &lease = world.lease(step.take_text("on"));
    const Order order = take_order(step);
    const weir_request request = order.request();
    weir_record record = {};
    weir_error error = WEIR_ERROR_INIT;
    const bool retries = step.maybe_text("when_full") == "retry";
    const auto end = std::chrono::steady_clock::now() + patience;
    weir_status status = WEIR_OK;
    do {
        status = weir_request_wait(lease.handle, &request, &record, &error);
    } while (retries && status == WEIR_ERR_QUEUE_FULL && std::chrono::steady_clock::now() < end);
    if (status != WEIR_OK) {
        compare_answer(step, status, message_of(error));
        return;
    }
    const std::string body = text_of(record);
    const weir_status answered = record.status;
    weir_records_release(&record, 1);
    compare_answer(step, answered, body);
}

void pending(World &world, Fields &step) {
    const Called &called = world.called(step.take_text("of"));
    const std::lock_guard guard(world.lock);
    if (called.answered || called.refused) {
        throw Difference(step.what() + ": it was answered " + weir_status_name(called.status));
    }
}

void cancel(World &world, Fields &step) {
    const Called &called = world.called(step.take_text("of"));
    compare_status(step.what(), step.take_text("expect"),
                   weir_request_cancel(called.lease.handle, called.id), "");
}

void reached(World &, Fields &step) { wait_until_reached(step.take_text("gate")); }

void open_the_gate(World &, Fields &step) { open_gate(step.take_text("gate")); }

} // namespace

Step find_request_step(const std::string &name) {
    static const std::map<std::string, Step> steps = {
        {"send", send},       {"send_many", send_many},   {"await", await},
        {"request", request}, {"await_many", await_many}, {"pending", pending},
        {"cancel", cancel},   {"reached", reached},       {"open_gate", open_the_gate},
    };
    const auto found = steps.find(name);
    return found == steps.end() ? nullptr : found->second;
}

} // namespace conformance
