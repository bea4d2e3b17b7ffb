/** Rows T19, T21, 2.13: signals, names and the death of host threads. */
#include <csignal>
#include <memory>

#include <pthread.h>
#include <sys/time.h>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;
using weir::testing::Latch;

uint64_t blocked_signals(const std::string &thread) {
    const std::string status = read_text("/proc/self/task/" + thread + "/status");
    const size_t at = status.find("SigBlk:");
    return at == std::string::npos ? 0 : std::stoull(status.substr(at + 7), nullptr, 16);
}

uint64_t signal_bit(int number) { return uint64_t{1} << (number - 1); }

TEST(Signals, row_T19_every_thread_of_the_library_blocks_all_but_synchronous_ones) {
    Host host(WEIR_DELIVER_CALLBACK);
    const weir_handle context = host.create();
    Latch latch;
    const Work offloading = [&](weir_call call, Instance &) {
        const auto work = [](weir_call offloaded, uintptr_t user_data) {
            reinterpret_cast<Latch *>(user_data)->wait();
            weir_call_resolve(offloaded, nullptr, 0);
        };
        EXPECT_EQ(weir_offload(call, work, nullptr, reinterpret_cast<uintptr_t>(&latch)), WEIR_OK);
    };
    const Work *pointer = &offloading;
    const weir_request request = run_request(pointer);
    ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
    ASSERT_TRUE(latch.wait_for_arrivals(1));
    uint64_t ticket = 0; // starts the thread that keeps tickets
    ASSERT_EQ(weir_context_create_queued(host.pool, nullptr, 10'000, &ticket, nullptr), WEIR_OK);
    std::vector<WeirThread> found; // two slots, a job and the keeper; a new thread is named soon
    ASSERT_TRUE(eventually([&] {
        found = weir_threads();
        return found.size() == 6;
    }));
    uint64_t asynchronous = ~uint64_t{0};
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGKILL,
                             SIGSTOP, 32, 33}) { // 32 and 33 are the C library's own
        asynchronous &= ~signal_bit(number);
    }
    for (const WeirThread &thread : found) {
        const uint64_t blocked = blocked_signals(thread.id);
        EXPECT_EQ(blocked & asynchronous, asynchronous) << thread.name;
        for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP}) {
            EXPECT_EQ(blocked & signal_bit(number), 0u) << thread.name << " " << number;
        }
    }
    latch.open();
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

TEST(Signals, row_T19_no_handler_is_installed) {
    struct sigaction before[65] = {};
    for (int number = 1; number <= 64; number++) {
        sigaction(number, nullptr, &before[number]);
    }
    Host host(WEIR_DELIVER_CALLBACK);
    EXPECT_EQ(ask(host.create(), m_echo).status, WEIR_OK);
    for (int number = 1; number <= 64; number++) {
        struct sigaction now = {};
        sigaction(number, nullptr, &now);
        EXPECT_EQ(now.sa_handler, before[number].sa_handler) << number;
        EXPECT_EQ(now.sa_flags, before[number].sa_flags) << number;
    }
}

TEST(Signals, row_T19_an_alarm_each_millisecond_disturbs_no_call) {
    static std::atomic<uint64_t> alarms{0};
    struct sigaction action = {};
    action.sa_handler = [](int) { alarms++; };
    ASSERT_EQ(sigaction(SIGALRM, &action, nullptr), 0);
    const itimerval each_ms = {.it_interval = {0, 1'000}, .it_value = {0, 1'000}};
    const itimerval never = {};
    ASSERT_EQ(setitimer(ITIMER_REAL, &each_ms, nullptr), 0);
    {
        Host host(WEIR_DELIVER_QUEUE, [](weir_pool_options &options) { options.max_slots = 2; });
        std::vector<std::thread> threads;
        std::atomic<uint64_t> failed{0};
        const auto began = Clock::now();
        for (int me = 0; me < 4; me++) {
            threads.emplace_back([&] {
                while (elapsed_ms(began) < 500) {
                    weir_handle context = 0;
                    failed += weir_context_create_wait(host.pool, nullptr, 10'000, &context,
                                                       nullptr) == WEIR_OK
                                  ? 0
                                  : 1;
                    failed += ask(context, m_echo, "x", 1).data == "x" ? 0 : 1;
                    failed += weir_context_destroy_wait(context, nullptr) == WEIR_OK ? 0 : 1;
                    weir_record record;
                    uint32_t count = 0;
                    const weir_status waited = weir_queue_wait(host.queue, &record, 1, 2, &count);
                    failed += waited == WEIR_ERR_TIMED_OUT ? 0 : 1;
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        EXPECT_EQ(failed, 0u);
        EXPECT_GT(alarms, 10u);
    }
    ASSERT_EQ(setitimer(ITIMER_REAL, &never, nullptr), 0);
}

TEST(Names, row_2_13_threads_have_short_names_and_each_slot_its_own) {
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) { options.max_slots = 20; });
    for (int at = 0; at < 20; at++) {
        EXPECT_EQ(ask(host.create(), m_echo).status, WEIR_OK);
    }
    std::vector<WeirThread> found; // a new thread is named soon
    ASSERT_TRUE(eventually([&] {
        found = weir_threads();
        return found.size() == 40;
    }));
    std::set<std::string> names;
    for (const WeirThread &thread : found) {
        EXPECT_LE(thread.name.size(), 15u);
        EXPECT_TRUE(names.insert(thread.name).second) << thread.name;
        EXPECT_TRUE(thread.name.starts_with("weir-w-") || thread.name.starts_with("weir-e-"));
    }
    EXPECT_TRUE(names.contains("weir-w-00") && names.contains("weir-e-19"));
}

// ---- threads of the host that end ----

TEST(HostThreads, row_T21_a_thread_may_end_right_after_it_has_sent) {
    static std::atomic<uint64_t> answered{0};
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t) {
            answered += record->kind == WEIR_RECORD_RESPONSE ? 1 : 0;
        };
    });
    static weir_handle context = 0;
    context = host.create();
    for (int round = 0; round < 200; round++) {
        pthread_t thread = 0;
        const auto body = [](void *) -> void * {
            const weir_request request = make_request(m_echo, "x", 1);
            EXPECT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
            pthread_exit(nullptr);
        };
        ASSERT_EQ(pthread_create(&thread, nullptr, body, nullptr), 0);
        pthread_join(thread, nullptr);
    }
    EXPECT_TRUE(eventually([] { return answered == 200; }));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

struct Blocking {
    weir_handle context = 0;
    Latch latch;
    std::atomic<bool> returned{false};
};

void *call_and_be_canceled(void *argument) {
    auto *blocking = static_cast<Blocking *>(argument);
    const Work work = [blocking](weir_call call, Instance &) {
        blocking->latch.wait();
        weir_call_resolve(call, "x", 1);
    };
    const Work *pointer = &work;
    const weir_request request = run_request(pointer);
    weir_record record = {};
    EXPECT_EQ(weir_request_wait(blocking->context, &request, &record, nullptr), WEIR_OK);
    weir_records_release(&record, 1);
    blocking->returned = true;
    for (;;) {
        pthread_testcancel();
        usleep(1'000);
    }
}

TEST(HostThreads, row_T21_a_cancel_inside_a_blocking_call_comes_after_it) {
    Host host(WEIR_DELIVER_QUEUE);
    for (int round = 0; round < 20; round++) {
        Blocking blocking;
        blocking.context = host.create();
        pthread_t thread = 0;
        ASSERT_EQ(pthread_create(&thread, nullptr, call_and_be_canceled, &blocking), 0);
        ASSERT_TRUE(blocking.latch.wait_for_arrivals(1));
        ASSERT_EQ(pthread_cancel(thread), 0);
        EXPECT_FALSE(blocking.returned);
        blocking.latch.open();
        void *result = nullptr;
        ASSERT_EQ(pthread_join(thread, &result), 0);
        EXPECT_EQ(result, PTHREAD_CANCELED);
        EXPECT_TRUE(blocking.returned);
        EXPECT_EQ(weir_context_destroy_wait(blocking.context, nullptr), WEIR_OK);
    }
}

} // namespace
