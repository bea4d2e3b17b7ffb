#include "called.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "payload.hpp"

namespace conformance {

namespace {

constexpr std::chrono::seconds patience{10};

void wait_for_file(const std::string &path) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!std::filesystem::exists(path)) {
        if (std::chrono::steady_clock::now() > end) {
            throw Difference("waited in vain for a gate: " +
                             std::filesystem::path(path).filename().string());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

/** A failure of a library is a message, and maybe a zero byte and a document. */
struct Failure {
    std::string message;
    Json document = Json::object();
};

Failure failure_of(std::string_view body) {
    const size_t zero = body.find('\0');
    if (zero == std::string_view::npos) {
        return {std::string(body)};
    }
    return {std::string(body.substr(0, zero)), Json::parse(body.substr(zero + 1))};
}

void compare_member(Fields &step, const Json &document, const std::string &name) {
    const Json *expected = step.maybe(name);
    if (expected == nullptr) {
        return;
    }
    const Json actual = document.value(name, Json());
    if (*expected != actual) {
        throw Difference(step.what() + ": " + name + ": expected " + expected->dump() + ", got " +
                         actual.dump());
    }
}

} // namespace

std::string text_of(const weir_record &record) {
    return record.length == 0 ? ""
                              : std::string(static_cast<const char *>(record.data), record.length);
}

std::string message_of(const weir_error &error) { return {error.message, error.message_length}; }

void compare_answer(Fields &step, weir_status status, std::string_view body) {
    const Failure failure = status == WEIR_OK ? Failure{} : failure_of(body);
    compare_status(step.what(), step.take_text("expect"), status, failure.message);
    if (const Json *payload = step.maybe("payload")) {
        compare_payload(step.what(), *payload, body);
    }
    if (const auto message = step.maybe_text("message")) {
        compare_part(step.what() + ": message", *message, failure.message);
    }
    for (const char *name : {"code", "details", "path"}) {
        compare_member(step, failure.document, name);
    }
}

void stand_at_gate(const std::string &path) {
    const std::ofstream reached(path + ".reached");
    wait_for_file(path + ".open");
}

void wait_until_reached(const std::string &path) { wait_for_file(path + ".reached"); }

void open_gate(const std::string &path) { const std::ofstream open(path + ".open"); }

} // namespace conformance
