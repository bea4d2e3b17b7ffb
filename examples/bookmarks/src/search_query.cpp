#include "search_query.hpp"

#include <algorithm>

#include "error.hpp"
#include "html_text.hpp"

namespace bookmarks {

namespace {

constexpr std::size_t kQueryBytesMax = 1024;
constexpr std::size_t kQueryWordsMax = 32;

} // namespace

std::string make_search_expression(std::string_view query) {
    if (query.size() > kQueryBytesMax) {
        throw Error("query: " + std::to_string(query.size()) + " bytes, more than " +
                    std::to_string(kQueryBytesMax));
    }
    std::string expression;
    std::size_t words = 0;
    for (std::size_t at = 0; at < query.size();) {
        if (is_html_space(query[at])) {
            at++;
            continue;
        }
        if (++words > kQueryWordsMax) {
            throw Error("query: more than " + std::to_string(kQueryWordsMax) + " words, at byte " +
                        std::to_string(at));
        }
        expression += expression.empty() ? "\"" : " \"";
        for (; at < query.size() && !is_html_space(query[at]); at++) {
            expression += query[at];
            if (query[at] == '"') {
                expression += '"';
            }
        }
        expression += '"';
    }
    if (expression.empty()) {
        throw Error("query: no word in it");
    }
    return expression + " *";
}

} // namespace bookmarks
