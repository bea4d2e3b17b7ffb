/** The next owner of a slot sees nothing of the last one. */
#include <memory>
#include <mutex>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;
using weir::testing::Latch;

/** Everything that a host sees, in order. */
class Log {
  public:
    struct Entry {
        uint32_t kind;
        weir_status status;
        weir_handle context;
        uintptr_t user_data;
    };

    void add(const weir_record &record) {
        const std::lock_guard lock(mutex_);
        entries_.push_back({record.kind, record.status, record.context, record.user_data});
    }

    static void callback(const weir_record *record, uintptr_t) { current->add(*record); }

    uint64_t count(uint32_t kind, uintptr_t user_data) {
        const std::lock_guard lock(mutex_);
        uint64_t found = 0;
        for (const Entry &entry : entries_) {
            found += entry.kind == kind && entry.user_data == user_data ? 1 : 0;
        }
        return found;
    }

    static inline Log *current = nullptr;

  private:
    std::mutex mutex_;
    std::vector<Entry> entries_;
};

constexpr uintptr_t of_a = 0xa;
constexpr uintptr_t of_b = 0xb;

class Isolation : public testing::TestWithParam<uint32_t> {
  protected:
    Isolation()
        : host_(GetParam(), [](weir_pool_options &options) {
              options.max_slots = 1;
              options.drain_ms = 100;
              options.callback = options.delivery == WEIR_DELIVER_QUEUE ? nullptr : Log::callback;
          }) {
        Log::current = &log_;
    }

    ~Isolation() override {
        weir_pool_close_wait(host_.pool, 30'000, nullptr);
        collect();
    }

    /** For queue delivery: only now does the host look. */
    void collect() {
        weir_record records[64];
        uint32_t count = host_.queue == 0 ? 0 : 1;
        while (count != 0) {
            ASSERT_EQ(weir_queue_drain(host_.queue, records, 64, &count), WEIR_OK);
            for (uint32_t at = 0; at < count; at++) {
                log_.add(records[at]);
            }
            weir_records_release(records, count);
        }
    }

    uint64_t listen(weir_handle context, uintptr_t user_data) {
        uint64_t listener = 0;
        EXPECT_EQ(weir_context_listen(context, "e", 1, nullptr, user_data, &listener), WEIR_OK);
        return listener;
    }

    uint64_t emit_on(weir_handle context, uint64_t events) {
        return ask(context, m_emit, &events, sizeof events).number();
    }

    bool seen(uint32_t kind, uintptr_t user_data, uint64_t count) {
        return eventually([&] {
            collect();
            return log_.count(kind, user_data) == count;
        });
    }

    Log log_;
    Host host_;
};

TEST_P(Isolation, row_3_14_none_of_a_thousand_queued_events_reaches_the_next_owner) {
    const weir_handle a = host_.create(of_a);
    const uint64_t listener_a = listen(a, of_a);
    EXPECT_EQ(emit_on(a, 1'000), 1'000u);
    ASSERT_EQ(weir_context_destroy_wait(a, nullptr), WEIR_OK);
    const uint64_t before = log_.count(WEIR_RECORD_EVENT, of_a);
    const weir_handle b = host_.create(of_b);
    const uint64_t listener_b = listen(b, of_b);
    EXPECT_GT(listener_b, listener_a) << "listener ids never repeat";
    EXPECT_EQ(weir_context_unlisten(b, listener_a), WEIR_ERR_INVALID_ARGUMENT);
    EXPECT_EQ(emit_on(b, 10), 10u);
    EXPECT_TRUE(seen(WEIR_RECORD_EVENT, of_b, 10));
    EXPECT_EQ(log_.count(WEIR_RECORD_EVENT, of_a), before) << "an event of A after its end";
    if (GetParam() == WEIR_DELIVER_QUEUE) {
        EXPECT_EQ(before, 0u);
    }
}

TEST_P(Isolation, a_listener_of_the_last_owner_hears_nothing_of_the_next) {
    const weir_handle a = host_.create(of_a);
    listen(a, of_a);
    ASSERT_EQ(weir_context_destroy_wait(a, nullptr), WEIR_OK);
    const weir_handle b = host_.create(of_b);
    EXPECT_EQ(emit_on(b, 100), 100u);
    listen(b, of_b);
    EXPECT_EQ(emit_on(b, 1), 1u);
    EXPECT_TRUE(seen(WEIR_RECORD_EVENT, of_b, 1));
    EXPECT_EQ(log_.count(WEIR_RECORD_EVENT, of_a), 0u);
}

TEST_P(Isolation, row_T7_a_hundred_times_a_cancel_of_the_last_owner_hits_nothing_of_the_next) {
    for (uint64_t round = 0; round < scaled(uint64_t{100}); round++) {
        const weir_handle a = host_.create(of_a);
        std::vector<uint64_t> ids(100);
        for (uint64_t &id : ids) {
            const weir_request request = make_request(m_echo, "a", 1, of_a);
            ASSERT_EQ(weir_request_send(a, &request, &id, nullptr), WEIR_OK);
        }
        ASSERT_EQ(weir_context_destroy_wait(a, nullptr), WEIR_OK);
        collect();
        const weir_handle b = host_.create(of_b);
        Latch latch;
        const Work work = [&](weir_call call, Instance &) {
            latch.wait();
            weir_call_resolve(call, nullptr, 0);
        };
        const Work *pointer = &work;
        for (uint64_t at = 0; at < 100; at++) { // the same records, still open
            const weir_request request = run_request(pointer, of_b);
            ASSERT_EQ(weir_request_send(b, &request, nullptr, nullptr), WEIR_OK);
        }
        for (const uint64_t id : ids) {
            EXPECT_EQ(weir_request_cancel(a, id), WEIR_ERR_STALE_HANDLE);
            EXPECT_EQ(weir_request_cancel(b, id), WEIR_OK) << "an id of nobody any more";
        }
        latch.open();
        EXPECT_TRUE(seen(WEIR_RECORD_RESPONSE, of_b, (round + 1) * 100));
        ASSERT_EQ(weir_context_destroy_wait(b, nullptr), WEIR_OK);
    }
    EXPECT_EQ(host_.stats().responses_canceled, 0u);
}

TEST_P(Isolation, a_timeout_of_the_last_owner_ends_nothing_of_the_next) {
    const weir_handle a = host_.create(of_a);
    for (int at = 0; at < 100; at++) {
        weir_request request = make_request(m_echo, "a", 1, of_a);
        request.timeout_ms = 30;
        ASSERT_EQ(weir_request_send(a, &request, nullptr, nullptr), WEIR_OK);
    }
    ASSERT_EQ(weir_context_destroy_wait(a, nullptr), WEIR_OK);
    collect();
    const weir_handle b = host_.create(of_b);
    const Work work = [](weir_call call, Instance &) {
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
        EXPECT_EQ(weir_call_is_canceled(call), 0);
        weir_call_resolve(call, nullptr, 0);
    };
    const Work *pointer = &work;
    for (int at = 0; at < 50; at++) {
        const weir_request request = run_request(pointer, of_b);
        ASSERT_EQ(weir_request_send(b, &request, nullptr, nullptr), WEIR_OK);
    }
    EXPECT_TRUE(seen(WEIR_RECORD_RESPONSE, of_b, 50));
    EXPECT_EQ(ask(b, m_echo).status, WEIR_OK);
    EXPECT_EQ(host_.stats().responses_timed_out, 0u);
}

TEST_P(Isolation, a_late_answer_to_the_last_owner_answers_nothing_of_the_next) {
    const weir_handle a = host_.create(of_a);
    weir_call kept = 0;
    const Work keep = [&](weir_call call, Instance &) {
        kept = call;
        weir_call_resolve(call, "a", 1);
    };
    EXPECT_EQ(run_on(a, keep).data, "a");
    ASSERT_EQ(weir_context_destroy_wait(a, nullptr), WEIR_OK);
    const weir_handle b = host_.create(of_b);
    const Work answer = [&](weir_call call, Instance &) {
        EXPECT_EQ(weir_call_resolve(kept, "of a", 4), WEIR_ERR_STALE_HANDLE);
        EXPECT_EQ(weir_call_reject(kept, WEIR_ERR_HANDLER, "of a", 4), WEIR_ERR_STALE_HANDLE);
        EXPECT_EQ(weir_call_instance(kept), 0u);
        EXPECT_EQ(weir_emit(a, "e", 1, "x", 1, 0), WEIR_ERR_STALE_HANDLE);
        weir_call_resolve(call, "b", 1);
    };
    for (int round = 0; round < 100; round++) {
        EXPECT_EQ(run_on(b, answer).data, "b");
    }
}

TEST_P(Isolation, a_thousand_creates_that_fail_leave_the_pool_usable) {
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    options.config = failing_config;
    options.config_length = sizeof failing_config;
    const uint64_t rounds = scaled(uint64_t{1'000});
    const uint64_t destructed_before = destructed;
    for (uint64_t round = 0; round < rounds; round++) {
        weir_handle failing = 0;
        ASSERT_EQ(weir_context_create(host_.pool, &options, &failing, nullptr), WEIR_OK);
        for (int again = 0; again < 2; again++) {
            const Answer answer = ask(failing, m_echo, "x", 1);
            ASSERT_EQ(answer.call, WEIR_OK);
            ASSERT_EQ(answer.status, WEIR_ERR_CREATE_FAILED);
            ASSERT_EQ(answer.data, "told to");
        }
        ASSERT_EQ(weir_context_destroy_wait(failing, nullptr), WEIR_OK);
    }
    EXPECT_EQ(host_.stats().creates_failed, rounds);
    EXPECT_EQ(host_.stats().slots_built, 1u);
    const weir_handle good = host_.create();
    EXPECT_EQ(ask(good, m_echo, "x", 1).data, "x") << "no reason of others sticks";
    EXPECT_EQ(destructed, destructed_before) << "an instance that was never made is not destroyed";
}

INSTANTIATE_TEST_SUITE_P(Delivery, Isolation,
                         testing::Values(WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK,
                                         WEIR_DELIVER_DIRECT));

TEST(IsolationOfSlots, row_3_13_each_instance_that_is_made_is_destroyed_once_after_10000_mixes) {
    const uint64_t cycles = scaled(uint64_t{10'000});
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) { options.max_slots = 4; });
    uint64_t failing = 0;
    for (uint64_t cycle = 0; cycle < cycles; cycle++) {
        const uint64_t number = cycle;
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        const bool fails = cycle % 7 == 0;
        options.config = fails ? static_cast<const void *>(failing_config) : &number;
        options.config_length = fails ? sizeof failing_config : sizeof number;
        weir_handle context = 0;
        ASSERT_EQ(weir_context_create_wait(host.pool, &options, 10'000, &context, nullptr),
                  WEIR_OK);
        if (cycle % 3 == 0) { // else many are destroyed before they were made
            const Answer answer = ask(context, m_canary);
            EXPECT_EQ(answer.status, fails ? WEIR_ERR_CREATE_FAILED : WEIR_OK);
            EXPECT_TRUE(fails || answer.number() == number);
            failing += fails ? 1 : 0;
        }
        ASSERT_EQ(weir_context_destroy(context), WEIR_OK);
    }
    ASSERT_EQ(weir_pool_close_wait(host.pool, 30'000, nullptr), WEIR_OK);
    EXPECT_EQ(constructed, destructed);
    EXPECT_GT(constructed, cycles / 4);
    EXPECT_GT(failing, 0u);
}

TEST(IsolationOfSlots, an_owner_that_came_and_went_behind_a_blocked_callback_costs_no_slot) {
    static Latch latch;
    static std::atomic<bool> block{true};
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) {
        options.max_slots = 1;
        options.drain_ms = 20;
        options.cancel_ms = 20;
        options.teardown_ms = 20;
        options.callback = [](const weir_record *record, uintptr_t) {
            if (record->kind == WEIR_RECORD_DESTROYED && block.exchange(false)) {
                latch.wait();
            }
        };
    });
    const weir_handle first = host.create();
    ASSERT_EQ(weir_context_destroy(first), WEIR_OK);
    ASSERT_TRUE(latch.wait_for_arrivals(1)); // the worker is in the callback, its slot idle
    const weir_handle second = host.create();
    weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
    ASSERT_EQ(weir_context_destroy_wait(second, &report), WEIR_OK);
    EXPECT_EQ(host.stats().slots_quarantined, 1u);
    latch.open();
    ASSERT_TRUE(eventually([&] { return host.stats().slots_idle == 1; }));
    const weir_handle third = host.create();
    EXPECT_EQ(ask(third, m_echo, "x", 1).data, "x");
    EXPECT_EQ(host.stats().slots_built, 1u);
}

TEST(Isolation, options_of_environments_are_refused_for_a_native_library) {
    const Host host(WEIR_DELIVER_QUEUE);
    const auto refusal = [&](auto change) {
        weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
        options.delivery = WEIR_DELIVER_QUEUE;
        options.queue = host.queue;
        change(options);
        weir_handle pool = 0;
        weir_error error = WEIR_ERROR_INIT;
        EXPECT_EQ(weir_pool_create(host.library, &options, &pool, &error),
                  WEIR_ERR_INVALID_ARGUMENT);
        const std::string words = error.message;
        return words.substr(0, words.find(':'));
    };
    EXPECT_EQ(refusal([](auto &options) { options.isolation = WEIR_ISOLATION_ENVIRONMENT; }),
              "isolation");
    EXPECT_EQ(refusal([](auto &options) { options.heap_limit_mb = 64; }), "heap_limit_mb");
}

} // namespace
