#include "json.hpp"

#include <algorithm>

#include "error.hpp"
#include "utf8.hpp"

namespace bookmarks {

namespace {

// SQLite ends a string at \u0000, which would cut it without a word.
std::size_t find_zero_escape(std::string_view json) {
    for (std::size_t at = json.find('\\'); at != std::string_view::npos;
         at = json.find('\\', at + 2)) {
        if (json.substr(at + 1, 5) == "u0000") {
            return at;
        }
    }
    return std::string_view::npos;
}

[[noreturn]] void fail_at_byte(const char *what, std::size_t at) {
    throw Error("the payload has " + std::string(what) + " at byte " + std::to_string(at));
}

void check_json(Database &database, std::string_view payload) {
    if (const std::size_t bad = find_invalid_utf8(payload); bad != std::string_view::npos) {
        fail_at_byte("something that is not UTF-8", bad);
    }
    if (const std::size_t zero = payload.find('\0'); zero != std::string_view::npos) {
        fail_at_byte("a zero byte", zero);
    }
    Statement valid = database.prepare("SELECT json_valid(?1)");
    if (!valid.bind(1, payload).step() || valid.integer(0) == 0) {
        throw Error("the payload, " + std::to_string(payload.size()) + " bytes, is not valid JSON");
    }
    if (const std::size_t zero = find_zero_escape(payload); zero != std::string_view::npos) {
        fail_at_byte("the character \\u0000", zero);
    }
    Statement type = database.prepare("SELECT json_type(?1) = 'object'");
    if (!type.bind(1, payload).step() || type.integer(0) == 0) {
        throw Error("the payload is JSON, but not an object");
    }
}

std::string checked_text(std::string_view text, std::string_view name) {
    if (find_invalid_utf8(text) != std::string_view::npos) {
        throw Error(std::string(name) + ": half of a surrogate pair");
    }
    return std::string(text);
}

} // namespace

JsonInput::JsonInput(Database &database, std::string_view payload,
                     std::initializer_list<std::string_view> known)
    : database_(database) {
    check_json(database, payload);
    Statement rows = database.prepare("SELECT key, type, value FROM json_each(?1)");
    rows.bind(1, payload);
    for (std::size_t position = 1; rows.step(); position++) {
        const std::string_view name = rows.text(0);
        const auto field = std::find(known.begin(), known.end(), name);
        if (field == known.end()) {
            if (known.size() == 0) {
                throw Error("the method takes no fields");
            }
            std::string names;
            for (std::string_view each : known) {
                names.append(names.empty() ? "" : ", ").append(each);
            }
            throw Error("field " + std::to_string(position) +
                        " of the payload is none of: " + names);
        }
        if (std::any_of(fields_.begin(), fields_.end(),
                        [&](const Field &seen) { return seen.name == name; })) {
            throw Error(std::string(*field) + ": there twice");
        }
        const bool exact = rows.type(2) == SQLITE_INTEGER;
        std::string type(rows.text(1));
        if (type == "integer" && !exact) {
            type = "integer of more than 64 bits";
        }
        fields_.push_back(
            {std::string(name), std::move(type), std::string(rows.text(2)), rows.integer(2)});
    }
    std::erase_if(fields_, [](const Field &field) { return field.type == "null"; });
}

const JsonInput::Field *JsonInput::find(std::string_view name) const {
    const auto found = std::find_if(fields_.begin(), fields_.end(),
                                    [&](const Field &field) { return field.name == name; });
    return found == fields_.end() ? nullptr : &*found;
}

bool JsonInput::has(std::string_view name) const { return find(name) != nullptr; }

std::optional<std::string> JsonInput::text(std::string_view name) const {
    const Field *field = find(name);
    if (field == nullptr) {
        return std::nullopt;
    }
    if (field->type != "text") {
        throw Error(std::string(name) + ": must be a string, is " + field->type);
    }
    return checked_text(field->text, name);
}

std::optional<int64_t> JsonInput::integer(std::string_view name) const {
    const Field *field = find(name);
    if (field == nullptr) {
        return std::nullopt;
    }
    if (field->type != "integer") {
        throw Error(std::string(name) + ": must be an integer, is " + field->type);
    }
    return field->integer;
}

std::optional<std::vector<std::string>> JsonInput::texts(std::string_view name) const {
    const Field *field = find(name);
    if (field == nullptr) {
        return std::nullopt;
    }
    if (field->type != "array") {
        throw Error(std::string(name) + ": must be an array of strings, is " + field->type);
    }
    std::vector<std::string> texts;
    Statement rows = database_.prepare("SELECT type, value FROM json_each(?1)");
    rows.bind(1, field->text);
    while (rows.step()) {
        const std::string where = std::string(name) + "[" + std::to_string(texts.size()) + "]";
        if (rows.text(0) != "text") {
            throw Error(where + ": must be a string, is " + std::string(rows.text(0)));
        }
        texts.push_back(checked_text(rows.text(1), where));
    }
    return texts;
}

std::string json_quote(std::string_view utf8) {
    static constexpr char kHex[] = "0123456789abcdef";
    std::string json = "\"";
    for (char c : utf8) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20) {
            json += "\\u00";
            json += kHex[byte >> 4];
            json += kHex[byte & 15];
        } else {
            if (c == '"' || c == '\\') {
                json += '\\';
            }
            json += c;
        }
    }
    return json + '"';
}

std::string json_array(const std::vector<std::string> &texts) {
    std::string json = "[";
    for (const std::string &text : texts) {
        json.append(json.size() > 1 ? "," : "").append(json_quote(text));
    }
    return json + ']';
}

} // namespace bookmarks
