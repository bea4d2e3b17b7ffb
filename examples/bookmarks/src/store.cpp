#include "store.hpp"

#include "error.hpp"
#include "json.hpp"
#include "netscape_parser.hpp"
#include "schema.hpp"
#include "search_query.hpp"

namespace bookmarks {

namespace {

constexpr std::size_t kEntriesBetweenCancelChecks = 64;

constexpr std::string_view kInsert =
    "INSERT INTO bookmark (url, section, title, tags, description, added_at)"
    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING";

// The best are chosen before their JSON is made.
constexpr std::string_view kSearch = "WITH best AS (SELECT rowid AS id, bm25(bookmark_text, 10, 4, "
                                     "4, 6, 2) AS score FROM bookmark_text"
                                     " WHERE bookmark_text MATCH ?1 ORDER BY score, rowid LIMIT ?2)"
                                     " SELECT json_object('id', id, 'title', title, 'url', url, "
                                     "'section', section, 'tags', json(tags),"
                                     " 'description', description, 'added_at', added_at)"
                                     " FROM best JOIN bookmark USING (id) ORDER BY score, id";

} // namespace

Store::Store(const Config &config) : config_(config), database_(config.path, config.busy_timeout) {
    prepare_schema(database_, config_);
}

bool Store::insert(Statement &statement, const Bookmark &bookmark) {
    const std::string tags = json_array(bookmark.tags);
    statement.bind(1, bookmark.url).bind(2, bookmark.section).bind(3, bookmark.title);
    statement.bind(4, tags).bind(5, bookmark.description).bind(6, bookmark.added_at);
    statement.step();
    statement.reset();
    return database_.changes() == 1;
}

int64_t Store::add(const Bookmark &bookmark) {
    Transaction transaction(database_);
    Statement statement = database_.prepare(kInsert);
    if (!insert(statement, bookmark)) {
        Statement same =
            database_.prepare("SELECT id FROM bookmark WHERE url = ?1 AND section = ?2");
        same.bind(1, bookmark.url).bind(2, bookmark.section).step();
        throw Error("url: it is in this section already, with id " +
                    std::to_string(same.integer(0)));
    }
    const int64_t id = database_.last_id();
    transaction.commit();
    return id;
}

ImportResult Store::import_file(std::string_view file, const Progress &progress) {
    const ParsedFile parsed = parse_netscape(file);
    const std::size_t total = parsed.entries.size();
    ImportResult result{0, static_cast<int64_t>(parsed.skipped)};
    Transaction transaction(database_);
    Statement statement = database_.prepare(kInsert);
    for (std::size_t at = 0; at < total; at++) {
        if (at % kEntriesBetweenCancelChecks == 0) {
            database_.throw_if_canceled();
        }
        if (at != 0 && at % config_.progress_every == 0) {
            progress(at, total);
        }
        const ParsedBookmark &entry = parsed.entries[at];
        try {
            insert(statement, entry.bookmark) ? result.imported++ : result.skipped++;
        } catch (const Error &error) {
            throw Error("line " + std::to_string(entry.line) + ": " + error.what());
        }
    }
    database_.throw_if_canceled();
    transaction.commit();
    progress(total, total);
    return result;
}

int64_t Store::remove_id(int64_t id) {
    Transaction transaction(database_);
    database_.prepare("DELETE FROM bookmark WHERE id = ?1").bind(1, id).step();
    const int64_t removed = database_.changes();
    transaction.commit();
    return removed;
}

int64_t Store::remove_url(std::string_view url) {
    Transaction transaction(database_);
    database_.prepare("DELETE FROM bookmark WHERE url = ?1").bind(1, url).step();
    const int64_t removed = database_.changes();
    transaction.commit();
    return removed;
}

int64_t Store::count() { return database_.query_integer("SELECT count(*) FROM bookmark"); }

std::string Store::search(std::string_view query, int64_t limit) {
    const std::string expression = make_search_expression(query);
    Statement rows = database_.prepare(kSearch);
    rows.bind(1, expression).bind(2, limit);
    std::string json = "{\"results\":[";
    for (bool first = true; rows.step(); first = false) {
        json += first ? "" : ",";
        json += rows.text(0);
    }
    return json + "]}";
}

} // namespace bookmarks
