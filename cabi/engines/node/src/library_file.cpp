#include "library_file.hpp"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <openssl/evp.h>

namespace weir::node_engine {

namespace {

constexpr size_t head_size = 16;
constexpr size_t entry_size = 64;
constexpr uint32_t most_sections = 16;
constexpr uint32_t format_version = 1;
constexpr uint32_t engine_abi = 1;
constexpr size_t most_methods = 65'535;

/** Far above any library, and below what a broken length could ask for. */
constexpr uint64_t most_bytes = uint64_t{1} << 30;

template <class Number> Number number_at(std::string_view bytes, size_t at) {
    Number value = 0;
    memcpy(&value, bytes.data() + at, sizeof value);
    return value; // every system that the engine runs on is little-endian
}

weir_status invalid(std::string &reason, std::string words) {
    reason = "not a whole library file: " + std::move(words);
    return WEIR_ERR_LIBRARY_INVALID;
}

bool read_whole(const char *path, std::string &out, std::string &reason) {
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info = {};
    if (file < 0 || fstat(file, &info) != 0 || static_cast<uint64_t>(info.st_size) > most_bytes) {
        reason = file < 0 ? strerrordesc_np(errno) : "it cannot be read, or is above 1 GiB";
        if (file >= 0) {
            close(file);
        }
        return false;
    }
    out.resize(static_cast<size_t>(info.st_size));
    size_t got = 0;
    while (got < out.size()) {
        const ssize_t count = read(file, out.data() + got, out.size() - got);
        if (count <= 0) {
            break;
        }
        got += static_cast<size_t>(count);
    }
    close(file);
    if (got != out.size()) {
        reason = "it could not be read to its end";
    }
    return got == out.size();
}

bool has_checksum(std::string_view section, std::string_view expected) {
    unsigned char digest[32] = {};
    unsigned int length = 0;
    return EVP_Digest(section.data(), section.size(), digest, &length, EVP_sha256(), nullptr) ==
               1 &&
           length == expected.size() && memcmp(digest, expected.data(), length) == 0;
}

/** A string of the manifest, or "" where there is none. */
std::string text_of(const nlohmann::json &object, const char *key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

weir_status read_methods(const nlohmann::json &manifest, LibraryFile &out, std::string &reason) {
    const auto methods = manifest.find("methods");
    if (methods == manifest.end() || !methods->is_array() || methods->size() > most_methods) {
        return invalid(reason, "its manifest has no list of methods");
    }
    for (const auto &method : *methods) {
        if (!method.is_string() || method.get_ref<const std::string &>().empty() ||
            method.get_ref<const std::string &>().size() > WEIR_NAME_LENGTH_MAX) {
            return invalid(reason, "a method's name in its manifest is none");
        }
        out.methods.push_back(method.get<std::string>());
    }
    const std::set<std::string_view> names(out.methods.begin(), out.methods.end());
    if (names.size() != out.methods.size()) {
        return invalid(reason, "two methods in its manifest have the same name");
    }
    return WEIR_OK;
}

weir_status read_manifest(std::string_view text, LibraryFile &out, std::string &reason) {
    const nlohmann::json manifest = nlohmann::json::parse(text, nullptr, false);
    if (!manifest.is_object()) {
        return invalid(reason, "its manifest is not a JSON object");
    }
    const auto engine = manifest.find("engine");
    if (engine == manifest.end() || !engine->is_object() || text_of(*engine, "kind") != "node") {
        return invalid(reason, "its manifest names no engine, or another one than node");
    }
    const auto abi = engine->find("abi");
    if (abi == engine->end() || !abi->is_number_unsigned() || *abi != engine_abi) {
        reason = "it was built for version " +
                 (abi == engine->end() ? std::string("unknown") : abi->dump()) +
                 " of the engine's interface, this engine has 1";
        return WEIR_ERR_VERSION_MISMATCH;
    }
    out.name = text_of(manifest, "name");
    out.version = text_of(manifest, "version");
    out.contract_hash = text_of(manifest, "contract");
    out.cache_key = text_of(manifest, "cacheKey");
    if (out.name.empty() || out.version.empty()) {
        return invalid(reason, "its manifest has no name or version");
    }
    return read_methods(manifest, out, reason);
}

weir_status keep_section(std::string_view name, std::string_view section, LibraryFile &out,
                         std::string &reason) {
    if (name == "manifest") {
        return read_manifest(section, out, reason);
    }
    if (name == "contract") {
        out.contract = section;
    } else if (name == "bundle") {
        out.bundle = section;
    } else if (name == "map") {
        out.map = section;
    } else if (name == "cache") {
        out.cache = section;
    }
    return WEIR_OK; // sections of later versions are passed over
}

weir_status read_section(std::string_view bytes, uint32_t at, LibraryFile &out,
                         std::string &reason) {
    const std::string_view entry = bytes.substr(head_size + at * entry_size, entry_size);
    std::string_view name = entry.substr(0, 16);
    name = name.substr(0, name.find('\0'));
    const auto offset = number_at<uint64_t>(entry, 16);
    const auto length = number_at<uint64_t>(entry, 24);
    if (offset > bytes.size() || length > bytes.size() - offset) {
        return invalid(reason, "section " + std::string(name) + " reaches beyond its end");
    }
    const std::string_view section = bytes.substr(offset, length);
    if (!has_checksum(section, entry.substr(32, 32))) {
        return invalid(reason,
                       "section " + std::string(name) + " was changed: its checksum differs");
    }
    return keep_section(name, section, out, reason);
}

} // namespace

weir_status read_library_file(const char *path, LibraryFile &out, std::string &reason) {
    if (!read_whole(path, out.bytes, reason)) {
        return WEIR_ERR_LIBRARY_NOT_FOUND;
    }
    const std::string_view bytes = out.bytes;
    if (bytes.size() < head_size || bytes.substr(0, 8) != "WEIRLIB\n") {
        return invalid(reason, "it does not begin as one");
    }
    const auto version = number_at<uint32_t>(bytes, 8);
    if (version != format_version) {
        reason = "its format is " + std::to_string(version) + ", this engine reads 1";
        return WEIR_ERR_VERSION_MISMATCH;
    }
    const auto sections = number_at<uint32_t>(bytes, 12);
    if (sections > most_sections || bytes.size() < head_size + sections * entry_size) {
        return invalid(reason, "its table of sections does not end");
    }
    for (uint32_t at = 0; at < sections; at++) {
        const weir_status status = read_section(bytes, at, out, reason);
        if (status != WEIR_OK) {
            return status;
        }
    }
    if (out.name.empty() || out.bundle.empty()) {
        return invalid(reason, "it has no manifest or no bundle");
    }
    return WEIR_OK;
}

} // namespace weir::node_engine
