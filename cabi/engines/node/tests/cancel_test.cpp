/**
 * Cancel, time-outs and destroy as handlers see them: their signals, and results that come late.
 */
#include <filesystem>

#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

constexpr char told_when_aborted[] =
    "call.signal.addEventListener('abort', () => { shared.told = String(call.signal.reason) });"
    "shared.begun = true; return later(60000)";

/** Waits until the library's `shared` holds this. */
::testing::AssertionResult holds(Context &context, const std::string &condition) {
    std::string answer;
    const bool held = eventually([&] {
        answer = context.run("return Boolean(" + condition + ")");
        return answer == "OK true";
    });
    return held ? ::testing::AssertionSuccess() : ::testing::AssertionFailure() << answer;
}

TEST(Cancel, tells_the_handler_by_its_signal) {
    Host host(hurry);
    Context context(host);
    const uint64_t id = context.send(told_when_aborted);
    ASSERT_TRUE(holds(context, "shared.begun"));
    EXPECT_EQ(weir_request_cancel(context.handle(), id), WEIR_OK);
    EXPECT_EQ(host.response(id).find("CANCELED"), 0u);
    EXPECT_TRUE(holds(context, "shared.told === 'AbortError: the call was canceled'"));
    EXPECT_EQ(weir_request_cancel(context.handle(), id), WEIR_OK) << "again: no effect";
}

TEST(Cancel, a_timeout_tells_the_handler_too) {
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    EXPECT_EQ(context.run(told_when_aborted, 200).find("TIMED_OUT"), 0u);
    EXPECT_TRUE(holds(context, "shared.told"));
    const uint64_t id = context.send("shared.told = ''; " + std::string(told_when_aborted), 200);
    EXPECT_EQ(host.response(id).find("TIMED_OUT"), 0u);
    EXPECT_TRUE(holds(context, "shared.told"));
}

TEST(Cancel, destroy_tells_handlers_after_the_drain_time) {
    Host host([](weir_pool_options &options) {
        options.max_slots = 1;
        options.drain_ms = 100;
        options.cancel_ms = 5'000;
    });
    Context context(host);
    const uint64_t id =
        context.send("shared.calls = 1; return new Promise((yes) => call.signal.addEventListener("
                     "'abort', () => { shared.told = true; yes('told') }))");
    ASSERT_TRUE(holds(context, "shared.calls"));
    const weir_destroy_report report = context.destroy();
    EXPECT_EQ(host.response(id).find("CANCELED"), 0u) << "the late result is dropped";
    EXPECT_EQ(report.canceled, 1u);
    EXPECT_EQ(report.abandoned, 0u);
    EXPECT_LT(report.took_us, 5'000'000u) << "it ended when it was told";
    Context next(host);
    EXPECT_EQ(next.run("return shared.told"), "OK true");
    EXPECT_EQ(host.stats().handlers_stopped, 0u);
    EXPECT_EQ(host.stats().results_dropped, 1u);
}

TEST(Cancel, a_late_result_or_failure_is_dropped) {
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
    for (const char *code :
         {"return later(300, 'late')", "return later(300).then(() => { throw new Error('late') })",
          "const end = Date.now() + 300; while (Date.now() < end); return 1"}) {
        const uint64_t id = context.send(code);
        EXPECT_TRUE(eventually([&] { return host.stats().requests_accepted > 1; }));
        weir_request_cancel(context.handle(), id);
        EXPECT_EQ(host.response(id).find("CANCELED"), 0u);
    }
    EXPECT_EQ(context.run("return later(500, 1)"), "OK 1");
    EXPECT_EQ(host.recorder.count(WEIR_RECORD_RESPONSE), 3u);
    EXPECT_EQ(host.stats().instances_ended, 0u);
}

TEST(Cancel, a_signal_that_is_read_first_after_the_cancel_is_aborted) {
    Host host(hurry);
    Context context(host);
    const uint64_t id = context.send("shared.begun = true; return (async () => {"
                                     "  while (!shared.look) await later(5);"
                                     "  shared.aborted = call.signal.aborted })()");
    ASSERT_TRUE(holds(context, "shared.begun"));
    weir_request_cancel(context.handle(), id);
    EXPECT_EQ(host.response(id).find("CANCELED"), 0u);
    context.run("shared.look = true");
    EXPECT_TRUE(holds(context, "shared.aborted"));
}

TEST(Cancel, a_signal_that_is_read_after_the_answer_does_nothing) {
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run("shared.call = call; return 1"), "OK 1");
    EXPECT_EQ(context.run("return shared.call.signal.aborted"), "OK false");
    const uint64_t id = context.send("return later(60000)");
    weir_request_cancel(context.handle(), id);
    EXPECT_EQ(context.run("return shared.call.signal.aborted"), "OK false");
}

TEST(Cancel, of_a_request_that_has_not_begun_keeps_its_handler_from_beginning) {
    Host host(hurry);
    Context context(host, "return later(300, {})");
    const uint64_t id = context.send("shared.ran = true");
    weir_request_cancel(context.handle(), id);
    EXPECT_EQ(host.response(id).find("CANCELED"), 0u);
    EXPECT_EQ(context.run("return String(shared.ran)"), "OK undefined");
}

TEST(Cancel, of_one_call_tells_no_other) {
    Host host(hurry);
    Context context(host);
    context.run("shared.told = []");
    std::vector<uint64_t> ids;
    for (int number = 0; number < 10; number++) {
        ids.push_back(context.send("call.signal.addEventListener('abort', () => shared.told.push(" +
                                   std::to_string(number) + ")); return later(60000)"));
    }
    EXPECT_EQ(context.run("return 1"), "OK 1");
    weir_request_cancel(context.handle(), ids[4]);
    ASSERT_TRUE(holds(context, "shared.told.length > 0"));
    EXPECT_EQ(context.run("return shared.told"), "OK [4]");
}

TEST(Cancel, a_listener_that_throws_ends_the_instance_and_nothing_else) {
    Host host(hurry);
    Context context(host);
    const uint64_t id = context.send("call.signal.addEventListener('abort', () => { throw new "
                                     "Error('in listener') }); shared.begun = 1;"
                                     "return later(60000)");
    ASSERT_TRUE(holds(context, "shared.begun"));
    weir_request_cancel(context.handle(), id);
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_INSTANCE_ENDED));
    EXPECT_EQ(context.destroy().abandoned, 0u);
}

TEST(Deadline, is_when_the_request_times_out) {
    Host host(hurry);
    Context context(host);
    EXPECT_EQ(context.run("return String(call.deadline)"), "OK undefined");
    EXPECT_EQ(context.run("const left = call.deadline - Date.now();"
                          "return left > 0 && left <= 60000",
                          60'000),
              "OK true");
    EXPECT_EQ(context.run("return later(20).then(() => call.deadline > Date.now())", 60'000),
              "OK true");
    EXPECT_EQ(context.run("return call.deadline > Date.now() + 8e8", 1'000'000'000), "OK true");
}

// ---- a response that is given while its request is on its way into JavaScript ----

/** Holds the worker when it gives a payload back, until its condition holds. */
struct Gate {
    std::atomic<bool> reached{false};
    std::function<bool()> may_go_on;

    static void release(const void *, size_t, uintptr_t user_data) {
        auto &gate = *reinterpret_cast<Gate *>(user_data);
        gate.reached = true;
        eventually(gate.may_go_on);
    }
};

/** A request whose payload is given back through the gate. */
uint64_t send_with(Context &context, Gate &gate) {
    weir_request request = weir::testing::make_request("echo", "x");
    request.release = Gate::release;
    request.release_data = reinterpret_cast<uintptr_t>(&gate);
    uint64_t id = 0;
    EXPECT_EQ(weir_request_send(context.handle(), &request, &id, nullptr), WEIR_OK);
    return id;
}

/**
 * The worker stages a loop, passes a request that was canceled, and there sees the loop's time end.
 * What the handlers say of it; the loop may have begun where the worker stages one at a time.
 */
std::string time_out_on_the_way(Host &host, Context &context) {
    EXPECT_EQ(context.run("shared.begun = false; return 1"), "OK 1");
    std::atomic<bool> sent{false};
    Gate before;
    before.may_go_on = [&] { return sent.load(); };
    send_with(context, before);
    EXPECT_TRUE(eventually([&] { return before.reached.load(); }));
    for (int quick = 0; quick < 7; quick++) { // of which 1, 2 and 4 are staged together, then 8
        const weir_request request = weir::testing::make_request("echo", "x");
        EXPECT_EQ(weir_request_send(context.handle(), &request, nullptr, nullptr), WEIR_OK);
    }
    const uint64_t timed_out = host.stats().responses_timed_out;
    const uint64_t loops = context.send("shared.begun = true; for (;;);", 300);
    Gate between;
    between.may_go_on = [&] { return host.stats().responses_timed_out > timed_out; };
    const uint64_t passed = send_with(context, between);
    EXPECT_EQ(weir_request_cancel(context.handle(), passed), WEIR_OK);
    sent = true;
    EXPECT_EQ(host.response(loops).find("TIMED_OUT"), 0u);
    const std::string begun = context.run("return shared.begun", 5'000);
    EXPECT_TRUE(between.reached);
    return begun;
}

TEST(TimeOut, of_a_request_that_is_staged_keeps_its_handler_from_beginning) {
    Host host(hurry);
    Context context(host);
    std::string begun = "OK true";
    for (int attempt = 0; attempt < 20 && begun == "OK true"; attempt++) {
        begun = time_out_on_the_way(host, context);
    }
    EXPECT_EQ(begun, "OK false");
}

TEST(TimeOut, that_the_host_says_tells_a_handler_that_waits_and_stops_one_that_runs) {
    Host host(hurry);
    Context context(host);
    const uint64_t waits = context.send(told_when_aborted);
    ASSERT_TRUE(holds(context, "shared.begun"));
    EXPECT_EQ(weir_request_expire(context.handle(), waits), WEIR_OK);
    EXPECT_EQ(host.response(waits).find("TIMED_OUT"), 0u);
    EXPECT_TRUE(holds(context, "shared.told"));
    EXPECT_EQ(host.stats().handlers_stopped, 0u);
    const std::string begun = host.folder.path("begun");
    const uint64_t loops =
        context.send("require('fs').writeFileSync('" + begun + "', ''); for (;;);");
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(begun); }));
    EXPECT_EQ(weir_request_expire(context.handle(), loops), WEIR_OK);
    EXPECT_EQ(host.response(loops).find("TIMED_OUT"), 0u);
    EXPECT_EQ(context.run("return 'serves'"), "OK serves");
    EXPECT_EQ(host.stats().handlers_stopped, 1u);
}

/**
 * A queue that holds the thread that gives a TIMED_OUT response, until the handler is being told of
 * it: so the stop comes while what tells it runs.
 */
TEST(TimeOut, of_a_call_that_waits_does_not_stop_what_tells_it) {
    static std::string telling;
    weir_queue_options queue_options = WEIR_QUEUE_OPTIONS_INIT;
    queue_options.notify = [](uintptr_t) {
        eventually([] { return std::filesystem::exists(telling); });
    };
    weir_handle queue = 0;
    ASSERT_EQ(weir_queue_create(&queue_options, &queue, nullptr), WEIR_OK);
    Host host([&](weir_pool_options &options) {
        hurry(options);
        EXPECT_EQ(weir_queue_close(std::exchange(options.queue, queue)), WEIR_OK);
    });
    host.queue = queue;
    telling = host.folder.path("telling");
    Context context(host);
    const uint64_t waits = context.send("call.signal.addEventListener('abort', () => {"
                                        "  require('fs').writeFileSync('" +
                                        telling +
                                        "', '');"
                                        "  const end = Date.now() + 200; while (Date.now() < end);"
                                        "  shared.told = true });"
                                        "shared.begun = true; return later(60000)");
    ASSERT_TRUE(holds(context, "shared.begun"));
    EXPECT_EQ(weir_request_expire(context.handle(), waits), WEIR_OK);
    EXPECT_EQ(host.response(waits).find("TIMED_OUT"), 0u);
    EXPECT_TRUE(holds(context, "shared.told"));
    EXPECT_EQ(host.stats().handlers_stopped, 0u);
}

TEST(Signal, of_the_instance_is_aborted_at_the_end_and_not_before) {
    Host host([](weir_pool_options &options) {
        hurry(options);
        options.max_slots = 1;
    });
    {
        Context context(host,
                        "instance.signal.addEventListener('abort', () => {"
                        "shared.reason = instance.signal.reason.name }); return { instance }");
        EXPECT_EQ(context.run("return state.instance.signal.aborted"), "OK false");
        EXPECT_EQ(context.run("return call.instance === state.instance"), "OK true");
        context.destroy();
    }
    Context next(host);
    EXPECT_EQ(next.run("return shared.reason"), "OK AbortError");
}

} // namespace
