/** Contexts come and go in great numbers: nothing grows, no wake-up is lost, no slot is lost. */
#include <algorithm>
#include <memory>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

std::atomic<uint64_t> ends{0};

void count_ends(const weir_record *record, uintptr_t) {
    ends += record->kind == WEIR_RECORD_DESTROYED ? 1 : 0;
}

Tweak slots(uint32_t count) {
    return [count](weir_pool_options &options) {
        options.max_slots = count;
        options.callback = options.delivery == WEIR_DELIVER_QUEUE ? nullptr : count_ends;
    };
}

/** Create, ask one thing, destroy. Returns the worker's thread id. */
uint64_t cycle(const Host &host, bool wait) {
    weir_handle context = 0;
    EXPECT_EQ(weir_context_create_wait(host.pool, nullptr, 10'000, &context, nullptr), WEIR_OK);
    const Answer answer = ask(context, m_thread);
    EXPECT_EQ(answer.call, WEIR_OK);
    EXPECT_EQ(wait ? weir_context_destroy_wait(context, nullptr) : weir_context_destroy(context),
              WEIR_OK);
    return answer.number();
}

constexpr int measured_parts = 3;

/** As often again when the system was slow to give pages back: on a busy machine. */
constexpr int most_parts = 12;

/** One part of the cycles warms up; the others may change nothing. */
void churn(uint32_t delivery, uint64_t host_threads) {
    const uint64_t cycles = scaled(uint64_t{100'000}) / host_threads / (measured_parts + 1);
    Host host(delivery, slots(8));
    std::unique_ptr<Collector> collector;
    if (host.queue != 0) {
        collector = std::make_unique<Collector>(
            host.queue, [](const weir_record &record) { count_ends(&record, 0); });
    }
    const auto run_part = [&] {
        std::vector<std::thread> threads;
        for (uint64_t at = 0; at < host_threads; at++) {
            threads.emplace_back([&] {
                for (uint64_t number = 0; number < cycles; number++) {
                    cycle(host, number % 8 == 0);
                }
            });
        }
        for (std::thread &thread : threads) {
            thread.join();
        }
        EXPECT_TRUE(
            eventually([&] { return host.stats().slots_idle == host.stats().slots_total; }));
    };
    EXPECT_EQ(weir_pool_prewarm(host.pool, 8, nullptr), WEIR_OK);
    run_part();
    const size_t descriptors_before = descriptors();
    const auto threads_before = threads();
    uint64_t least_growth = UINT64_MAX; // what grows with the cycles grows in every part
    const uint64_t most_growth = cycles * host_threads; // 1 B a cycle
    for (int part = 0; part < measured_parts || (part < most_parts && least_growth > most_growth);
         part++) {
        const uint64_t resident_before = resident_bytes();
        run_part();
        const uint64_t resident = resident_bytes();
        least_growth =
            std::min(least_growth, resident > resident_before ? resident - resident_before : 0);
    }
    EXPECT_EQ(descriptors(), descriptors_before);
    EXPECT_EQ(threads(), threads_before);
    if (!weir::testing::under_sanitizer) {
        EXPECT_LE(least_growth, most_growth);
    }
    const weir_pool_stats stats = host.stats();
    EXPECT_EQ(stats.wakes_repeated, 0u);
    EXPECT_EQ(stats.slots_retired, 0u);
    EXPECT_EQ(stats.contexts_created, stats.contexts_destroyed);
    EXPECT_EQ(live_objects().contexts, 0u);
    EXPECT_EQ(live_objects().instances, 0u);
}

TEST(Churn, row_3_2_a_hundred_thousand_cycles_on_one_thread_change_nothing) {
    churn(WEIR_DELIVER_DIRECT, 1);
}

TEST(Churn, row_3_2_a_hundred_thousand_cycles_on_two_threads_change_nothing) {
    churn(WEIR_DELIVER_QUEUE, 2);
}

TEST(Churn, row_3_2_a_hundred_thousand_cycles_on_eight_threads_change_nothing) {
    churn(WEIR_DELIVER_CALLBACK, 8);
}

TEST(Churn, row_3_15_after_destroy_wait_a_pool_of_one_is_free_ten_thousand_times) {
    for (const uint32_t delivery : {WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        Host host(delivery, slots(1));
        std::set<uint64_t> workers;
        for (uint64_t number = 0; number < scaled(uint64_t{10'000}); number++) {
            weir_handle context = 0;
            ASSERT_EQ(weir_context_create(host.pool, nullptr, &context, nullptr), WEIR_OK);
            if (number % 100 == 0) {
                workers.insert(ask(context, m_thread).number());
            }
            ASSERT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
        }
        EXPECT_EQ(workers.size(), 1u);
        EXPECT_EQ(host.stats().slots_built, 1u);
    }
}

TEST(Churn, row_2_1_the_slot_that_idled_last_is_leased_first) {
    Host host(WEIR_DELIVER_CALLBACK, slots(5));
    std::vector<weir_handle> contexts;
    std::vector<uint64_t> workers;
    for (int at = 0; at < 5; at++) {
        contexts.push_back(host.create());
        workers.push_back(ask(contexts.back(), m_thread).number());
    }
    for (const weir_handle context : contexts) {
        ASSERT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    }
    for (size_t at = 5; at > 0; at--) {
        const weir_handle context = host.create();
        EXPECT_EQ(ask(context, m_thread).number(), workers[at - 1]);
        contexts[at - 1] = context;
    }
    for (const weir_handle context : contexts) {
        ASSERT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    }
}

/** A chain: each DESTROYED callback makes the next context and destroys it. */
struct Chain {
    const Host *host = nullptr;
    std::atomic<uint64_t> left{0};
    std::atomic<uint64_t> failed{0};
    std::atomic<bool> done{false};

    void next() {
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.user_data = reinterpret_cast<uintptr_t>(this);
        weir_handle context = 0;
        const bool made = weir_context_create(host->pool, &options, &context, nullptr) == WEIR_OK;
        failed += made && weir_context_destroy(context) == WEIR_OK ? 0 : 1;
    }

    static void callback(const weir_record *record, uintptr_t user_data) {
        auto *chain = reinterpret_cast<Chain *>(user_data);
        if (record->kind != WEIR_RECORD_DESTROYED) {
            return;
        }
        if (--chain->left == 0 || chain->failed != 0) {
            chain->done = true;
            return;
        }
        chain->next();
    }
};

TEST(Churn, row_2_4_a_slot_idles_before_its_owner_is_told_so_a_chain_of_a_thousand_needs_one) {
    for (const uint32_t delivery : {WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        for (const uint64_t depth : {5, 1'000}) {
            Host host(delivery, [](weir_pool_options &options) {
                options.max_slots = 1;
                options.callback = Chain::callback;
            });
            Chain chain;
            chain.host = &host;
            chain.left = depth;
            chain.next();
            EXPECT_TRUE(eventually([&] { return chain.done.load(); }));
            EXPECT_EQ(chain.failed, 0u);
            EXPECT_EQ(host.stats().slots_built, 1u);
            EXPECT_EQ(host.stats().contexts_created, depth);
            EXPECT_EQ(weir_pool_close_wait(host.pool, 0, nullptr), WEIR_OK);
        }
    }
}

TEST(Churn, row_2_5_sixty_four_threads_on_thirty_two_slots_lose_no_slot_and_share_none) {
    const uint64_t each = scaled(uint64_t{1'000});
    Host host(WEIR_DELIVER_DIRECT, slots(32));
    std::atomic<uint64_t> foreign{0};
    std::vector<std::thread> threads;
    for (uint64_t me = 0; me < 64; me++) {
        threads.emplace_back([&, me] {
            for (uint64_t number = 0; number < each; number++) {
                const uint64_t tag = me * 1'000'000 + number;
                weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
                options.config = &tag;
                options.config_length = sizeof tag;
                weir_handle context = 0;
                EXPECT_EQ(weir_context_create_wait(host.pool, &options, 30'000, &context, nullptr),
                          WEIR_OK);
                foreign += ask(context, m_canary).number() == tag ? 0 : 1;
                EXPECT_EQ(weir_context_destroy(context), WEIR_OK);
            }
        });
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(foreign, 0u);
    EXPECT_TRUE(eventually([&] { return host.stats().slots_idle == host.stats().slots_total; }));
    const weir_pool_stats stats = host.stats();
    EXPECT_LE(stats.slots_built, 32u);
    EXPECT_EQ(stats.contexts_created, 64 * each);
    EXPECT_EQ(stats.contexts_destroyed, 64 * each);
    EXPECT_EQ(stats.wakes_repeated, 0u);
}

TEST(Churn, row_2_6_the_thirty_third_create_is_refused_with_the_counts) {
    Host host(WEIR_DELIVER_CALLBACK);
    std::vector<weir_handle> contexts;
    for (int at = 0; at < 32; at++) {
        contexts.push_back(host.create());
    }
    weir_error error = WEIR_ERROR_INIT;
    weir_handle context = 1;
    EXPECT_EQ(weir_context_create(host.pool, nullptr, &context, &error), WEIR_ERR_POOL_EXHAUSTED);
    EXPECT_EQ(context, 0u);
    EXPECT_EQ(error.status, WEIR_ERR_POOL_EXHAUSTED);
    EXPECT_EQ(error.slots_total, 32u);
    EXPECT_EQ(error.slots_active, 32u);
    EXPECT_EQ(error.slots_idle, 0u);
    EXPECT_EQ(error.slots_quarantined, 0u);
    EXPECT_EQ(error.waiting, 0u);
    EXPECT_EQ(std::string(error.message, error.message_length),
              "no slot: 32 of 32 exist, 0 idle, 32 active, 0 quarantined, 0 waiting");
    EXPECT_EQ(host.stats().contexts_exhausted, 1u);
    for (const weir_handle open : contexts) {
        EXPECT_EQ(weir_context_destroy(open), WEIR_OK);
    }
}

TEST(Churn, slots_that_serve_one_context_each_are_built_anew_and_nothing_grows) {
    for (const uint32_t delivery : {WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        Host host(delivery, [](weir_pool_options &options) {
            options.max_slots = 2;
            options.max_uses = 1;
        });
        const uint64_t cycles = scaled(uint64_t{1'000});
        for (uint64_t number = 0; number < cycles; number++) {
            cycle(host, number % 2 == 0);
        }
        EXPECT_EQ(host.stats().slots_built, cycles);
        EXPECT_TRUE(eventually([&] { return host.stats().slots_retired == cycles; }));
    }
    EXPECT_TRUE(eventually([] { return weir_threads().empty(); }));
}

TEST(Churn, row_2_2_an_idle_slot_retires_under_every_form_of_delivery) {
    for (const uint32_t delivery :
         {WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        Host host(delivery, [](weir_pool_options &options) {
            options.idle_timeout_ms = 300;
            options.drain_ms = 100; // a wake-up for the drain must not be what finds it idle
        });
        cycle(host, true);
        EXPECT_TRUE(eventually([&] { return host.stats().slots_retired == 1; }))
            << "delivery " << delivery;
    }
}

} // namespace
