/**
 * shared_block.hpp: the memory through which a seat and its JavaScript hand requests and answers to
 * each other, so that a batch of calls crosses the border once. js/native.ts has the same numbers.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir::node_engine {

struct SharedBlock {
    static constexpr uint32_t most_requests = 64;
    static constexpr uint32_t most_answers = 256;
    static constexpr uint32_t staging_bytes = 64 * 1024;

    /** As an entry's offset: the payload did not fit, and is fetched. */
    static constexpr uint32_t large = UINT32_MAX;

    /** As an entry's method: its time was used up before it began; its answer meets nobody. */
    static constexpr uint32_t no_method = 0;

    /** Payloads above this are fetched one by one. */
    static constexpr size_t largest_staged = 16 * 1024;

    struct Request {
        uint32_t call;
        uint32_t method;
        uint32_t offset;
        uint32_t length;
    };

    struct Answer {
        uint32_t call;
        uint32_t status;
        uint32_t offset;
        uint32_t length;
    };

    int32_t current = 0;      ///< entry of the batch whose handler runs, from 1; 0 = none
    int32_t answer_count = 0; ///< noted and not taken
    int32_t answer_bytes = 0;
    int32_t reserved[13] = {};
    Request requests[most_requests] = {};
    Answer answers[most_answers] = {};
    std::byte input[staging_bytes] = {};
    std::byte output[staging_bytes] = {};
};

static_assert(offsetof(SharedBlock, requests) == 64);
static_assert(offsetof(SharedBlock, answers) == 64 + 64 * 16);
static_assert(offsetof(SharedBlock, input) == 64 + 64 * 16 + 256 * 16);
static_assert(offsetof(SharedBlock, output) == 64 + 64 * 16 + 256 * 16 + 64 * 1024);

} // namespace weir::node_engine
