/** Dead handles and numbers that never were handles: refused by every function, reaching nobody. */
#include <algorithm>
#include <array>
#include <memory>
#include <random>

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

/** Calls one function of the ABI with `number` in each place that takes a handle. */
using Probe = weir_status (*)(uint64_t number);

const weir_request echo_request = make_request(m_echo, "x", 1);

const Probe probes[] = {
    [](uint64_t number) { return weir_library_close(number); },
    [](uint64_t number) {
        uint32_t method = 0;
        return weir_library_method(number, "echo", 4, &method);
    },
    [](uint64_t number) {
        weir_record record;
        uint32_t count = 0;
        return weir_queue_drain(number, &record, 1, &count);
    },
    [](uint64_t number) {
        weir_record record;
        uint32_t count = 0;
        return weir_queue_wait(number, &record, 1, 1'000, &count);
    },
    [](uint64_t number) { return weir_queue_wake(number); },
    [](uint64_t number) {
        int descriptor = -1;
        return weir_queue_fd(number, &descriptor);
    },
    [](uint64_t number) {
        int socket = -1;
        return weir_queue_socket(number, &socket);
    },
    [](uint64_t number) { return weir_queue_close(number); },
    [](uint64_t number) {
        weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
        options.delivery = WEIR_DELIVER_DIRECT;
        weir_handle pool = 0;
        return weir_pool_create(number, &options, &pool, nullptr);
    },
    [](uint64_t number) { return weir_pool_prewarm(number, 1, nullptr); },
    [](uint64_t number) {
        weir_pool_stats stats = {};
        stats.struct_size = sizeof stats;
        return weir_pool_stats_get(number, &stats);
    },
    [](uint64_t number) { return weir_pool_close(number); },
    [](uint64_t number) { return weir_pool_close_wait(number, 1, nullptr); },
    [](uint64_t number) {
        weir_handle context = 0;
        return weir_context_create(number, nullptr, &context, nullptr);
    },
    [](uint64_t number) {
        weir_handle context = 0;
        return weir_context_create_wait(number, nullptr, 1, &context, nullptr);
    },
    [](uint64_t number) {
        uint64_t ticket = 0;
        return weir_context_create_queued(number, nullptr, 1, &ticket, nullptr);
    },
    [](uint64_t number) { return weir_context_create_cancel(number, 1); },
    [](uint64_t number) { return weir_context_destroy(number); },
    [](uint64_t number) { return weir_context_destroy_wait(number, nullptr); },
    [](uint64_t number) {
        uint64_t listener = 0;
        return weir_context_listen(number, "e", 1, nullptr, 0, &listener);
    },
    [](uint64_t number) { return weir_context_unlisten(number, 1); },
    [](uint64_t number) { return weir_request_send(number, &echo_request, nullptr, nullptr); },
    [](uint64_t number) {
        uint32_t accepted = 0;
        return weir_request_send_batch(number, &echo_request, 1, nullptr, &accepted, nullptr);
    },
    [](uint64_t number) {
        weir_record record;
        return weir_request_wait(number, &echo_request, &record, nullptr);
    },
    [](uint64_t number) { return weir_request_cancel(number, 0x10001); },
    [](uint64_t number) { return weir_request_expire(number, 0x10001); },
    [](uint64_t number) { return weir_instance_fail(number, "x", 1); },
    [](uint64_t number) { return weir_emit(number, "e", 1, "x", 1, 0); },
    [](uint64_t number) { return weir_call_on_cancel(number, nullptr, 0); },
    [](uint64_t number) { return weir_call_resolve(number, "x", 1); },
    [](uint64_t number) { return weir_call_reject(number, WEIR_ERR_HANDLER, "x", 1); },
    [](uint64_t number) { return weir_offload(number, [](weir_call, uintptr_t) {}, nullptr, 0); },
};
constexpr size_t probe_count = std::size(probes);

/** Live contexts, each with a canary; nobody else may touch them. */
class Canaries {
  public:
    Canaries() : host_(WEIR_DELIVER_QUEUE) {
        for (uint64_t at = 0; at < count; at++) {
            contexts_[at] = host_.create(0, 0xca11'0000 + at);
        }
        for (uint64_t at = 0; at < count; at++) {
            EXPECT_EQ(ask(contexts_[at], m_canary).number(), 0xca11'0000 + at);
        }
        before_ = host_.stats();
    }

    /** They answer as before, and nothing was done to them. */
    void check() {
        const weir_pool_stats after = host_.stats();
        EXPECT_EQ(after.slots_active, count);
        EXPECT_EQ(after.requests_accepted, before_.requests_accepted);
        EXPECT_EQ(after.requests_refused, before_.requests_refused);
        EXPECT_EQ(after.contexts_created, before_.contexts_created);
        EXPECT_EQ(after.events_emitted, 0u);
        for (uint64_t at = 0; at < count; at++) {
            EXPECT_EQ(ask(contexts_[at], m_canary).number(), 0xca11'0000 + at);
        }
    }

    const Host &host() const { return host_; }
    bool has(uint64_t number) const {
        return std::ranges::find(contexts_, number) != contexts_.end() || number == host_.pool ||
               number == host_.queue || number == host_.library;
    }

  private:
    static constexpr uint64_t count = 4;

    Host host_;
    std::array<weir_handle, count> contexts_{};
    weir_pool_stats before_{};
};

/** Handles of all kinds that are dead, most of them of contexts. */
std::vector<uint64_t> make_dead_handles(uint64_t count) {
    std::vector<uint64_t> dead;
    dead.reserve(count);
    const weir_library_definition defined = definition();
    for (uint64_t at = 0; at < count / 10; at++) {
        weir_handle handle = 0;
        if (at % 10 == 0) {
            weir_library_register(&defined, &handle, nullptr);
            weir_library_close(handle);
        } else {
            weir_queue_create(nullptr, &handle, nullptr);
            weir_queue_close(handle);
        }
        dead.push_back(handle);
    }
    Host host(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) { options.max_slots = 8; });
    dead.push_back(host.pool);
    while (dead.size() < count) {
        weir_handle context = 0;
        if (weir_context_create(host.pool, nullptr, &context, nullptr) == WEIR_OK) {
            EXPECT_EQ(weir_context_destroy(context), WEIR_OK);
            dead.push_back(context);
        }
    }
    return dead;
}

TEST(Handles, row_T1_a_million_dead_handles_are_refused_by_every_function_while_others_live) {
    const std::vector<uint64_t> dead = make_dead_handles(scaled(uint64_t{1'000'000}));
    Canaries canaries;
    Host churned(WEIR_DELIVER_DIRECT, [](weir_pool_options &options) { options.max_slots = 2; });
    std::atomic<bool> stop{false};
    std::thread churner([&] { // the slots of the dead are leased again and again
        while (!stop) {
            const weir_handle context = churned.create();
            EXPECT_EQ(ask(context, m_echo).call, WEIR_OK);
            EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
        }
    });
    uint64_t not_refused = 0;
    for (size_t at = 0; at < dead.size(); at++) {
        const weir_status status = probes[at % probe_count](dead[at]);
        not_refused += status == WEIR_ERR_STALE_HANDLE ? 0 : 1;
    }
    for (size_t at = 0; at < dead.size(); at += dead.size() / 1'000) {
        for (const Probe probe : probes) {
            not_refused += probe(dead[at]) == WEIR_ERR_STALE_HANDLE ? 0 : 1;
        }
    }
    stop = true;
    churner.join();
    EXPECT_EQ(not_refused, 0u);
    canaries.check();
    std::vector<uint64_t> sorted = dead;
    std::ranges::sort(sorted);
    EXPECT_TRUE(std::ranges::adjacent_find(sorted) == sorted.end()) << "a value came twice";
}

TEST(Handles, row_T2_every_function_refuses_a_context_that_was_destroyed_a_moment_ago) {
    Canaries canaries;
    for (uint64_t round = 0; round < scaled(uint64_t{1'000}); round++) {
        const weir_handle context = canaries.host().create();
        ASSERT_EQ(weir_context_destroy(context), WEIR_OK);
        for (size_t at = 0; at < probe_count; at++) {
            ASSERT_EQ(probes[at](context), WEIR_ERR_STALE_HANDLE) << "function " << at;
        }
        ASSERT_TRUE(eventually([&] { return canaries.host().stats().slots_recycling == 0; }));
    }
}

TEST(Handles, row_T3_numbers_that_are_no_handles_are_refused_and_never_followed) {
    Canaries canaries;
    std::vector<uint64_t> numbers = {0, UINT64_MAX, 0x7ff8'0000'0000'0000, 0x8000'0000'0000'0000};
    for (int bit = 0; bit < 64; bit++) {
        const uint64_t power = uint64_t{1} << bit;
        numbers.insert(numbers.end(), {power, power - 1, power + 1, ~power, 0 - power});
    }
    const int on_stack = 0;
    const auto on_heap = std::make_unique<int>(0);
    for (const void *pointer :
         {static_cast<const void *>(&on_stack), static_cast<const void *>(on_heap.get()),
          reinterpret_cast<const void *>(&weir_version), static_cast<const void *>(&numbers)}) {
        numbers.push_back(reinterpret_cast<uintptr_t>(pointer));
    }
    std::mt19937_64 random(20260707);
    for (uint64_t at = 0; at < scaled(uint64_t{200'000}); at++) {
        numbers.push_back(random());
        numbers.push_back(random() & ((uint64_t{1} << 53) - 1));
    }
    uint64_t not_refused = 0;
    for (size_t at = 0; at < numbers.size(); at++) {
        if (canaries.has(numbers[at])) {
            continue;
        }
        // The first ones meet every function, random ones one each.
        for (size_t probe = 0; probe < (at < 400 ? probe_count : 1); probe++) {
            const weir_status status = probes[(at + probe) % probe_count](numbers[at]);
            not_refused += status == WEIR_ERR_STALE_HANDLE ? 0 : 1;
        }
    }
    EXPECT_EQ(not_refused, 0u);
    canaries.check();
}

TEST(Handles, a_handle_of_one_kind_is_stale_for_functions_of_another) {
    Canaries canaries;
    const weir_handle context = canaries.host().create();
    // Which of the probes take which kind: by their order above.
    const auto refused = [](uint64_t number, size_t first, size_t last) {
        for (size_t at = 0; at < probe_count; at++) {
            const bool own_kind = at >= first && at <= last;
            if (!own_kind && probes[at](number) != WEIR_ERR_STALE_HANDLE) {
                return false;
            }
        }
        return true;
    };
    EXPECT_TRUE(refused(canaries.host().queue, 2, 7));
    EXPECT_TRUE(refused(canaries.host().pool, 9, 16));
    EXPECT_TRUE(refused(context, 17, 27));
    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
}

// ---- a second copy of the library ----

/** Copies libweir.so to another name, so that the loader takes it for another library. */
std::string copy_of_the_library() {
    Dl_info info = {};
    EXPECT_NE(dladdr(reinterpret_cast<const void *>(&weir_version), &info), 0);
    const std::string copy = testing::TempDir() + "weir-copy-" + std::to_string(getpid()) + ".so";
    const int from = open(info.dli_fname, O_RDONLY | O_CLOEXEC);
    const int to = open(copy.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0700);
    struct stat size = {};
    EXPECT_EQ(fstat(from, &size), 0);
    EXPECT_EQ(sendfile(to, from, nullptr, static_cast<size_t>(size.st_size)), size.st_size);
    close(from);
    close(to);
    return copy;
}

template <class Function> Function *symbol(void *image, const char *name) {
    return reinterpret_cast<Function *>(dlsym(image, name));
}

TEST(Handles, row_T3_handles_of_a_second_copy_of_the_library_are_stale) {
    const std::string path = copy_of_the_library();
    void *image = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    unlink(path.c_str());
    ASSERT_NE(image, nullptr) << dlerror();
    ASSERT_NE(symbol<decltype(weir_version)>(image, "weir_version"), &weir_version);
    const auto create_queue = symbol<decltype(weir_queue_create)>(image, "weir_queue_create");
    const auto close_queue = symbol<decltype(weir_queue_close)>(image, "weir_queue_close");
    weir_handle theirs = 0;
    weir_handle ours = 0;
    ASSERT_EQ(create_queue(nullptr, &theirs, nullptr), WEIR_OK);
    ASSERT_EQ(weir_queue_create(nullptr, &ours, nullptr), WEIR_OK);
    EXPECT_NE(theirs, ours) << "two copies gave the same number";
    EXPECT_EQ(weir_queue_wake(theirs), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(close_queue(ours), WEIR_ERR_STALE_HANDLE);
    EXPECT_EQ(close_queue(theirs), WEIR_OK);
    EXPECT_EQ(weir_queue_close(ours), WEIR_OK);
}

} // namespace
