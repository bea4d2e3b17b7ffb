/** Events of a TypeScript library: to listeners, to nobody, and to a host that does not drain. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

constexpr char give_instance[] = "return { instance }";

TEST(Events, reach_listeners_of_their_name_in_order) {
    Host host;
    Context context(host, give_instance);
    const uint64_t one = context.listen("one");
    context.listen("");
    EXPECT_EQ(context.run("for (let n = 0; n < 100; n++) {"
                          "  state.instance.emit(n % 2 ? 'one' : 'two', bytes(n)) } return 1"),
              "OK 1");
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_EVENT, 50));
    int expected = 1;
    for (const Received &event : host.recorder.of_kind(WEIR_RECORD_EVENT)) {
        if (event.id != one) {
            continue;
        }
        EXPECT_EQ(event.name, "one");
        EXPECT_EQ(event.body, std::to_string(expected));
        expected += 2;
    }
    EXPECT_EQ(expected, 101);
}

TEST(Events, without_listeners_cost_nothing_and_resolve) {
    Host host;
    Context context(host, give_instance);
    EXPECT_EQ(context.run("const all = []; for (let n = 0; n < 5000; n++) {"
                          "  all.push(state.instance.emit('x', bytes(n))) }"
                          "return Promise.all(all).then(() => 'resolved')"),
              "OK resolved");
    EXPECT_EQ(host.stats().events_emitted, 0u);
    EXPECT_EQ(host.stats().events_dropped, 0u);
}

TEST(Events, of_every_size_and_name_arrive_whole) {
    Host host;
    Context context(host, give_instance);
    context.listen("żółw");
    EXPECT_EQ(context.run("const sizes = [0, 1, 16384, 70000, 1000000];"
                          "for (const size of sizes) {"
                          "  state.instance.emit('żółw', Buffer.alloc(size, 'e')) } return 1"),
              "OK 1");
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_EVENT, 5));
    const size_t sizes[] = {0, 1, 16'384, 70'000, 1'000'000};
    for (size_t at = 0; at < 5; at++) {
        EXPECT_TRUE(host.recorder.of_kind(WEIR_RECORD_EVENT)[at].body ==
                    std::string(sizes[at], 'e'));
    }
}

TEST(Events, that_cannot_be_emitted_reject) {
    Host host([](weir_pool_options &options) { options.max_payload = 1'000; });
    Context context(host, give_instance);
    context.listen("x");
    EXPECT_EQ(context.run("return state.instance.emit('x', Buffer.alloc(1001))").find("HANDLER"),
              0u);
    const std::string name = context.run(
        "return state.instance.emit('n'.repeat(1000), bytes(1)).then(() => 'ok', () => 'refused')");
    EXPECT_TRUE(name == "OK refused" || name == "OK ok") << name;
    EXPECT_EQ(context.run("return state.instance.emit('x', bytes(1)).then(() => 'ok')"), "OK ok");
}

/** A queue of four events that nobody drains: the fifth waits. */
TEST(Events, the_fifth_waits_until_the_host_drains_and_none_is_dropped) {
    Host host([](weir_pool_options &options) { options.max_events = 4; });
    Context context(host, give_instance);
    context.listen("x");
    context.send("shared.resolved = 0; shared.all = [];"
                 "for (let n = 0; n < 10; n++) {"
                 "  shared.all.push(state.instance.emit('x', bytes(n)).then(() => {"
                 "    shared.resolved++ })) }");
    EXPECT_EQ(context.run("return later(100, null).then(() => shared.resolved)"), "OK 4");
    EXPECT_EQ(context.run("return later(100, null).then(() => shared.resolved)"), "OK 4");
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_EVENT, 10)) << "from here on the host drains";
    EXPECT_EQ(context.run("return Promise.all(shared.all).then(() => shared.resolved)"), "OK 10");
    int expected = 0;
    for (const Received &event : host.recorder.of_kind(WEIR_RECORD_EVENT)) {
        EXPECT_EQ(event.body, std::to_string(expected++));
    }
    EXPECT_EQ(expected, 10);
    EXPECT_EQ(host.stats().events_dropped, 0u);
    EXPECT_EQ(host.recorder.count(WEIR_RECORD_EVENTS_DROPPED), 0u);
}

TEST(Events, many_that_are_awaited_pass_a_small_queue_in_order) {
    Host host([](weir_pool_options &options) { options.max_events = 4; });
    Context context(host, give_instance);
    context.listen("x");
    constexpr int count = 5'000;
    const uint64_t id = context.send("return (async () => { for (let n = 0; n < 5000; n++) {"
                                     "  await state.instance.emit('x', bytes(n)) } })()");
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_EVENT, count));
    EXPECT_EQ(host.response(id), "OK");
    int expected = 0;
    for (const Received &event : host.recorder.of_kind(WEIR_RECORD_EVENT)) {
        ASSERT_EQ(event.body, std::to_string(expected++));
    }
    EXPECT_EQ(host.stats().events_dropped, 0u);
}

TEST(Events, that_wait_are_rejected_when_the_context_is_destroyed) {
    Host host([](weir_pool_options &options) {
        options.max_events = 4;
        options.max_slots = 1;
        hurry(options);
    });
    {
        Context context(host, give_instance);
        context.listen("x");
        context.send("shared.rejected = 0; for (let n = 0; n < 7; n++) {"
                     "  state.instance.emit('x', bytes(n)).catch((error) => {"
                     "    shared.rejected++; shared.words = error.message }) }");
        EXPECT_EQ(context.run("return shared.rejected"), "OK 0");
        context.destroy();
    }
    host.drain();
    Context next(host);
    EXPECT_EQ(next.run("return shared.rejected"), "OK 3");
    EXPECT_EQ(next.run("return shared.words"), "OK the context is being destroyed");
}

TEST(Events, of_an_instance_that_has_ended_do_not_reach_the_next_owner) {
    Host host([](weir_pool_options &options) { options.max_slots = 1; });
    {
        Context context(host, "shared.old = instance; return {}");
        EXPECT_EQ(context.run("return 1"), "OK 1");
        context.destroy();
    }
    Context next(host);
    next.listen("x");
    EXPECT_EQ(next.run("return shared.old.emit('x', bytes('stray')).then(() => 'emitted', "
                       "() => 'refused')"),
              "OK refused");
    EXPECT_EQ(next.run("return 1"), "OK 1");
    host.drain();
    EXPECT_EQ(host.recorder.count(WEIR_RECORD_EVENT), 0u);
}

TEST(Events, emitted_by_create_and_by_timers_arrive) {
    Host host;
    Context context(host, "setTimeout(() => instance.emit('x', bytes('timer')), 100);"
                          "return { instance }");
    context.listen("x");
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_EVENT, 1)) << "with no request that wakes the worker";
    EXPECT_EQ(host.recorder.of_kind(WEIR_RECORD_EVENT)[0].body, "timer");
}

} // namespace
