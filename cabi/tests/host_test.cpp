/** The helpers of support/host.hpp do what they say, so that other tests may trust them. */
#include "support/host.hpp"

namespace weir::testing {

namespace {

void call_every_method() {
    HostLibrary library;
    HostQueue queue;
    Recorder recorder;
    InstancePlan plan;
    {
        HostPool pool(library, test_options(WEIR_DELIVER_QUEUE, queue.handle()));
        HostContext context(pool, &plan, &recorder);
        EXPECT_EQ(context.call("echo", "hello").body, "hello");
        EXPECT_NE(context.call("thread_id").as<uint64_t>(), thread_id());
        EXPECT_EQ(context.call("reject", "no").status, WEIR_ERR_HANDLER);
        EXPECT_EQ(context.call("throw", "int").status, WEIR_ERR_HANDLER);
        EXPECT_EQ(context.call("throw", "words").body, "words");
        EXPECT_EQ(context.run([](weir_call call) { weir_call_resolve(call, "ran", 3); }).body,
                  "ran");

        Latch latch;
        Latch *latch_pointer = &latch;
        context.send("block", bytes_of(latch_pointer));
        EXPECT_TRUE(latch.wait_for_arrivals(1));
        latch.open();
        context.send("answer_then_block", bytes_of(latch_pointer));

        Calls calls;
        Calls *calls_pointer = &calls;
        context.send("async", bytes_of(calls_pointer));
        const uint64_t canceled = context.send("cooperative", bytes_of(calls_pointer));
        EXPECT_TRUE(calls.wait_for(2));
        weir_request_cancel(context.handle(), canceled);
        EXPECT_TRUE(eventually([&] { return calls.canceled == 1; }));
        calls.resolve_all();
        EXPECT_TRUE(queue.collect(recorder, WEIR_RECORD_RESPONSE, 4));

        context.listen("tick");
        const EmitOrder order = {.name = "tick", .first = 5, .count = 3};
        EXPECT_EQ(context.call("emit", bytes_of(order)).as<EmitResult>().sent, 3u);
        EXPECT_TRUE(queue.collect(recorder, WEIR_RECORD_EVENT, 3));
        EXPECT_EQ(recorder.of_kind(WEIR_RECORD_EVENT).back().as<uint64_t>(), 7u);

        const auto result = context.call("offload", bytes_of(OffloadOrder{})).as<OffloadResult>();
        EXPECT_NE(result.work_thread, result.answer_thread);
        EXPECT_EQ(context.destroy_wait().abandoned, 0u);
    }
    EXPECT_EQ(plan.created, 1u);
    EXPECT_EQ(plan.destroyed, 1u);
}

} // namespace

TEST(Host, calls_every_method_of_the_test_library_and_leaves_nothing) {
    call_every_method();
    EXPECT_TRUE(nothing_is_left());
}

TEST(Host, a_latch_holds_who_comes_until_it_opens) {
    Latch latch;
    std::atomic<bool> passed{false};
    std::thread guest([&] {
        latch.wait();
        passed = true;
    });
    EXPECT_TRUE(latch.wait_for_arrivals(1));
    EXPECT_FALSE(passed);
    latch.open();
    guest.join();
    EXPECT_TRUE(passed);
}

} // namespace weir::testing
