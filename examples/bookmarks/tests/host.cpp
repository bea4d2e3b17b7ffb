#include "host.hpp"

#include <ostream>
#include <stdexcept>

namespace bookmarks {

namespace {

void check(weir_status status, const char *what, const weir_error *error = nullptr) {
    if (status != WEIR_OK) {
        std::string message(what);
        message.append(": ").append(weir_status_name(status));
        if (error != nullptr) message.append(": ").append(error->message, error->message_length);
        throw std::runtime_error(message);
    }
}

Delivered take(const weir_record &record) {
    Delivered delivered{record.kind, record.status, record.context, record.id,
                        std::string(static_cast<const char *>(record.data), record.length)};
    weir_records_release(&record, 1);
    return delivered;
}

weir_request make_request(std::string_view method, std::string_view payload) {
    weir_request request = WEIR_REQUEST_INIT;
    request.name = method.data();
    request.name_length = method.size();
    request.data = payload.data();
    request.length = payload.size();
    return request;
}

} // namespace

void PrintTo(const Answer &answer, std::ostream *out) {
    *out << weir_status_name(answer.status) << ": " << answer.payload;
}

Host::Host(weir_pool_options options) {
    const std::string_view path = BOOKMARKS_LIBRARY;
    weir_error error = WEIR_ERROR_INIT;
    check(weir_library_load(path.data(), path.size(), &library_, &error), "load", &error);
    check(weir_queue_create(nullptr, &queue_, &error), "queue", &error);
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = queue_;
    check(weir_pool_create(library_, &options, &pool_, &error), "pool", &error);
}

Host::~Host() {
    weir_pool_close_wait(pool_, 0, nullptr);
    drain();
    weir_queue_close(queue_);
    weir_library_close(library_);
}

weir_handle Host::create(std::string_view config) {
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    options.config = config.data();
    options.config_length = config.size();
    weir_handle context = 0;
    weir_error error = WEIR_ERROR_INIT;
    check(weir_context_create(pool_, &options, &context, &error), "create", &error);
    return context;
}

weir_destroy_report Host::destroy(weir_handle context) {
    weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
    check(weir_context_destroy_wait(context, &report), "destroy");
    return report;
}

Answer Host::request(weir_handle context, std::string_view method, std::string_view payload) {
    const weir_request request = make_request(method, payload);
    weir_record record{};
    weir_error error = WEIR_ERROR_INIT;
    check(weir_request_wait(context, &request, &record, &error), "request", &error);
    Delivered delivered = take(record);
    return {delivered.status, std::move(delivered.payload)};
}

uint64_t Host::send(weir_handle context, std::string_view method, std::string_view payload) {
    const weir_request request = make_request(method, payload);
    uint64_t id = 0;
    weir_error error = WEIR_ERROR_INIT;
    check(weir_request_send(context, &request, &id, &error), "send", &error);
    return id;
}

void Host::listen(weir_handle context, std::string_view event) {
    uint64_t listener = 0;
    check(weir_context_listen(context, event.data(), event.size(), nullptr, 0, &listener),
          "listen");
}

Delivered Host::next() {
    weir_record record{};
    uint32_t count = 0;
    check(weir_queue_wait(queue_, &record, 1, 60'000, &count), "wait");
    if (count != 1) throw std::runtime_error("the queue woke without a record");
    return take(record);
}

std::vector<Delivered> Host::drain() {
    std::vector<Delivered> all;
    weir_record record{};
    uint32_t count = 0;
    while (weir_queue_drain(queue_, &record, 1, &count) == WEIR_OK && count == 1) {
        all.push_back(take(record));
    }
    return all;
}

} // namespace bookmarks
