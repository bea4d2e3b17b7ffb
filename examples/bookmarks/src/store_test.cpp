#include "store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <fstream>
#include <thread>

#include "error.hpp"
#include "support.hpp"

namespace bookmarks {
namespace {

const Store::Progress kNoProgress = [](std::size_t, std::size_t) {};

Bookmark numbered(int number) {
    return {.title = "T" + std::to_string(number), .url = "a:" + std::to_string(number)};
}

TEST(Store, KeepsWhatWasAddedInItsFile) {
    const TemporaryFolder folder;
    const Config config{.path = folder.file("a.db")};
    {
        Store(config).add(numbered(1));
    }
    Store again(config);
    EXPECT_EQ(again.count(), 1);
    EXPECT_EQ(again.database().query_integer(
                  "SELECT count(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"),
              1);
}

TEST(Store, AnAddressIsThereOnceASection) {
    Store store{Config()};
    const int64_t id = store.add({.title = "1", .url = "a:1", .section = "F"});
    EXPECT_EQ(message_of([&] { store.add({.title = "other", .url = "a:1", .section = "F"}); }),
              "url: it is in this section already, with id " + std::to_string(id));
    store.add({.title = "1", .url = "a:1", .section = "G"});
    EXPECT_EQ(store.count(), 2);
    EXPECT_EQ(store.remove_url("a:1"), 2);
    EXPECT_EQ(store.remove_url("a:1"), 0);
    EXPECT_EQ(store.remove_id(id), 0);
}

TEST(Store, ImportsTheShippedFileAndCountsWhatWasThereBefore) {
    Store store{Config()};
    const std::string file = read_data();
    const ImportResult first = store.import_file(file, kNoProgress);
    EXPECT_EQ(first.imported, 3000);
    EXPECT_EQ(first.skipped, 0);
    const ImportResult second = store.import_file(file, kNoProgress);
    EXPECT_EQ(second.imported, 0);
    EXPECT_EQ(second.skipped, 3000);
    EXPECT_EQ(store.count(), 3000);
}

TEST(Store, TellsProgressEverySoManyEntriesAndAtTheEnd) {
    Store store({.progress_every = 100});
    std::vector<std::size_t> told;
    const auto progress = [&](std::size_t done, std::size_t total) {
        EXPECT_EQ(total, 250U);
        EXPECT_EQ(store.database().in_transaction(), done < total);
        told.push_back(done);
    };
    store.import_file(make_file(250), progress);
    EXPECT_EQ(told, (std::vector<std::size_t>{100, 200, 250}));
}

TEST(Store, AFailedImportRollsBackAndNamesLineAndReason) {
    const TemporaryFolder folder;
    Store store({.path = folder.file("a.db")});
    store.add(numbered(1));
    for (const char *name :
         {"broken-unclosed-list.html", "broken-no-href.html", "broken-latin1.html"}) {
        EXPECT_THROW(store.import_file(read_fixture(name), kNoProgress), Error);
        EXPECT_EQ(store.count(), 1);
    }
    const int64_t pages = store.database().query_integer("PRAGMA page_count");
    store.database().execute(("PRAGMA max_page_count = " + std::to_string(pages + 20)).c_str());
    const std::string message =
        message_of([&] { store.import_file(make_file(5000), kNoProgress); });
    EXPECT_TRUE(message.starts_with("line ")) << message;
    EXPECT_TRUE(message.ends_with(": the database says: database or disk is full")) << message;
    EXPECT_EQ(store.count(), 1);
    store.add(numbered(2));
    EXPECT_EQ(store.count(), 2);
}

TEST(Store, AnImportThatIsCanceledRollsBack) {
    Store store({.progress_every = 10});
    bool canceled = false;
    store.database().set_cancel_probe([&] { return canceled; });
    const auto progress = [&](std::size_t done, std::size_t) {
        canceled = canceled || done == 500;
    };
    EXPECT_THROW(store.import_file(make_file(1000), progress), Canceled);
    EXPECT_EQ(store.count(), 0);
    canceled = false;
    EXPECT_EQ(store.import_file(make_file(1000), kNoProgress).imported, 1000);
}

TEST(Store, AWritingMethodMayBeCalledInsideAnother) {
    Store store{Config()};
    {
        Transaction outer(store.database());
        store.add(numbered(1));
        store.import_file(make_file(10), kNoProgress);
        EXPECT_THROW(store.add(numbered(1)), Error);
        EXPECT_THROW(store.import_file(read_fixture("broken-no-href.html"), kNoProgress), Error);
        store.remove_url("a:1");
        store.add(numbered(2));
        EXPECT_EQ(store.count(), 11);
        outer.commit();
    }
    EXPECT_EQ(store.count(), 11);
    {
        Transaction outer(store.database());
        store.import_file(make_file(10, "example.com"), kNoProgress);
        EXPECT_EQ(store.count(), 21);
    }
    EXPECT_EQ(store.count(), 11);
    EXPECT_EQ(store.search("example.com", 100), "{\"results\":[]}");
}

std::vector<std::string> found_titles(Store &store, std::string_view query, int64_t limit = 10) {
    const std::string json = store.search(query, limit);
    Statement rows = store.database().prepare(
        "SELECT json_extract(value, '$.title') FROM json_each(?1, '$.results')");
    rows.bind(1, json);
    std::vector<std::string> titles;
    while (rows.step()) {
        titles.emplace_back(rows.text(0));
    }
    return titles;
}

TEST(Store, SearchReturnsWholeRowsTheBestFirst) {
    Store store{Config()};
    store.add({.title = "Other", .url = "https://sqlite.example/", .section = "DB", .added_at = 1});
    store.add({.title = "SQLite",
               .url = "https://a.b/",
               .section = "DB",
               .tags = {"x", "y\"z"},
               .description = "d",
               .added_at = 2});
    EXPECT_EQ(store.search("sqlite", 10),
              R"({"results":[{"id":2,"title":"SQLite","url":"https://a.b/","section":"DB",)"
              R"("tags":["x","y\"z"],"description":"d","added_at":2},)"
              R"({"id":1,"title":"Other","url":"https://sqlite.example/","section":"DB",)"
              R"("tags":[],"description":"","added_at":1}]})");
    EXPECT_EQ(found_titles(store, "sqlite", 1), std::vector<std::string>{"SQLite"});
}

TEST(Store, SearchFindsWordsBeginningsSectionsAndTagsWithoutAccents) {
    Store store{Config()};
    store.add({.title = "Zürich Wetter",
               .url = "https://a.b/c-d",
               .section = "News/Météo",
               .tags = {"täglich"}});
    for (const char *query :
         {"zurich", "WETTER", "zur", "wetter zü", "meteo", "taglich", "a.b/c-d", "news wett"}) {
        EXPECT_EQ(found_titles(store, query), std::vector<std::string>{"Zürich Wetter"}) << query;
    }
    for (const char *query : {"zur wetter", "ürich", "zurich paris", "!!!"}) {
        EXPECT_EQ(found_titles(store, query), std::vector<std::string>()) << query;
    }
}

TEST(Store, NothingAUserTypesIsSyntax) {
    Store store{Config()};
    store.add({.title = "C++ AND \"quotes\" (near) title:x *", .url = "a:1"});
    const char *all[] = {"\"",     "\"\"",       "AND",      "OR OR",
                         "NOT",    "NEAR(a b)",  "title:",   "c++",
                         "*",      "^c",         "(",        ")",
                         "{",      "-",          "a:1",      "'; DROP TABLE bookmark",
                         "\\",     "%",          "_",        "+ +",
                         ":",      "\"quotes\"", ",",        "\x01",
                         "near)*", "🌍 OR \"",   "quotes\"", "\"c++\""};
    for (const char *query : all) {
        EXPECT_EQ(message_of([&] { store.search(query, 10); }), "") << query;
    }
    EXPECT_EQ(found_titles(store, "AND").size(), 1U);
    EXPECT_EQ(found_titles(store, "title:x").size(), 1U);
    EXPECT_EQ(found_titles(store, "title:c").size(), 0U);
}

TEST(Store, RemovedAndRolledBackEntriesAreNotFound) {
    Store store{Config()};
    const int64_t id = store.add({.title = "gone", .url = "a:1"});
    EXPECT_EQ(store.remove_id(id), 1);
    EXPECT_EQ(found_titles(store, "gone").size(), 0U);
    store.database().execute(
        "INSERT INTO bookmark_text (bookmark_text) VALUES ('integrity-check')");
}

TEST(Store, FiveThreadsOfFiftyWritesMakeTwoHundredAndFiftyRows) {
    const TemporaryFolder folder;
    const Config config{.path = folder.file("a.db")};
    constexpr int kThreads = 5;
    constexpr int kWrites = 50;
    std::barrier start(kThreads);
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int thread = 0; thread < kThreads; thread++) {
        threads.emplace_back([&, thread] {
            start.arrive_and_wait();
            try {
                Store store(config); // all make the tables at once
                for (int write = 0; write < kWrites; write++) {
                    store.add(numbered(thread * kWrites + write));
                }
            } catch (const std::exception &error) {
                ADD_FAILURE() << error.what();
                failures++;
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    Store store(config);
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(store.count(), kThreads * kWrites);
    EXPECT_EQ(store.database().query_integer("SELECT count(DISTINCT url) FROM bookmark"),
              kThreads * kWrites);
    EXPECT_EQ(store.database().query_integer(
                  "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"),
              1);
}

TEST(Store, ManyMayOpenANewFileAtOnce) {
    constexpr int kThreads = 16;
    for (int round = 0; round < 10; round++) {
        const TemporaryFolder folder;
        const Config config{.path = folder.file("a.db")};
        std::barrier start(kThreads);
        std::vector<std::thread> threads;
        threads.reserve(kThreads);
        for (int thread = 0; thread < kThreads; thread++) {
            threads.emplace_back([&, thread] {
                start.arrive_and_wait();
                EXPECT_EQ(message_of([&] { Store(config).add(numbered(thread)); }), "");
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        EXPECT_EQ(Store(config).count(), kThreads);
    }
}

TEST(Store, ReadersGoOnWhileAWriterIsInTheMiddle) {
    const TemporaryFolder folder;
    Store writer({.path = folder.file("a.db"), .progress_every = 10});
    Store reader({.path = folder.file("a.db"), .busy_timeout = std::chrono::milliseconds(0)});
    writer.add(numbered(1));
    int reads = 0;
    const auto read_meanwhile = [&](std::size_t done, std::size_t total) {
        EXPECT_EQ(reader.count(), done < total ? 1 : 1 + static_cast<int64_t>(total));
        reads++;
    };
    writer.import_file(make_file(200), read_meanwhile);
    EXPECT_EQ(reads, 20);
}

TEST(Store, AFileOfSomethingElseIsRefused) {
    const TemporaryFolder folder;
    Database(folder.file("other.db"), std::chrono::milliseconds(0)).execute("CREATE TABLE t (x)");
    EXPECT_EQ(message_of([&] { Store store({.path = folder.file("other.db")}); }),
              "path: the file is a database of another application");
    std::ofstream(folder.file("text.db")) << std::string(2000, 'x');
    EXPECT_EQ(message_of([&] { Store store({.path = folder.file("text.db")}); }),
              "the database says: file is not a database");
    {
        Store store({.path = folder.file("newer.db")});
    }
    Database(folder.file("newer.db"), std::chrono::milliseconds(0))
        .execute("PRAGMA user_version = 2");
    EXPECT_EQ(message_of([&] { Store store({.path = folder.file("newer.db")}); }),
              "path: the file has schema version 2, known is 1");
    EXPECT_EQ(message_of([&] { Store store({.path = "/no/such/folder/a.db"}); }),
              "path: unable to open database file");
}

} // namespace
} // namespace bookmarks
