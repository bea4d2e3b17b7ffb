#include "sqlite.hpp"

#include <algorithm>
#include <new>
#include <thread>

#include "error.hpp"

namespace bookmarks {

namespace {

constexpr auto kBusySleepMax = std::chrono::milliseconds(8);

} // namespace

// ---- Statement

Statement &Statement::bind(int index, std::string_view text) {
    // A null pointer would bind NULL.
    const char *data = text.data() == nullptr ? "" : text.data();
    const int code =
        sqlite3_bind_text64(handle_.get(), index, data, text.size(), SQLITE_STATIC, SQLITE_UTF8);
    if (code != SQLITE_OK) {
        database_->fail(code);
    }
    return *this;
}

Statement &Statement::bind(int index, int64_t value) {
    if (const int code = sqlite3_bind_int64(handle_.get(), index, value); code != SQLITE_OK) {
        database_->fail(code);
    }
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        database_->fail(code);
    }
    return code == SQLITE_ROW;
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

std::string_view Statement::text(int column) const {
    const auto *data = reinterpret_cast<const char *>(sqlite3_column_text(handle_.get(), column));
    const int length = sqlite3_column_bytes(handle_.get(), column);
    return data == nullptr ? std::string_view()
                           : std::string_view(data, static_cast<std::size_t>(length));
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_.get(), column); }

// ---- Database

Database::Database(const std::string &path, std::chrono::milliseconds busy_timeout)
    : busy_timeout_(busy_timeout) {
    sqlite3 *handle = nullptr;
    const int code =
        sqlite3_open_v2(path.empty() ? ":memory:" : path.c_str(), &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (handle == nullptr) {
        throw std::bad_alloc();
    }
    if (code != SQLITE_OK) {
        throw Error(std::string("path: ") + sqlite3_errmsg(handle));
    }
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_handler(handle, &Database::on_busy, this);
    // A file that somebody else wrote must not reach the index's own tables by SQL in it.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
}

Statement Database::prepare(std::string_view sql) {
    sqlite3_stmt *statement = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql.data(), static_cast<int>(sql.size()),
                                        &statement, nullptr);
    if (code != SQLITE_OK) {
        fail(code);
    }
    return Statement(*this, statement);
}

void Database::execute(const char *sql) {
    if (const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
        code != SQLITE_OK) {
        fail(code);
    }
}

int64_t Database::query_integer(std::string_view sql) {
    Statement statement = prepare(sql);
    return statement.step() ? statement.integer(0) : 0;
}

void Database::throw_if_canceled() const {
    if (cancel_probe_ && cancel_probe_()) {
        throw Canceled();
    }
}

int Database::on_busy(void *self, int attempts) {
    Database &database = *static_cast<Database *>(self);
    const auto now = std::chrono::steady_clock::now();
    if (attempts == 0) {
        database.busy_since_ = now;
    }
    if (now - database.busy_since_ >= database.busy_timeout_ ||
        (database.cancel_probe_ && database.cancel_probe_())) {
        return 0;
    }
    std::this_thread::sleep_for(std::min<std::chrono::microseconds>(
        std::chrono::microseconds(250) * (attempts + 1), kBusySleepMax));
    return 1;
}

void Database::fail(int code) const {
    if ((code & 0xFF) == SQLITE_BUSY) {
        throw_if_canceled();
        throw Busy("the file was in use by another writer for longer than busy_timeout_ms = " +
                   std::to_string(busy_timeout_.count()));
    }
    if ((code & 0xFF) == SQLITE_NOMEM) {
        throw std::bad_alloc();
    }
    throw Error(std::string("the database says: ") + sqlite3_errmsg(handle_.get()));
}

// ---- Transaction

Transaction::Transaction(Database &database)
    : database_(database), depth_(database.transaction_depth_) {
    if (depth_ == 0) {
        database_.execute("BEGIN IMMEDIATE");
    } else if (!database_.in_transaction()) {
        // SQLite itself rolls everything back when the disk is full or fails. Going on would write
        // outside of it.
        throw Error("the outer write was rolled back by an earlier failure");
    } else {
        database_.execute(("SAVEPOINT write" + std::to_string(depth_)).c_str());
    }
    database_.transaction_depth_++;
}

Transaction::~Transaction() {
    if (!open_) {
        return;
    }
    database_.transaction_depth_ = depth_;
    if (!database_.in_transaction()) {
        return;
    }
    const std::string name = "write" + std::to_string(depth_);
    const std::string sql = depth_ == 0 ? "ROLLBACK" : "ROLLBACK TO " + name + "; RELEASE " + name;
    sqlite3_exec(database_.handle_.get(), sql.c_str(), nullptr, nullptr, nullptr);
}

void Transaction::commit() {
    if (depth_ == 0) {
        database_.execute("COMMIT");
    } else {
        database_.execute(("RELEASE write" + std::to_string(depth_)).c_str());
    }
    database_.transaction_depth_ = depth_;
    open_ = false;
}

} // namespace bookmarks
