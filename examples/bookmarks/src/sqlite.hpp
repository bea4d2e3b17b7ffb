// SQLite's handles, owned; its errors as exceptions.
//
// A Database is used by one thread at a time. Waiting for another writer ends at the busy timeout,
// or at once when the cancel probe says that nobody waits for the result; the host never sees
// SQLite's "database is locked".
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace bookmarks {

class Database;

class Statement {
  public:
    Statement &bind(int index, std::string_view text); // the text must live until the last step
    Statement &bind(int index, int64_t value);
    bool step(); // true: a row is there
    void reset();

    std::string_view text(int column) const; // valid until the next step
    int64_t integer(int column) const;
    int type(int column) const { return sqlite3_column_type(handle_.get(), column); }

  private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt *handle) const { sqlite3_finalize(handle); }
    };
    Statement(Database &database, sqlite3_stmt *handle) : database_(&database), handle_(handle) {}

    Database *database_;
    std::unique_ptr<sqlite3_stmt, Finalize> handle_;
};

class Database {
  public:
    // An empty path is a private database in memory.
    Database(const std::string &path, std::chrono::milliseconds busy_timeout);
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    Statement prepare(std::string_view sql);
    void execute(const char *sql);
    int64_t query_integer(std::string_view sql);
    int64_t changes() const { return sqlite3_changes64(handle_.get()); }
    int64_t last_id() const { return sqlite3_last_insert_rowid(handle_.get()); }
    bool in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

    // Asked now and then while work goes on, on the thread that works.
    void set_cancel_probe(std::function<bool()> probe) { cancel_probe_ = std::move(probe); }
    void throw_if_canceled() const;

  private:
    friend class Statement;
    friend class Transaction;
    struct Close {
        void operator()(sqlite3 *handle) const { sqlite3_close_v2(handle); }
    };
    static int on_busy(void *self, int attempts);
    [[noreturn]] void fail(int code) const;

    std::unique_ptr<sqlite3, Close> handle_;
    std::chrono::milliseconds busy_timeout_;
    std::chrono::steady_clock::time_point busy_since_;
    std::function<bool()> cancel_probe_;
    uint32_t transaction_depth_ = 0;
};

// A write that is complete or did not happen: rolled back unless committed.
//
// The outermost takes the write lock at its beginning, so that it cannot fail half-way because
// another connection writes. One inside another is a savepoint: its rollback leaves what the outer
// one wrote before.
class Transaction {
  public:
    explicit Transaction(Database &database);
    ~Transaction();
    Transaction(const Transaction &) = delete;
    Transaction &operator=(const Transaction &) = delete;

    void commit();

  private:
    Database &database_;
    const uint32_t depth_; // 0 is the outermost
    bool open_ = true;
};

} // namespace bookmarks
