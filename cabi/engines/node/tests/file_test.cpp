/**
 * Library files: what is refused and why, what a library says of itself, a machine without engine.
 */
#include "node_host.hpp"

#include <dlfcn.h>

namespace {

using namespace weir::node_testing;

struct Loaded {
    weir_status status = WEIR_OK;
    std::string message;
};

Loaded load(const std::string &path) {
    weir_handle library = 0;
    weir_error error = WEIR_ERROR_INIT;
    const weir_status status = weir_library_load(path.data(), path.size(), &library, &error);
    if (status == WEIR_OK) {
        weir_library_close(library);
    }
    return {status, error.message};
}

TEST(File, that_is_whole_is_loaded) {
    const TemporaryFolder folder;
    EXPECT_EQ(load(folder.write("a.weir", library_bytes())).status, WEIR_OK);
    EXPECT_EQ(load(folder.write("a file with spaces é.weir", library_bytes())).status, WEIR_OK);
}

TEST(File, that_is_not_there_is_not_found) {
    const TemporaryFolder folder;
    EXPECT_EQ(load(folder.path("none.weir")).status, WEIR_ERR_LIBRARY_NOT_FOUND);
    EXPECT_EQ(load("relative.weir").status, WEIR_ERR_INVALID_ARGUMENT);
}

TEST(File, that_is_cut_at_any_place_is_invalid) {
    const TemporaryFolder folder;
    const std::string whole = library_bytes();
    const size_t last = whole.find_last_not_of('\0'); // behind it there is only padding
    for (size_t length = 0; length <= last; length += length < 300 ? 1 : 97) {
        const Loaded loaded = load(folder.write("cut.weir", whole.substr(0, length)));
        ASSERT_EQ(loaded.status, WEIR_ERR_LIBRARY_INVALID) << length << ": " << loaded.message;
        ASSERT_FALSE(loaded.message.empty());
    }
}

TEST(File, that_was_changed_anywhere_is_refused) {
    const TemporaryFolder folder;
    const std::string whole = library_bytes();
    size_t accepted = 0;
    for (size_t at = 0; at < whole.size(); at += at < 300 ? 1 : 61) {
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x21);
        const Loaded loaded = load(folder.write("changed.weir", changed));
        accepted += loaded.status == WEIR_OK ? 1 : 0;
        EXPECT_TRUE(loaded.status == WEIR_OK || loaded.status == WEIR_ERR_LIBRARY_INVALID ||
                    loaded.status == WEIR_ERR_VERSION_MISMATCH)
            << at << ": " << loaded.status;
    }
    // Names of sections that need not be there, and padding.
    EXPECT_LE(accepted, 40u);
}

TEST(File, a_changed_section_is_named) {
    const TemporaryFolder folder;
    std::string changed = library_bytes();
    changed[changed.find("const tools")] = 'C';
    const Loaded loaded = load(folder.write("changed.weir", changed));
    EXPECT_EQ(loaded.status, WEIR_ERR_LIBRARY_INVALID);
    EXPECT_NE(loaded.message.find("bundle"), std::string::npos) << loaded.message;
    EXPECT_NE(loaded.message.find("checksum"), std::string::npos) << loaded.message;
}

TEST(File, of_another_format_or_interface_is_a_mismatch_that_names_both) {
    const TemporaryFolder folder;
    const Section bundle = {"bundle", everyday_bundle};
    const Loaded format = load(folder.write("a.weir", pack({{"manifest", manifest()}, bundle}, 2)));
    EXPECT_EQ(format.status, WEIR_ERR_VERSION_MISMATCH);
    EXPECT_NE(format.message.find("2"), std::string::npos) << format.message;
    const Loaded interface = load(folder.write(
        "b.weir", pack({{"manifest", manifest(R"({"kind":"node","abi":2})")}, bundle})));
    EXPECT_EQ(interface.status, WEIR_ERR_VERSION_MISMATCH);
    EXPECT_NE(interface.message.find("2"), std::string::npos) << interface.message;
}

TEST(File, with_a_manifest_that_cannot_be_is_invalid) {
    const TemporaryFolder folder;
    const Section bundle = {"bundle", everyday_bundle};
    const std::string good = manifest();
    const auto with = [&](const std::string &text) {
        return load(folder.write("a.weir", pack({{"manifest", text}, bundle})));
    };
    ASSERT_EQ(with(good).status, WEIR_OK);
    for (const std::string &text :
         {std::string(), std::string("{"), std::string("[]"), std::string("null"),
          std::string("{}"), std::string("\xff\xfe"), std::string(100'000, '['),
          manifest(R"({"kind":"bun","abi":1})"), manifest(R"("node")"),
          manifest(R"({"kind":"node","abi":1})", "null"),
          manifest(R"({"kind":"node","abi":1})", R"({"echo":1})"),
          manifest(R"({"kind":"node","abi":1})", "[1]"),
          manifest(R"({"kind":"node","abi":1})", R"([""])"),
          manifest(R"({"kind":"node","abi":1})", "[\"" + std::string(256, 'n') + "\"]"),
          manifest(R"({"kind":"node","abi":1})", R"(["twice","twice"])")}) {
        const Loaded loaded = with(text);
        EXPECT_EQ(loaded.status, WEIR_ERR_LIBRARY_INVALID) << text.substr(0, 200);
    }
    for (const char *abi : {R"("1")", "-1", "1.5", "null"}) {
        const Loaded loaded = with(manifest(R"({"kind":"node","abi":)" + std::string(abi) + "}"));
        EXPECT_EQ(loaded.status, WEIR_ERR_VERSION_MISMATCH) << abi;
    }
}

TEST(File, with_other_sections_than_these_is_read_or_refused) {
    const TemporaryFolder folder;
    const Section head = {"manifest", manifest()};
    const Section bundle = {"bundle", everyday_bundle};
    EXPECT_EQ(load(folder.write("a.weir", pack({head, bundle, {"of-later", "?"}}))).status, WEIR_OK)
        << "one of a later version is passed over";
    EXPECT_EQ(load(folder.write("b.weir", pack({head}))).status, WEIR_ERR_LIBRARY_INVALID);
    EXPECT_EQ(load(folder.write("c.weir", pack({bundle}))).status, WEIR_ERR_LIBRARY_INVALID);
    EXPECT_EQ(load(folder.write("d.weir", pack({}))).status, WEIR_ERR_LIBRARY_INVALID);
    std::vector<Section> many = {head, bundle};
    many.resize(17, {"more", "?"});
    EXPECT_EQ(load(folder.write("e.weir", pack(many))).status, WEIR_ERR_LIBRARY_INVALID);
}

TEST(File, with_a_code_cache_that_does_not_fit_works_without) {
    const TemporaryFolder folder;
    std::string with_key = manifest();
    with_key.insert(with_key.size() - 1, R"(,"cacheKey":"of another V8")");
    for (const std::string &text : {manifest(), with_key}) {
        const std::string path = folder.write("a.weir", pack({{"manifest", text},
                                                              {"bundle", everyday_bundle},
                                                              {"cache", std::string(5'000, 'c')}}));
        EXPECT_EQ(load(path).status, WEIR_OK);
    }
}

TEST(File, describes_itself) {
    Host host;
    weir_library_info info = WEIR_LIBRARY_INFO_INIT;
    ASSERT_EQ(weir_library_describe(host.library, &info), WEIR_OK);
    EXPECT_EQ(std::string(info.name, info.name_length), "everyday");
    EXPECT_EQ(std::string(info.version, info.version_length), "1.2.3");
    EXPECT_EQ(std::string(info.engine, info.engine_length), "node");
    EXPECT_EQ(std::string(info.contract, info.contract_length), contract_text);
    EXPECT_EQ(std::string(info.contract_hash, info.contract_hash_length), std::string(64, 'c'));
    EXPECT_EQ(info.method_count, 3u);
    info.struct_size = 3;
    EXPECT_EQ(weir_library_describe(host.library, &info), WEIR_ERR_INVALID_ARGUMENT);
    info = WEIR_LIBRARY_INFO_INIT;
    EXPECT_EQ(weir_library_describe(host.library + 1, &info), WEIR_ERR_STALE_HANDLE);
}

TEST(File, is_not_needed_after_it_was_loaded) {
    Host host;
    unlink(host.path.c_str());
    Context context(host);
    EXPECT_EQ(context.run("return 1"), "OK 1");
}

TEST(File, can_be_loaded_twice_and_its_pools_outlive_it) {
    Host one;
    Host other;
    Context first(one);
    Context second(other);
    EXPECT_EQ(first.run("globalThis.left = 1; return 1"), "OK 1");
    EXPECT_EQ(second.run("return String(globalThis.left)"), "OK undefined");
}

/** The core alone in a folder: the engine is looked for beside it and nowhere else. */
TEST(Engine, that_is_missing_is_named_with_the_package_to_install) {
    Dl_info core = {};
    ASSERT_NE(dladdr(reinterpret_cast<void *>(&weir_library_load), &core), 0);
    const TemporaryFolder folder;
    std::filesystem::copy_file(std::filesystem::canonical(core.dli_fname),
                               folder.path("libweir_alone.so"));
    const std::string path = folder.write("a.weir", library_bytes());
    void *image = dlopen(folder.path("libweir_alone.so").c_str(), RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(image, nullptr) << dlerror();
    const auto load_alone =
        reinterpret_cast<decltype(&weir_library_load)>(dlsym(image, "weir_library_load"));
    ASSERT_NE(load_alone, nullptr);
    ASSERT_NE(load_alone, &weir_library_load);
    for (int round = 0; round < 2; round++) {
        weir_handle library = 0;
        weir_error error = WEIR_ERROR_INIT;
        EXPECT_EQ(load_alone(path.data(), path.size(), &library, &error), WEIR_ERR_ENGINE_MISSING);
        EXPECT_NE(std::string(error.message).find("libnode-dev"), std::string::npos)
            << error.message;
    }
    if (under_sanitizer) {
        return; // AddressSanitizer ends a process that loads as the core does beside another Node
    }
    // As if libnode were not installed: what the engine needs is not there.
    folder.write("libweir_node.so", "no shared object");
    weir_handle library = 0;
    weir_error error = WEIR_ERROR_INIT;
    EXPECT_EQ(load_alone(path.data(), path.size(), &library, &error), WEIR_ERR_ENGINE_MISSING);
    EXPECT_NE(error.message[0], '\0');
}

} // namespace
