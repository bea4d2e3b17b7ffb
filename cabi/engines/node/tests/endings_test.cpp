/** Libraries that end their own instance: by process.exit, by an error that nobody caught. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

struct Ending {
    const char *name;
    const char *code;
    const char *reason; ///< a part of it
};

std::ostream &operator<<(std::ostream &out, const Ending &ending) { return out << ending.name; }

class Endings : public testing::TestWithParam<Ending> {};

/** The code's own request and a later one get INSTANCE_ENDED, and the host one record. */
TEST_P(Endings, end_the_instance_once_and_the_slot_serves_the_next_owner) {
    Host host([](weir_pool_options &options) {
        options.max_slots = 1;
        hurry(options);
    });
    {
        Context context(host, "return { destroy() { shared.destroyed = true } }");
        const uint64_t waiting = context.send("return later(60000)");
        const uint64_t ended = context.send(GetParam().code);
        const uint64_t queued = context.send("return later(60000)");
        for (const uint64_t id : {waiting, ended, queued}) {
            const std::string answer = host.response(id);
            EXPECT_EQ(answer.find("INSTANCE_ENDED"), 0u) << answer;
            EXPECT_NE(answer.find(GetParam().reason), std::string::npos) << answer;
        }
        EXPECT_EQ(context.run("return 1").find("INSTANCE_ENDED"), 0u) << "later ones as well";
        ASSERT_TRUE(host.wait_for(WEIR_RECORD_INSTANCE_ENDED));
        const Received record = host.recorder.of_kind(WEIR_RECORD_INSTANCE_ENDED)[0];
        EXPECT_EQ(record.context, context.handle());
        EXPECT_NE(record.body.find(GetParam().reason), std::string::npos) << record.body;
        const weir_destroy_report report = context.destroy();
        EXPECT_EQ(report.abandoned, 0u);
    }
    Context next(host);
    EXPECT_EQ(next.run("return shared.destroyed ?? 'fresh'"), "OK fresh");
    EXPECT_EQ(host.stats().instances_ended, 1u);
    next.destroy();
    host.drain();
    EXPECT_EQ(host.recorder.count(WEIR_RECORD_INSTANCE_ENDED), 1u);
    EXPECT_TRUE(host.is_whole());
}

INSTANTIATE_TEST_SUITE_P(
    By, Endings,
    testing::Values(
        Ending{"exit", "process.exit(3)", "process.exit(3)"},
        Ending{"exit_in_try", "try { process.exit(0) } finally { for (let n = 0; n < 9; n++); }",
               "process.exit(0)"},
        Ending{"exit_later", "return later(5).then(() => process.exit(4))", "process.exit(4)"},
        Ending{"exit_in_timer", "setTimeout(() => process.exit(5), 5); return later(60000)",
               "process.exit(5)"},
        Ending{"exit_in_tick", "process.nextTick(() => process.exit(6)); return later(60000)",
               "process.exit(6)"},
        Ending{"really_exit", "process.reallyExit(7)", "process.exit(7)"},
        Ending{"abort", "process.abort()", "process.abort()"},
        Ending{"error_in_timer",
               "setTimeout(() => { throw new Error('lost') }, 5);"
               "return later(60000)",
               "Error: lost"},
        Ending{"null_in_timer", "setTimeout(() => { throw null }, 5); return later(60000)", "null"},
        Ending{"error_in_tick",
               "process.nextTick(() => { throw new Error('tock') });"
               "return later(60000)",
               "Error: tock"},
        Ending{"error_in_event",
               "setImmediate(() => new (require('events'))().emit('error',"
               "new Error('event'))); return later(60000)",
               "Error: event"},
        Ending{"error_in_microtask",
               "queueMicrotask(() => { throw new Error('task') });"
               "return later(60000)",
               "Error: task"},
        Ending{"rejection", "Promise.reject(new Error('nobody')); return later(60000)",
               "Error: nobody"},
        Ending{"rejection_later",
               "later(5).then(() => { throw new TypeError('later') });"
               "return later(60000)",
               "TypeError: later"},
        Ending{"async_file_error",
               "require('fs').readFile('/nothing', (e) => { throw e });"
               "return later(60000)",
               "ENOENT"},
        Ending{"unreadable_error",
               "setTimeout(() => { throw { get message() { throw 1 },"
               "toString() { throw 2 } } }, 1); return later(60000)",
               "cannot be shown"}),
    [](const auto &ending) { return std::string(ending.param.name); });

} // namespace
