/**
 * What an author may define and load, what is refused and in which words, and what exceptions
 * become.
 */
#include <cstdio>
#include <fstream>
#include <string>

#include "support/host.hpp"
#include "support/port_test.hpp"

namespace weir::testing {

namespace {

struct Refusal {
    weir_status status = WEIR_OK;
    std::string message;
    weir_handle library = 0;

    bool mentions(std::string_view words) const { return message.find(words) != std::string::npos; }
};

Refusal register_library(const weir_library_definition *definition) {
    weir_error error = WEIR_ERROR_INIT;
    Refusal refusal;
    refusal.library = 99;
    refusal.status = weir_library_register(definition, &refusal.library, &error);
    refusal.message = error.message;
    EXPECT_EQ(error.status, refusal.status);
    EXPECT_EQ(refusal.library == 0, refusal.status != WEIR_OK);
    return refusal;
}

Refusal load(std::string_view path) {
    weir_error error = WEIR_ERROR_INIT;
    Refusal refusal;
    refusal.status = weir_library_load(path.data(), path.size(), &refusal.library, &error);
    refusal.message = error.message;
    EXPECT_EQ(refusal.library == 0, refusal.status != WEIR_OK);
    return refusal;
}

/** The definition of the test library, with one thing changed. */
template <class Change> Refusal register_changed(Change change) {
    weir_library_definition definition = library::definition;
    change(definition);
    return register_library(&definition);
}

template <class Change> Refusal register_with_methods(Change change) {
    weir_method methods[3] = {
        {"one", library::echo}, {"two", library::echo}, {"ten", library::echo}};
    change(methods);
    weir_library_definition definition = library::definition;
    definition.methods = methods;
    definition.method_count = 3;
    return register_library(&definition);
}

} // namespace

using Definition = weir_library_definition;

TEST(LibraryDefinition, that_is_not_there_or_of_another_abi_is_refused_with_both_versions) {
    EXPECT_EQ(register_library(nullptr).status, WEIR_ERR_LIBRARY_INVALID);
    const Refusal other = register_changed([](Definition &it) { it.abi_version = 77; });
    EXPECT_EQ(other.status, WEIR_ERR_VERSION_MISMATCH);
    EXPECT_TRUE(other.mentions("77"));
    EXPECT_TRUE(other.mentions(std::to_string(WEIR_ABI_VERSION)));
    EXPECT_EQ(register_changed([](Definition &it) { it.struct_size = 8; }).status,
              WEIR_ERR_VERSION_MISMATCH);
    EXPECT_EQ(weir_library_register(&library::definition, nullptr, nullptr),
              WEIR_ERR_INVALID_ARGUMENT);
}

TEST(LibraryDefinition, needs_a_name_and_a_version) {
    const std::string too_long(WEIR_NAME_LENGTH_MAX + 1, 'n');
    for (const char *bad : {static_cast<const char *>(nullptr), "", "\xFF", too_long.c_str()}) {
        EXPECT_EQ(register_changed([&](Definition &it) { it.name = bad; }).status,
                  WEIR_ERR_LIBRARY_INVALID);
        EXPECT_EQ(register_changed([&](Definition &it) { it.version = bad; }).status,
                  WEIR_ERR_LIBRARY_INVALID);
    }
    EXPECT_TRUE(register_changed([](Definition &it) { it.reserved = 1; }).mentions("reserved"));
}

TEST(LibraryDefinition, names_the_method_that_cannot_be) {
    const std::string too_long(WEIR_NAME_LENGTH_MAX + 1, 'n');
    for (const char *bad : {static_cast<const char *>(nullptr), "", "a\x80", too_long.c_str()}) {
        const Refusal refusal = register_with_methods([&](weir_method *at) { at[1].name = bad; });
        EXPECT_EQ(refusal.status, WEIR_ERR_LIBRARY_INVALID);
        EXPECT_TRUE(refusal.mentions("methods[1]"));
    }
    EXPECT_TRUE(register_with_methods([](weir_method *at) {
                    at[2].handler = nullptr;
                }).mentions("methods[2]: handler"));
    const Refusal twice = register_with_methods([](weir_method *at) { at[2].name = "one"; });
    EXPECT_EQ(twice.status, WEIR_ERR_LIBRARY_INVALID);
    EXPECT_TRUE(twice.mentions("methods[2]"));
    EXPECT_EQ(register_changed([](Definition &it) { it.methods = nullptr; }).status,
              WEIR_ERR_LIBRARY_INVALID);
}

TEST(LibraryDefinition, is_copied) {
    std::string name = "first";
    weir_method method = {name.c_str(), library::echo};
    weir_library_definition definition = library::definition;
    definition.methods = &method;
    definition.method_count = 1;
    const Refusal registered = register_library(&definition);
    ASSERT_EQ(registered.status, WEIR_OK);
    name = "other";
    method.handler = nullptr;
    uint32_t number = 0;
    EXPECT_EQ(weir_library_method(registered.library, "first", 5, &number), WEIR_OK);
    EXPECT_EQ(number, 1u);
    EXPECT_EQ(weir_library_method(registered.library, "other", 5, &number),
              WEIR_ERR_UNKNOWN_METHOD);
    EXPECT_EQ(weir_library_close(registered.library), WEIR_OK);
    EXPECT_EQ(weir_library_close(registered.library), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(weir_library_method(registered.library, "first", 5, &number), WEIR_ERR_STALE_HANDLE);
}

TEST(LibraryDefinition, finds_each_of_many_methods_by_name_and_no_other) {
    std::vector<std::string> names;
    std::vector<weir_method> methods;
    for (int number = 0; number < 1'000; number++) {
        names.push_back("method-" + std::to_string(number));
    }
    for (const std::string &name : names) {
        methods.push_back({name.c_str(), library::echo});
    }
    weir_library_definition definition = library::definition;
    definition.methods = methods.data();
    definition.method_count = static_cast<uint32_t>(methods.size());
    const Refusal registered = register_library(&definition);
    for (uint32_t at = 0; at < names.size(); at++) {
        uint32_t number = 0;
        EXPECT_EQ(
            weir_library_method(registered.library, names[at].data(), names[at].size(), &number),
            WEIR_OK);
        EXPECT_EQ(number, at + 1);
        EXPECT_EQ(weir_library_method(registered.library, names[at].data(), names[at].size() - 1,
                                      &number) == WEIR_OK,
                  at >= 10)
            << "a name's beginning is another name, or none";
    }
    weir_library_close(registered.library);
}

TEST(LibraryDefinition, without_memory_leaves_nothing) {
    const int64_t before = live_allocations();
    for (uint32_t nth = 1; nth <= 2; nth++) {
        inject(Fault::allocate, nth);
        EXPECT_EQ(register_library(&library::definition).status, WEIR_ERR_NO_MEMORY);
        clear_faults();
        EXPECT_EQ(live_allocations(), before);
    }
}

TEST(LibraryFile, of_an_author_is_loaded_and_works) {
    const Refusal loaded = load(LIBRARY_GOOD);
    ASSERT_EQ(loaded.status, WEIR_OK) << loaded.message;
    const Refusal again = load(LIBRARY_GOOD);
    ASSERT_EQ(again.status, WEIR_OK);
    EXPECT_NE(again.library, loaded.library);
    const weir_pool_options options = test_options(WEIR_DELIVER_CALLBACK);
    weir_handle pool = 0;
    weir_handle context = 0;
    ASSERT_EQ(weir_pool_create(loaded.library, &options, &pool, nullptr), WEIR_OK);
    weir_library_close(loaded.library);
    weir_library_close(again.library);
    ASSERT_EQ(weir_context_create(pool, nullptr, &context, nullptr), WEIR_OK);
    const weir_request request = make_request("echo", "from a file");
    weir_record record = {};
    ASSERT_EQ(weir_request_wait(context, &request, &record, nullptr), WEIR_OK);
    EXPECT_EQ(Received(record).body, "from a file");
    weir_records_release(&record, 1);
    EXPECT_EQ(weir_pool_close_wait(pool, 0, nullptr), WEIR_OK);
    EXPECT_TRUE(nothing_is_left());
}

/** T12 */
TEST(LibraryFile, is_taken_by_an_absolute_path_alone) {
    for (const std::string_view path : {"", "library.so", "./library.so", "../x", "~/library.so"}) {
        const Refusal refusal = load(path);
        EXPECT_EQ(refusal.status, WEIR_ERR_INVALID_ARGUMENT) << path;
        EXPECT_TRUE(refusal.mentions("absolute")) << path;
    }
    EXPECT_EQ(load("/" + std::string(4'095, 'x')).status, WEIR_ERR_INVALID_ARGUMENT);
    EXPECT_EQ(load(std::string("/tmp/a\0b", 8)).status, WEIR_ERR_INVALID_ARGUMENT);
    weir_handle out = 0;
    EXPECT_EQ(weir_library_load(nullptr, 5, &out, nullptr), WEIR_ERR_INVALID_ARGUMENT);
    EXPECT_EQ(weir_library_load("/x", 2, nullptr, nullptr), WEIR_ERR_INVALID_ARGUMENT);
}

TEST(LibraryFile, that_is_not_there_is_not_found) {
    EXPECT_EQ(load("/no/such/library.so").status, WEIR_ERR_LIBRARY_NOT_FOUND);
    EXPECT_EQ(load("/" + std::string(4'094, 'x')).status, WEIR_ERR_LIBRARY_NOT_FOUND);
}

TEST(LibraryFile, that_is_something_else_is_refused_with_the_loaders_words) {
    const std::string text = ::testing::TempDir() + "weir_text_file.so";
    std::ofstream(text) << "this is no library\n";
    const Refusal of_text = load(text);
    EXPECT_EQ(of_text.status, WEIR_ERR_LIBRARY_INVALID);
    EXPECT_FALSE(of_text.message.empty());
    std::remove(text.c_str());
    EXPECT_EQ(load("/").status, WEIR_ERR_LIBRARY_INVALID) << "a folder";
    const Refusal foreign = load(NO_LIBRARY);
    EXPECT_EQ(foreign.status, WEIR_ERR_LIBRARY_INVALID);
    EXPECT_TRUE(foreign.mentions("weir_library_entry"));
    EXPECT_EQ(load(LIBRARY_NULL).status, WEIR_ERR_LIBRARY_INVALID);
}

TEST(LibraryFile, of_another_abi_version_is_refused_with_both) {
    const Refusal refusal = load(LIBRARY_OTHER_ABI);
    EXPECT_EQ(refusal.status, WEIR_ERR_VERSION_MISMATCH);
    EXPECT_TRUE(refusal.mentions("77"));
    EXPECT_TRUE(refusal.mentions(std::to_string(WEIR_ABI_VERSION)));
}

class Exceptions : public ::testing::Test {
  protected:
    HostLibrary library;
    HostPool pool{library, test_options(WEIR_DELIVER_CALLBACK)};
};

/** 3.10, 4.5 */
TEST_F(Exceptions, of_a_handler_become_its_answer_and_the_next_request_is_fine) {
    HostContext context(pool);
    const Response of_int = context.call("throw", "int");
    EXPECT_EQ(of_int.status, WEIR_ERR_HANDLER);
    EXPECT_NE(of_int.body.find("not a std::exception"), std::string::npos);
    const Response of_error = context.call("throw", "the words of the author");
    EXPECT_EQ(of_error.status, WEIR_ERR_HANDLER);
    EXPECT_EQ(of_error.body, "the words of the author");
    EXPECT_EQ(context.call("throw", "").status, WEIR_ERR_HANDLER);
    const Response of_long = context.call("throw", std::string(100'000, 'x'));
    EXPECT_EQ(of_long.status, WEIR_ERR_HANDLER);
    EXPECT_LE(of_long.body.size(), size_t{WEIR_MESSAGE_LENGTH_MAX});
    EXPECT_EQ(context.call("echo", "fine").body, "fine");
}

TEST_F(Exceptions, after_the_answer_are_dropped) {
    HostContext context(pool);
    const Response response = context.run([](weir_call call) {
        weir_call_resolve(call, "answered", 8);
        throw 7;
    });
    EXPECT_EQ(response.body, "answered");
    EXPECT_EQ(context.call("echo", "fine").body, "fine");
}

TEST_F(Exceptions, of_a_constructor_are_why_the_create_failed) {
    for (const bool with_words : {true, false}) {
        InstancePlan plan;
        plan.on_create = [&](weir_instance) -> weir_status {
            if (with_words) {
                throw std::runtime_error("no disk");
            }
            throw 7;
        };
        HostContext context(pool, &plan);
        const Response response = context.call("echo", "x");
        EXPECT_EQ(response.status, WEIR_ERR_CREATE_FAILED);
        EXPECT_EQ(response.body == "no disk", with_words);
        context.destroy_wait();
        EXPECT_EQ(plan.destroyed, 0u) << "what was not made is not destroyed";
    }
    HostContext context(pool);
    EXPECT_EQ(context.call("echo", "fine").body, "fine");
}

TEST_F(Exceptions, of_a_destructor_go_no_further) {
    InstancePlan plan;
    plan.on_destroy = [](weir_instance) { throw std::runtime_error("no"); };
    for (int round = 0; round < 3; round++) {
        HostContext context(pool, &plan);
        context.call("echo", "x");
        EXPECT_EQ(context.destroy_wait().abandoned, 0u);
    }
    EXPECT_EQ(plan.destroyed, 3u);
    EXPECT_EQ(pool.stats().slots_built, 1u);
}

/** T22, and the bound of a message. */
TEST_F(Exceptions, messages_are_cut_and_always_utf8) {
    HostContext context(pool);
    std::string euros = "x"; // so that the bound falls into a character
    while (euros.size() < 5'000) {
        euros += "\xE2\x82\xAC";
    }
    const Response cut = context.call("reject", euros);
    EXPECT_EQ(cut.body.size(), 4'096u - (4'096u - 1) % 3);
    EXPECT_EQ(cut.body, euros.substr(0, cut.body.size()));
    const Response bad = context.call("reject", "a\xFFz");
    EXPECT_EQ(bad.status, WEIR_ERR_HANDLER);
    EXPECT_NE(bad.body.find("not valid UTF-8"), std::string::npos);
}

} // namespace weir::testing
