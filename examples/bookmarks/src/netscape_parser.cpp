#include "netscape_parser.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "error.hpp"
#include "html_scanner.hpp"
#include "html_text.hpp"
#include "section.hpp"
#include "utf8.hpp"

namespace bookmarks {

namespace {

constexpr std::string_view kDoctype = "<!DOCTYPE NETSCAPE-BOOKMARK-FILE-1>";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kUnnamedFolder = "(unnamed)";
// Some programs write ADD_DATE in milliseconds or microseconds; as seconds these are later than the
// year 5000.
constexpr int64_t kMillisecondsFrom = 100'000'000'000;
constexpr int64_t kMicrosecondsFrom = 100'000'000'000'000;

std::string_view trim(std::string_view text) {
    while (!text.empty() && is_html_space(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && is_html_space(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::size_t line_of(std::string_view file, std::size_t offset) {
    return 1 + static_cast<std::size_t>(std::count(
                   file.begin(), file.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// Refuse what is not text or not of this format, and return what follows the byte order mark.
std::string_view check_file(std::string_view file) {
    if (const std::size_t bad = find_invalid_utf8(file); bad != std::string_view::npos) {
        fail_at_line(line_of(file, bad), "not valid UTF-8, at byte " + std::to_string(bad));
    }
    if (const std::size_t zero = file.find('\0'); zero != std::string_view::npos) {
        fail_at_line(line_of(file, zero), "a zero byte, at byte " + std::to_string(zero));
    }
    if (file.starts_with(kByteOrderMark)) {
        file.remove_prefix(kByteOrderMark.size());
    }
    std::size_t begin = 0;
    while (begin < file.size() && is_html_space(file[begin])) {
        begin++;
    }
    if (!equals_upper(file.substr(begin, kDoctype.size()), kDoctype)) {
        fail_at_line(
            line_of(file, begin),
            "not a bookmark file: it does not begin with <!DOCTYPE NETSCAPE-Bookmark-file-1>");
    }
    return file;
}

std::string bounded(std::string text, std::size_t limit, std::size_t line, const char *what) {
    if (text.size() > limit) {
        fail_at_line(line, std::string(what) + " has " + std::to_string(text.size()) +
                               " bytes, more than " + std::to_string(limit));
    }
    return text;
}

int64_t parse_date(std::string_view raw, std::size_t line) {
    const std::string_view digits = trim(raw);
    if (digits.empty()) {
        return 0;
    }
    int64_t value = 0;
    const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (code != std::errc() || end != digits.data() + digits.size() || value < 0) {
        fail_at_line(line, "ADD_DATE is not a number of seconds");
    }
    return value >= kMicrosecondsFrom   ? value / 1'000'000
           : value >= kMillisecondsFrom ? value / 1'000
                                        : value;
}

std::vector<std::string> parse_tags(std::string_view raw, std::size_t line) {
    const std::string decoded = bounded(decode_html(raw), kTagsBytesMax, line, "TAGS");
    std::vector<std::string> tags;
    for (std::size_t at = 0; at <= decoded.size();) {
        const std::size_t comma = std::min(decoded.find(',', at), decoded.size());
        std::string tag(trim(std::string_view(decoded).substr(at, comma - at)));
        if (!tag.empty() && std::find(tags.begin(), tags.end(), tag) == tags.end()) {
            if (tags.size() == kTagsMax) {
                fail_at_line(line, "more than " + std::to_string(kTagsMax) + " TAGS");
            }
            tags.push_back(bounded(std::move(tag), kTagBytesMax, line, "a tag"));
        }
        at = comma + 1;
    }
    return tags;
}

class Parser {
  public:
    explicit Parser(std::string_view file) : scanner_(file) {}

    ParsedFile parse() {
        while (auto token = scanner_.next()) {
            take(*token);
        }
        finish();
        return std::move(result_);
    }

  private:
    void take(const HtmlToken &token) {
        const bool open = token.kind == HtmlToken::Kind::open;
        if (token.kind == HtmlToken::Kind::text) {
            if (in_description_) {
                description_ += token.text;
            }
        } else if (token.is("A")) {
            end_description();
            if (open) {
                take_entry(token);
            }
        } else if (token.is("H3")) {
            end_description();
            if (open) {
                take_folder_name(token);
            }
        } else if (token.is("DL")) {
            end_description();
            open ? open_folder(token) : close_folder(token);
        } else if (token.is("DT") || token.is("HR")) {
            end_description();
            if (open) {
                described_ = false;
                pending_name_.reset();
            }
        } else if (token.is("DD")) {
            end_description();
            in_description_ = open;
        } else if (in_description_) {
            description_ += ' '; // such as <BR>
        }
    }

    // The text up to the tag that closes `opener`; tags inside it are dropped.
    std::string take_text(const HtmlToken &opener, std::string_view name) {
        std::string raw;
        while (auto token = scanner_.next()) {
            if (token->kind == HtmlToken::Kind::text) {
                raw += token->text;
            } else if (token->kind == HtmlToken::Kind::close && token->is(name)) {
                return decode_html_text(raw);
            } else if (token->is("DT") || token->is("DL") || token->is("DD") || token->is("A") ||
                       token->is("H3")) {
                break;
            }
        }
        std::string reason("<");
        reason.append(name).append("> is not closed by </").append(name).append(">");
        fail_at_line(opener.line, reason);
    }

    void take_entry(const HtmlToken &token) {
        if (depth() == 0) {
            fail_at_line(token.line, "an entry outside of <DL>");
        }
        const auto href = find_attribute(token.text, "HREF");
        if (!href || trim(*href).empty()) {
            fail_at_line(token.line, href ? "HREF is empty" : "<A> without HREF");
        }
        Bookmark bookmark;
        bookmark.url = bounded(decode_html(trim(*href)), kUrlBytesMax, token.line, "HREF");
        bookmark.section = section_;
        bookmark.added_at =
            parse_date(find_attribute(token.text, "ADD_DATE").value_or(""), token.line);
        bookmark.tags = parse_tags(find_attribute(token.text, "TAGS").value_or(""), token.line);
        bookmark.title = bounded(take_text(token, "A"), kTextBytesMax, token.line, "the title");
        described_ = !bookmark.url.starts_with("place:");
        if (!described_) {
            result_.skipped++;
            return;
        }
        if (result_.entries.size() == kEntriesMax) {
            fail_at_line(token.line, "more than " + std::to_string(kEntriesMax) + " entries");
        }
        result_.entries.push_back({std::move(bookmark), token.line});
    }

    void take_folder_name(const HtmlToken &token) {
        if (depth() == 0) {
            fail_at_line(token.line, "a folder outside of <DL>");
        }
        std::string name = take_text(token, "H3");
        pending_name_ = name.empty() ? std::string(kUnnamedFolder) : std::move(name);
        described_ = false;
    }

    void open_folder(const HtmlToken &token) {
        if (depth() > kFolderDepthMax) {
            fail_at_line(token.line, "more than " + std::to_string(kFolderDepthMax) +
                                         " folders inside one another");
        }
        opened_.push_back({token.line, section_.size()});
        if (pending_name_) {
            append_folder(section_, *pending_name_);
            section_ = bounded(std::move(section_), kSectionBytesMax, token.line,
                               "the path of the folder");
            pending_name_.reset();
        }
        described_ = false;
    }

    void close_folder(const HtmlToken &token) {
        if (opened_.empty()) {
            fail_at_line(token.line, "</DL> without <DL>");
        }
        section_.resize(opened_.back().outer_section_length);
        opened_.pop_back();
        pending_name_.reset();
        described_ = false;
        seen_list_ = true;
    }

    void end_description() {
        if (in_description_ && described_) {
            ParsedBookmark &entry = result_.entries.back();
            entry.bookmark.description = bounded(decode_html_text(description_), kTextBytesMax,
                                                 entry.line, "the description");
            described_ = false;
        }
        description_.clear();
        in_description_ = false;
    }

    void finish() {
        end_description();
        if (!opened_.empty()) {
            fail_at_line(scanner_.line(), "the file ends inside the <DL> of line " +
                                              std::to_string(opened_.back().line));
        }
        if (!seen_list_) {
            fail_at_line(scanner_.line(), "the file ends before its first <DL>");
        }
    }

    std::size_t depth() const { return opened_.size(); }

    struct OpenList {
        std::size_t line;
        std::size_t outer_section_length;
    };

    HtmlScanner scanner_;
    ParsedFile result_;
    std::vector<OpenList> opened_;
    std::string section_;
    std::optional<std::string> pending_name_; // of the folder whose <DL> is still to come
    std::string description_;
    bool in_description_ = false;
    bool described_ = false; // a <DD> here belongs to the last entry
    bool seen_list_ = false;
};

} // namespace

ParsedFile parse_netscape(std::string_view file) { return Parser(check_file(file)).parse(); }

} // namespace bookmarks
