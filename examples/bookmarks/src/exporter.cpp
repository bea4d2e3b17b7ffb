#include "exporter.hpp"

#include <algorithm>

#include "error.hpp"
#include "netscape_writer.hpp"

namespace bookmarks {

namespace {

constexpr std::size_t kRowsBetweenCancelChecks = 256;

// A tag has no comma in it.
constexpr std::string_view kRows =
    "SELECT url, section, title, description, added_at,"
    " (SELECT group_concat(value, ',') FROM json_each(tags)) FROM bookmark ORDER BY id";

std::vector<std::string> split_tags(std::string_view joined) {
    std::vector<std::string> tags;
    for (std::size_t at = 0; at < joined.size();) {
        const std::size_t comma = std::min(joined.find(',', at), joined.size());
        tags.emplace_back(joined.substr(at, comma - at));
        at = comma + 1;
    }
    return tags;
}

// The snapshot that a transaction reads is taken by its first read.
std::unique_ptr<Database> open_snapshot(const Config &config,
                                        const std::function<bool()> &is_canceled) {
    auto database = std::make_unique<Database>(config.path, config.busy_timeout);
    database->set_cancel_probe(is_canceled);
    database->execute("PRAGMA query_only = 1; BEGIN; SELECT 1 FROM bookmark LIMIT 1");
    return database;
}

} // namespace

Exporter::Exporter(Store &store, std::function<bool()> is_canceled)
    : own_(store.is_private() ? nullptr : open_snapshot(store.config(), is_canceled)),
      database_(own_ ? *own_ : store.database()) {
    database_.set_cancel_probe(std::move(is_canceled));
}

std::string Exporter::write() {
    NetscapeWriter writer;
    Statement rows = database_.prepare(kRows);
    for (std::size_t row = 0; rows.step(); row++) {
        if (row % kRowsBetweenCancelChecks == 0) {
            database_.throw_if_canceled();
        }
        Bookmark bookmark;
        bookmark.url = rows.text(0);
        bookmark.section = rows.text(1);
        bookmark.title = rows.text(2);
        bookmark.description = rows.text(3);
        bookmark.added_at = rows.integer(4);
        bookmark.tags = split_tags(rows.text(5));
        writer.add(bookmark);
    }
    return writer.finish();
}

} // namespace bookmarks
