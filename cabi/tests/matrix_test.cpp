/**
 * Rows 4.1 and T6: from inside each kind of callback each function of the ABI is called. It returns
 * soon, with the result that is defined for the thread it is on, and everything can be closed
 * afterwards. A table of callbacks times a table of functions.
 */
#include <span>

#include "support/matrix_functions.hpp"

namespace {

using namespace weir::stress;

// ---- the blow: the function is called once, inside the callback ----

Scene scene;
const Function *function = nullptr;
std::atomic<bool> armed{false};
std::atomic<bool> done{false};
weir_status result = WEIR_OK;
Where where = Where::host;
uint64_t took_ms = 0;

void strike() {
    if (!armed.exchange(false)) {
        return;
    }
    where = find_out_where();
    const auto began = Clock::now();
    result = function->call(scene);
    took_ms = elapsed_ms(began);
    done = true;
}

bool struck() {
    return eventually([] { return done.load(); });
}

uint32_t struck_kind = 0; ///< of the records whose callback strikes

void record_callback(const weir_record *record, uintptr_t) {
    if (record->kind == struck_kind) {
        if (record->kind == WEIR_RECORD_CREATED && armed) {
            scene.own = record->context;
        }
        strike();
    }
}

void release_callback(const void *, size_t, uintptr_t) { strike(); }

void notify_callback(uintptr_t) { strike(); }

// ---- the callbacks ----

struct Callback {
    const char *name;
    uint32_t kind; ///< of a record's callback
    /** Makes the callback come. Runs on the test's thread, with `own` alive. */
    void (*provoke)();
};

void send(weir_handle context, const weir_request &request) {
    weir_request_send(context, &request, nullptr, nullptr);
}

/** Requests whose handler is `work`, which stays alive until the cell is over. */
void send_work(Work work, uint32_t timeout_ms = 0) {
    static Work kept;
    static const Work *pointer = &kept;
    kept = std::move(work);
    weir_request request = run_request(pointer);
    request.timeout_ms = timeout_ms;
    send(scene.own, request);
}

void answer(weir_call call) { weir_call_resolve(call, nullptr, 0); }

/** A request that is canceled when its handler listens for that by `told`. */
void cancel_when_it_listens(weir_cancel_callback told) {
    static weir_cancel_callback callback;
    static std::atomic<bool> listens;
    static const Work work = [](weir_call call, Instance &) {
        weir_call_on_cancel(call, callback, 0);
        listens = true;
    };
    static const Work *pointer = &work;
    callback = told;
    listens = false;
    const weir_request request = run_request(pointer);
    uint64_t id = 0;
    weir_request_send(scene.own, &request, &id, nullptr);
    eventually([] { return listens.load(); });
    weir_request_cancel(scene.own, id);
}

uint64_t wedged_handlers() {
    weir_pool_stats stats = {};
    stats.struct_size = sizeof stats;
    weir_pool_stats_get(scene.pool, &stats);
    return stats.wedged_handlers;
}

const Callback callbacks[] = {
    {"response", WEIR_RECORD_RESPONSE, [] { send(scene.own, echo_request); }},
    {"event", WEIR_RECORD_EVENT,
     [] {
         const uint64_t count = 1;
         send(scene.own, make_request(m_emit, &count, sizeof count));
     }},
    {"event from another thread", WEIR_RECORD_EVENT,
     [] { weir_emit(scene.own, "e", 1, "x", 1, 0); }},
    {"destroyed", WEIR_RECORD_DESTROYED, [] { weir_context_destroy(scene.own); }},
    {"created", WEIR_RECORD_CREATED,
     [] {
         uint64_t ticket = 0;
         weir_context_create_queued(scene.pool, nullptr, WEIR_FOREVER, &ticket, nullptr);
     }},
    {"unresponsive", WEIR_RECORD_UNRESPONSIVE,
     [] {
         send_work([](weir_call call, Instance &) {
             // Until it was found; not until it was told, which directly happens after it.
             eventually([] { return done || wedged_handlers() > 0; });
             const auto found = Clock::now();
             while (!done && elapsed_ms(found) < 20) {
                 std::this_thread::sleep_for(std::chrono::milliseconds(1));
             }
             answer(call);
         });
     }},
    {"timed out response", WEIR_RECORD_RESPONSE,
     [] {
         send_work(
             [](weir_call call, Instance &) {
                 weir_call_on_cancel(call, [](weir_call late, uintptr_t) { answer(late); }, 0);
             },
             5);
     }},
    {"release on the worker", 0,
     [] {
         weir_request request = echo_request;
         request.release = release_callback;
         send(scene.own, request);
     }},
    {"release on another thread", 0,
     [] {
         static weir_call kept;
         static std::atomic<bool> ready;
         ready = false;
         const Work work = [](weir_call call, Instance &) {
             kept = call;
             ready = true;
         };
         const Work *pointer = &work;
         weir_request request = run_request(pointer);
         request.release = release_callback;
         send(scene.own, request);
         eventually([] { return ready.load(); });
         answer(kept);
     }},
    {"handler", 0,
     [] {
         send_work([](weir_call call, Instance &) {
             strike();
             answer(call);
         });
     }},
    {"cancel callback", 0,
     [] {
         cancel_when_it_listens([](weir_call canceled, uintptr_t) {
             strike();
             answer(canceled);
         });
     }},
    {"offloaded work", 0,
     [] {
         send_work([](weir_call call, Instance &) {
             weir_offload(
                 call,
                 [](weir_call offloaded, uintptr_t) {
                     strike();
                     answer(offloaded);
                 },
                 nullptr, 0);
         });
     }},
    {"delivery of offloaded work", 0,
     [] {
         send_work([](weir_call call, Instance &) {
             weir_offload(
                 call, [](weir_call, uintptr_t) {},
                 [](weir_call offloaded, uintptr_t) {
                     strike();
                     answer(offloaded);
                 },
                 0);
         });
     }},
    {"create of the library", 0,
     [] {
         on_create = [](weir_instance instance) {
             scene.own = armed ? instance : scene.own;
             strike();
         };
         weir_handle made = 0;
         weir_context_create(scene.pool, nullptr, &made, nullptr);
     }},
    {"destroy of the library", 0,
     [] {
         on_destroy = [](weir_instance) { strike(); };
         weir_context_destroy(scene.own);
     }},
};

const Callback queue_callbacks[] = {
    {"notify on the worker", 0, [] { send(scene.own, echo_request); }},
    {"notify on the thread that cancels", 0,
     [] { cancel_when_it_listens([](weir_call late, uintptr_t) { answer(late); }); }},
    {"notify on the thread that emits", 0, [] { weir_emit(scene.own, "e", 1, "x", 1, 0); }},
    {"notify of a ticket that is taken back", 0,
     [] {
         uint64_t ticket = 0;
         weir_context_create_queued(scene.pool, nullptr, WEIR_FOREVER, &ticket, nullptr);
     }},
};

// ---- the matrix ----

constexpr uint64_t soon_ms = 1'000; ///< ten times what is promised, and less than any drain

void set_scene(const Host &host, weir_handle queue) {
    scene = {};
    scene.pool = host.pool;
    scene.library = host.library;
    scene.queue = queue;
    scene.own = host.create();
    scene.other = host.create();
    weir_context_listen(scene.own, "e", 1, nullptr, 0, &scene.listener);
    weir_context_listen(scene.other, "e", 1, nullptr, 0, &scene.other_listener);
    EXPECT_EQ(ask(scene.own, m_echo).call, WEIR_OK); // both are constructed before the blow
    EXPECT_EQ(ask(scene.other, m_echo).call, WEIR_OK);
    EXPECT_EQ(make_pool(scene, &scene.other_pool), WEIR_OK);
}

void check_cell() {
    const bool on_own = where == Where::worker || where == Where::event;
    const uint32_t allowed = on_own ? function->on_own_threads : function->elsewhere;
    EXPECT_NE(bit(result) & allowed, 0u) << weir_status_name(result);
    EXPECT_LT(took_ms, soon_ms);
}

void run_cell(uint32_t delivery, const Callback &callback, const Function &called) {
    SCOPED_TRACE(std::string(called.name) + " inside " + callback.name);
    weir_handle queue = 0;
    weir_queue_options queue_options = WEIR_QUEUE_OPTIONS_INIT;
    queue_options.notify = delivery == WEIR_DELIVER_QUEUE ? notify_callback : nullptr;
    ASSERT_EQ(weir_queue_create(&queue_options, &queue, nullptr), WEIR_OK);
    {
        Host host(delivery, [&](weir_pool_options &options) {
            const bool queued = delivery == WEIR_DELIVER_QUEUE;
            options.queue = queued ? queue : 0;
            options.callback = queued ? nullptr : record_callback;
            options.slow_ms = 10;
            options.wedged_ms = 20;
            options.check_ms = 5;
        });
        set_scene(host, queue);
        function = &called;
        struck_kind = callback.kind;
        done = false;
        armed = true;
        callback.provoke();
        EXPECT_TRUE(struck());
        check_cell();
        weir_pool_close_wait(scene.other_pool, 30'000, nullptr);
        weir_pool_close_wait(host.pool, 30'000, nullptr);
        EXPECT_TRUE(eventually([] { return live_objects().slots + live_objects().pools == 0; }));
        on_create = {};
        on_destroy = {};
        weir_queue_close(queue);
    }
}

void run_matrix(uint32_t delivery, std::span<const Callback> chosen) {
    for (const Callback &callback : chosen) {
        for (const Function &called : functions) {
            run_cell(delivery, callback, called);
            if (testing::Test::HasFatalFailure() || testing::Test::HasFailure()) {
                return;
            }
        }
    }
}

TEST(Matrix, row_4_1_every_function_inside_every_callback_with_callback_delivery) {
    run_matrix(WEIR_DELIVER_CALLBACK, callbacks);
}

TEST(Matrix, row_4_1_every_function_inside_every_callback_with_direct_delivery) {
    run_matrix(WEIR_DELIVER_DIRECT, callbacks);
}

TEST(Matrix, row_4_1_every_function_inside_the_notify_callback_of_a_queue) {
    run_matrix(WEIR_DELIVER_QUEUE, queue_callbacks);
}

} // namespace
