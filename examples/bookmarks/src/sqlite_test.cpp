#include "sqlite.hpp"

#include <gtest/gtest.h>

#include "error.hpp"
#include "support.hpp"

namespace bookmarks {
namespace {

class TransactionTest : public testing::Test {
  protected:
    TransactionTest() { database_.execute("CREATE TABLE t (x INTEGER)"); }

    void insert() { database_.execute("INSERT INTO t VALUES (1)"); }
    int64_t count() { return database_.query_integer("SELECT count(*) FROM t"); }

    // Write at each of `depth` levels, commit all but the one at `failing`.
    void nest(int depth, int failing) {
        if (depth == 0) {
            return;
        }
        Transaction transaction(database_);
        insert();
        nest(depth - 1, failing);
        if (depth != failing) {
            transaction.commit();
        }
    }

    Database database_{"", std::chrono::milliseconds(0)};
};

TEST_F(TransactionTest, WithoutCommitNothingHappened) {
    {
        Transaction transaction(database_);
        insert();
    }
    EXPECT_EQ(count(), 0);
    EXPECT_FALSE(database_.in_transaction());
    insert();
    EXPECT_EQ(count(), 1);
}

TEST_F(TransactionTest, NestsToAnyDepth) {
    for (int depth : {1, 2, 3, 32}) {
        database_.execute("DELETE FROM t");
        nest(depth, 0);
        EXPECT_EQ(count(), depth);
        EXPECT_FALSE(database_.in_transaction());
    }
}

TEST_F(TransactionTest, AFailureAtOneDepthTakesBackThatDepthAndWhatIsInside) {
    for (int failing = 1; failing <= 32; failing++) {
        database_.execute("DELETE FROM t");
        nest(32, failing);
        EXPECT_EQ(count(), 32 - failing);
    }
}

TEST_F(TransactionTest, AnExceptionRollsBack) {
    EXPECT_THROW(
        {
            Transaction transaction(database_);
            insert();
            database_.execute("INSERT INTO missing VALUES (1)");
        },
        Error);
    EXPECT_EQ(count(), 0);
}

TEST_F(TransactionTest, NothingIsWrittenOutsideAfterSqliteRolledBackByItself) {
    Transaction outer(database_);
    insert();
    database_.execute("ROLLBACK"); // as SQLite does when the disk fails
    EXPECT_EQ(message_of([&] { Transaction inner(database_); }),
              "the outer write was rolled back by an earlier failure");
    EXPECT_NE(message_of([&] { outer.commit(); }), "");
    EXPECT_EQ(count(), 0);
}

class BusyTest : public testing::Test {
  protected:
    const TemporaryFolder folder_;
    Database writer_{folder_.file("a.db"), std::chrono::milliseconds(0)};
    Database other_{folder_.file("a.db"), std::chrono::milliseconds(30)};
};

TEST_F(BusyTest, WaitingForAnotherWriterEndsAtTheTimeoutInItsOwnWords) {
    Transaction transaction(writer_);
    EXPECT_EQ(message_of([&] { Transaction second(other_); }),
              "the file was in use by another writer for longer than busy_timeout_ms = 30");
}

TEST_F(BusyTest, WaitingForAnotherWriterEndsWhenCanceled) {
    Database patient(folder_.file("a.db"), std::chrono::hours(1));
    int asked = 0;
    patient.set_cancel_probe([&] { return ++asked > 2; });
    Transaction transaction(writer_);
    EXPECT_THROW(Transaction second(patient), Canceled);
}

TEST(Database, AFileThatCannotBeOpenedIsSaidSo) {
    EXPECT_EQ(message_of([] { Database("/no/such/folder/a.db", std::chrono::milliseconds(0)); }),
              "path: unable to open database file");
}

} // namespace
} // namespace bookmarks
