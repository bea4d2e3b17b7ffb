// Cuts a bookmark file into text and tags, and counts lines.
//
// Every byte belongs to exactly one token; comments and declarations (<!...>) are dropped. A tag or
// a comment that does not end is an Error with the line on which it began. Views point into the
// file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace bookmarks {

struct HtmlToken {
    enum class Kind { text, open, close };
    Kind kind;
    std::string_view text; // the text itself, or what stands in the tag after its name
    std::string_view name; // of a tag, as written
    std::size_t line;

    bool is(std::string_view upper_case_name) const; // a tag of this name, open or close
};

class HtmlScanner {
  public:
    explicit HtmlScanner(std::string_view file) : file_(file) {}

    std::optional<HtmlToken> next();
    std::size_t line() const { return line_; }

  private:
    std::optional<HtmlToken> scan_markup();
    HtmlToken scan_text();
    HtmlToken scan_tag();
    void advance_to(std::size_t at);

    std::string_view file_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
};

// The raw value of an attribute in the part of a tag after its name; nullopt if it is not there.
// The first one counts.
std::optional<std::string_view> find_attribute(std::string_view attributes,
                                               std::string_view upper_case_name);

bool equals_upper(std::string_view text, std::string_view upper_case);

[[noreturn]] void fail_at_line(std::size_t line, const std::string &reason);

} // namespace bookmarks
