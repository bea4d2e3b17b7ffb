/** How instances begin and end: create and destroy that return, wait, throw, hang, and bundles. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

void one_slot(weir_pool_options &options) {
    hurry(options);
    options.max_slots = 1;
}

TEST(Create, gives_the_state_that_handlers_get_at_once_or_later) {
    Host host;
    Context sync(host, "return { number: 7 }");
    EXPECT_EQ(sync.run("return state.number"), "OK 7");
    Context async(host, "return later(50, { number: 8 })");
    EXPECT_EQ(async.run("return state.number"), "OK 8");
    Context nothing(host, "return undefined");
    EXPECT_EQ(nothing.run("return String(state)"), "OK undefined");
}

TEST(Create, requests_behind_one_that_waits_run_afterwards_in_order) {
    Host host;
    Context context(host, "shared.seen = []; return later(100, {})");
    std::vector<uint64_t> ids;
    for (int number = 0; number < 50; number++) {
        ids.push_back(context.send("shared.seen.push(" + std::to_string(number) + ")"));
    }
    EXPECT_EQ(context.run("return shared.seen.every((value, at) => value === at)"), "OK true");
    EXPECT_EQ(context.run("return shared.seen.length"), "OK 50");
    for (const uint64_t id : ids) {
        EXPECT_EQ(host.response(id).find("OK"), 0u);
    }
}

class FailingCreate : public testing::TestWithParam<std::pair<const char *, const char *>> {};

TEST_P(FailingCreate, fails_its_requests_with_the_reason_and_the_slot_serves_the_next) {
    Host host(one_slot);
    const auto [config, reason] = GetParam();
    {
        Context context(host, config);
        const uint64_t early = context.send("return 1");
        EXPECT_EQ(host.response(early), reason);
        EXPECT_EQ(context.run("return 1"), reason) << "and those that come later";
        const weir_destroy_report report = context.destroy();
        EXPECT_EQ(report.abandoned, 0u);
    }
    EXPECT_EQ(host.stats().creates_failed, 1u);
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
}

INSTANTIATE_TEST_SUITE_P(
    By, FailingCreate,
    testing::Values(
        std::pair("throw new Error('no')", "CREATE_FAILED Error: no"),
        std::pair("throw null", "CREATE_FAILED null"),
        std::pair("return Promise.reject(new Error('no'))", "CREATE_FAILED Error: no"),
        std::pair("return later(30).then(() => { throw new Error('late') })",
                  "CREATE_FAILED Error: late"),
        std::pair("return { then(yes, no) { no(new Error('then')) } }",
                  "CREATE_FAILED Error: then"),
        std::pair("return { then() { throw new Error('in then') } }",
                  "CREATE_FAILED Error: in then"),
        std::pair("process.exit(9)", "CREATE_FAILED the library called process.exit(9)"),
        std::pair("return later(10).then(() => process.exit(8))",
                  "CREATE_FAILED the library called process.exit(8)"),
        std::pair("setTimeout(() => { throw new Error('stray') }, 1); return later(60000)",
                  "CREATE_FAILED uncaught error: Error: stray")));

TEST(Create, that_never_settles_is_destroyed_in_time_and_the_slot_comes_back) {
    Host host(one_slot);
    uint64_t waiting = 0;
    {
        Context context(host, "return new Promise(() => {})");
        waiting = context.send("return 1");
        EXPECT_EQ(context.run("return 1", 300).find("TIMED_OUT"), 0u);
        const auto began = Clock::now();
        context.destroy();
        EXPECT_LT(elapsed_ms(began), hurried_destroy_ms);
    }
    EXPECT_EQ(host.response(waiting).find("CLOSED"), 0u);
    EXPECT_TRUE(host.is_whole());
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
    EXPECT_EQ(host.stats().slots_built, 1u);
}

TEST(Create, that_waits_is_told_when_its_context_is_destroyed) {
    Host host(one_slot);
    {
        Context context(host, "return new Promise((_, no) => instance.signal.addEventListener("
                              "'abort', () => no(new Error('given up'))))");
        EXPECT_EQ(context.run("return 1", 300).find("TIMED_OUT"), 0u);
        EXPECT_EQ(context.destroy().abandoned, 0u);
    }
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
}

TEST(Create, that_loops_is_stopped_where_the_host_asked_for_it) {
    Host host(Tweak(one_slot) + stop_wedged);
    {
        Context context(host, "for (;;);");
        EXPECT_EQ(context.run("return 1").find("CREATE_FAILED"), 0u);
        context.destroy();
    }
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
}

TEST(Create, that_loops_ends_with_its_context_where_not) {
    Host host(one_slot);
    {
        Context context(host, "for (;;);");
        EXPECT_EQ(context.run("return 1", 500).find("TIMED_OUT"), 0u);
        const auto began = Clock::now();
        context.destroy();
        EXPECT_LT(elapsed_ms(began), hurried_destroy_ms);
    }
    EXPECT_TRUE(host.is_whole());
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
}

TEST(Create, of_a_context_that_was_destroyed_before_does_not_run) {
    Host host(one_slot);
    for (int round = 0; round < 50; round++) {
        const Context context(host, "shared.made = (shared.made ?? 0) + 1; return {}");
    }
    Context last(host);
    EXPECT_EQ(last.run("return (shared.made ?? 0) <= 50"), "OK true");
    last.destroy();
    const weir_pool_stats stats = host.stats();
    EXPECT_EQ(stats.contexts_created, 51u);
    EXPECT_EQ(stats.contexts_destroyed, 51u);
}

class BadBundle : public testing::TestWithParam<std::pair<const char *, const char *>> {};

TEST_P(BadBundle, makes_every_create_fail_with_the_reason) {
    const auto [bundle, reason] = GetParam();
    const Tweak small = [](weir_pool_options &options) {
        options.heap_limit_mb = 32;
        options.wedged_ms = 1'500; // the time in which a busy machine builds the environment counts
    };
    Host host(Tweak(one_slot) + stop_wedged + small, bundle);
    for (int round = 0; round < 2; round++) {
        Context context(host);
        const std::string answer = context.run("return 1");
        EXPECT_EQ(answer.find("CREATE_FAILED"), 0u) << answer;
        EXPECT_NE(answer.find(reason), std::string::npos) << answer;
        EXPECT_EQ(context.destroy().abandoned, 0u);
    }
}

INSTANTIATE_TEST_SUITE_P(
    With, BadBundle,
    testing::Values(std::pair("throw new Error('at load')", "Error: at load"),
                    std::pair("throw null", "null"), std::pair("let x = ;", "SyntaxError"),
                    std::pair("}); (function () {", "weirLibrary"),
                    std::pair("module.exports = {}", "exports no weirLibrary"),
                    std::pair("module.exports = null", ""),
                    std::pair("module.exports.weirLibrary = { abi: 2, create() {} }", "version 2"),
                    std::pair("process.exit(1)", "process.exit(1)"),
                    std::pair("require('not-there')", "not-there"),
                    std::pair("for (;;);", "stopped"),
                    std::pair("const a = []; for (;;) a.push({ a })", "stopped")));

TEST(Bundle, text_beyond_ascii_is_read_as_it_is) {
    const std::string bundle = std::string(everyday_bundle) + "\ntools.sign = 'żółw 🐢';";
    Host host({}, bundle);
    Context context(host);
    EXPECT_EQ(context.run("return sign"), "OK żółw 🐢");
    EXPECT_EQ(context.run("return 'grüße'"), "OK grüße");
}

TEST(Destroy, runs_the_librarys_own_end_with_the_signal_aborted) {
    Host host(one_slot);
    for (const char *destroy : {"destroy() { shared.ended = instance.signal.aborted }",
                                "async destroy() { await later(20); "
                                "shared.ended = instance.signal.aborted }"}) {
        Context context(host, "return { " + std::string(destroy) + " }");
        EXPECT_EQ(context.run("return 1"), "OK 1");
        const weir_destroy_report report = context.destroy();
        EXPECT_EQ(report.abandoned, 0u);
        Context next(host);
        EXPECT_EQ(next.run("const { ended } = shared; delete shared.ended; return ended"),
                  "OK true")
            << destroy;
        next.destroy();
    }
    EXPECT_EQ(host.stats().environments_rebuilt, 0u);
}

class FailingDestroy : public testing::TestWithParam<const char *> {};

TEST_P(FailingDestroy, is_over_in_time_and_the_slot_serves_the_next) {
    Host host(one_slot);
    {
        Context context(host, "return { destroy() { " + std::string(GetParam()) + " } }");
        EXPECT_EQ(context.run("return 1"), "OK 1");
        const auto began = Clock::now();
        context.destroy();
        EXPECT_LT(elapsed_ms(began), hurried_destroy_ms);
    }
    EXPECT_TRUE(host.is_whole());
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
    EXPECT_EQ(host.stats().slots_built, 1u);
}

INSTANTIATE_TEST_SUITE_P(
    By, FailingDestroy,
    testing::Values("throw new Error('in destroy')", "return Promise.reject(new Error('no'))",
                    "return new Promise(() => {})", "return later(60000)", "process.exit(1)",
                    "return later(10).then(() => process.exit(1))", "for (;;);",
                    "return (async () => { for (;;) await null })()",
                    "setTimeout(() => { throw new Error('after') }, 5); return later(60000)",
                    "return { then() { throw new Error('then') } }", "throw null",
                    "const a = []; for (;;) a.push({ a })"));

TEST(Destroy, of_a_pool_ends_instances_that_hang) {
    Host host(hurry);
    std::vector<std::unique_ptr<Context>> contexts;
    for (const char *code : {"for (;;);", "return later(60000)", "return 1",
                             "return (async () => { for (;;) await null })()"}) {
        contexts.push_back(std::make_unique<Context>(host));
        EXPECT_EQ(contexts.back()->run("return 1"), "OK 1");
        contexts.back()->send(code);
    }
    const auto began = Clock::now();
    host.close();
    EXPECT_LT(elapsed_ms(began), 10 * hurried_destroy_ms);
}

TEST(Destroy, handlers_that_end_in_the_drain_time_are_answered) {
    Host host([](weir_pool_options &options) { options.drain_ms = 5'000; });
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    const uint64_t id = context.send("return later(200, 'drained')");
    EXPECT_TRUE(eventually([&] { return host.stats().requests_accepted == 2; }));
    const weir_destroy_report report = context.destroy();
    EXPECT_EQ(report.drained, 1u);
    EXPECT_EQ(report.canceled + report.abandoned, 0u);
    EXPECT_EQ(host.response(id), "OK drained");
}

} // namespace
