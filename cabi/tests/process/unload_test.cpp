/**
 * Row T20: a program that is not linked with the library but loads it, uses it and unloads it while
 * its threads run; and one that loads two copies.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include <weir/library.h>

#include "support/eventually.hpp"

namespace {

using weir::testing::eventually;

/** The functions that the test needs, of one copy of the library. */
struct Loaded {
    void *image = nullptr;
    decltype(&weir_library_register) library_register = nullptr;
    decltype(&weir_library_close) library_close = nullptr;
    decltype(&weir_pool_create) pool_create = nullptr;
    decltype(&weir_pool_close_wait) pool_close_wait = nullptr;
    decltype(&weir_context_create) context_create = nullptr;
    decltype(&weir_context_destroy_wait) context_destroy_wait = nullptr;
    decltype(&weir_request_wait) request_wait = nullptr;
    decltype(&weir_records_release) records_release = nullptr;
    decltype(&weir_call_resolve) call_resolve = nullptr;
};

template <class Function> void find(void *image, const char *name, Function &out) {
    out = reinterpret_cast<Function>(dlsym(image, name));
    EXPECT_NE(out, nullptr) << name;
}

Loaded load(const char *path) {
    Loaded loaded;
    loaded.image = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    EXPECT_NE(loaded.image, nullptr) << dlerror();
    find(loaded.image, "weir_library_register", loaded.library_register);
    find(loaded.image, "weir_library_close", loaded.library_close);
    find(loaded.image, "weir_pool_create", loaded.pool_create);
    find(loaded.image, "weir_pool_close_wait", loaded.pool_close_wait);
    find(loaded.image, "weir_context_create", loaded.context_create);
    find(loaded.image, "weir_context_destroy_wait", loaded.context_destroy_wait);
    find(loaded.image, "weir_request_wait", loaded.request_wait);
    find(loaded.image, "weir_records_release", loaded.records_release);
    find(loaded.image, "weir_call_resolve", loaded.call_resolve);
    return loaded;
}

decltype(&weir_call_resolve) resolve_of[2] = {}; ///< for the handlers of the first and second copy

template <int copy> void echo(weir_call call, void *, const void *data, size_t length) {
    resolve_of[copy](call, data, length);
}

/** A pool with one open context. */
template <int copy> class Open {
  public:
    explicit Open(const Loaded &loaded) : loaded_(loaded) {
        resolve_of[copy] = loaded.call_resolve;
        static const weir_method methods[] = {{"echo", &echo<copy>}};
        weir_library_definition defined = {};
        defined.struct_size = sizeof defined;
        defined.abi_version = WEIR_ABI_VERSION;
        defined.name = "loaded";
        defined.version = "1.0.0";
        defined.methods = methods;
        defined.method_count = 1;
        EXPECT_EQ(loaded.library_register(&defined, &library_, nullptr), WEIR_OK);
        weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
        options.delivery = WEIR_DELIVER_DIRECT;
        EXPECT_EQ(loaded.pool_create(library_, &options, &pool_, nullptr), WEIR_OK);
        EXPECT_EQ(loaded.context_create(pool_, nullptr, &context_, nullptr), WEIR_OK);
    }
    ~Open() {
        EXPECT_EQ(loaded_.context_destroy_wait(context_, nullptr), WEIR_OK);
        EXPECT_EQ(loaded_.pool_close_wait(pool_, 0, nullptr), WEIR_OK);
        EXPECT_EQ(loaded_.library_close(library_), WEIR_OK);
    }
    Open(const Open &) = delete;
    Open &operator=(const Open &) = delete;

    weir_handle context() const { return context_; }

    weir_status ask(weir_handle context) const {
        weir_request request = WEIR_REQUEST_INIT;
        request.method = 1;
        request.data = "x";
        request.length = 1;
        weir_record record = {};
        const weir_status status = loaded_.request_wait(context, &request, &record, nullptr);
        if (status == WEIR_OK) {
            EXPECT_EQ(record.length, 1u);
            loaded_.records_release(&record, 1);
        }
        return status;
    }

  private:
    Loaded loaded_;
    weir_handle library_ = 0;
    weir_handle pool_ = 0;
    weir_handle context_ = 0;
};

TEST(Unload, row_T20_a_hundred_rounds_of_dlopen_and_dlclose_give_the_same_image) {
    void *first = dlopen(WEIR_LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL);
    ASSERT_NE(first, nullptr) << dlerror();
    const void *function = dlsym(first, "weir_version");
    dlclose(first);
    for (int round = 0; round < 100; round++) {
        void *image = dlopen(WEIR_LIBRARY_FILE, RTLD_NOW | RTLD_LOCAL);
        EXPECT_EQ(image, first);
        EXPECT_EQ(dlsym(image, "weir_version"), function);
        EXPECT_EQ(dlclose(image), 0);
    }
}

TEST(Unload, row_T20_threads_run_on_when_the_host_has_closed_the_library) {
    const Loaded loaded = load(WEIR_LIBRARY_FILE);
    const Open<0> open(loaded);
    EXPECT_EQ(open.ask(open.context()), WEIR_OK);
    EXPECT_EQ(dlclose(loaded.image), 0);
    for (int call = 0; call < 1'000; call++) {
        ASSERT_EQ(open.ask(open.context()), WEIR_OK);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(150)); // a look of the event thread
    EXPECT_EQ(open.ask(open.context()), WEIR_OK);
}

TEST(Unload, row_T13_two_copies_in_one_process_work_side_by_side) {
    const std::string path = testing::TempDir() + "weir-second-" + std::to_string(getpid()) + ".so";
    const int from = open(WEIR_LIBRARY_FILE, O_RDONLY | O_CLOEXEC);
    const int to = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    struct stat size = {};
    ASSERT_EQ(fstat(from, &size), 0);
    ASSERT_EQ(sendfile(to, from, nullptr, static_cast<size_t>(size.st_size)), size.st_size);
    close(from);
    close(to);
    const Loaded one = load(WEIR_LIBRARY_FILE);
    const Loaded two = load(path.c_str());
    unlink(path.c_str());
    ASSERT_NE(one.call_resolve, two.call_resolve);
    const Open<0> first(one);
    const Open<1> second(two);
    EXPECT_EQ(first.ask(first.context()), WEIR_OK);
    EXPECT_EQ(second.ask(second.context()), WEIR_OK);
    EXPECT_EQ(first.ask(second.context()), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(second.ask(first.context()), WEIR_ERR_STALE_HANDLE);
}

} // namespace
