/**
 * Processes with little of everything, and how they end. A test here runs a piece of itself, named
 * DISABLED_…, as a program of its own under a shell that sets the limits.
 */
#include <climits>
#include <cstdlib>
#include <memory>

#include <linux/close_range.h>
#include <poll.h>
#include <sys/wait.h>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

std::string own_path() {
    char path[PATH_MAX] = {};
    return readlink("/proc/self/exe", path, sizeof path - 1) > 0 ? path : "";
}

/** Runs `piece` of this program after the shell commands in `setting`. Returns its exit code. */
int run_piece(const std::string &piece, const std::string &setting, const std::string &after = {}) {
    const std::string command = setting + " exec '" + own_path() +
                                "' --gtest_also_run_disabled_tests --gtest_brief=1 " +
                                "--gtest_filter=Piece.DISABLED_" + piece + " " + after;
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

constexpr uint64_t soon_ms = 10'000; ///< ten times what is promised

// ---- the pieces ----

/** Everything once: three forms of delivery, a job, a descriptor if the system has one left. */
TEST(Piece, DISABLED_uses_everything) {
    for (const uint32_t delivery :
         {WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        Host host(delivery);
        const weir_handle context = host.create();
        const std::string payload(100'000, 'p');
        EXPECT_EQ(ask(context, m_echo, payload.data(), payload.size()).data, payload);
        const Work offloading = [](weir_call call, Instance &) {
            const auto deliver = [](weir_call offloaded, uintptr_t) {
                weir_call_resolve(offloaded, "job", 3);
            };
            EXPECT_EQ(weir_offload(call, [](weir_call, uintptr_t) {}, deliver, 0), WEIR_OK);
        };
        EXPECT_EQ(run_on(context, offloading).data, "job");
        EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    }
}

TEST(Piece, DISABLED_polls_the_descriptor_of_a_queue) {
    Host host(WEIR_DELIVER_QUEUE);
    int descriptor = -1;
    ASSERT_EQ(weir_queue_fd(host.queue, &descriptor), WEIR_OK);
    const weir_handle context = host.create();
    for (int round = 0; round < 100; round++) {
        const weir_request request = make_request(m_echo, "x", 1);
        ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
        pollfd polled = {.fd = descriptor, .events = POLLIN, .revents = 0};
        ASSERT_EQ(poll(&polled, 1, 10'000), 1);
        weir_record records[4];
        uint32_t count = 0;
        ASSERT_EQ(weir_queue_drain(host.queue, records, 4, &count), WEIR_OK);
        EXPECT_EQ(count, 1u);
        EXPECT_EQ(weir_records_release(records, count), WEIR_OK);
        polled.revents = 0;
        EXPECT_EQ(poll(&polled, 1, 0), 0) << "drained";
    }
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

/** ThreadSanitizer keeps most of a stack of 1 MiB for itself. */
constexpr size_t stack_used = weir::testing::under_sanitizer ? 32 * 1024 : 256 * 1024;

TEST(Piece, DISABLED_uses_256_KiB_of_stack_in_each_callback) {
    static std::atomic<uint64_t> used{0};
    const auto use_stack = [] {
        volatile char bytes[stack_used];
        for (size_t at = 0; at < sizeof bytes; at += 512) {
            bytes[at] = 1;
        }
        used += static_cast<uint64_t>(bytes[0]);
    };
    static const auto use = use_stack;
    Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *, uintptr_t) { use(); };
    });
    const weir_handle context = host.create();
    const Work work = [](weir_call call, Instance &) {
        use();
        weir_call_resolve(call, nullptr, 0);
    };
    const Work *pointer = &work;
    const weir_request request = run_request(pointer);
    ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
    EXPECT_TRUE(eventually([] { return used == 2; }));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

/** Leaves contexts open, one of them in a handler, one in a callback, and ends the process. */
void leave_work_behind() {
    static const Work sleep_long = [](weir_call, Instance &) {
        std::this_thread::sleep_for(std::chrono::minutes(10));
    };
    static const Work *pointer = &sleep_long;
    static Host host(WEIR_DELIVER_CALLBACK, [](weir_pool_options &options) {
        options.callback = [](const weir_record *record, uintptr_t) {
            if (record->kind == WEIR_RECORD_RESPONSE) {
                std::this_thread::sleep_for(std::chrono::minutes(10));
            }
        };
    });
    const weir_request request = make_request(m_echo);
    const weir_request sleeping = run_request(pointer);
    weir_request_send(host.create(), &request, nullptr, nullptr);
    weir_request_send(host.create(), &sleeping, nullptr, nullptr);
    ask(host.create(), m_echo);
}

TEST(Piece, DISABLED_exits_with_open_contexts) {
    leave_work_behind();
    _exit(0);
}

// ---- the tests ----

TEST(Environment, works_when_the_system_gives_threads_little_stack) {
    EXPECT_EQ(run_piece("uses_everything", "ulimit -s 256;"), 0);
    EXPECT_EQ(run_piece("uses_256_KiB_of_stack_in_each_callback", "ulimit -s 256;"), 0);
}

TEST(Environment, works_with_32_descriptors) {
    // What this process was started with would not fit: it stays behind.
    ASSERT_EQ(close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC), 0);
    // Descriptors that this process was started with would use up all 32.
    ASSERT_EQ(close_range(3, UINT_MAX, CLOSE_RANGE_CLOEXEC), 0);
    EXPECT_EQ(run_piece("uses_everything", "ulimit -n 32;"), 0);
}

TEST(Environment, works_when_the_standard_descriptors_are_closed) {
    EXPECT_EQ(run_piece("uses_everything", "", "<&- >&- 2>&-"), 0);
    EXPECT_EQ(run_piece("polls_the_descriptor_of_a_queue", "", "<&- >&- 2>&-"), 0);
}

TEST(Environment, row_2_8_a_process_with_open_contexts_ends_at_once) {
    const auto began = Clock::now();
    EXPECT_EQ(run_piece("exits_with_open_contexts", ""), 0);
    EXPECT_LT(elapsed_ms(began), soon_ms);
}

/** Lines of an strace that say which file was opened, and which ways of waiting were used. */
TEST(Environment, rows_T12_and_3_3_opens_no_file_of_its_own_and_never_selects) {
    if (weir::testing::under_sanitizer ||
        std::system("strace -f -o /dev/null true >/dev/null 2>&1") != 0) {
        GTEST_SKIP() << "strace cannot be used here";
    }
    const std::string log = testing::TempDir() + "weir-trace-" + std::to_string(getpid());
    const std::string command = "strace -f -e trace=open,openat,creat,select,pselect6 -o '" + log +
                                "' '" + own_path() +
                                "' --gtest_also_run_disabled_tests --gtest_brief=1" +
                                " --gtest_filter=Piece.DISABLED_polls_the_descriptor_of_a_queue";
    ASSERT_EQ(std::system(command.c_str()), 0);
    const std::string trace = read_text(log);
    unlink(log.c_str());
    EXPECT_EQ(trace.find("select"), std::string::npos);
    size_t opened = 0;
    for (size_t at = trace.find("open"); at != std::string::npos; at = trace.find("open", at + 1)) {
        const size_t quote = trace.find('"', at);
        const std::string path = trace.substr(quote + 1, trace.find('"', quote + 1) - quote - 1);
        const bool by_the_loader = path.find(".so") != std::string::npos;
        const bool by_the_test = path.starts_with("/proc/");
        const bool by_the_c_library = path.starts_with("/sys/devices/system/cpu");
        EXPECT_TRUE(by_the_loader || by_the_test || by_the_c_library) << path;
        opened++;
    }
    EXPECT_GT(opened, 0u);
}

} // namespace
