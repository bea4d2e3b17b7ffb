#include "schema.hpp"

#include <thread>

#include "error.hpp"

namespace bookmarks {

namespace {

constexpr int64_t kApplicationId = 0x77626D6B; // "wbmk"
constexpr int64_t kSchemaVersion = 1;

constexpr const char *kTables = R"sql(
    CREATE TABLE bookmark (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        url TEXT NOT NULL,
        section TEXT NOT NULL,
        title TEXT NOT NULL,
        tags TEXT NOT NULL, -- a JSON array
        description TEXT NOT NULL,
        added_at INTEGER NOT NULL,
        UNIQUE (url, section)
    );
    CREATE VIRTUAL TABLE bookmark_text USING fts5(
        title, url, section, tags, description,
        content = 'bookmark', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
    );
    CREATE TRIGGER bookmark_inserted AFTER INSERT ON bookmark BEGIN
        INSERT INTO bookmark_text (rowid, title, url, section, tags, description)
        VALUES (new.id, new.title, new.url, new.section, new.tags, new.description);
    END;
    CREATE TRIGGER bookmark_deleted AFTER DELETE ON bookmark BEGIN
        INSERT INTO bookmark_text (bookmark_text, rowid, title, url, section, tags, description)
        VALUES ('delete', old.id, old.title, old.url, old.section, old.tags, old.description);
    END;
    PRAGMA application_id = 0x77626D6B;
    PRAGMA user_version = 1;
)sql";

// Changing the mode needs the file for itself, and SQLite does not wait for that as it does for a
// write lock.
void switch_to_wal(Database &database, const Config &config) {
    const auto give_up = std::chrono::steady_clock::now() + config.busy_timeout;
    while (true) {
        try {
            database.execute("PRAGMA journal_mode = WAL");
            return;
        } catch (const Busy &) {
            if (std::chrono::steady_clock::now() >= give_up) {
                throw;
            }
            std::this_thread::sleep_for(std::chrono::milliseconds(2));
        }
    }
}

// True when the tables are there. Call in a transaction.
bool check_owner(Database &database) {
    const int64_t version = database.query_integer("PRAGMA user_version");
    if (database.query_integer("PRAGMA application_id") != kApplicationId) {
        if (database.query_integer("SELECT count(*) FROM sqlite_schema") != 0) {
            throw Error("path: the file is a database of another application");
        }
        return false;
    }
    if (version != kSchemaVersion) {
        throw Error("path: the file has schema version " + std::to_string(version) + ", known is " +
                    std::to_string(kSchemaVersion));
    }
    return true;
}

} // namespace

void prepare_schema(Database &database, const Config &config) {
    // One snapshot: between two reads of their own another connection could make the tables.
    database.execute("BEGIN");
    const bool ready = check_owner(database);
    database.execute("COMMIT");
    if (!config.path.empty()) {
        switch_to_wal(database, config);
        database.execute("PRAGMA synchronous = NORMAL");
    }
    if (ready) {
        return;
    }
    Transaction transaction(database);
    if (!check_owner(database)) {
        database.execute(kTables);
    }
    transaction.commit();
}

} // namespace bookmarks
