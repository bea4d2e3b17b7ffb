/** The shortest way through everything: a library, a pool, a context, a request, destroy. */
#include <gtest/gtest.h>

#include <weir/library.h>

namespace {

void echo(weir_call call, void *, const void *data, size_t length) {
    weir_call_resolve(call, data, length);
}

const weir_method methods[] = {WEIR_METHOD("echo", echo)};

const weir_library_definition definition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = WEIR_ABI_VERSION,
    .name = "smoke",
    .version = "1.0.0",
    .methods = methods,
    .method_count = 1,
    .reserved = 0,
    .create = nullptr,
    .destroy = nullptr,
};

TEST(Smoke, a_request_comes_back_and_nothing_is_left) {
    weir_handle library = 0;
    weir_handle queue = 0;
    weir_handle pool = 0;
    weir_handle context = 0;
    ASSERT_EQ(weir_library_register(&definition, &library, nullptr), WEIR_OK);
    ASSERT_EQ(weir_queue_create(nullptr, &queue, nullptr), WEIR_OK);
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = WEIR_DELIVER_QUEUE;
    options.queue = queue;
    ASSERT_EQ(weir_pool_create(library, &options, &pool, nullptr), WEIR_OK);
    ASSERT_EQ(weir_context_create(pool, nullptr, &context, nullptr), WEIR_OK);

    weir_request request = WEIR_REQUEST_INIT;
    request.name = "echo";
    request.name_length = 4;
    request.data = "hello";
    request.length = 5;
    weir_record record;
    ASSERT_EQ(weir_request_wait(context, &request, &record, nullptr), WEIR_OK);
    EXPECT_EQ(record.status, WEIR_OK);
    EXPECT_EQ(std::string(static_cast<const char *>(record.data), record.length), "hello");
    weir_records_release(&record, 1);

    EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    EXPECT_EQ(weir_pool_close_wait(pool, 0, nullptr), WEIR_OK);
    EXPECT_EQ(weir_queue_close(queue), WEIR_OK);
    EXPECT_EQ(weir_library_close(library), WEIR_OK);
    weir_process_stats live = {};
    live.struct_size = sizeof live;
    ASSERT_EQ(weir_process_stats_get(&live), WEIR_OK);
    EXPECT_EQ(live.libraries + live.queues + live.pools + live.slots, 0u);
    EXPECT_EQ(live.contexts + live.instances + live.records, 0u);
}

} // namespace
