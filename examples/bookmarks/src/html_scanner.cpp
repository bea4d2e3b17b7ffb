#include "html_scanner.hpp"

#include <algorithm>

#include "error.hpp"
#include "html_text.hpp"

namespace bookmarks {

namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool ends_name(char c) { return is_html_space(c) || c == '>' || c == '/'; }

std::size_t skip_spaces(std::string_view text, std::size_t at) {
    while (at < text.size() && (is_html_space(text[at]) || text[at] == '/')) {
        at++;
    }
    return at;
}

} // namespace

void fail_at_line(std::size_t line, const std::string &reason) {
    throw Error("line " + std::to_string(line) + ": " + reason);
}

bool equals_upper(std::string_view text, std::string_view upper_case) {
    return std::equal(
        text.begin(), text.end(), upper_case.begin(), upper_case.end(), [](char c, char upper) {
            return (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == upper;
        });
}

bool HtmlToken::is(std::string_view upper_case_name) const {
    return kind != Kind::text && equals_upper(name, upper_case_name);
}

std::optional<HtmlToken> HtmlScanner::next() {
    while (at_ < file_.size()) {
        if (file_[at_] != '<') {
            return scan_text();
        }
        if (auto token = scan_markup()) {
            return token;
        }
    }
    return std::nullopt;
}

void HtmlScanner::advance_to(std::size_t at) {
    line_ +=
        static_cast<std::size_t>(std::count(file_.begin() + static_cast<std::ptrdiff_t>(at_),
                                            file_.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
    at_ = at;
}

HtmlToken HtmlScanner::scan_text() {
    const std::size_t begin = at_;
    const std::size_t line = line_;
    advance_to(std::min(file_.find('<', at_ + 1), file_.size()));
    return {HtmlToken::Kind::text, file_.substr(begin, at_ - begin), {}, line};
}

// A tag; nullopt after a comment or a declaration; text when a '<' begins neither.
std::optional<HtmlToken> HtmlScanner::scan_markup() {
    const std::string_view rest = file_.substr(at_);
    if (rest.starts_with("<!")) {
        const bool comment = rest.starts_with("<!--");
        const std::size_t end = comment ? rest.find("-->", 4) : rest.find('>');
        if (end == std::string_view::npos) {
            fail_at_line(line_, comment ? "the file ends inside this comment"
                                        : "the file ends inside this declaration");
        }
        advance_to(at_ + end + (comment ? 3 : 1));
        return std::nullopt;
    }
    const std::size_t letter = rest.starts_with("</") ? 2 : 1;
    if (rest.size() <= letter) {
        fail_at_line(line_, "the file ends inside a tag");
    }
    return is_letter(rest[letter]) ? scan_tag() : scan_text();
}

HtmlToken HtmlScanner::scan_tag() {
    const std::size_t line = line_;
    const bool close = file_[at_ + 1] == '/';
    const std::size_t name_begin = at_ + (close ? 2 : 1);
    std::size_t name_end = name_begin;
    while (name_end < file_.size() && !ends_name(file_[name_end])) {
        name_end++;
    }
    std::size_t end = name_end;
    while (end < file_.size() && file_[end] != '>') {
        if (file_[end] == '"' || file_[end] == '\'') {
            end = file_.find(file_[end], end + 1);
            if (end == std::string_view::npos) {
                fail_at_line(line, "a quote in this tag is not closed");
            }
        }
        end++;
    }
    if (end >= file_.size()) {
        fail_at_line(line, "the file ends inside this tag");
    }
    advance_to(end + 1);
    return {close ? HtmlToken::Kind::close : HtmlToken::Kind::open,
            file_.substr(name_end, end - name_end), file_.substr(name_begin, name_end - name_begin),
            line};
}

std::optional<std::string_view> find_attribute(std::string_view attributes,
                                               std::string_view upper_case_name) {
    for (std::size_t at = skip_spaces(attributes, 0); at < attributes.size();
         at = skip_spaces(attributes, at)) {
        const std::size_t name_begin = at;
        do {
            at++;
        } while (at < attributes.size() && attributes[at] != '=' && !ends_name(attributes[at]));
        const std::string_view name = attributes.substr(name_begin, at - name_begin);
        std::size_t equals = at;
        while (equals < attributes.size() && is_html_space(attributes[equals])) {
            equals++;
        }
        std::string_view value;
        if (equals < attributes.size() && attributes[equals] == '=') {
            at = equals + 1;
            while (at < attributes.size() && is_html_space(attributes[at])) {
                at++;
            }
            const bool quoted =
                at < attributes.size() && (attributes[at] == '"' || attributes[at] == '\'');
            const std::size_t begin = quoted ? at + 1 : at;
            std::size_t end = begin;
            while (end < attributes.size() &&
                   (quoted ? attributes[end] != attributes[at] : !is_html_space(attributes[end]))) {
                end++;
            }
            value = attributes.substr(begin, end - begin);
            at = std::min(end + (quoted ? 1 : 0), attributes.size());
        }
        if (equals_upper(name, upper_case_name)) {
            return value;
        }
    }
    return std::nullopt;
}

} // namespace bookmarks
