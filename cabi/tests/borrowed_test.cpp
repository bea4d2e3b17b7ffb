/**
 * Borrowed payloads are released exactly once, whatever becomes of the request; never when refused.
 */
#include <memory>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;
using weir::testing::Latch;

std::atomic<uint64_t> released{0};
std::atomic<uint64_t> wrong{0};

constexpr char bytes[300] = "borrowed";

void count_release(const void *data, size_t length, uintptr_t user_data) {
    const bool right = data == bytes && length == sizeof bytes && user_data == 42;
    wrong += right ? 0 : 1;
    released++;
}

weir_request borrowed(uint32_t method = m_echo) {
    weir_request request = make_request(method, bytes, sizeof bytes);
    request.release = count_release;
    request.release_data = 42;
    return request;
}

/** What happened to the count of releases while it lived. */
class Released {
  public:
    bool becomes(uint64_t count) const {
        return eventually([&] { return released - before_ == count; });
    }
    uint64_t now() const { return released - before_; }

  private:
    uint64_t before_ = released;
};

void discard(const weir_record *, uintptr_t) {}

class Borrowed : public testing::TestWithParam<uint32_t> {
  protected:
    Borrowed()
        : host_(GetParam(), [](weir_pool_options &options) {
              options.callback = options.delivery == WEIR_DELIVER_QUEUE ? nullptr : discard;
              options.max_requests = 8;
          }) {
        if (host_.queue != 0) {
            collector_ = std::make_unique<Collector>(host_.queue, [](const weir_record &) {});
        }
        context_ = host_.create();
    }

    ~Borrowed() override {
        weir_pool_close_wait(host_.pool, 30'000, nullptr);
        collector_.reset();
        EXPECT_EQ(wrong, 0u);
    }

    Host host_;
    std::unique_ptr<Collector> collector_;
    weir_handle context_ = 0;
};

TEST_P(Borrowed, released_once_when_the_request_succeeds_or_fails) {
    const Released count;
    for (const uint32_t method : {m_echo, m_fail}) {
        const weir_request request = borrowed(method);
        ASSERT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_OK);
    }
    EXPECT_TRUE(count.becomes(2));
    const weir_request request = borrowed();
    EXPECT_EQ(ask(context_, request).data.size(), sizeof bytes);
    EXPECT_TRUE(count.becomes(3));
}

/** Keeps the worker busy, so that what follows stays in the queue. */
struct Busy {
    explicit Busy(weir_handle context) {
        const weir_request request = run_request(pointer);
        EXPECT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
        EXPECT_TRUE(latch.wait_for_arrivals(1));
    }
    ~Busy() {
        latch.open();
        EXPECT_TRUE(eventually([this] { return done.load(); }));
    }
    Latch latch;
    std::atomic<bool> done{false};
    Work work = [this](weir_call call, Instance &) {
        latch.wait();
        weir_call_resolve(call, nullptr, 0);
        done = true;
    };
    const Work *pointer = &work;
};

TEST_P(Borrowed, released_once_when_the_request_is_canceled_in_the_queue) {
    const Released count;
    const weir_request request = borrowed();
    {
        const Busy busy(context_);
        uint64_t id = 0;
        ASSERT_EQ(weir_request_send(context_, &request, &id, nullptr), WEIR_OK);
        ASSERT_EQ(weir_request_cancel(context_, id), WEIR_OK);
    }
    EXPECT_TRUE(count.becomes(1));
}

TEST_P(Borrowed, released_once_when_the_request_times_out_in_the_queue) {
    const Released count;
    weir_request request = borrowed();
    request.timeout_ms = 5;
    {
        const Busy busy(context_);
        ASSERT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_OK);
        EXPECT_TRUE(eventually([&] { return host_.stats().responses_timed_out == 1; }));
    }
    EXPECT_TRUE(count.becomes(1));
}

TEST_P(Borrowed, released_once_when_the_context_is_destroyed) {
    const Released count;
    const weir_request request = borrowed();
    {
        const Busy busy(context_);
        ASSERT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_OK);
        ASSERT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_OK);
        ASSERT_EQ(weir_context_destroy(context_), WEIR_OK);
        EXPECT_EQ(count.now(), 0u);
    }
    EXPECT_TRUE(count.becomes(2));
}

TEST_P(Borrowed, released_once_when_the_library_could_not_be_created) {
    const Released count;
    weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
    options.config = failing_config;
    options.config_length = sizeof failing_config;
    weir_handle failing = 0;
    ASSERT_EQ(weir_context_create(host_.pool, &options, &failing, nullptr), WEIR_OK);
    const weir_request request = borrowed();
    const Answer answer = ask(failing, request);
    EXPECT_EQ(answer.status, WEIR_ERR_CREATE_FAILED);
    EXPECT_EQ(answer.data, "told to");
    EXPECT_TRUE(count.becomes(1));
}

TEST_P(Borrowed, not_released_when_the_request_is_refused) {
    const Released count;
    weir_request request = borrowed(99);
    EXPECT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_ERR_UNKNOWN_METHOD);
    request = borrowed();
    request.length = SIZE_MAX;
    EXPECT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_ERR_TOO_LARGE);
    request = borrowed();
    request.reserved = 1;
    EXPECT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_ERR_INVALID_ARGUMENT);
    request = borrowed();
    EXPECT_EQ(weir_request_send(0, &request, nullptr, nullptr), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(count.now(), 0u);
    {
        const Busy busy(context_);
        const std::vector<weir_request> many(10, request);
        uint32_t accepted = 0;
        EXPECT_EQ(weir_request_send_batch(context_, many.data(), 10, nullptr, &accepted, nullptr),
                  WEIR_ERR_QUEUE_FULL);
        EXPECT_EQ(accepted, 7u); // eight open requests, one of which keeps the worker busy
        EXPECT_EQ(count.now(), 0u);
    }
    EXPECT_TRUE(count.becomes(7));
    EXPECT_EQ(weir_context_destroy_wait(context_, nullptr), WEIR_OK);
    EXPECT_EQ(weir_request_send(context_, &request, nullptr, nullptr), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(count.now(), 7u);
}

TEST_P(Borrowed, a_borrowed_result_is_released_once_when_it_counts_and_when_it_comes_late) {
    const Released count;
    const Work lend = [](weir_call call, Instance &) {
        EXPECT_EQ(weir_call_resolve_borrowed(call, bytes, sizeof bytes, count_release, 42),
                  WEIR_OK);
        EXPECT_EQ(weir_call_resolve_borrowed(call, bytes, sizeof bytes, count_release, 42),
                  WEIR_ERR_STALE_HANDLE);
    };
    EXPECT_EQ(run_on(context_, lend).data.size(), sizeof bytes);
    EXPECT_TRUE(count.becomes(2)) << "one for each answer that was given";
    std::atomic<bool> begun{false};
    std::atomic<bool> ended{false};
    const Work late = [&](weir_call call, Instance &) {
        begun = true;
        EXPECT_TRUE(eventually([&] { return weir_call_is_canceled(call) == 1; }));
        EXPECT_EQ(weir_call_resolve_borrowed(call, bytes, sizeof bytes, count_release, 42),
                  WEIR_OK);
        ended = true;
    };
    const Work *pointer = &late;
    const weir_request request = run_request(pointer);
    uint64_t id = 0;
    ASSERT_EQ(weir_request_send(context_, &request, &id, nullptr), WEIR_OK);
    EXPECT_TRUE(eventually([&] { return begun.load(); }));
    ASSERT_EQ(weir_request_cancel(context_, id), WEIR_OK);
    EXPECT_TRUE(eventually([&] { return ended.load(); }));
    EXPECT_TRUE(count.becomes(3));
}

INSTANTIATE_TEST_SUITE_P(Delivery, Borrowed,
                         testing::Values(WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK,
                                         WEIR_DELIVER_DIRECT));

TEST(BorrowedInRaces, released_once_while_contexts_are_destroyed_under_the_senders) {
    const uint64_t lives = scaled(uint64_t{20'000});
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) { options.max_slots = 4; });
    const Released count;
    std::atomic<weir_handle> target{host.create()};
    std::atomic<uint64_t> accepted{0};
    std::atomic<bool> stop{false};
    std::thread sender([&] {
        const weir_request request = borrowed();
        const weir_request three[] = {request, request, request};
        while (!stop) {
            uint32_t sent = 0;
            weir_request_send_batch(target, three, 3, nullptr, &sent, nullptr);
            accepted += sent;
        }
    });
    for (uint64_t life = 0; life < lives; life++) {
        weir_handle next = 0;
        ASSERT_EQ(weir_context_create_wait(host.pool, nullptr, 10'000, &next, nullptr), WEIR_OK);
        EXPECT_EQ(weir_context_destroy(target.exchange(next)), WEIR_OK);
    }
    stop = true;
    sender.join();
    EXPECT_EQ(weir_pool_close_wait(host.pool, 30'000, nullptr), WEIR_OK);
    EXPECT_EQ(count.now(), accepted);
    EXPECT_EQ(wrong, 0u);
}

} // namespace
