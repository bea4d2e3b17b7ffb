/** Libraries that take more memory than they may: an error or their end, never that of the host. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

struct Hunger {
    const char *name;
    const char *code;
};

std::ostream &operator<<(std::ostream &out, const Hunger &hunger) { return out << hunger.name; }

class Memory : public testing::TestWithParam<Hunger> {};

void small(weir_pool_options &options) {
    options.heap_limit_mb = 64;
    hurry(options);
}

TEST_P(Memory, running_out_of_it_harms_nobody_else) {
    Host host(small);
    Context neighbour(host, "return { kept: 'kept' }");
    {
        Context context(host);
        EXPECT_EQ(context.run("return 1"), "OK 1");
        const std::string answer = context.run(GetParam().code, 60'000);
        // One array is made and filled before V8 looks whether it is to stop.
        const bool in_one_step = answer == "OK 30000000";
        const bool bounded = in_one_step || answer.find("NO_MEMORY") == 0 ||
                             answer.find("HANDLER") == 0 || answer.find("INSTANCE_ENDED") == 0;
        EXPECT_TRUE(bounded) << answer.substr(0, 200);
        const std::string after = context.run("return later(1, 'after')", 60'000);
        EXPECT_TRUE(after == "OK after" || after.find("INSTANCE_ENDED") == 0) << after;
        EXPECT_EQ(neighbour.run("return state.kept"), "OK kept");
        context.destroy();
    }
    EXPECT_EQ(neighbour.run("return later(1, state.kept)"), "OK kept");
    Context next(host);
    EXPECT_EQ(next.run("return Buffer.alloc(30e6).length"), "OK 30000000");
    EXPECT_EQ(next.run("return new Array(2e6).fill(1).length"), "OK 2000000");
    neighbour.destroy();
    next.destroy();
    EXPECT_TRUE(host.is_whole());
}

INSTANTIATE_TEST_SUITE_P(
    By, Memory,
    testing::Values(
        Hunger{"huge_array", "return new Array(3e7).fill(1).length"},
        Hunger{"array_that_grows", "const a = []; for (;;) a.push({ a })"},
        Hunger{"numbers_that_grow", "const a = []; for (;;) a.push(1.5)"},
        Hunger{"strings", "const a = []; for (let n = 0;; n++) a.push('text '.repeat(1000) + n)"},
        Hunger{"one_string", "let s = 'x'; for (;;) { s += s; s.charCodeAt(s.length - 1) }"},
        Hunger{"joined", "return new Array(3e7).fill('abc').join('-').length"},
        Hunger{"map", "const m = new Map(); for (let n = 0;; n++) m.set(n, [n])"},
        Hunger{"json", "let a = [1]; for (;;) a = JSON.parse(JSON.stringify([a, a]))"},
        Hunger{"closures", "let f = () => 0; for (;;) { const g = f; f = () => [g, {}] }"},
        Hunger{"typed_arrays", "const a = []; for (;;) a.push(new Uint8Array(1e6))"},
        Hunger{"one_typed_array", "return new Uint8Array(1e9).length"},
        Hunger{"buffer", "return Buffer.alloc(1e9).length"},
        Hunger{"buffers_unsafe", "const a = []; for (;;) a.push(Buffer.allocUnsafe(1e6))"},
        Hunger{"small_buffers", "const a = []; for (;;) a.push(Buffer.from('some bytes'))"},
        Hunger{"array_buffer", "return new ArrayBuffer(2e9).byteLength"},
        Hunger{"asynchronous", "return (async () => { const a = []; for (;;) { await null; "
                               "a.push({ a }) } })()"},
        Hunger{"in_a_timer", "const a = []; setTimeout(() => { for (;;) a.push({ a }) }, 1);"
                             "return later(60000)"},
        Hunger{"promises", "const a = []; for (;;) a.push(Promise.resolve().then(() => a))"},
        Hunger{"large_result", "return Buffer.alloc(15e6, 'x').fill(Buffer.alloc(6e7))"},
        Hunger{"caught", "const a = []; for (;;) { try { for (;;) a.push(new Uint8Array(1e6)) } "
                         "catch (error) { throw error } }"},
        Hunger{"crypto", "return require('crypto').randomBytes(1e9).length"},
        Hunger{"structured_clone",
               "const a = new Uint8Array(4e7); return structuredClone(a).length"},
        Hunger{"wasm", "return new WebAssembly.Memory({ initial: 65536 }).buffer.byteLength + "
                       "Buffer.alloc(1e9).length"}),
    [](const auto &hunger) { return std::string(hunger.param.name); });

TEST(Memory, what_was_let_go_of_can_be_had_again) {
    Host host(small);
    Context context(host);
    for (int round = 0; round < 40; round++) {
        EXPECT_EQ(context.run("return new Uint8Array(2e7).length"), "OK 20000000") << round;
    }
    for (int round = 0; round < 20; round++) {
        EXPECT_EQ(context.run("return new Array(4e6).fill(1).length"), "OK 4000000") << round;
    }
}

TEST(Memory, buffers_that_nobody_holds_do_not_count) {
    Host host(small);
    Context context(host);
    EXPECT_EQ(context.run("for (let n = 0; n < 3000; n++) Buffer.allocUnsafe(1e6).fill(n);"
                          "return 'done'"),
              "OK done");
    EXPECT_EQ(host.stats().handlers_stopped, 0u);
}

TEST(Memory, a_request_that_does_not_fit_is_an_error) {
    Host host([](weir_pool_options &options) {
        options.heap_limit_mb = 32;
        options.max_payload = 64 << 20;
        options.max_request_bytes = 256 << 20;
    });
    Context context(host);
    const std::string large(40 << 20, 'x');
    const std::string answer = context.call("echo", large);
    EXPECT_TRUE(answer.find("HANDLER") == 0 || answer.find("NO_MEMORY") == 0) << answer;
    EXPECT_EQ(context.call("echo", "small"), "OK small");
}

TEST(Memory, the_same_context_runs_out_of_it_many_times) {
    Host host(small);
    Context context(host);
    for (int round = 0; round < 3; round++) {
        const std::string answer = context.run("const a = []; for (;;) a.push({ a })");
        EXPECT_EQ(answer.find("NO_MEMORY"), 0u) << answer;
        EXPECT_EQ(context.run("return 1"), "OK 1");
    }
    EXPECT_EQ(host.stats().handlers_stopped, 3u);
}

} // namespace
