// JSON in and out. SQLite reads it; what is written is small.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sqlite.hpp"

namespace bookmarks {

// The fields of a request's payload, a JSON object.
//
// Any bytes give either the fields or an Error that names the field or the byte. A field which the
// method does not know is an error too: it is most likely misspelt. null counts as absent.
class JsonInput {
  public:
    JsonInput(Database &database, std::string_view payload,
              std::initializer_list<std::string_view> known);

    bool has(std::string_view name) const;
    // Absent: nullopt. Of another type: Error.
    std::optional<std::string> text(std::string_view name) const;
    std::optional<int64_t> integer(std::string_view name) const;
    std::optional<std::vector<std::string>> texts(std::string_view name) const;

  private:
    struct Field {
        std::string name;
        std::string type; // as SQLite's json_type names it
        std::string text; // the string, or the JSON of an array
        int64_t integer;
    };
    const Field *find(std::string_view name) const;

    Database &database_;
    std::vector<Field> fields_;
};

std::string json_quote(std::string_view utf8);
std::string json_array(const std::vector<std::string> &texts);

} // namespace bookmarks
