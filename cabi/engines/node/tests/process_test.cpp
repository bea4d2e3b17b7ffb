/**
 * The host's process around the engine: signals, threads, descriptors, memory, its end and fork.
 * A test that ends a process runs a piece of this program, named DISABLED_….
 */
#include "node_host.hpp"

#include <climits>
#include <csignal>

#include <sys/wait.h>

namespace {

using namespace weir::node_testing;
using weir::stress::descriptors;
using weir::stress::read_text;
using weir::stress::resident_bytes;
using weir::stress::threads;

constexpr char busy[] = "const fs = require('fs'); return fs.promises.readFile('/proc/self/stat')"
                        ".then(() => later(5, 'busy'))";

TEST(Process, dispositions_of_signals_are_as_they_were) {
    struct sigaction before[65] = {};
    struct sigaction after[65] = {};
    for (int number = 1; number <= 64; number++) {
        sigaction(number, nullptr, &before[number]);
    }
    {
        Host host(Tweak(stop_wedged) + hurry);
        Context context(host);
        EXPECT_EQ(context.run(busy), "OK busy");
        EXPECT_EQ(context.run("for (;;);").find("INTERRUPTED"), 0u);
        EXPECT_EQ(context.run("new (require('worker_threads').Worker)('1', { eval: true });"
                              "return later(200, 1)"),
                  "OK 1");
        context.run("process.exit(0)");
    }
    for (int number = 1; number <= 64; number++) {
        sigaction(number, nullptr, &after[number]);
        EXPECT_EQ(before[number].sa_handler, after[number].sa_handler) << number;
        constexpr int restorer = 0x0400'0000; // the C library's own
        EXPECT_EQ(before[number].sa_flags & ~restorer, after[number].sa_flags & ~restorer)
            << number;
    }
}

/** Signals that are sent to the process reach the host's own threads only. */
TEST(Process, every_thread_of_weir_v8_and_libuv_blocks_asynchronous_signals) {
    const std::set<std::string> own = threads();
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run(busy), "OK busy");
    EXPECT_EQ(context.run("shared.worker = new (require('worker_threads').Worker)("
                          "'setInterval(() => {}, 1000)', { eval: true });"
                          "return new Promise((yes) => shared.worker.on('online', () => yes(1)))"),
              "OK 1");
    uint64_t expected = 0;
    for (int number = 1; number <= 64; number++) {
        const std::set<int> others = {SIGSEGV, SIGBUS,  SIGFPE,  SIGILL, SIGTRAP, SIGABRT,
                                      SIGSYS,  SIGKILL, SIGSTOP, 32,     33};
        expected |= others.contains(number) ? 0 : uint64_t{1} << (number - 1);
    }
    size_t seen = 0;
    for (const std::string &id : threads()) {
        if (own.contains(id)) {
            continue;
        }
        const std::string status = read_text("/proc/self/task/" + id + "/status");
        const size_t at = status.find("SigBlk:");
        ASSERT_NE(at, std::string::npos);
        const uint64_t blocked = std::stoull(status.substr(at + 7), nullptr, 16);
        EXPECT_EQ(blocked & expected, expected) << status.substr(0, status.find('\n'));
        seen++;
    }
    EXPECT_GE(seen, 3u);
}

/**
 * V8's threads and libuv's pool are the process' and stay: the same however many pools there are.
 */
TEST(Process, threads_and_descriptors_are_back_when_a_pool_is_closed) {
    const auto use = [] {
        Host host;
        std::vector<std::unique_ptr<Context>> contexts;
        for (int number = 0; number < 4; number++) {
            contexts.push_back(std::make_unique<Context>(host));
            EXPECT_EQ(contexts.back()->run(busy), "OK busy");
        }
    };
    use();
    const size_t threads_before = threads().size();
    const size_t descriptors_before = descriptors();
    // The first thread; V8's two workers and the one for delayed tasks; libuv's four.
    EXPECT_LE(threads_before, 1u + 3u + 4u);
    for (int round = 0; round < 3; round++) {
        use();
        EXPECT_TRUE(eventually([&] { return threads().size() == threads_before; }))
            << threads().size();
        EXPECT_EQ(descriptors(), descriptors_before);
    }
}

TEST(Process, contexts_that_come_and_go_leave_nothing_behind) {
    Host host([](weir_pool_options &options) { options.max_slots = 1; });
    const auto cycles = [&](int count) {
        for (int cycle = 0; cycle < count; cycle++) {
            Context context(host, "return { kept: Buffer.alloc(100) }");
            ASSERT_EQ(context.run("return Promise.resolve(1)"), "OK 1");
            ASSERT_EQ(context.destroy().abandoned, 0u);
        }
    };
    cycles(scaled(4'000));
    const size_t open = descriptors();
    const std::set<std::string> running = threads();
    // V8's heap grows in steps before it collects: a leak grows in each part, and no part is flat.
    int64_t grown = INT64_MAX;
    for (int part = 0; part < 10 && grown > int64_t{1} << 20; part++) {
        const uint64_t resident = resident_bytes();
        cycles(scaled(4'000));
        grown = static_cast<int64_t>(resident_bytes()) - static_cast<int64_t>(resident);
    }
    if (!under_sanitizer) {
        EXPECT_LE(grown, int64_t{1} << 20) << "bytes more in the last part";
    }
    EXPECT_EQ(descriptors(), open);
    EXPECT_EQ(threads(), running);
    EXPECT_EQ(host.stats().environments_rebuilt, 0u);
}

TEST(Process, environments_that_come_and_go_leave_nothing_behind) {
    Host host([](weir_pool_options &options) {
        options.max_slots = 1;
        options.isolation = WEIR_ISOLATION_ENVIRONMENT;
    });
    const auto cycles = [&](int count) {
        for (int cycle = 0; cycle < count; cycle++) {
            Context context(host);
            ASSERT_EQ(context.run(busy), "OK busy");
            context.destroy();
        }
        EXPECT_TRUE(host.is_whole());
    };
    cycles(15);
    const uint64_t resident = resident_bytes();
    const size_t open = descriptors();
    cycles(scaled(60));
    const int64_t grown = static_cast<int64_t>(resident_bytes()) - static_cast<int64_t>(resident);
    if (!under_sanitizer) {
        EXPECT_LT(grown, int64_t{12} << 20) << "bytes more";
    }
    EXPECT_EQ(descriptors(), open);
}

// ---- the end of a process ----

/** Contexts in every state, and then the process ends without closing anything. */
TEST(Piece, DISABLED_leaves_contexts_open) {
    auto *host = new Host([](weir_pool_options &options) { options.min_clean = 1; });
    for (const char *code : {"for (;;);", "setInterval(() => {}, 1); return later(60000)",
                             "return require('fs').promises.readFile('/proc/self/stat')"}) {
        auto *context = new Context(*host);
        context->send(code);
    }
    auto *served = new Context(*host);
    EXPECT_EQ(served->run("return 1"), "OK 1");
}

int run_piece(const std::string &piece) {
    char path[PATH_MAX] = {};
    EXPECT_GT(readlink("/proc/self/exe", path, sizeof path - 1), 0);
    const std::string command = std::string(path) +
                                " --gtest_also_run_disabled_tests --gtest_brief=1"
                                " --gtest_filter=Piece.DISABLED_" +
                                piece + " >/dev/null 2>&1";
    const int status = std::system(command.c_str());
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST(Process, ends_with_code_0_while_contexts_are_open_50_times) {
    for (int round = 0; round < scaled(50); round++) {
        ASSERT_EQ(run_piece("leaves_contexts_open"), 0) << round;
    }
}

TEST(Process, a_child_of_fork_is_refused_and_its_parent_goes_on) {
    Host host;
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    const pid_t child = fork();
    if (child == 0) {
        weir_record record = {};
        const weir_request request = weir::testing::make_request("echo", "x");
        weir_handle library = 0;
        const bool refused =
            weir_request_wait(context.handle(), &request, &record, nullptr) == WEIR_ERR_FORKED &&
            weir_context_destroy(context.handle()) == WEIR_ERR_FORKED &&
            weir_library_load(host.path.data(), host.path.size(), &library, nullptr) ==
                WEIR_ERR_FORKED;
        _exit(refused ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(context.run(busy), "OK busy");
}

} // namespace
