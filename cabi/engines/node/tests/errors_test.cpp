/** What handlers throw: each way to fail ends in one answer, and the context goes on. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

struct Failing {
    const char *name;
    const char *code;
    const char *answer;
};

std::ostream &operator<<(std::ostream &out, const Failing &failing) { return out << failing.name; }

class Errors : public testing::TestWithParam<Failing> {};

TEST_P(Errors, end_in_one_answer) {
    Host host;
    Context context(host);
    EXPECT_EQ(context.run(GetParam().code), GetParam().answer);
    const uint64_t id = context.send(GetParam().code);
    EXPECT_EQ(host.response(id), GetParam().answer);
    EXPECT_EQ(context.run("return later(20, 'on')"), "OK on");
    host.drain();
    EXPECT_EQ(host.recorder.count(WEIR_RECORD_RESPONSE), 1u);
    EXPECT_EQ(host.stats().results_dropped, 0u);
    EXPECT_EQ(host.stats().instances_ended, 0u);
}

INSTANTIATE_TEST_SUITE_P(
    By, Errors,
    testing::Values(
        Failing{"throw", "throw new Error('no')", "HANDLER Error: no"},
        Failing{"type_error", "null.x",
                "HANDLER TypeError: Cannot read properties of null "
                "(reading 'x')"},
        Failing{"syntax", "return (", "HANDLER SyntaxError: Unexpected token '}'"},
        Failing{"reject", "return Promise.reject(new Error('no'))", "HANDLER Error: no"},
        Failing{"async_throw", "return (async () => { throw new Error('no') })()",
                "HANDLER Error: no"},
        Failing{"late_reject", "return later(5).then(() => { throw new Error('late') })",
                "HANDLER Error: late"},
        Failing{"throw_null", "throw null", "HANDLER null"},
        Failing{"throw_undefined", "throw undefined", "HANDLER undefined"},
        Failing{"reject_nothing", "return Promise.reject()", "HANDLER undefined"},
        Failing{"throw_in_finally",
                "try { throw new Error('first') } finally { throw new Error('second') }",
                "HANDLER Error: second"},
        Failing{"reject_in_finally",
                "return later(1).finally(() => { throw new Error('finally') })",
                "HANDLER Error: finally"},
        Failing{"thenable_first_resolves",
                "return { then(yes, no) { yes(bytes('won')); no(new Error('lost')); "
                "throw new Error('after') } }",
                "OK won"},
        Failing{"thenable_first_rejects",
                "return { then(yes, no) { no(new Error('won')); yes(bytes('lost')) } }",
                "HANDLER Error: won"},
        Failing{"thenable_throws", "return { then() { throw new Error('thrown') } }",
                "HANDLER Error: thrown"},
        Failing{"getter_of_then",
                "let n = 0; return { get then() { if (n++ > 0) throw new Error('getter'); "
                "return () => 1 } }",
                "HANDLER Error: getter"},
        Failing{
            "message_getter",
            "throw { get message() { throw new Error('in getter') }, toString() { return 's' } }",
            "HANDLER s"},
        Failing{"unprintable", "throw { toString() { throw 1 } }", "HANDLER something"},
        Failing{"symbol", "throw Symbol('s')", "HANDLER Symbol(s)"},
        Failing{"proxy", "throw new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } })",
                "HANDLER something"}),
    [](const auto &failing) { return std::string(failing.param.name); });

TEST(Errors, every_other_call_of_a_batch_that_fails_harms_no_other) {
    Host host;
    Context context(host);
    std::vector<uint64_t> ids;
    context.send("const end = Date.now() + 30; while (Date.now() < end);");
    for (int number = 0; number < 200; number++) {
        const std::string text = std::to_string(number);
        ids.push_back(
            context.send(number % 2 == 0 ? "return " + text : "throw new Error('" + text + "')"));
    }
    for (size_t number = 0; number < ids.size(); number++) {
        const std::string text = std::to_string(number);
        EXPECT_EQ(host.response(ids[number]),
                  number % 2 == 0 ? "OK " + text : "HANDLER Error: " + text);
    }
}

TEST(Errors, long_messages_are_cut_and_are_valid_text) {
    Host host;
    Context context(host);
    const std::string answer = context.run("throw new Error('é'.repeat(10000))");
    EXPECT_EQ(answer.find("HANDLER Error: é"), 0u);
    EXPECT_LE(answer.size(), 8u + WEIR_MESSAGE_LENGTH_MAX);
    EXPECT_EQ(answer.substr(answer.size() - 2), "é");
}

/** A bundle that does not keep what it promises. */
TEST(Errors, a_library_that_cannot_describe_a_failure_is_no_silence) {
    constexpr char bundle[] = R"js(
const failures = {
  throws: () => { throw new Error('in describe') },
  nothing: () => undefined,
  noBytes: () => ({ status: 16, payload: 'text' }),
  badStatus: () => ({ status: 999, payload: Buffer.from('words') }),
  okStatus: () => ({ status: 0, payload: Buffer.from('words') }),
  notANumber: () => ({ status: 'x', payload: Buffer.from('words') }),
  huge: () => ({ status: 16, payload: Buffer.alloc(1e6, 'h') }),
  notText: () => ({ status: 16, payload: Buffer.from([0xff, 0xfe]) }),
};
const fail = (name) => { throw Object.assign(new Error('thrown'), { name }) };
module.exports.weirLibrary = {
  abi: 1,
  methods: [
    { name: 'echo', handle: (state, data) => fail(Buffer.from(data).toString()) },
    { name: 'echoLater', handle: async (state, data) => fail(Buffer.from(data).toString()) },
    { name: 'run', handle: () => undefined },
  ],
  create: () => ({}), destroy() {},
  describeFailure: (thrown) => failures[thrown.name](),
};
)js";
    Host host({}, bundle);
    Context context(host);
    for (const char *method : {"echo", "echoLater"}) {
        EXPECT_EQ(context.call(method, "throws"), "HANDLER throws: thrown");
        EXPECT_EQ(context.call(method, "nothing"), "HANDLER nothing: thrown");
        EXPECT_EQ(context.call(method, "noBytes"), "HANDLER noBytes: thrown");
        EXPECT_EQ(context.call(method, "badStatus"), "HANDLER words");
        EXPECT_EQ(context.call(method, "okStatus"), "HANDLER words");
        EXPECT_EQ(context.call(method, "notANumber"), "HANDLER words");
        EXPECT_EQ(context.call(method, "huge"),
                  "HANDLER " + std::string(WEIR_MESSAGE_LENGTH_MAX, 'h'));
        EXPECT_EQ(context.call(method, "notText"),
                  "HANDLER the library's message is not valid UTF-8");
        EXPECT_EQ(context.call("run", ""), "OK");
    }
}

TEST(Errors, a_handled_rejection_is_no_end) {
    Host host;
    Context context(host);
    EXPECT_EQ(
        context.run("const p = Promise.reject(new Error('x')); return p.catch(() => 'caught')"),
        "OK caught");
    EXPECT_EQ(context.run("process.once('uncaughtException', () => {}); "
                          "setTimeout(() => { throw new Error('mine') }, 1); return later(30, 1)"),
              "OK 1")
        << "a library that listens itself has dealt with it";
    EXPECT_EQ(host.stats().instances_ended, 0u);
}

} // namespace
