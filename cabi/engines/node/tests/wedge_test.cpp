/** Handlers that do not come back: stopped where the host asked for it, survived where not. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

struct Loop {
    const char *name;
    const char *code;
};

std::ostream &operator<<(std::ostream &out, const Loop &loop) { return out << loop.name; }

const Loop loops[] = {
    {"empty_loop", "for (;;);"},
    {"loop_in_finally", "try { for (;;); } finally { for (;;); }"},
    {"loop_with_catch", "for (;;) { try { for (;;); } catch {} }"},
    {"microtasks", "return (async () => { for (;;) await null })()"},
    {"microtasks_after_a_timer", "return (async () => { await later(1); for (;;) await null })()"},
    {"microtask", "queueMicrotask(() => { for (;;); }); return later(60000)"},
    {"ticks", "const again = () => process.nextTick(again); again(); return later(60000)"},
    {"ticks_that_are_busy", "const again = () => { process.nextTick(again);"
                            "for (let n = 0; n < 1e6; n++); }; again(); return later(60000)"},
    {"tick", "process.nextTick(() => { for (;;); }); return later(60000)"},
    {"timer", "setTimeout(() => { for (;;); }, 1); return later(60000)"},
    {"interval", "setInterval(() => { for (;;); }, 1); return later(60000)"},
    {"immediate", "setImmediate(() => { for (;;); }); return later(60000)"},
    {"regular_expression", "return /^(a+)+$/.test('a'.repeat(40) + 'b')"},
    {"recursion", "const f = () => { try { f() } finally { f() } }; f()"},
    {"sort", "[1, 2, 3].sort(() => { for (;;); })"},
    {"replace", "'aaa'.replace(/a/g, () => { for (;;); })"},
    {"getter", "return { get then() { for (;;); } }"},
    {"to_string", "throw { toString() { for (;;); } }"},
    {"proxy", "new Proxy({}, { get() { for (;;); } }).x"},
    {"async_storage", "const { AsyncLocalStorage } = require('async_hooks');"
                      "new AsyncLocalStorage().run(1, () => { for (;;); })"},
    {"async_resource", "const { AsyncResource } = require('async_hooks');"
                       "new AsyncResource('R').runInAsyncScope(() => { for (;;); })"},
    {"event_emitter", "const e = new (require('events'))(); e.on('x', () => { for (;;); });"
                      "e.emit('x')"},
    {"file_callback", "require('fs').stat('/', () => { for (;;); }); return later(60000)"},
    {"vm", "require('vm').runInNewContext('for (;;);')"},
    {"atomics_wait", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)"},
};

/** Those that differ in how they are left. */
std::vector<Loop> few_loops() {
    const std::set<std::string> chosen = {
        "empty_loop",  "ticks_that_are_busy", "microtasks", "ticks",         "timer",
        "interval",    "regular_expression",  "getter",     "async_storage", "vm",
        "atomics_wait"};
    std::vector<Loop> few;
    for (const Loop &loop : loops) {
        if (chosen.contains(loop.name)) {
            few.push_back(loop);
        }
    }
    return few;
}

class FewLoops : public testing::TestWithParam<Loop> {};

class Loops : public testing::TestWithParam<Loop> {};

std::string name_of(const testing::TestParamInfo<Loop> &loop) { return loop.param.name; }

TEST_P(FewLoops, are_interrupted_and_the_context_goes_on_serving) {
    Host host(Tweak(stop_wedged) + hurry);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    const std::string answer = context.run(GetParam().code);
    EXPECT_EQ(answer.find("INTERRUPTED"), 0u) << answer;
    EXPECT_EQ(context.run("return later(5, 'serves')"), "OK serves");
    EXPECT_EQ(context.run("const { AsyncLocalStorage } = require('async_hooks');"
                          "const s = new AsyncLocalStorage();"
                          "return s.run(7, () => later(5).then(() => s.getStore()))"),
              "OK 7");
    EXPECT_GE(host.stats().handlers_stopped, 1u);
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_UNRESPONSIVE));
    EXPECT_TRUE(host.wait_for(WEIR_RECORD_RESPONSIVE));
    EXPECT_EQ(context.destroy().abandoned, 0u);
    EXPECT_TRUE(host.is_whole());
    EXPECT_EQ(host.stats().instances_ended, 0u);
}

TEST_P(Loops, are_stopped_when_the_request_times_out) {
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    const std::string answer = context.run(GetParam().code, 300);
    EXPECT_EQ(answer.find("TIMED_OUT"), 0u) << answer;
    EXPECT_EQ(context.run("return later(5, 'serves')"), "OK serves");
    EXPECT_EQ(host.stats().handlers_stopped, 1u);
    EXPECT_EQ(context.destroy().abandoned, 0u);
    EXPECT_TRUE(host.is_whole());
}

TEST_P(FewLoops, that_nobody_stops_end_with_their_context_and_the_slot_comes_back) {
    Host host([](weir_pool_options &options) {
        hurry(options);
        notice_wedged(options);
        options.max_slots = 1;
    });
    {
        Context context(host);
        EXPECT_EQ(context.run("return 1"), "OK 1");
        const uint64_t id = context.send(GetParam().code);
        ASSERT_TRUE(host.wait_for(WEIR_RECORD_UNRESPONSIVE)) << "told and not stopped";
        const auto began = Clock::now();
        context.destroy();
        EXPECT_LT(elapsed_ms(began), hurried_destroy_ms);
        const std::string answer = host.response(id);
        EXPECT_TRUE(answer.find("CANCELED") == 0 || answer.find("INTERRUPTED") == 0) << answer;
    }
    EXPECT_TRUE(host.is_whole()) << "the slot is used again";
    Context next(host);
    EXPECT_EQ(next.run("return 'next'"), "OK next");
    EXPECT_EQ(host.stats().slots_built, 1u);
}

INSTANTIATE_TEST_SUITE_P(Of, FewLoops, testing::ValuesIn(few_loops()), name_of);
INSTANTIATE_TEST_SUITE_P(Of, Loops, testing::ValuesIn(loops), name_of);

TEST(Wedge, deep_recursion_is_an_error_and_no_crash) {
    Host host;
    Context context(host);
    for (const char *code : {"const f = () => f() + 1; f()", "const f = (n) => [n].map(f); f(1)",
                             "const f = () => JSON.stringify({ toJSON: f }); f()",
                             "return (async () => { const f = async () => { await f() }; await f() "
                             "})()",
                             "let a = []; for (let n = 0; n < 1e5; n++) a = [a];"
                             "JSON.stringify(a)",
                             "new Function('return ' + '('.repeat(1e5) + ')'.repeat(1e5))",
                             "const f = () => 'a'.replace(/a/, f); f()",
                             "new RegExp('('.repeat(1e5) + ')'.repeat(1e5))"}) {
        const std::string answer = context.run(code, 20'000);
        EXPECT_EQ(answer.find("HANDLER"), 0u) << code << ": " << answer.substr(0, 200);
    }
    EXPECT_EQ(context.run("return 1"), "OK 1");
    EXPECT_EQ(host.stats().instances_ended, 0u);
}

TEST(Wedge, the_other_nine_of_a_batch_get_their_results) {
    Host host(stop_wedged);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    std::vector<uint64_t> ids;
    context.send("const end = Date.now() + 50; while (Date.now() < end);");
    for (int number = 0; number < 10; number++) {
        ids.push_back(context.send(number == 3 ? std::string("for (;;);")
                                               : "return " + std::to_string(number)));
    }
    for (size_t number = 0; number < ids.size(); number++) {
        const std::string answer = host.response(ids[number]);
        if (number == 3) {
            EXPECT_EQ(answer.find("INTERRUPTED"), 0u) << answer;
        } else {
            EXPECT_EQ(answer, "OK " + std::to_string(number));
        }
    }
    EXPECT_EQ(host.stats().handlers_stopped, 1u);
}

TEST(Wedge, asynchronous_calls_go_on_when_a_handler_beside_them_is_stopped) {
    Host host(stop_wedged);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    const uint64_t waiting = context.send("return later(1000, 'waited')");
    const uint64_t looping = context.send("for (;;);");
    EXPECT_EQ(host.response(looping).find("INTERRUPTED"), 0u);
    EXPECT_EQ(host.response(waiting), "OK waited");
}

TEST(Wedge, a_call_that_times_out_while_it_waits_is_told_and_not_stopped) {
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    EXPECT_EQ(context
                  .run("shared.told = []; call.signal.addEventListener('abort', () => {"
                       "  let sum = 0; for (let n = 0; n < 1e6; n++) sum += n;"
                       "  shared.told.push(sum) });"
                       "return later(60000)",
                       100)
                  .find("TIMED_OUT"),
              0u);
    std::string told;
    eventually([&] { return (told = context.run("return shared.told.length")) == "OK 1"; });
    EXPECT_EQ(told, "OK 1");
    EXPECT_EQ(context.run("return later(10, 'well')"), "OK well");
    EXPECT_EQ(host.stats().handlers_stopped, 0u);
}

TEST(Wedge, a_call_that_times_out_behind_a_slow_one_does_not_begin) {
    Host host;
    Context context(host);
    context.run("shared.begun = 0");
    for (int round = 0; round < 20; round++) { // quick ones, so that batches are large
        context.run("return 1");
    }
    context.send("const end = Date.now() + 50; while (Date.now() < end);");
    const uint64_t slow = context.send("const end = Date.now() + 600; while (Date.now() < end);");
    const uint64_t late = context.send("shared.begun++; for (;;);", 200);
    EXPECT_EQ(host.response(late).find("TIMED_OUT"), 0u);
    EXPECT_EQ(host.response(slow), "OK");
    EXPECT_EQ(context.run("return shared.begun", 5'000), "OK 0");
}

TEST(Wedge, a_stop_is_counted_once_and_the_environment_is_built_anew_for_the_next_owner) {
    Host host([](weir_pool_options &options) { options.max_slots = 1; });
    {
        Context context(host);
        EXPECT_EQ(context.run("return 1"), "OK 1");
        context.run("for (;;);", 200);
        context.destroy();
    }
    EXPECT_TRUE(host.is_whole());
    EXPECT_EQ(host.stats().handlers_stopped, 1u);
    EXPECT_EQ(host.stats().environments_rebuilt, 1u);
}

TEST(Wedge, an_interrupted_context_can_be_interrupted_again) {
    Host host(stop_wedged);
    Context context(host);
    for (int round = 0; round < 3; round++) {
        EXPECT_EQ(context.run("for (;;);").find("INTERRUPTED"), 0u) << round;
        EXPECT_EQ(context.run("return 1"), "OK 1");
    }
    EXPECT_EQ(host.stats().handlers_stopped, 3u);
}

} // namespace
