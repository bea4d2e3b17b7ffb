/**
 * library_writer.hpp: writes library files (NAME.weir) from a few lines of JavaScript, as `weir
 * build` does. The bytes are those of library_file.cpp; a test may change them before they are
 * written.
 */
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <openssl/evp.h>

namespace weir::node_testing {

/** A folder that goes with the test. */
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "weir-node-XXXXXX").string();
        path_ = mkdtemp(name.data()) == nullptr ? "" : name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder &) = delete;
    TemporaryFolder &operator=(const TemporaryFolder &) = delete;

    std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }

    /** Writes a file and returns its path. */
    std::string write(std::string_view name, std::string_view bytes) const {
        const std::string written = path(name);
        FILE *file = fopen(written.c_str(), "we");
        fwrite(bytes.data(), 1, bytes.size(), file);
        fclose(file);
        return written;
    }

  private:
    std::string path_;
};

struct Section {
    std::string name;
    std::string bytes;
};

inline void put_number(std::string &out, uint64_t value, size_t bytes) {
    for (size_t at = 0; at < bytes; at++) {
        out.push_back(static_cast<char>(value >> (8 * at)));
    }
}

inline std::string sha256(std::string_view bytes) {
    std::string digest(32, '\0');
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char *>(digest.data()),
               nullptr, EVP_sha256(), nullptr);
    return digest;
}

/** A library file of these sections. */
inline std::string pack(const std::vector<Section> &sections, uint32_t format = 1) {
    const auto aligned = [](size_t size) { return (size + 7) / 8 * 8; };
    std::string head = "WEIRLIB\n";
    put_number(head, format, 4);
    put_number(head, sections.size(), 4);
    size_t offset = aligned(16 + sections.size() * 64);
    std::string body;
    for (const Section &section : sections) {
        std::string name = section.name;
        name.resize(16);
        head += name;
        put_number(head, offset + body.size(), 8);
        put_number(head, section.bytes.size(), 8);
        head += sha256(section.bytes);
        body += section.bytes;
        body.resize(aligned(body.size()));
    }
    head.resize(offset);
    return head + body;
}

inline constexpr char contract_text[] = R"({"methods":{},"name":"everyday","weir":1})";

/** A manifest of the methods that everyday_bundle has. */
inline std::string manifest(std::string_view engine = R"({"kind":"node","abi":1})",
                            std::string_view methods = R"(["echo","echoLater","run"])") {
    return R"({"format":1,"name":"everyday","version":"1.2.3","engine":)" + std::string(engine) +
           R"(,"contract":")" + std::string(64, 'c') + R"(","methods":)" + std::string(methods) +
           "}";
}

/**
 * A library whose methods run JavaScript that the test sends.
 *
 *   echo, echoLater   the payload, at once or by an async function
 *   run               the payload is a function's body, with `call`, `state` and the tools below;
 *                     a string or a value that JSON knows is the result, or a promise of one
 *
 * A config is the body of `create`, with `instance`: it gives the state, whose method `destroy`
 * ends it. Tools: require, later(ms, value), bring(module) = import(), text(bytes), bytes(value),
 * and `shared`, an object that the library keeps from owner to owner.
 */
inline constexpr char everyday_bundle[] = R"js(
const text = (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString();
const bytes = (value) => value === undefined || value instanceof Uint8Array
  ? value : Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
const later = (ms, value) => new Promise((resolve) => setTimeout(resolve, ms, value));
const tools = { require, later, text, bytes, bring: (name) => import(name), shared: {} };
function evaluate(code, values) {
  const all = { ...tools, ...values };
  return new Function(...Object.keys(all), code)(...Object.values(all));
}
function describe(thrown) {
  try { return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown); }
  catch { return 'something'; }
}
module.exports.weirLibrary = {
  abi: 1,
  methods: [
    { name: 'echo', handle: (state, data) => data },
    { name: 'echoLater', handle: async (state, data) => data },
    { name: 'run', handle(state, data, call) {
      const result = evaluate(text(data), { call, state });
      if (result instanceof Promise) return result.then(bytes);
      return typeof result?.then === 'function' ? result : bytes(result);
    } },
  ],
  create: (instance, config) => config.length === 0 ? {} : evaluate(text(config), { instance }),
  destroy: (state) => state?.destroy?.(),
  describeFailure: (thrown) => ({ status: 16, payload: Buffer.from(describe(thrown)) }),
};
)js";

inline std::string library_bytes(std::string_view bundle = everyday_bundle) {
    return pack(
        {{"manifest", manifest()}, {"contract", contract_text}, {"bundle", std::string(bundle)}});
}

} // namespace weir::node_testing
