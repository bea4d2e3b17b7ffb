/**
 * Timeouts and cancels: who decides, when, and that exactly one result comes. On the injected
 * clock.
 */
#include "support/timed.hpp"

namespace weir::testing {

class Timeouts : public DeliveryTest {
  protected:
    std::vector<Received> responses() {
        queue.drain_to(recorder);
        return recorder.of_kind(WEIR_RECORD_RESPONSE);
    }

    bool collect_responses(size_t number) { return collect(WEIR_RECORD_RESPONSE, number); }

    void start_block(HostContext &context) {
        Latch *pointer = &latch;
        EXPECT_NE(context.send("block", bytes_of(pointer)), 0u);
        EXPECT_TRUE(latch.wait_for_arrivals(1));
    }

    uint64_t start_async(HostContext &context, uint32_t timeout_ms = 0,
                         std::string_view method = "async") {
        Calls *pointer = &calls;
        const size_t before = calls.size();
        const uint64_t id = context.send(method, bytes_of(pointer), timeout_ms);
        EXPECT_TRUE(calls.wait_for(before + 1));
        return id;
    }

    Calls calls;
    Latch latch;
};

INSTANTIATE_TEST_SUITE_P(Delivery, Timeouts, every_delivery(), delivery_name);

TEST_P(Timeouts, row_4_9_a_running_handler_is_over_on_time_and_its_late_result_dropped) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    const uint64_t id = start_async(context, 700);
    pass_ms(699);
    EXPECT_EQ(responses().size(), 0u);
    EXPECT_EQ(weir_call_remaining_ms(calls.at(0)), 1u);
    EXPECT_EQ(weir_call_is_canceled(calls.at(0)), 0);
    pass_ms(1);
    EXPECT_TRUE(collect_responses(1));
    EXPECT_EQ(responses().front().status, WEIR_ERR_TIMED_OUT);
    EXPECT_EQ(responses().front().id, id);
    EXPECT_EQ(weir_call_remaining_ms(calls.at(0)), 0u);
    EXPECT_EQ(weir_call_is_canceled(calls.at(0)), 1);
    EXPECT_EQ(weir_call_resolve(calls.at(0), "late", 4), WEIR_OK);
    EXPECT_EQ(weir_call_resolve(calls.at(0), "again", 5), WEIR_ERR_STALE_HANDLE);
    EXPECT_TRUE(quiet());
    EXPECT_EQ(responses().size(), 1u);
    EXPECT_EQ(pool.stats().responses_timed_out, 1u);
    EXPECT_EQ(pool.stats().results_dropped, 1u);
    EXPECT_EQ(context.call("echo", "x").body, "x");
}

TEST_P(Timeouts, a_cooperative_handler_is_told) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    start_async(context, 700, "cooperative");
    pass_ms(700);
    EXPECT_TRUE(collect_responses(1));
    EXPECT_TRUE(eventually([&] { return calls.canceled == 1; }));
    EXPECT_EQ(responses().front().status, WEIR_ERR_TIMED_OUT);
}

TEST_P(Timeouts, many_deadlines_each_come_at_their_own_time) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    for (const uint32_t timeout_ms : {500u, 100u, 300u, 200u, 400u}) {
        start_async(context, timeout_ms);
    }
    for (size_t over = 0; over < 5; over++) {
        pass_ms(99);
        EXPECT_EQ(responses().size(), over);
        pass_ms(1);
        EXPECT_TRUE(collect_responses(over + 1));
        EXPECT_EQ(responses().size(), over + 1);
    }
    calls.resolve_all();
}

TEST_P(Timeouts, a_blocking_call_is_over_on_time_queued_or_running) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    Latch *pointer = &latch;
    Response running;
    Response queued;
    std::thread first([&] { running = context.call("block", bytes_of(pointer), 500); });
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    std::thread second([&] { queued = context.call("echo", "x", 800); });
    EXPECT_TRUE(eventually([&] { return process_stats().records == 3; })) << "the call is queued";
    pass_ms(500);
    first.join();
    EXPECT_EQ(running.call, WEIR_OK);
    EXPECT_EQ(running.status, WEIR_ERR_TIMED_OUT);
    pass_ms(300);
    second.join();
    EXPECT_EQ(queued.call, WEIR_OK);
    EXPECT_EQ(queued.status, WEIR_ERR_TIMED_OUT);
    latch.open();
    EXPECT_EQ(context.call("echo", "y").body, "y");
    EXPECT_EQ(recorder.all().size(), 0u);
}

TEST_P(Timeouts, an_answer_in_time_is_the_answer) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    start_async(context, 700);
    pass_ms(699);
    calls.resolve_all("in time");
    EXPECT_TRUE(collect_responses(1));
    pass_ms(1'000);
    EXPECT_EQ(responses().size(), 1u);
    EXPECT_EQ(responses().front().body, "in time");
}

TEST_P(Timeouts, cancel_answers_at_once_and_again_and_again_changes_nothing) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    const uint64_t id = start_async(context);
    for (int time = 0; time < 3; time++) {
        EXPECT_EQ(weir_request_cancel(context.handle(), id), WEIR_OK);
    }
    EXPECT_TRUE(collect_responses(1));
    EXPECT_EQ(responses().front().status, WEIR_ERR_CANCELED);
    calls.resolve_all();
    EXPECT_EQ(weir_request_cancel(context.handle(), id), WEIR_OK);
    EXPECT_TRUE(quiet());
    EXPECT_EQ(responses().size(), 1u);
}

TEST_P(Timeouts, a_host_says_that_the_time_of_a_request_is_over) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    const uint64_t id = start_async(context);
    EXPECT_EQ(weir_call_remaining_ms(calls.at(0)), WEIR_FOREVER);
    EXPECT_EQ(weir_request_expire(context.handle(), id), WEIR_OK);
    EXPECT_EQ(weir_request_expire(context.handle(), id), WEIR_OK) << "again: no effect";
    EXPECT_EQ(weir_request_cancel(context.handle(), id), WEIR_OK) << "it has its response";
    EXPECT_TRUE(collect_responses(1));
    EXPECT_EQ(responses().front().status, WEIR_ERR_TIMED_OUT);
    EXPECT_NE(weir_call_is_canceled(calls.at(0)), 0);
    EXPECT_EQ(weir_call_remaining_ms(calls.at(0)), 0u);
    calls.resolve_all();
    EXPECT_TRUE(quiet());
    EXPECT_EQ(responses().size(), 1u);
}

TEST_P(Timeouts, cancel_of_an_answered_or_unknown_request_has_no_effect) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    const uint64_t id = context.send("echo", "x");
    EXPECT_TRUE(collect_responses(1));
    const uint64_t other = start_async(context);
    for (const uint64_t wrong : {id, uint64_t{0}, uint64_t{1}, UINT64_MAX, other + (1u << 16)}) {
        EXPECT_EQ(weir_request_cancel(context.handle(), wrong), WEIR_OK);
    }
    EXPECT_EQ(weir_call_is_canceled(calls.at(0)), 0);
    EXPECT_EQ(weir_request_cancel(context.handle() + 2, other), WEIR_ERR_STALE_HANDLE);
    calls.resolve_all("mine");
    EXPECT_TRUE(collect_responses(2));
    EXPECT_EQ(responses().back().body, "mine");
}

TEST_P(Timeouts, a_queued_request_that_is_canceled_never_runs) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    start_block(context);
    std::atomic<int> ran{0};
    const Script script = [&](weir_call call) {
        ran++;
        weir_call_resolve(call, nullptr, 0);
    };
    const Script *pointer = &script;
    const uint64_t id = context.send("run", bytes_of(pointer));
    weir_request_cancel(context.handle(), id);
    latch.open();
    EXPECT_TRUE(collect_responses(2));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(ran, 0);
}

/** What a handler was given is its own until it answers, whatever its host does meanwhile. */
TEST_P(Timeouts, the_payload_of_a_canceled_request_stays_until_its_handler_has_answered) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    Calls *pointer = &calls;
    std::atomic<int> released{0};
    weir_request request = make_request("async", bytes_of(pointer));
    request.user_data = recorder.user_data();
    request.release = [](const void *, size_t, uintptr_t user_data) {
        ++*reinterpret_cast<std::atomic<int> *>(user_data);
    };
    request.release_data = reinterpret_cast<uintptr_t>(&released);
    uint64_t id = 0;
    EXPECT_EQ(weir_request_send(context.handle(), &request, &id, nullptr), WEIR_OK);
    EXPECT_TRUE(calls.wait_for(1));
    weir_request_cancel(context.handle(), id);
    EXPECT_TRUE(collect_responses(1));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(released, 0) << "the handler may still read it";
    calls.resolve_all();
    EXPECT_TRUE(eventually([&] { return released == 1; }));
}

TEST_P(Timeouts, a_cancel_callback_set_after_the_cancel_runs_soon_and_once) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    std::atomic<int> told{0};
    std::atomic<int> told_too_early{0};
    const Script script = [&](weir_call call) {
        latch.wait(); // until it is canceled
        const auto tell = [](weir_call canceled, uintptr_t user_data) {
            ++*reinterpret_cast<std::atomic<int> *>(user_data);
            weir_call_reject(canceled, WEIR_ERR_CANCELED, nullptr, 0);
        };
        for (int time = 0; time < 2; time++) {
            weir_call_on_cancel(call, tell, reinterpret_cast<uintptr_t>(&told));
        }
        told_too_early = told.load();
    };
    const Script *pointer = &script;
    const uint64_t id = context.send("run", bytes_of(pointer));
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    weir_request_cancel(context.handle(), id);
    latch.open();
    EXPECT_TRUE(eventually([&] { return told == 1; }));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(told, 1);
    EXPECT_EQ(told_too_early, 0) << "after the handler has returned";
    EXPECT_EQ(responses().size(), 1u);
}

TEST_P(Timeouts, a_cancel_callback_that_was_taken_back_does_not_run) {
    HostPool pool(library, options());
    HostContext context(pool, nullptr, &recorder);
    std::atomic<int> told{0};
    const Script script = [&](weir_call call) {
        const auto tell = [](weir_call, uintptr_t user_data) {
            ++*reinterpret_cast<std::atomic<int> *>(user_data);
        };
        weir_call_on_cancel(call, tell, reinterpret_cast<uintptr_t>(&told));
        weir_call_on_cancel(call, nullptr, 0);
        calls.add(call);
    };
    const Script *pointer = &script;
    const uint64_t id = context.send("run", bytes_of(pointer));
    EXPECT_TRUE(calls.wait_for(1));
    EXPECT_EQ(weir_call_on_cancel(calls.at(0), nullptr, 0), WEIR_ERR_INVALID_ARGUMENT)
        << "not on the worker";
    weir_request_cancel(context.handle(), id);
    EXPECT_TRUE(collect_responses(1));
    EXPECT_TRUE(quiet());
    EXPECT_EQ(told, 0);
    calls.resolve_all();
}

class TimeoutsBehind : public TimedTest {};

TEST_F(TimeoutsBehind, a_request_in_the_queue_of_a_blocked_worker_is_over_on_time) {
    for (const uint32_t delivery : {WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK}) {
        const bool queued = delivery == WEIR_DELIVER_QUEUE;
        Recorder own;
        Latch latch;
        HostPool pool(library, test_options(delivery, queued ? queue.handle() : 0));
        Latch *pointer = &latch;
        HostContext context(pool, nullptr, &own);
        context.send("block", bytes_of(pointer));
        EXPECT_TRUE(latch.wait_for_arrivals(1));
        const uint64_t id = context.send("echo", "x", 300);
        pass_ms(299);
        queue.drain_to(own);
        EXPECT_EQ(own.count(WEIR_RECORD_RESPONSE), 0u);
        pass_ms(1);
        EXPECT_TRUE(queue.collect(own, WEIR_RECORD_RESPONSE, 1));
        EXPECT_EQ(own.of_kind(WEIR_RECORD_RESPONSE).front().id, id);
        EXPECT_EQ(own.of_kind(WEIR_RECORD_RESPONSE).front().status, WEIR_ERR_TIMED_OUT);
        latch.open();
        EXPECT_TRUE(queue.collect(own, WEIR_RECORD_RESPONSE, 2));
    }
}

/** I: cancel race. Ids of one owner, used on the next one of the same slot, hit nothing. */
TEST_F(TimeoutsBehind, t7_a_cancel_never_hits_a_request_of_the_next_owner) {
    weir_pool_options options = queue_options();
    options.max_slots = 1;
    HostPool pool(library, options);
    const int rounds = scaled(1'000);
    constexpr size_t cancels = 100;
    std::vector<uint64_t> ids;
    size_t hits = 0;
    for (int round = 0; round < rounds; round++) {
        Recorder own;
        HostContext context(pool, nullptr, &own);
        std::vector<uint64_t> mine;
        std::thread canceler([&] {
            for (const uint64_t id : ids) {
                weir_request_cancel(context.handle(), id);
            }
        });
        for (size_t request = 0; request < cancels; request++) {
            mine.push_back(context.send("echo", "x"));
        }
        canceler.join();
        ASSERT_TRUE(queue.collect(own, WEIR_RECORD_RESPONSE, cancels));
        for (const Received &response : own.all()) {
            hits += response.status != WEIR_OK ? 1 : 0;
        }
        context.destroy_wait();
        ids = std::move(mine);
    }
    EXPECT_EQ(hits, 0u);
}

} // namespace weir::testing
