/** Requests of a TypeScript library: payloads of every size, many at once, and their order. */
#include "node_host.hpp"

namespace {

using namespace weir::node_testing;

/** Bytes that differ from place to place. */
std::string pattern(size_t length) {
    std::string bytes(length, '\0');
    for (size_t at = 0; at < length; at++) {
        bytes[at] = static_cast<char>(at * 31 + (at >> 8));
    }
    return bytes;
}

class Echo : public testing::TestWithParam<const char *> {};

TEST_P(Echo, payloads_of_every_size_come_back_as_they_went) {
    Host host;
    Context context(host);
    constexpr size_t KiB = 1024;
    for (const size_t length :
         {size_t{0}, size_t{1}, size_t{64}, 16 * KiB - 1, 16 * KiB, 16 * KiB + 1, 64 * KiB - 1,
          64 * KiB, 64 * KiB + 1, 1024 * KiB, 16 * 1024 * KiB}) {
        const std::string sent = pattern(length);
        const std::string answer = context.call(GetParam(), sent);
        EXPECT_TRUE(answer == as_text(WEIR_OK, sent)) << length << " B: " << answer.substr(0, 80);
    }
}

TEST_P(Echo, payloads_of_mixed_sizes_in_one_batch_do_not_mix) {
    Host host;
    Context context(host);
    const size_t lengths[] = {0, 1, 16 * 1024, 70'000, 3, 16 * 1024 + 1, 64, 200'000, 9'000};
    std::vector<std::pair<uint64_t, std::string>> sent;
    const std::string blocked = "const end = Date.now() + 50; while (Date.now() < end);";
    context.send(blocked); // what follows is taken as one batch
    for (int round = 0; round < 30; round++) {
        for (const size_t length : lengths) {
            const std::string payload = pattern(length + static_cast<size_t>(round));
            weir_request request = weir::testing::make_request(GetParam(), payload);
            uint64_t id = 0;
            ASSERT_EQ(weir_request_send(context.handle(), &request, &id, nullptr), WEIR_OK);
            sent.emplace_back(id, payload);
        }
    }
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_RESPONSE, sent.size() + 1));
    std::map<uint64_t, std::string> answers;
    for (const Received &record : host.recorder.of_kind(WEIR_RECORD_RESPONSE)) {
        EXPECT_EQ(record.status, WEIR_OK);
        EXPECT_TRUE(answers.emplace(record.id, record.body).second) << "answered twice";
    }
    for (const auto &[id, payload] : sent) {
        EXPECT_TRUE(answers[id] == payload) << payload.size();
    }
}

INSTANTIATE_TEST_SUITE_P(Methods, Echo, testing::Values("echo", "echoLater"),
                         [](const auto &method) { return std::string(method.param); });

TEST(Calls, two_thousand_outstanding_get_one_answer_each) {
    Host host;
    Context context(host);
    constexpr size_t count = 2'000;
    for (size_t number = 0; number < count; number++) {
        ASSERT_NE(context.send("return later(20, " + std::to_string(number) + ")"), 0u);
    }
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_RESPONSE, count));
    std::set<std::string> bodies;
    for (const Received &record : host.recorder.of_kind(WEIR_RECORD_RESPONSE)) {
        EXPECT_EQ(record.status, WEIR_OK);
        bodies.insert(record.body);
    }
    EXPECT_EQ(bodies.size(), count);
    context.destroy();
    EXPECT_EQ(host.stats().responses_ok, count);
}

TEST(Calls, begin_in_the_order_in_which_they_were_sent) {
    Host host;
    Context context(host);
    constexpr int count = 1'000;
    context.run("shared.seen = []");
    for (int number = 0; number < count; number++) {
        context.send("shared.seen.push(" + std::to_string(number) + "); return " +
                     (number % 3 == 0 ? "later(1)" : "undefined"));
    }
    EXPECT_EQ(context.run("return shared.seen.every((value, at) => value === at)"), "OK true");
    EXPECT_EQ(context.run("return shared.seen.length"), "OK 1000");
}

TEST(Calls, data_is_the_handlers_own) {
    Host host;
    Context context(host);
    context.send("const end = Date.now() + 30; while (Date.now() < end);");
    std::vector<uint64_t> ids;
    for (int number = 0; number < 100; number++) {
        const std::string payload = "payload " + std::to_string(number);
        weir_request request = weir::testing::make_request("echoLater", payload);
        uint64_t id = 0;
        ASSERT_EQ(weir_request_send(context.handle(), &request, &id, nullptr), WEIR_OK);
        ids.push_back(id);
    }
    for (size_t number = 0; number < ids.size(); number++) {
        EXPECT_EQ(host.response(ids[number]), "OK payload " + std::to_string(number));
    }
}

TEST(Calls, an_unknown_method_is_refused_by_name_and_by_number) {
    Host host;
    Context context(host);
    EXPECT_EQ(context.call("nothing", ""), "refused: UNKNOWN_METHOD");
    for (const uint32_t number : {4u, 65'535u, UINT32_MAX}) {
        weir_request request = WEIR_REQUEST_INIT;
        request.method = number;
        uint64_t id = 0;
        EXPECT_EQ(weir_request_send(context.handle(), &request, &id, nullptr),
                  WEIR_ERR_UNKNOWN_METHOD);
    }
    uint32_t found = 0;
    EXPECT_EQ(weir_library_method(host.library, "run", 3, &found), WEIR_OK);
    EXPECT_EQ(found, 3u);
    EXPECT_EQ(context.run("return 'still'"), "OK still");
}

TEST(Calls, a_result_above_max_payload_is_an_error_that_names_the_size) {
    Host host([](weir_pool_options &options) { options.max_payload = 100'000; });
    Context context(host);
    EXPECT_EQ(context.run("return Buffer.alloc(100000)").size(), 100'003u);
    for (const char *code : {"return Buffer.alloc(100001)", "return later(1, Buffer.alloc(100001))",
                             "return 'x'.repeat(100001)"}) {
        const std::string answer = context.run(code);
        EXPECT_EQ(answer.find("TOO_LARGE"), 0u) << answer.substr(0, 100);
        EXPECT_NE(answer.find("100001"), std::string::npos) << answer;
    }
    EXPECT_EQ(context.run("return 1"), "OK 1");
}

TEST(Calls, a_result_of_nothing_is_empty) {
    Host host;
    Context context(host);
    for (const char *code : {"", "return undefined", "return new Uint8Array(0)", "return ''",
                             "return later(1)", "return Promise.resolve()"}) {
        EXPECT_EQ(context.run(code), "OK") << code;
    }
}

/** A view into a larger buffer: its part of it and nothing else. */
TEST(Calls, a_result_may_be_a_part_of_a_buffer) {
    Host host;
    Context context(host);
    EXPECT_EQ(context.run("return Buffer.from('0123456789').subarray(3, 6)"), "OK 345");
    const std::string answer =
        context.run("const all = Buffer.alloc(300000, 'a'); all.fill('b', 100000, 200000);"
                    "return all.subarray(100000, 200000)");
    EXPECT_TRUE(answer == as_text(WEIR_OK, std::string(100'000, 'b')));
}

TEST(Calls, what_is_no_result_is_an_error_and_no_crash) {
    Host host([](weir_pool_options &options) { hurry(options); });
    Context context(host);
    // A thenable goes past the conversion of the test library.
    for (const char *wrong :
         {"1", "'text'", "{}", "null", "[1, 2]", "() => 1", "Symbol('s')", "{ length: 5 }",
          "{ length: 1e9 }", "{ length: -1 }", "new Float64Array(4)", "new ArrayBuffer(8)"}) {
        const std::string answer =
            context.run("return { then(resolve) { resolve(" + std::string(wrong) + ") } }", 2'000);
        EXPECT_EQ(answer.find("HANDLER"), 0u) << wrong << ": " << answer.substr(0, 100);
    }
    EXPECT_EQ(context.run("return 1"), "OK 1");
}

TEST(Calls, a_result_in_a_shared_or_a_detached_buffer_is_no_crash) {
    Host host;
    Context context(host);
    EXPECT_EQ(
        context.run("const a = new Uint8Array(new SharedArrayBuffer(4)); a.fill(65); return a"),
        "OK AAAA");
    const std::string large = context.run(
        "const a = new Uint8Array(new SharedArrayBuffer(100000)); a.fill(65); return a");
    EXPECT_EQ(large.size(), 100'003u) << large.substr(0, 80);
    context.run("const a = new Uint8Array(100000); structuredClone(a.buffer, "
                "{ transfer: [a.buffer] }); return a");
    EXPECT_EQ(context
                  .run("const m = new WebAssembly.Memory({ initial: 2 });"
                       "const a = new Uint8Array(m.buffer); a.fill(66); return a")
                  .size(),
              131'072u + 3);
    EXPECT_EQ(context.run("return 1"), "OK 1");
}

TEST(Calls, the_environment_keeps_its_numbers_for_a_large_backlog) {
    Host host([](weir_pool_options &options) { options.max_requests = 32'768; });
    Context context(host);
    constexpr size_t count = scaled(20'000);
    const weir_request request = weir::testing::make_request("echo", "payload");
    for (size_t number = 0; number < count; number++) {
        weir_status status = WEIR_ERR_QUEUE_FULL;
        while (status == WEIR_ERR_QUEUE_FULL) {
            status = weir_request_send(context.handle(), &request, nullptr, nullptr);
            if (status == WEIR_ERR_QUEUE_FULL) {
                host.drain();
            }
        }
        ASSERT_EQ(status, WEIR_OK);
    }
    ASSERT_TRUE(host.wait_for(WEIR_RECORD_RESPONSE, count));
    for (const Received &record : host.recorder.of_kind(WEIR_RECORD_RESPONSE)) {
        ASSERT_EQ(as_text(record.status, record.body), "OK payload");
    }
}

} // namespace
