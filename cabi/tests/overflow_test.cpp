/**
 * Every queue is bounded exactly, says so, drains, and is never stuck; nothing is lost silently.
 */
#include <memory>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;
using weir::testing::Latch;

/** Takes everything out of a queue. Returns how many of `kind`; adds their ids to `*ids`. */
uint64_t drain(weir_handle queue, uint32_t kind, uint64_t *ids = nullptr) {
    uint64_t found = 0;
    weir_record records[64];
    uint32_t count = 1;
    while (count != 0) {
        EXPECT_EQ(weir_queue_drain(queue, records, 64, &count), WEIR_OK);
        for (uint32_t at = 0; at < count; at++) {
            const bool wanted = records[at].kind == kind;
            found += wanted ? 1 : 0;
            if (wanted && ids != nullptr) {
                *ids += records[at].id;
            }
        }
        EXPECT_EQ(weir_records_release(records, count), WEIR_OK);
    }
    return found;
}

/** Blocks the context's worker until it goes out of scope. */
class Blocked {
  public:
    explicit Blocked(weir_handle context) {
        const weir_request request = run_request(pointer_);
        EXPECT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
        EXPECT_TRUE(latch_.wait_for_arrivals(1));
    }
    ~Blocked() {
        latch_.open();
        eventually([this] { return done_.load(); });
    }
    Blocked(const Blocked &) = delete;
    Blocked &operator=(const Blocked &) = delete;

  private:
    Latch latch_;
    std::atomic<bool> done_{false};
    Work work_ = [this](weir_call call, Instance &) {
        latch_.wait();
        weir_call_resolve(call, nullptr, 0);
        done_ = true;
    };
    const Work *pointer_ = &work_;
};

uint64_t send_until_refused(weir_handle context, const weir_request &request,
                            weir_status expected = WEIR_ERR_QUEUE_FULL) {
    uint64_t accepted = 0;
    weir_status status = WEIR_OK;
    while ((status = weir_request_send(context, &request, nullptr, nullptr)) == WEIR_OK) {
        accepted++;
    }
    EXPECT_EQ(status, expected);
    return accepted;
}

constexpr uint64_t most = WEIR_REQUESTS_MAX_DEFAULT;

TEST(Overflow, row_3_4_a_context_takes_4096_requests_and_again_when_they_were_released) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    const weir_request request = make_request(m_echo, "x", 1);
    for (int round = 0; round < 3; round++) {
        {
            const Blocked blocked(context);
            EXPECT_EQ(send_until_refused(context, request), most - 1);
            EXPECT_EQ(send_until_refused(context, request), 0u) << "full is full";
        }
        const auto answered = static_cast<uint64_t>(round + 1) * most;
        EXPECT_TRUE(eventually([&] { return host.stats().responses_ok == answered; }));
        EXPECT_EQ(send_until_refused(context, request), 0u) << "answered, but not released";
        EXPECT_EQ(drain(host.queue, WEIR_RECORD_RESPONSE), most);
    }
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Overflow, row_3_4_a_full_context_does_not_take_room_from_the_next_owner_of_its_slot) {
    Host host(WEIR_DELIVER_QUEUE, [](weir_pool_options &options) { options.max_slots = 1; });
    const weir_request request = make_request(m_echo, "x", 1);
    for (int owner = 0; owner < 3; owner++) {
        const weir_handle context = host.create();
        {
            const Blocked blocked(context);
            EXPECT_EQ(send_until_refused(context, request), most - 1);
            EXPECT_EQ(weir_context_destroy(context), WEIR_OK);
        }
        EXPECT_TRUE(eventually([&] { return host.stats().slots_idle == 1; }));
    }
    EXPECT_EQ(host.stats().responses_closed, 3 * (most - 1));
    EXPECT_EQ(drain(host.queue, WEIR_RECORD_RESPONSE), 3 * most);
}

TEST(Overflow, requests_are_bounded_by_the_sum_of_their_bytes) {
    constexpr uint64_t kib = 1024;
    Host host(WEIR_DELIVER_QUEUE,
              [](weir_pool_options &options) { options.max_request_bytes = 64 * kib; });
    const weir_handle context = host.create();
    const std::string bytes(64 * kib + 1, 'b');
    {
        const Blocked blocked(context);
        EXPECT_EQ(send_until_refused(context, make_request(m_echo, bytes.data(), bytes.size())), 0u)
            << "one byte too many";
        EXPECT_EQ(send_until_refused(context, make_request(m_echo, bytes.data(), 16 * kib)), 4u);
        EXPECT_EQ(send_until_refused(context, make_request(m_echo, bytes.data(), kib)), 0u);
        const weir_request small = make_request(m_echo, "x", 1);
        EXPECT_EQ(weir_request_send(context, &small, nullptr, nullptr), WEIR_OK)
            << "small payloads need no memory of their own";
    }
    EXPECT_TRUE(eventually([&] { return host.stats().responses_ok == 6; }));
    drain(host.queue, WEIR_RECORD_RESPONSE);
    EXPECT_EQ(ask(context, m_echo, bytes.data(), 64 * kib).data.size(), 64 * kib);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Overflow, requests_hold_at_most_64_mib_by_default) {
    constexpr uint64_t mib = 1024 * 1024;
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    const std::string bytes(16 * mib, 'b');
    weir_request request = make_request(m_echo, bytes.data(), bytes.size());
    request.release = [](const void *, size_t, uintptr_t) {}; // borrowed: 64 MiB without memory
    {
        const Blocked blocked(context);
        EXPECT_EQ(send_until_refused(context, request), 4u);
    }
    EXPECT_TRUE(eventually([&] { return host.stats().responses_ok == 5; }));
    drain(host.queue, WEIR_RECORD_RESPONSE);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

// ---- events ----

constexpr uint64_t most_events = WEIR_EVENTS_MAX_DEFAULT;

uint64_t emit_from_worker(weir_handle context, uint64_t count) {
    return ask(context, m_emit, &count, sizeof count).number();
}

TEST(Overflow, row_3_4_a_queue_that_nobody_drains_takes_1024_events_and_counts_the_rest_once) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ(emit_from_worker(context, 3'000), most_events);
        EXPECT_EQ(emit_from_worker(context, 10), 0u) << "still full";
        uint64_t events = 0;
        uint64_t notices = 0;
        uint64_t dropped = 0;
        weir_record records[64];
        uint32_t count = 1;
        while (count != 0) {
            ASSERT_EQ(weir_queue_drain(host.queue, records, 64, &count), WEIR_OK);
            for (uint32_t at = 0; at < count; at++) {
                events += records[at].kind == WEIR_RECORD_EVENT ? 1 : 0;
                const bool notice = records[at].kind == WEIR_RECORD_EVENTS_DROPPED;
                notices += notice ? 1 : 0;
                dropped += notice ? records[at].id : 0;
            }
            weir_records_release(records, count);
        }
        EXPECT_EQ(events, most_events);
        EXPECT_EQ(notices, 1u);
        EXPECT_EQ(dropped, 3'010 - most_events);
    }
    EXPECT_EQ(host.stats().events_emitted, 3 * most_events);
    EXPECT_EQ(host.stats().events_dropped, 3 * (3'010 - most_events));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Overflow, row_T14_a_blocked_listener_loses_nothing_silently) {
    static std::atomic<uint64_t> delivered{0};
    static std::atomic<uint64_t> counted{0};
    static Latch latch;
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t) {
            if (record->kind == WEIR_RECORD_EVENT) {
                latch.wait();
                delivered++;
            } else if (record->kind == WEIR_RECORD_EVENTS_DROPPED) {
                counted += record->id;
            }
        };
    });
    const weir_handle context = host.create();
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
    uint64_t accepted = emit_from_worker(context, 5'000);
    EXPECT_EQ(accepted, most_events);
    latch.open();
    const uint64_t more = scaled(uint64_t{50'000});
    accepted += emit_from_worker(context, more); // while the listener catches up
    EXPECT_TRUE(eventually([&] { return delivered + counted == 5'000 + more; }));
    EXPECT_EQ(delivered, accepted);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Overflow, an_emitter_with_patience_waits_for_the_host_and_drops_nothing) {
    constexpr uint64_t events = 10'000;
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
    std::atomic<uint64_t> refused{0};
    std::thread emitter([&] {
        for (uint64_t number = 0; number < events; number++) {
            refused +=
                weir_emit(context, "e", 1, &number, sizeof number, 10'000) == WEIR_OK ? 0 : 1;
        }
    });
    EXPECT_TRUE(eventually([&] { return host.stats().events_emitted == most_events; }));
    uint64_t seen = 0;
    EXPECT_TRUE(eventually([&] {
        seen += drain(host.queue, WEIR_RECORD_EVENT);
        return seen == events;
    }));
    emitter.join();
    EXPECT_EQ(refused, 0u);
    EXPECT_EQ(host.stats().events_dropped, 0u);
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Overflow, destroy_sends_a_waiting_emitter_away) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    uint64_t listener = 0;
    ASSERT_EQ(weir_context_listen(context, "e", 1, nullptr, 0, &listener), WEIR_OK);
    EXPECT_EQ(emit_from_worker(context, most_events), most_events);
    std::atomic<bool> begun{false};
    weir_status status = WEIR_OK;
    std::thread emitter([&] {
        begun = true;
        status = weir_emit(context, "e", 1, "x", 1, WEIR_FOREVER);
    });
    EXPECT_TRUE(eventually([&] { return begun.load(); }));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    emitter.join();
    EXPECT_EQ(status, WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(drain(host.queue, WEIR_RECORD_EVENT), 0u) << "nobody listens any more";
}

// ---- payload sizes ----

TEST(Overflow, row_T8_payloads_are_taken_whole_or_refused_before_a_byte_is_read) {
    constexpr size_t largest = WEIR_PAYLOAD_MAX_DEFAULT;
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    std::string bytes(largest, '\0');
    for (size_t at = 0; at < bytes.size(); at++) {
        bytes[at] = static_cast<char>(at * 31 + at / 251);
    }
    for (const size_t length :
         {size_t{0}, size_t{1}, size_t{127}, size_t{128}, size_t{129}, size_t{65'535},
          size_t{65'536}, size_t{65'537}, largest - 1, largest}) {
        const Answer answer = ask(context, m_echo, bytes.data(), length);
        EXPECT_EQ(answer.call, WEIR_OK);
        EXPECT_EQ(answer.status, WEIR_OK);
        EXPECT_TRUE(answer.data == bytes.substr(0, length)) << length;
    }
    for (const size_t length : {largest + 1, size_t{0x7fff'ffff}, size_t{0x8000'0000},
                                size_t{0x1'0000'0000}, SIZE_MAX - 1'023, SIZE_MAX}) {
        EXPECT_EQ(ask(context, m_echo, bytes.data(), length).call, WEIR_ERR_TOO_LARGE) << length;
        EXPECT_EQ(weir_emit(context, "e", 1, bytes.data(), length, 0), WEIR_ERR_TOO_LARGE);
    }
    for (const size_t length : {size_t{1}, largest + 1, SIZE_MAX}) {
        EXPECT_EQ(ask(context, m_echo, nullptr, length).call, WEIR_ERR_INVALID_ARGUMENT);
        EXPECT_EQ(weir_emit(context, "e", 1, nullptr, length, 0), WEIR_ERR_INVALID_ARGUMENT);
    }
    EXPECT_EQ(ask(context, m_echo, nullptr, 0).status, WEIR_OK);
    const Work too_long = [&bytes](weir_call call, Instance &) {
        EXPECT_EQ(weir_call_resolve(call, bytes.data(), largest + 1), WEIR_ERR_TOO_LARGE);
        EXPECT_EQ(weir_call_resolve(call, bytes.data(), SIZE_MAX), WEIR_ERR_TOO_LARGE);
        EXPECT_EQ(weir_call_resolve(call, nullptr, 1), WEIR_ERR_INVALID_ARGUMENT);
        EXPECT_EQ(weir_call_resolve(call, "ok", 2), WEIR_OK) << "still to be answered";
    };
    EXPECT_EQ(run_on(context, too_long).data, "ok");
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

} // namespace
