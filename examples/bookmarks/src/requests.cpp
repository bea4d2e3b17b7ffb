#include "requests.hpp"

#include <algorithm>
#include <chrono>

#include "error.hpp"
#include "html_text.hpp"
#include "json.hpp"
#include "section.hpp"

namespace bookmarks {

namespace {

constexpr int64_t kSearchLimitDefault = 20;
constexpr int64_t kSearchLimitMax = 1000;

std::string require(std::optional<std::string> text, std::string_view name, std::size_t limit) {
    if (!text || text->empty()) {
        throw Error(std::string(name) + (text ? ": empty" : ": missing"));
    }
    if (text->size() > limit) {
        throw Error(std::string(name) + ": " + std::to_string(text->size()) + " bytes, more than " +
                    std::to_string(limit));
    }
    return *std::move(text);
}

bool is_scheme_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.';
}

void check_url(std::string_view url) {
    const std::size_t colon = url.find(':');
    if (colon == 0 || colon == std::string_view::npos ||
        !std::all_of(url.begin(), url.begin() + static_cast<std::ptrdiff_t>(colon),
                     is_scheme_character)) {
        throw Error("url: it does not begin with a scheme such as https:");
    }
    if (url.starts_with("place:")) {
        throw Error("url: place: addresses mean something in one browser only and are not kept");
    }
    const auto bad = std::find_if(url.begin(), url.end(),
                                  [](char c) { return (c >= 0 && c <= ' ') || c == 0x7F; });
    if (bad != url.end()) {
        throw Error("url: a space or control character at byte " +
                    std::to_string(bad - url.begin()));
    }
}

std::vector<std::string> check_tags(std::vector<std::string> tags) {
    std::vector<std::string> kept;
    std::size_t bytes = 0;
    for (std::size_t at = 0; at < tags.size(); at++) {
        const std::string where = "tags[" + std::to_string(at) + "]";
        std::string tag = require(std::move(tags[at]), where, kTagBytesMax);
        if (tag.find(',') != std::string::npos) {
            throw Error(where + ": a comma, which bookmark files put between tags");
        }
        if (is_html_space(tag.front()) || is_html_space(tag.back())) {
            throw Error(where + ": white space at its beginning or end");
        }
        bytes += tag.size() + 1;
        if (std::find(kept.begin(), kept.end(), tag) == kept.end()) {
            kept.push_back(std::move(tag));
        }
    }
    if (kept.size() > kTagsMax || bytes > kTagsBytesMax) {
        throw Error("tags: more than " + std::to_string(kTagsMax) + " tags or " +
                    std::to_string(kTagsBytesMax) + " bytes");
    }
    return kept;
}

int64_t now_seconds() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::seconds>(since_1970).count();
}

} // namespace

std::string request_import(Store &store, std::string_view file, const Store::Progress &progress) {
    const ImportResult result = store.import_file(file, progress);
    return "{\"imported\":" + std::to_string(result.imported) +
           ",\"skipped\":" + std::to_string(result.skipped) + "}";
}

std::string request_add(Store &store, std::string_view payload) {
    const JsonInput input(store.database(), payload,
                          {"title", "url", "section", "tags", "description"});
    Bookmark bookmark;
    bookmark.title = require(input.text("title"), "title", kTextBytesMax);
    bookmark.url = require(input.text("url"), "url", kUrlBytesMax);
    check_url(bookmark.url);
    bookmark.section = input.text("section").value_or("");
    split_section(bookmark.section);
    bookmark.tags = check_tags(input.texts("tags").value_or(std::vector<std::string>()));
    if (auto description = input.text("description"); description && !description->empty()) {
        bookmark.description = require(std::move(description), "description", kTextBytesMax);
    }
    bookmark.added_at = now_seconds();
    return "{\"id\":" + std::to_string(store.add(bookmark)) + "}";
}

std::string request_search(Store &store, std::string_view payload) {
    const JsonInput input(store.database(), payload, {"query", "limit"});
    const auto query = input.text("query");
    const int64_t limit = input.integer("limit").value_or(kSearchLimitDefault);
    if (!query) {
        throw Error("query: missing");
    }
    if (limit < 1 || limit > kSearchLimitMax) {
        throw Error("limit: must be from 1 to " + std::to_string(kSearchLimitMax));
    }
    return store.search(*query, limit);
}

std::string request_remove(Store &store, std::string_view payload) {
    const JsonInput input(store.database(), payload, {"id", "url"});
    if (input.has("id") == input.has("url")) {
        throw Error(input.has("id") ? "id, url: both given; one says what to remove"
                                    : "id, url: one must be given");
    }
    const auto id = input.integer("id");
    const int64_t removed = id ? store.remove_id(*id) : store.remove_url(*input.text("url"));
    return "{\"removed\":" + std::to_string(removed) + "}";
}

std::string request_count(Store &store, std::string_view payload) {
    require_no_payload(store, payload);
    return "{\"count\":" + std::to_string(store.count()) + "}";
}

void require_no_payload(Store &store, std::string_view payload) {
    if (!payload.empty()) {
        const JsonInput input(store.database(), payload, {});
    }
}

} // namespace bookmarks
