/**
 * Row T25: a scenario with each single call to the system failing in turn: memory, threads,
 * descriptors. Every function says so or succeeds; nothing hangs and nothing is lost.
 */
#include <memory>

#include <unistd.h>

#include "support/port_test.hpp"
#include "support/stress.hpp"

namespace {

using namespace weir::stress;
using weir::testing::calls;
using weir::testing::clear_faults;
using weir::testing::Fault;
using weir::testing::inject;
using weir::testing::live_allocations;

bool is_refusal(weir_status status) {
    return status == WEIR_ERR_NO_MEMORY || status == WEIR_ERR_NO_RESOURCES;
}

/** One walk through everything. Its functions may fail for want of something, and only so. */
class Scenario {
  public:
    explicit Scenario(uint32_t delivery) : delivery_(delivery) {}

    /** Returns whether every function succeeded. */
    bool walk() {
        const weir_library_definition defined = definition();
        if (accept(weir_library_register(&defined, &library_, nullptr))) {
            with_library();
            EXPECT_EQ(weir_library_close(library_), WEIR_OK);
        }
        return complete_;
    }

  private:
    bool accept(weir_status status) {
        EXPECT_TRUE(status == WEIR_OK || is_refusal(status)) << weir_status_name(status);
        complete_ = complete_ && status == WEIR_OK;
        return status == WEIR_OK;
    }

    void with_library() {
        weir_handle queue = 0;
        weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
        options.delivery = delivery_;
        options.max_slots = 2;
        options.drain_ms = 300;
        options.cancel_ms = 300;
        if (delivery_ == WEIR_DELIVER_QUEUE) {
            if (!accept(weir_queue_create(nullptr, &queue, nullptr))) {
                return;
            }
            int descriptor = -1;
            accept(weir_queue_fd(queue, &descriptor));
            int socket = -1;
            if (accept(weir_queue_socket(queue, &socket))) {
                close(socket);
            }
            options.queue = queue;
        } else {
            options.callback = [](const weir_record *, uintptr_t) {};
        }
        if (accept(weir_pool_create(library_, &options, &pool_, nullptr))) {
            accept(weir_pool_prewarm(pool_, 1, nullptr));
            with_context();
            with_ticket();
            EXPECT_EQ(weir_pool_close_wait(pool_, 20'000, nullptr), WEIR_OK);
        }
        if (queue != 0) {
            EXPECT_EQ(weir_queue_close(queue), WEIR_OK);
        }
    }

    void with_context() {
        const std::string config(300, 'c');
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.config = config.data();
        options.config_length = config.size();
        weir_handle context = 0;
        if (!accept(weir_context_create(pool_, &options, &context, nullptr))) {
            return;
        }
        uint64_t listener = 0;
        accept(weir_context_listen(context, "e", 1, nullptr, 0, &listener));
        const std::string payload(300, 'p');
        const weir_request request = make_request(m_echo, payload.data(), payload.size());
        accept(weir_request_send(context, &request, nullptr, nullptr));
        const weir_request batch[] = {request, request, request};
        uint32_t accepted = 0;
        accept(weir_request_send_batch(context, batch, 3, nullptr, &accepted, nullptr));
        answer_of(ask(context, request));
        const Work work = [this, &payload](weir_call call, Instance &instance) {
            accept(weir_emit(instance.handle, "e", 1, payload.data(), payload.size(), 0));
            const auto answer = [](weir_call offloaded, uintptr_t) {
                weir_call_resolve(offloaded, "done", 4);
            };
            if (!accept(weir_offload(call, [](weir_call, uintptr_t) {}, answer, 0))) {
                weir_call_reject(call, WEIR_ERR_HANDLER, payload.data(), payload.size());
            }
        };
        answer_of(run_on(context, work));
        EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    }

    void answer_of(const Answer &answer) {
        if (accept(answer.call)) {
            EXPECT_TRUE(answer.status == WEIR_OK || is_refusal(answer.status) ||
                        answer.status == WEIR_ERR_HANDLER)
                << weir_status_name(answer.status);
            complete_ = complete_ && answer.status == WEIR_OK;
        }
    }

    void with_ticket() {
        uint64_t ticket = 0;
        if (accept(weir_context_create_queued(pool_, nullptr, 1'000, &ticket, nullptr))) {
            EXPECT_EQ(weir_context_create_cancel(pool_, ticket), WEIR_OK);
        }
    }

    uint32_t delivery_;
    weir_handle library_ = 0;
    weir_handle pool_ = 0;
    std::atomic<bool> complete_{true};
};

/** Freed records keep small buffers for the next payload: how many, depends on who was faster. */
constexpr int64_t kept_buffers = 12;

void expect_nothing_left(int64_t allocations) {
    EXPECT_TRUE(eventually([&] {
        const weir_process_stats live = live_objects();
        return live.slots + live.pools + live.queues + live.libraries + live.contexts +
                       live.instances + live.jobs ==
                   0 &&
               live.records == 0 && live.payload_bytes == 0;
    }));
    EXPECT_LE(live_allocations(), allocations + kept_buffers);
    EXPECT_EQ(constructed, destructed);
}

class Oom : public testing::TestWithParam<std::tuple<Fault, uint32_t>> {};

TEST_P(Oom, row_T25_whichever_call_fails_is_reported_and_nothing_is_lost) {
    const auto [fault, delivery] = GetParam();
    // What stays for good (memory of slots and their records) is there after this.
    for (int round = 0; round < 3; round++) {
        EXPECT_TRUE(Scenario(delivery).walk());
    }
    expect_nothing_left(INT32_MAX);
    const int64_t allocations = live_allocations();
    constexpr uint32_t most = 500;
    uint32_t nth = 1;
    for (; nth <= most; nth++) {
        SCOPED_TRACE("failing call " + std::to_string(nth));
        clear_faults();
        inject(fault, nth);
        Scenario(delivery).walk();
        const bool reached = calls(fault) >= nth;
        clear_faults();
        expect_nothing_left(allocations);
        if (!reached || HasFailure()) {
            break;
        }
    }
    EXPECT_LT(nth, most);
    EXPECT_TRUE(Scenario(delivery).walk()) << "everything works again";
    expect_nothing_left(allocations);
}

TEST_P(Oom, row_T25_everything_works_again_after_a_time_in_which_all_calls_failed) {
    const auto [fault, delivery] = GetParam();
    EXPECT_TRUE(Scenario(delivery).walk());
    const int64_t allocations = live_allocations();
    for (uint32_t nth = 1; nth < 40; nth += 3) {
        SCOPED_TRACE("failing from call " + std::to_string(nth));
        clear_faults();
        inject(fault, nth, UINT32_MAX);
        Scenario(delivery).walk();
        clear_faults();
        expect_nothing_left(allocations);
        if (HasFailure()) {
            return;
        }
    }
    EXPECT_TRUE(Scenario(delivery).walk());
}

INSTANTIATE_TEST_SUITE_P(Faults, Oom,
                         testing::Combine(testing::Values(Fault::allocate, Fault::thread_start,
                                                          Fault::descriptor),
                                          testing::Values(WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK,
                                                          WEIR_DELIVER_DIRECT)));

} // namespace
