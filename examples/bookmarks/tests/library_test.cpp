// The built library through the ABI, as a host uses it.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <thread>

#include "host.hpp"
#include "support.hpp"

namespace bookmarks {
namespace {

// Entries of an import that is long enough to be met in the middle on any machine.
constexpr std::size_t kLong = 25'000;

Answer ok(std::string payload) { return {WEIR_OK, std::move(payload)}; }
Answer failed(std::string message) { return {WEIR_ERR_HANDLER, std::move(message)}; }

std::string number_json(const char *name, std::size_t number) {
    return std::string("{\"") + name + "\":" + std::to_string(number) + "}";
}

std::string add_payload(std::size_t number) {
    const std::string text = std::to_string(number);
    return "{\"title\":\"T" + text + "\",\"url\":\"a:" + text + "\"}";
}

Delivered next_response(Host &host) {
    for (;;) {
        Delivered delivered = host.next();
        if (delivered.kind == WEIR_RECORD_RESPONSE) return delivered;
    }
}

Delivered next_event(Host &host) {
    for (;;) {
        Delivered delivered = host.next();
        if (delivered.kind == WEIR_RECORD_EVENT) return delivered;
        EXPECT_NE(delivered.kind, WEIR_RECORD_RESPONSE) << delivered.payload;
        if (delivered.kind == WEIR_RECORD_RESPONSE) return delivered;
    }
}

TEST(Library, HasItsMethodsAndNoOthers) {
    Host host;
    uint32_t number = 0;
    for (std::string_view name : {"import", "add", "search", "remove", "export", "count"}) {
        EXPECT_EQ(weir_library_method(host.library(), name.data(), name.size(), &number), WEIR_OK);
    }
    EXPECT_EQ(weir_library_method(host.library(), "drop", 4, &number), WEIR_ERR_UNKNOWN_METHOD);
}

TEST(Library, AddsFindsCountsAndRemoves) {
    Host host;
    const weir_handle context = host.create();
    EXPECT_EQ(host.request(context, "add", R"({"title":"Go","url":"https://go.dev/"})"),
              ok(R"({"id":1})"));
    const Answer found = host.request(context, "search", R"({"query":"go"})");
    EXPECT_EQ(found.status, WEIR_OK);
    EXPECT_TRUE(found.payload.starts_with(R"({"results":[{"id":1,"title":"Go",)")) << found.payload;
    EXPECT_EQ(host.request(context, "count"), ok(R"({"count":1})"));
    EXPECT_EQ(host.request(context, "remove", R"({"id":1})"), ok(R"({"removed":1})"));
    EXPECT_EQ(host.request(context, "count", "{}"), ok(R"({"count":0})"));
    host.destroy(context);
}

TEST(Library, AFailingMethodSaysWhatAndWhere) {
    Host host;
    const weir_handle context = host.create();
    EXPECT_EQ(host.request(context, "add", "{\"title\":"),
              failed("the payload, 9 bytes, is not valid JSON"));
    EXPECT_EQ(host.request(context, "add", R"({"title":"x","url":"y"})"),
              failed("url: it does not begin with a scheme such as https:"));
    EXPECT_EQ(host.request(context, "search", R"({"query":""})"), failed("query: no word in it"));
    EXPECT_EQ(host.request(context, "export", "[]"),
              failed("the payload is JSON, but not an object"));
    EXPECT_EQ(host.request(context, "count"), ok(R"({"count":0})"));
}

TEST(Library, ABadConfigFailsTheCreateWithItsReason) {
    Host host;
    const weir_handle context = host.create("path=/tmp/a.db\nspeed=9");
    EXPECT_EQ(host.request(context, "count"),
              (Answer{WEIR_ERR_CREATE_FAILED, "config line 2: unknown key; known are path, "
                                              "busy_timeout_ms, progress_every"}));
    host.destroy(context);
    const weir_handle other = host.create("path=/no/such/folder/a.db");
    EXPECT_EQ(host.request(other, "count"),
              (Answer{WEIR_ERR_CREATE_FAILED, "path: unable to open database file"}));
    host.destroy(other);
    const weir_handle good = host.create();
    EXPECT_EQ(host.request(good, "count"), ok(R"({"count":0})"));
}

TEST(Library, AFailedImportRollsBackAndNamesLineAndReason) {
    Host host;
    const weir_handle context = host.create();
    host.request(context, "add", add_payload(1));
    EXPECT_EQ(host.request(context, "import", read_fixture("broken-no-href.html")),
              failed("line 7: <A> without HREF"));
    EXPECT_EQ(host.request(context, "import", read_fixture("broken-unclosed-list.html")),
              failed("line 8: the file ends inside the <DL> of line 6"));
    EXPECT_EQ(host.request(context, "count"), ok(R"({"count":1})"));
    EXPECT_EQ(host.request(context, "import", read_fixture("firefox.html")),
              ok(R"({"imported":5,"skipped":1})"));
}

TEST(Library, AnImportTellsItsProgressInOrderAndThenAnswers) {
    Host host;
    const weir_handle context = host.create("progress_every=500");
    host.listen(context, "progress");
    host.send(context, "import", read_data());
    std::vector<std::string> told;
    for (;;) {
        Delivered delivered = host.next();
        if (delivered.kind == WEIR_RECORD_RESPONSE) {
            EXPECT_EQ(delivered.payload, R"({"imported":3000,"skipped":0})");
            break;
        }
        told.push_back(delivered.payload);
    }
    std::vector<std::string> expected;
    for (int done = 500; done <= 3000; done += 500) {
        expected.push_back("{\"done\":" + std::to_string(done) + ",\"total\":3000}");
    }
    EXPECT_EQ(told, expected);
}

TEST(Library, AHostThatDoesNotCollectEventsLosesSomeAndNoImport) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.max_events = 4;
    Host host(options);
    const weir_handle context = host.create("progress_every=10");
    host.listen(context, "progress");
    EXPECT_EQ(host.request(context, "import", read_data()), ok(R"({"imported":3000,"skipped":0})"));
    const std::vector<Delivered> left = host.drain();
    EXPECT_TRUE(std::any_of(left.begin(), left.end(), [](const Delivered &delivered) {
        return delivered.kind == WEIR_RECORD_EVENTS_DROPPED;
    }));
}

TEST(Library, AnImportCanceledInTheMiddleLeavesNothing) {
    Host host;
    const TemporaryFolder folder;
    const weir_handle context = host.create("path=" + folder.file("a.db"));
    host.listen(context, "progress");
    const uint64_t id = host.send(context, "import", make_file(kLong));
    EXPECT_TRUE(next_event(host).payload.starts_with(R"({"done":100,)"));
    EXPECT_EQ(weir_request_cancel(context, id), WEIR_OK);
    EXPECT_EQ(next_response(host).status, WEIR_ERR_CANCELED);
    EXPECT_EQ(host.request(context, "count"), ok(R"({"count":0})"));
    EXPECT_EQ(host.request(context, "import", make_file(10)), ok(R"({"imported":10,"skipped":0})"));
}

TEST(Library, ADestroyInTheMiddleOfAnImportLeavesNothing) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.drain_ms = WEIR_OFF;
    Host host(options);
    const TemporaryFolder folder;
    const std::string config = "path=" + folder.file("a.db");
    const weir_handle context = host.create(config);
    host.listen(context, "progress");
    host.send(context, "import", make_file(kLong));
    next_event(host);
    const weir_destroy_report report = host.destroy(context);
    EXPECT_EQ(report.canceled, 1U);
    EXPECT_EQ(report.abandoned, 0U);
    EXPECT_EQ(next_response(host).status, WEIR_ERR_CANCELED);
    EXPECT_EQ(host.request(host.create(config), "count"), ok(R"({"count":0})"));
}

TEST(Library, FiveThreadsOfFiftyWritesOnOneFileMakeTwoHundredAndFiftyRows) {
    Host host;
    const TemporaryFolder folder;
    const std::string config = "path=" + folder.file("a.db");
    constexpr std::size_t kThreads = 5;
    constexpr std::size_t kWrites = 50;
    std::barrier start(static_cast<std::ptrdiff_t>(kThreads));
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (std::size_t thread = 0; thread < kThreads; thread++) {
        threads.emplace_back([&, thread] {
            start.arrive_and_wait();
            const weir_handle context = host.create(config);
            for (std::size_t write = 0; write < kWrites; write++) {
                const Answer answer =
                    host.request(context, "add", add_payload(thread * kWrites + write));
                EXPECT_EQ(answer.status, WEIR_OK) << answer.payload;
            }
            host.destroy(context);
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(host.request(host.create(config), "count"),
              ok(number_json("count", kThreads * kWrites)));
}

TEST(Library, ReadersGoOnWhileAnotherContextWrites) {
    Host host;
    const TemporaryFolder folder;
    const std::string config = "path=" + folder.file("a.db");
    const weir_handle writer = host.create(config);
    host.request(writer, "add", add_payload(1));
    const weir_handle reader = host.create(config + "\nbusy_timeout_ms=0");
    host.listen(writer, "progress");
    host.send(writer, "import", make_file(kLong));
    next_event(host);
    std::atomic<bool> written = false;
    std::int64_t reads = 0;
    const auto began = std::chrono::steady_clock::now();
    std::thread reading([&] {
        while (!written) {
            const Answer answer = host.request(reader, "search", R"({"query":"T1"})");
            EXPECT_EQ(answer.status, WEIR_OK) << answer.payload;
            reads += written ? 0 : 1;
        }
    });
    EXPECT_EQ(next_response(host).status, WEIR_OK);
    written = true;
    const auto took = std::chrono::steady_clock::now() - began;
    reading.join();
    EXPECT_GE(reads, took / std::chrono::milliseconds(100)); // one each 10 ms, with ten times slack
    EXPECT_EQ(host.request(reader, "count"), ok(number_json("count", kLong + 1)));
}

TEST(Library, WhatOneContextExportsAnotherImportsIdentically) {
    Host host;
    const TemporaryFolder folder;
    const weir_handle file = host.create("path=" + folder.file("a.db"));
    const weir_handle memory = host.create();
    host.request(file, "import", read_data());
    const Answer exported = host.request(file, "export");
    EXPECT_EQ(exported.status, WEIR_OK);
    EXPECT_EQ(host.request(memory, "import", exported.payload),
              ok(R"({"imported":3000,"skipped":0})"));
    EXPECT_EQ(host.request(memory, "export"), exported);
}

TEST(Library, AnExportSeesWhatWasThereWhenItBegan) {
    Host host;
    const TemporaryFolder folder;
    const weir_handle context = host.create("path=" + folder.file("a.db"));
    host.send(context, "add", add_payload(1));
    const uint64_t exporting = host.send(context, "export");
    host.send(context, "add", add_payload(2));
    for (int responses = 0; responses < 3; responses++) {
        const Delivered response = next_response(host);
        EXPECT_EQ(response.status, WEIR_OK);
        if (response.id == exporting) {
            EXPECT_NE(response.payload.find("a:1"), std::string::npos);
            EXPECT_EQ(response.payload.find("a:2"), std::string::npos);
        }
    }
}

TEST(Library, AnAnswerThatIsLargerThanThePoolAllowsIsRefusedInWords) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.max_payload = 40'000;
    Host host(options);
    const weir_handle context = host.create();
    EXPECT_EQ(host.request(context, "import", make_file(500, "a.example")).status, WEIR_OK);
    EXPECT_EQ(host.request(context, "import", make_file(500, "b.example")).status, WEIR_OK);
    const Answer answer = host.request(context, "export");
    EXPECT_EQ(answer.status, WEIR_ERR_TOO_LARGE);
    EXPECT_TRUE(answer.payload.ends_with("bytes, more than the pool's max_payload"))
        << answer.payload;
}

TEST(Library, AThousandContextsLeaveNothingBehind) {
    {
        Host host;
        const std::string file = make_file(20);
        for (int round = 0; round < 1000; round++) {
            const weir_handle context = host.create(round % 10 == 0 ? "nonsense" : "");
            const Answer answer = host.request(context, "import", file);
            EXPECT_EQ(answer.status, round % 10 == 0 ? WEIR_ERR_CREATE_FAILED : WEIR_OK);
            host.destroy(context);
        }
    }
    weir_process_stats stats{};
    stats.struct_size = sizeof stats;
    ASSERT_EQ(weir_process_stats_get(&stats), WEIR_OK);
    EXPECT_EQ(stats.libraries + stats.queues + stats.pools + stats.contexts, 0U);
    EXPECT_EQ(stats.instances, 0U);
    EXPECT_EQ(stats.jobs, 0U);
    EXPECT_EQ(stats.records, 0U);
    EXPECT_EQ(stats.payload_bytes, 0U);
}

} // namespace
} // namespace bookmarks
