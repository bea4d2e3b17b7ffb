/**
 * T7, row 2.12: what an owner leaves on a slot, the next owner of it does not find. Owner A dirties
 * everything that it can reach; owner B, on the same worker, compares with a worker that is new.
 */
#include "support/timed.hpp"

#include <cerrno>
#include <cfenv>
#include <clocale>
#include <csignal>

#include <sys/prctl.h>
#include <sys/resource.h>

namespace weir::testing {

namespace {

/** What a thread can see of itself. */
struct ThreadState {
    uint64_t thread = 0;
    locale_t locale = nullptr;
    int rounding = 0;
    int exceptions = 0;
    int priority = 0;
    int last_error = 0;
    sigset_t blocked = {};
    char name[16] = {};

    bool same_as(const ThreadState &other) const {
        bool masks = true;
        for (int signal = 1; signal < NSIG; signal++) {
            masks = masks && sigismember(&blocked, signal) == sigismember(&other.blocked, signal);
        }
        return masks && locale == other.locale && rounding == other.rounding &&
               exceptions == other.exceptions && priority == other.priority &&
               last_error == other.last_error && strncmp(name, other.name, 7) == 0;
    }
};

ThreadState look_at_thread() {
    ThreadState state;
    state.last_error = errno;
    state.thread = thread_id();
    state.locale = uselocale(nullptr);
    state.rounding = fegetround();
    state.exceptions = fegetexcept();
    state.priority = getpriority(PRIO_PROCESS, 0);
    pthread_sigmask(SIG_SETMASK, nullptr, &state.blocked);
    prctl(PR_GET_NAME, state.name);
    return state;
}

ThreadState look_on_worker(HostContext &context) {
    ThreadState state;
    context.run([&](weir_call call) {
        state = look_at_thread();
        weir_call_resolve(call, nullptr, 0);
    });
    return state;
}

} // namespace

class StainTest : public TimedTest {
  protected:
    weir_pool_options one_slot() {
        weir_pool_options options = queue_options();
        options.max_slots = 1;
        return options;
    }
};

TEST_F(StainTest, the_thread_of_the_next_owner_is_like_a_new_one) {
    const locale_t foreign = newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
    ThreadState fresh;
    {
        HostPool pool(library, one_slot());
        HostContext context(pool);
        fresh = look_on_worker(context);
    }
    HostPool pool(library, one_slot());
    ThreadState dirty;
    {
        HostContext context(pool);
        context.run([&](weir_call call) {
            uselocale(foreign);
            fesetround(FE_UPWARD);
            feenableexcept(FE_DIVBYZERO);
            sigset_t none;
            sigemptyset(&none);
            pthread_sigmask(SIG_SETMASK, &none, nullptr);
            prctl(PR_SET_NAME, "somebody-else");
            weir_call_resolve(call, nullptr, 0);
            errno = 42;
        });
        dirty = look_on_worker(context);
        EXPECT_FALSE(dirty.same_as(fresh)) << "nothing was made dirty";
        context.destroy_wait();
    }
    HostContext next(pool);
    const ThreadState clean = look_on_worker(next);
    EXPECT_EQ(clean.thread, dirty.thread) << "the same slot";
    EXPECT_TRUE(clean.same_as(fresh));
    EXPECT_EQ(pool.stats().slots_unclean, 0u);
    next.destroy_wait();
    freelocale(foreign);
}

/** To lower it again takes a privilege; without it the slot is built anew. */
TEST_F(StainTest, the_next_owner_has_the_usual_priority_on_the_same_thread_or_on_a_new_one) {
    HostPool pool(library, one_slot());
    HostContext context(pool);
    const ThreadState before = look_on_worker(context);
    context.run([](weir_call call) {
        setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 5);
        weir_call_resolve(call, nullptr, 0);
    });
    EXPECT_NE(look_on_worker(context).priority, before.priority);
    context.destroy_wait();
    weir_handle next = 0;
    ASSERT_EQ(weir_context_create_wait(pool.handle(), nullptr, WEIR_FOREVER, &next, nullptr),
              WEIR_OK);
    weir_context_destroy_wait(next, nullptr);
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_idle == 1; }));
    HostContext last(pool);
    EXPECT_EQ(look_on_worker(last).priority, before.priority);
    EXPECT_EQ(pool.stats().slots_built, 1u + pool.stats().slots_unclean);
}

TEST_F(StainTest, a_thread_that_cannot_be_restored_is_not_used_again_and_is_counted) {
    HostPool pool(library, one_slot());
    HostContext context(pool);
    const uint64_t before = look_on_worker(context).thread;
    inject(Fault::restore, 1);
    context.destroy_wait();
    EXPECT_EQ(pool.stats().slots_unclean, 1u);
    EXPECT_TRUE(eventually([&] { return pool.stats().slots_total == 0; }));
    EXPECT_EQ(pool.stats().slots_retired, 1u);
    HostContext next(pool);
    EXPECT_NE(look_on_worker(next).thread, before);
    EXPECT_EQ(pool.stats().slots_built, 2u);
}

/** 3.14 */
TEST_F(StainTest, row_3_14_a_thousand_queued_events_of_a_go_to_nobody) {
    HostPool pool(library, one_slot());
    Recorder of_a;
    Recorder of_b;
    HostContext a(pool, nullptr, &of_a);
    const uint64_t listener_of_a = a.listen("tick");
    const EmitOrder order = {.name = "tick", .count = 1'000};
    EXPECT_EQ(a.call("emit", bytes_of(order)).as<EmitResult>().sent, 1'000u);
    a.destroy_wait();
    HostContext b(pool, nullptr, &of_b);
    EXPECT_GT(b.listen("tick"), listener_of_a);
    EXPECT_EQ(weir_context_unlisten(b.handle(), listener_of_a), WEIR_ERR_INVALID_ARGUMENT);
    const EmitOrder own = {.name = "tick", .first = 5'000, .count = 1};
    EXPECT_EQ(b.call("emit", bytes_of(own)).as<EmitResult>().sent, 1u);
    EXPECT_TRUE(queue.collect(recorder, WEIR_RECORD_EVENT));
    ASSERT_EQ(recorder.count(WEIR_RECORD_EVENT), 1u);
    EXPECT_EQ(recorder.of_kind(WEIR_RECORD_EVENT).front().as<uint64_t>(), 5'000u);
    EXPECT_EQ(recorder.of_kind(WEIR_RECORD_EVENT).front().user_data, of_b.user_data());
}

TEST_F(StainTest, the_events_that_a_did_not_release_take_no_room_from_b) {
    weir_pool_options options = one_slot();
    options.max_events = 10;
    HostPool pool(library, options);
    HostContext a(pool, nullptr, &recorder);
    a.listen("tick");
    const EmitOrder order = {.name = "tick", .count = 15};
    EXPECT_EQ(a.call("emit", bytes_of(order)).as<EmitResult>().refused, 5u);
    weir_record held[16];
    uint32_t count = 0;
    EXPECT_EQ(weir_queue_drain(queue.handle(), held, 16, &count), WEIR_OK);
    EXPECT_EQ(count, 11u) << "ten events and one notice of five drops";
    a.destroy_wait();
    HostContext b(pool, nullptr, &recorder);
    b.listen("tick");
    EXPECT_EQ(b.call("emit", bytes_of(order)).as<EmitResult>().sent, 10u);
    weir_records_release(held, count);
    EXPECT_EQ(b.call("emit", bytes_of(order)).as<EmitResult>().sent, 0u)
        << "what a gives back later makes no room either";
    EXPECT_TRUE(queue.collect(recorder, WEIR_RECORD_EVENTS_DROPPED));
    EXPECT_EQ(recorder.of_kind(WEIR_RECORD_EVENTS_DROPPED).front().id, 20u);
    EXPECT_EQ(recorder.of_kind(WEIR_RECORD_EVENTS_DROPPED).front().context, b.handle());
}

TEST_F(StainTest, the_requests_that_a_did_not_release_take_no_room_from_b) {
    weir_pool_options options = one_slot();
    options.max_requests = 4;
    HostPool pool(library, options);
    weir_record held[4];
    uint32_t count = 0;
    HostContext a(pool, nullptr, &recorder);
    for (int request = 0; request < 4; request++) {
        EXPECT_NE(a.send("echo", "x"), 0u);
    }
    EXPECT_EQ(a.send("echo", "x"), 0u);
    EXPECT_EQ(a.last_status, WEIR_ERR_QUEUE_FULL);
    EXPECT_TRUE(quiet());
    EXPECT_EQ(weir_queue_drain(queue.handle(), held, 4, &count), WEIR_OK);
    EXPECT_EQ(count, 4u);
    a.destroy_wait();
    HostContext b(pool, nullptr, &recorder);
    for (int request = 0; request < 4; request++) {
        EXPECT_NE(b.send("echo", "x"), 0u);
    }
    EXPECT_TRUE(quiet());
    weir_records_release(held, count);
    weir_records_release(held, count);
    EXPECT_EQ(b.send("echo", "x"), 0u) << "b's own four are not released";
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE, 4));
    EXPECT_NE(b.send("echo", "x"), 0u);
}

TEST_F(StainTest, timeouts_of_a_pass_b_by) {
    HostPool pool(library, one_slot());
    Recorder of_a;
    Calls calls;
    Calls *pointer = &calls;
    HostContext a(pool, nullptr, &of_a);
    a.send("async", bytes_of(pointer), 500);
    EXPECT_TRUE(calls.wait_for(1));
    calls.resolve_all();
    a.destroy_wait();
    EXPECT_TRUE(queue.collect(of_a, WEIR_RECORD_RESPONSE));
    HostContext b(pool, nullptr, &recorder);
    b.send("async", bytes_of(pointer), 1'000);
    EXPECT_TRUE(calls.wait_for(1));
    pass_ms(999);
    EXPECT_EQ(count(WEIR_RECORD_RESPONSE), 0u);
    pass_ms(1);
    EXPECT_TRUE(collect(WEIR_RECORD_RESPONSE));
    calls.resolve_all();
}

TEST_F(StainTest, the_failure_of_as_constructor_is_forgotten) {
    HostPool pool(library, one_slot());
    InstancePlan failing;
    failing.on_create = [](weir_instance instance) {
        weir_instance_fail(instance, "secret of a", 11);
        return WEIR_ERR_HANDLER;
    };
    HostContext a(pool, &failing);
    EXPECT_EQ(a.call("echo", "x").body, "secret of a");
    EXPECT_EQ(a.call("echo", "x").status, WEIR_ERR_CREATE_FAILED);
    a.destroy_wait();
    HostContext b(pool);
    EXPECT_EQ(b.call("echo", "x").body, "x");
    b.destroy_wait();
    failing.on_create = [](weir_instance) { return WEIR_ERR_HANDLER; };
    HostContext c(pool, &failing);
    const Response response = c.call("echo", "x");
    EXPECT_EQ(response.status, WEIR_ERR_CREATE_FAILED);
    EXPECT_EQ(response.body.find("secret"), std::string::npos);
}

TEST_F(StainTest, a_suspected_leak_of_b_does_not_carry_the_tag_of_a) {
    weir_pool_options options = one_slot();
    options.leak_threshold_ms = 2'000;
    HostPool pool(library, options);
    weir_context_options tagged = WEIR_CONTEXT_OPTIONS_INIT;
    tagged.tag = "tag-of-a";
    tagged.tag_length = 8;
    weir_handle a = 0;
    ASSERT_EQ(weir_context_create(pool.handle(), &tagged, &a, nullptr), WEIR_OK);
    pass_ms(1'500);
    weir_context_destroy_wait(a, nullptr);
    HostContext b(pool, nullptr, &recorder);
    pass_ms(1'999);
    EXPECT_EQ(count(WEIR_RECORD_LEAK_SUSPECTED), 0u);
    pass_ms(1);
    EXPECT_TRUE(collect(WEIR_RECORD_LEAK_SUSPECTED));
    const Received told = recorder.of_kind(WEIR_RECORD_LEAK_SUSPECTED).front();
    EXPECT_EQ(told.context, b.handle());
    EXPECT_EQ(told.body.find("tag-of-a"), std::string::npos);
    pass_ms(10'000, 1'000);
    EXPECT_EQ(count(WEIR_RECORD_LEAK_SUSPECTED), 1u);
}

/** T7: the bytes of a payload do not come back in somebody else's buffer. */
TEST_F(StainTest, a_handler_of_b_sees_its_own_bytes_and_no_others) {
    HostPool pool(library, one_slot());
    const std::string secret = "0123456789abcdef";
    std::string large;
    for (int copy = 0; copy < 1'000; copy++) {
        large += secret;
    }
    HostContext a(pool);
    EXPECT_EQ(a.call("echo", large).body, large);
    a.destroy_wait();
    HostContext b(pool);
    for (const size_t length : {size_t{1}, size_t{100}, size_t{129}, size_t{5'000}}) {
        const std::string own(length, 'b');
        EXPECT_EQ(b.call("echo", own).body, own);
    }
}

TEST_F(StainTest, the_figures_of_a_new_pool_begin_at_zero) {
    for (int before = 0; before < 3; before++) {
        HostPool pool(library, queue_options());
        HostContext context(pool, nullptr, &recorder);
        context.send("echo", "x");
        EXPECT_TRUE(quiet());
        pass_ms(1'000, 100);
    }
    HostPool pool(library, queue_options());
    EXPECT_EQ(weir_pool_prewarm(pool.handle(), 1, nullptr), WEIR_OK);
    EXPECT_TRUE(quiet());
    weir_pool_stats expected = {};
    expected.struct_size = sizeof expected;
    expected.slots_max = 32;
    expected.slots_total = expected.slots_idle = 1;
    expected.slots_built = expected.slots_prepared = 1;
    const weir_pool_stats stats = pool.stats();
    EXPECT_EQ(memcmp(&stats, &expected, sizeof stats), 0)
        << "worker wakes " << stats.worker_wakes << ", watch wakes " << stats.watch_wakes;
}

/** H: max_uses and max_age. The slot is idle or gone when the next owner comes. */
TEST_F(StainTest, a_slot_is_built_anew_after_its_uses_or_at_its_age) {
    weir_pool_options options = one_slot();
    options.max_uses = 3;
    options.max_age_ms = 60'000;
    HostPool pool(library, options);
    std::vector<uint64_t> built;
    for (int owner = 0; owner < 8; owner++) {
        weir_handle context = 0;
        EXPECT_EQ(weir_context_create_wait(pool.handle(), nullptr, WEIR_FOREVER, &context, nullptr),
                  WEIR_OK);
        EXPECT_TRUE(quiet());
        if (owner == 6) {
            pass_ms(60'001, 60'001);
        }
        weir_context_destroy_wait(context, nullptr);
        EXPECT_TRUE(quiet());
        built.push_back(pool.stats().slots_built);
    }
    EXPECT_EQ(built, (std::vector<uint64_t>{1, 1, 1, 2, 2, 2, 3, 4}));
}

} // namespace weir::testing
