/**
 * abi_sequence.cpp: bytes become a sequence of ABI calls on a few pools, queues and contexts, with
 * handles that are live, dead or no handles at all. At the end everything is closed, and what was
 * promised is counted: see Checker. Time is injected and runs fast, so no bound costs real time.
 */
#include <array>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "author.hpp"
#include "checker.hpp"
#include "support/port_test.hpp"

namespace weir::fuzz {

namespace {

/** Lets the injected time run, about two hundred times as fast as the real one. */
class FastTime {
  public:
    FastTime() : thread_([this] { run(); }) {}

  private:
    [[noreturn]] void run() {
        for (;;) {
            std::this_thread::sleep_for(std::chrono::microseconds(250));
            clock_.advance_ms(50);
        }
    }

    weir::testing::FakeClock clock_;
    std::thread thread_;
};

/** One sequence: what it has made, and what it may still do. */
class Run {
  public:
    Run(const uint8_t *data, size_t size) : input_(data, size) {
        require(weir_library_register(&author::definition, &library_, nullptr) == WEIR_OK, "lib");
        weir_queue_options options = WEIR_QUEUE_OPTIONS_INIT;
        options.spin_us = WEIR_OFF;
        require(weir_queue_create(&options, &queue_, nullptr) == WEIR_OK, "queue");
    }

    void steps() {
        for (uint32_t count = 0; count < steps_max && !input_.empty(); count++) {
            step();
        }
    }

    void finish();

  private:
    static constexpr uint32_t steps_max = 64;
    static constexpr uint32_t pools_max = 3;
    static constexpr uint64_t destroy_bound_us = 800'000; ///< of make_pool's options, and 500 ms
    static constexpr uint32_t slot_never_built = 1023;

    static void on_record(const weir_record *record, uintptr_t user_data);
    static void on_release(const void *data, size_t length, uintptr_t user_data);

    void step();
    void step_context(uint8_t what);
    void step_queue(uint8_t what);
    void make_pool();
    void make_context(uint32_t how);
    void send(uint32_t count);
    void send_and_wait();
    void destroy(bool waiting);
    void drain(bool waiting);
    void release(size_t count);
    void collect_created();
    void use_anything();
    weir_request request(bool may_borrow);
    weir_context_options context_options();

    weir_handle choose(const std::vector<weir_handle> &from) {
        const uint8_t at = input_.byte();
        return from.empty() || at == UINT8_MAX ? input_.number<uint64_t>() : from[at % from.size()];
    }

    Input input_;
    Checker checker_;
    weir_handle library_ = 0;
    weir_handle queue_ = 0;
    std::vector<weir_handle> pools_;    ///< also closed ones
    std::vector<weir_handle> contexts_; ///< also destroyed ones
    std::vector<uint64_t> ids_, listeners_, tickets_;
    std::set<weir_handle> by_callback_; ///< pools and contexts whose records do not wait anywhere
    std::vector<weir_record> held_;     ///< drained and not released
    int64_t lent_ = 0;
    std::atomic<int64_t> returned_{0};
};

void Run::on_record(const weir_record *record, uintptr_t user_data) {
    Run &run = *reinterpret_cast<Run *>(user_data);
    run.checker_.received(*record);
    if (record->id % 5 == 4) {
        weir_context_destroy(record->context); // from its own callback
    }
}

void Run::on_release(const void *, size_t, uintptr_t user_data) {
    reinterpret_cast<Run *>(user_data)->returned_++;
}

void Run::make_pool() {
    if (pools_.size() >= pools_max) {
        return;
    }
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE + input_.byte() % 3U;
    const bool by_queue = options.delivery == WEIR_DELIVER_QUEUE;
    options.queue = by_queue ? queue_ : 0;
    options.callback = by_queue ? nullptr : on_record;
    options.max_slots = 1 + input_.byte() % 3U;
    options.max_uses = input_.byte() % 4U;
    options.max_requests = input_.byte() % 8U;
    options.max_events = input_.byte() % 8U;
    options.drain_ms = input_.byte() % 2 == 0 ? WEIR_OFF : 100;
    options.cancel_ms = 100;
    options.teardown_ms = 200;
    options.wedged_ms = 200;
    options.slow_ms = 100;
    options.check_ms = 50;
    options.spin_us = WEIR_OFF;
    weir_handle pool = 0;
    if (weir_pool_create(library_, &options, &pool, nullptr) == WEIR_OK) {
        pools_.push_back(pool);
        if (!by_queue) {
            by_callback_.insert(pool);
        }
    }
}

weir_context_options Run::context_options() {
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    const Input::Piece config = input_.piece(8);
    options.config = config.data;
    options.config_length = config.length;
    options.user_data = reinterpret_cast<uintptr_t>(this);
    return options;
}

void Run::make_context(uint32_t how) {
    const weir_handle pool = choose(pools_);
    const weir_context_options options = context_options();
    weir_handle context = 0;
    if (how == 2) {
        uint64_t ticket = 0;
        if (weir_context_create_queued(pool, &options, input_.byte(), &ticket, nullptr) ==
            WEIR_OK) {
            checker_.ticket(ticket);
            tickets_.push_back(ticket);
        }
        return;
    }
    const weir_status status =
        how == 0 ? weir_context_create(pool, &options, &context, nullptr)
                 : weir_context_create_wait(pool, &options, input_.byte(), &context, nullptr);
    if (status == WEIR_OK) {
        checker_.opened(context);
        contexts_.push_back(context);
        if (by_callback_.count(pool) != 0) {
            by_callback_.insert(context);
        }
    }
}

void Run::collect_created() {
    for (const weir_handle context : checker_.take_created()) {
        contexts_.push_back(context);
    }
}

weir_request Run::request(bool may_borrow) {
    weir_request request = WEIR_REQUEST_INIT;
    request.method = input_.byte() % 4U;
    request.name = "do";
    request.name_length = input_.byte() % 3U;
    const Input::Piece data = input_.piece(255);
    request.data = data.data;
    request.length = data.length;
    request.timeout_ms = input_.byte() % 2 == 0 ? 0 : 1 + input_.byte();
    request.user_data = reinterpret_cast<uintptr_t>(this);
    if (may_borrow && input_.byte() % 2 == 0) {
        request.release = on_release;
        request.release_data = reinterpret_cast<uintptr_t>(this);
    }
    return request;
}

void Run::send(uint32_t count) {
    std::array<weir_request, 4> requests{};
    std::array<uint64_t, 4> ids{};
    for (uint32_t at = 0; at < count; at++) {
        requests.at(at) = request(true);
    }
    const weir_handle context = choose(contexts_);
    uint32_t accepted = 0;
    weir_request_send_batch(context, requests.data(), count, ids.data(), &accepted, nullptr);
    require(accepted <= count, "no more are accepted than were sent");
    for (uint32_t at = 0; at < accepted; at++) {
        checker_.accepted(context, ids.at(at));
        ids_.push_back(ids.at(at));
        lent_ += requests.at(at).release != nullptr ? 1 : 0;
    }
}

void Run::send_and_wait() {
    weir_request asked = request(false);
    asked.timeout_ms = 1 + input_.byte();
    weir_record record{};
    if (weir_request_wait(choose(contexts_), &asked, &record, nullptr) == WEIR_OK) {
        require(weir_records_release(&record, 1) == WEIR_OK, "a record is released");
        weir_records_release(&record, 1); // again
    }
}

void Run::destroy(bool waiting) {
    const weir_handle context = choose(contexts_);
    if (!waiting) {
        weir_context_destroy(context);
        return;
    }
    weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
    const weir_status status = weir_context_destroy_wait(context, &report);
    if (status == WEIR_OK && report.callbacks_running == 0 && by_callback_.count(context) != 0) {
        checker_.silenced(context);
    }
    if (report.took_us >= destroy_bound_us) {
        checker_.given_up(context);
    }
    require(weir_context_destroy(context) == WEIR_ERR_STALE_HANDLE, "a handle is dead at once");
}

void Run::drain(bool waiting) {
    std::array<weir_record, 8> records{};
    const uint32_t capacity = 1 + input_.byte() % 8U;
    uint32_t count = 0;
    const weir_status status =
        waiting ? weir_queue_wait(queue_, records.data(), capacity, input_.byte(), &count)
                : weir_queue_drain(queue_, records.data(), capacity, &count);
    require(status == WEIR_OK || count == 0, "a failed drain takes nothing");
    for (uint32_t at = 0; at < count; at++) {
        checker_.received(records.at(at));
        held_.push_back(records.at(at));
    }
}

void Run::release(size_t count) {
    count = count < held_.size() ? count : held_.size();
    weir_records_release(held_.data() + held_.size() - count, static_cast<uint32_t>(count));
    weir_records_release(held_.data() + held_.size() - count, static_cast<uint32_t>(count));
    held_.resize(held_.size() - count);
}

/** A number of any kind, wherever a handle is wanted. */
void Run::use_anything() {
    weir_handle any = input_.number<uint64_t>();
    if (input_.byte() % 2 == 0) {
        any = choose(contexts_) ^ uint64_t { 1 } << input_.byte() % 64U;
    }
    for (const weir_handle real : contexts_) {
        if (any == real) {
            return;
        }
    }
    for (const weir_handle real : pools_) {
        if (any == real) {
            return;
        }
    }
    if (any == queue_ || any == library_) {
        return;
    }
    weir_record record{};
    uint32_t count = 0;
    uint64_t number = 0;
    int descriptor = -1;
    int socket = -1;
    const weir_request asked = WEIR_REQUEST_INIT;
    weir_pool_stats stats = {};
    stats.struct_size = sizeof stats;
    const std::array<weir_status, 14> results = {
        weir_context_destroy(any),
        weir_context_destroy_wait(any, nullptr),
        weir_request_send(any, &asked, &number, nullptr),
        weir_request_cancel(any, number),
        weir_request_expire(any, number),
        weir_context_listen(any, nullptr, 0, nullptr, 0, &number),
        weir_context_unlisten(any, number),
        weir_pool_close(any),
        weir_pool_stats_get(any, &stats),
        weir_queue_drain(any, &record, 1, &count),
        weir_queue_close(any),
        weir_queue_fd(any, &descriptor),
        weir_queue_socket(any, &socket),
        weir_library_close(any),
    };
    for (const weir_status result : results) {
        require(result == WEIR_ERR_STALE_HANDLE, "what is no handle is refused");
    }
    record.token = input_.number<uint64_t>() | uint64_t{slot_never_built} << 53;
    weir_records_release(&record, 1);
    weir_call_resolve(record.token, nullptr, 0);
}

void Run::step_context(uint8_t what) {
    switch (what) {
    case 0:
    case 1: return make_context(0);
    case 2: return make_context(1);
    case 3: return make_context(2);
    case 4: return destroy(false);
    case 5: return destroy(true);
    case 6:
    case 7: return send(1);
    case 8: return send(1 + input_.byte() % 4U);
    case 9: return send_and_wait();
    case 10: {
        const auto end = input_.byte() % 2 == 0 ? weir_request_cancel : weir_request_expire;
        end(choose(contexts_), choose(ids_));
        return;
    }
    case 11: {
        uint64_t listener = 0;
        const bool all = input_.byte() % 2 == 0;
        weir_context_listen(choose(contexts_), all ? nullptr : "tick", all ? 0 : 4, nullptr,
                            reinterpret_cast<uintptr_t>(this), &listener);
        listeners_.push_back(listener);
        return;
    }
    default: weir_context_unlisten(choose(contexts_), choose(listeners_)); return;
    }
}

void Run::step_queue(uint8_t what) {
    switch (what) {
    case 0: return drain(false);
    case 1: return drain(true);
    case 2: weir_queue_wake(queue_); return;
    case 3: return release(input_.byte());
    case 4: {
        int descriptor = -1;
        require(weir_queue_fd(queue_, &descriptor) == WEIR_OK && descriptor >= 0, "a descriptor");
        return;
    }
    case 5: weir_pool_close(choose(pools_)); return;
    case 6: weir_pool_prewarm(choose(pools_), input_.byte() % 4U, nullptr); return;
    case 7: weir_context_create_cancel(choose(pools_), choose(tickets_)); return;
    case 8: return use_anything();
    case 9: return kept_calls.answer_all();
    default: return make_pool();
    }
}

void Run::step() {
    const uint8_t what = input_.byte() % 24;
    what < 13 ? step_context(what) : step_queue(static_cast<uint8_t>(what - 13));
    collect_created();
}

/** Close everything; handlers that never answered do so after their contexts are over. */
void Run::finish() {
    for (const weir_handle pool : pools_) {
        weir_pool_close(pool);
    }
    weir_process_stats stats = {};
    stats.struct_size = sizeof stats;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    bool done = false;
    while (!done && std::chrono::steady_clock::now() < end) {
        weir_process_stats_get(&stats); // before the drain, which takes what came until then
        std::array<weir_record, 8> records{};
        uint32_t count = 0;
        weir_queue_drain(queue_, records.data(), 8, &count);
        for (uint32_t at = 0; at < count; at++) {
            checker_.received(records.at(at));
        }
        weir_records_release(records.data(), count);
        release(held_.size());
        if (stats.contexts == 0) {
            kept_calls.answer_all();
        }
        done = count == 0 && stats.pools == 0 && stats.slots == 0 && stats.records == 0;
        if (!done && count == 0) {
            std::this_thread::sleep_for(std::chrono::microseconds(50));
        }
    }
    if (!done) {
        fprintf(stderr, "pools %u, slots %u, contexts %u, instances %u, jobs %u\n", stats.pools,
                stats.slots, stats.contexts, stats.instances, stats.jobs);
    }
    require(done, "everything closes in time");
    checker_.finish();
    require(returned_ == lent_, "what was lent is given back, once");
    require(instances == 0 && stats.instances == 0, "each instance was destroyed");
    require(stats.jobs == 0 && stats.payload_bytes == 0, "no job and no payload is left");
    require(weir_queue_close(queue_) == WEIR_OK && weir_library_close(library_) == WEIR_OK, "end");
}

} // namespace

} // namespace weir::fuzz

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static auto *time = new weir::fuzz::FastTime; // its thread never ends
    (void)time;
    weir::fuzz::Run run(data, size);
    run.steps();
    run.finish();
    return 0;
}
