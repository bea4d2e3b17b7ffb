/**
 * options.cpp: every option struct filled from bytes, with sizes that are right, too small and too
 * large. Each call returns OK or an error with a message, and leaves nothing behind.
 */
#include <weir/library.h>

#include "input.hpp"

namespace weir::fuzz {

namespace {

void answer(weir_call call, void *, const void *data, size_t length) {
    weir_call_resolve(call, data, length);
}

const weir_method methods[] = {{"echo", answer}};
const weir_library_definition definition = {
    sizeof definition, WEIR_ABI_VERSION, "fuzz", "1.0.0", methods, 1, 0, nullptr, nullptr};

void ignore(const weir_record *, uintptr_t) {}
void be_told(uintptr_t) {}

/** Bytes of the input over the whole struct; then pointers that are either null or good. */
template <class Options> Options fill(Input &input) {
    Options options{};
    uint8_t bytes[sizeof options] = {};
    const uint8_t how = input.byte();
    const size_t end = input.byte() % (sizeof options + 1);
    for (size_t at = 0; at < end; at++) {
        bytes[at] = input.byte();
    }
    memcpy(&options, bytes, sizeof options);
    if (how % 8 != 0) {
        options.struct_size = sizeof options;
    } else if (options.struct_size > sizeof options) {
        options.struct_size = sizeof options; // a larger one would let the core read past it
    }
    return options;
}

void expect_words(weir_status status, const weir_error &error) {
    require(status == WEIR_OK || error.status == status, "an error carries its status");
    require(error.message_length < WEIR_ERROR_MESSAGE_SIZE, "a message has a bounded length");
}

void try_queue(Input &input) {
    auto options = fill<weir_queue_options>(input);
    options.notify = options.notify == nullptr ? nullptr : be_told;
    weir_error error = WEIR_ERROR_INIT;
    weir_handle queue = 0;
    const weir_status status = weir_queue_create(&options, &queue, &error);
    expect_words(status, error);
    if (status == WEIR_OK) {
        require(weir_queue_close(queue) == WEIR_OK, "a queue without pools closes");
    }
}

weir_status try_context(Input &input, weir_handle pool, weir_handle &context) {
    auto options = fill<weir_context_options>(input);
    const Input::Piece config = input.piece(64);
    const Input::Piece tag = input.piece(64);
    options.config = config.data;
    options.config_length = config.length;
    options.tag = static_cast<const char *>(tag.data);
    options.tag_length = static_cast<decltype(options.tag_length)>(tag.length);
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_context_create(pool, &options, &context, &error);
    expect_words(status, error);
    return status;
}

void try_request(Input &input, weir_handle context) {
    auto request = fill<weir_request>(input);
    const Input::Piece name = input.piece(16);
    const Input::Piece data = input.piece(64);
    request.name = request.name == nullptr ? nullptr : static_cast<const char *>(name.data);
    request.name_length = name.length;
    request.data = request.data == nullptr ? nullptr : data.data;
    request.length = data.length;
    request.release = nullptr;
    request.callback = request.callback == nullptr ? nullptr : ignore;
    weir_error error = WEIR_ERROR_INIT;
    uint64_t id = 0;
    expect_words(weir_request_send(context, &request, &id, &error), error);
}

void try_pool(Input &input, weir_handle library, weir_handle queue) {
    auto options = fill<weir_pool_options>(input);
    options.queue = options.queue % 2 == 0 ? 0 : queue;
    options.callback = options.callback == nullptr ? nullptr : ignore;
    weir_error error = WEIR_ERROR_INIT;
    weir_handle pool = 0;
    const weir_status status = weir_pool_create(library, &options, &pool, &error);
    expect_words(status, error);
    if (status != WEIR_OK) {
        return;
    }
    weir_handle context = 0;
    const bool small = options.stack_size <= 1U << 22; // no gigabytes of stack for a test
    if (small && try_context(input, pool, context) == WEIR_OK) {
        try_request(input, context);
    }
    weir_close_report report = WEIR_CLOSE_REPORT_INIT;
    require(weir_pool_close_wait(pool, WEIR_FOREVER, &report) == WEIR_OK, "a pool closes");
}

} // namespace

} // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    using namespace weir::fuzz;
    Input input(data, size);
    weir_handle library = 0;
    weir_handle queue = 0;
    require(weir_library_register(&definition, &library, nullptr) == WEIR_OK, "a library");
    require(weir_queue_create(nullptr, &queue, nullptr) == WEIR_OK, "a queue");
    try_queue(input);
    try_pool(input, library, queue);
    require(weir_queue_close(queue) == WEIR_OK, "no pool is left at the queue");
    require(weir_library_close(library) == WEIR_OK, "the library closes");
    weir_process_stats stats = {};
    stats.struct_size = sizeof stats;
    require(weir_process_stats_get(&stats) == WEIR_OK, "stats");
    require(stats.pools + stats.queues + stats.libraries + stats.contexts == 0, "nothing is left");
    require(stats.payload_bytes == 0 && stats.records == 0, "no record is left");
    return 0;
}
