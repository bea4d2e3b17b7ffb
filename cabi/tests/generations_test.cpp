/**
 * T1 to its end: the core is built with generations of 4 bits here, so that they can be used up. An
 * index whose generations are used up is never used again; no handle value is given twice.
 */
#include <set>

#include "core/handle.hpp"
#include "core/limits.hpp"
#include "support/host.hpp"

static_assert(WEIR_GENERATION_BITS == 4, "this test needs the build with small generations");

namespace weir::testing {

namespace {

/** Odd generations below the last one. */
constexpr uint32_t owners_of_a_slot = last_generation / 2;

class Generations : public ::testing::Test {
  protected:
    weir_pool_options one_slot() const {
        weir_pool_options options = test_options(WEIR_DELIVER_QUEUE, queue.handle());
        options.max_slots = 1;
        return options;
    }

    /** The next context of a pool, alive. */
    weir_handle create(const HostPool &pool) {
        weir_handle context = 0;
        EXPECT_EQ(weir_context_create_wait(pool.handle(), nullptr, WEIR_FOREVER, &context, nullptr),
                  WEIR_OK);
        EXPECT_TRUE(given.insert(context).second) << "a value was given twice";
        return context;
    }

    HostLibrary library;
    HostQueue queue;
    std::set<weir_handle> given;
};

TEST_F(Generations, a_slot_serves_seven_owners_and_retires) {
    HostPool pool(library, one_slot());
    std::set<uint16_t> indexes;
    for (uint32_t slot = 1; slot <= 5; slot++) {
        for (uint32_t owner = 0; owner < owners_of_a_slot; owner++) {
            const weir_handle context = create(pool);
            const Handle handle = Handle::unpack(context);
            EXPECT_EQ(handle.generation, 2 * owner + 1) << "it never wraps";
            indexes.insert(handle.index);
            EXPECT_EQ(indexes.size(), slot);
            EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
        }
        EXPECT_TRUE(eventually([&] { return pool.stats().slots_retired == slot; }));
    }
    EXPECT_EQ(pool.stats().slots_built, 5u);
    EXPECT_EQ(pool.stats().slots_unclean, 0u);
}

TEST_F(Generations, every_dead_handle_stays_dead) {
    HostPool pool(library, one_slot());
    for (uint32_t context = 0; context < 10 * owners_of_a_slot; context++) {
        const weir_handle alive = create(pool);
        for (const weir_handle dead : given) {
            if (dead != alive) {
                ASSERT_EQ(weir_context_destroy(dead), WEIR_ERR_STALE_HANDLE);
            }
        }
        EXPECT_EQ(weir_context_destroy_wait(alive, nullptr), WEIR_OK);
    }
}

TEST_F(Generations, a_waiting_create_gets_the_slot_that_follows_a_retired_one) {
    HostPool pool(library, one_slot());
    for (uint32_t round = 0; round < 3 * owners_of_a_slot; round++) {
        const weir_handle first = create(pool);
        weir_handle second = 0;
        std::thread waiter([&] { second = create(pool); });
        EXPECT_TRUE(eventually([&] { return pool.stats().waiting == 1; }));
        EXPECT_EQ(weir_context_destroy(first), WEIR_OK);
        waiter.join();
        EXPECT_NE(second, 0u);
        EXPECT_EQ(weir_context_destroy_wait(second, nullptr), WEIR_OK);
    }
}

TEST_F(Generations, queues_libraries_and_pools_use_up_their_indexes_and_then_say_so) {
    constexpr uint32_t most = limits::handles_per_kind;
    uint32_t made = 0;
    weir_handle number = 0;
    while (weir_queue_create(nullptr, &number, nullptr) == WEIR_OK) {
        ASSERT_TRUE(given.insert(number).second);
        ASSERT_EQ(weir_queue_close(number), WEIR_OK);
        ASSERT_LE(++made, most * owners_of_a_slot);
    }
    EXPECT_GE(made, (most - 1) * owners_of_a_slot);
    EXPECT_EQ(weir_queue_create(nullptr, &number, nullptr), WEIR_ERR_NO_RESOURCES);
    EXPECT_EQ(number, 0u);
    for (const weir_handle dead : given) {
        ASSERT_EQ(weir_queue_close(dead), WEIR_ERR_STALE_HANDLE);
    }
}

/** The last test of the program: it leaves no index. */
TEST_F(Generations, when_all_slots_are_used_up_a_create_fails_and_changes_nothing) {
    HostPool pool(library, one_slot());
    weir_handle context = 0;
    weir_status status = WEIR_OK;
    uint64_t made = 0;
    for (;;) {
        status = weir_context_create_wait(pool.handle(), nullptr, 60'000, &context, nullptr);
        if (status != WEIR_OK) {
            break;
        }
        ASSERT_TRUE(given.insert(context).second);
        ASSERT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
        ASSERT_LE(++made, uint64_t{WEIR_SLOTS_MAX} * owners_of_a_slot);
    }
    EXPECT_TRUE(status == WEIR_ERR_NO_RESOURCES || status == WEIR_ERR_NO_MEMORY) << status;
    EXPECT_EQ(context, 0u);
    EXPECT_EQ(weir_context_create(pool.handle(), nullptr, &context, nullptr), status);
    EXPECT_EQ(pool.stats().slots_total, 0u);
    EXPECT_EQ(pool.stats().contexts_created, made);
    EXPECT_EQ(pool.stats().contexts_destroyed, made);
    EXPECT_EQ(pool.close(), WEIR_OK);
}

} // namespace

} // namespace weir::testing
