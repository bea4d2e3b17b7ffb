/**
 * layout.hpp: how requests and records lie in the two buffers that the addon shares with its
 * JavaScript. src/addon/layout.ts has the same numbers; its test compares both.
 *
 * Both hold items one behind the other, each beginning at a multiple of 8 bytes: a head, then the
 * payload. Numbers are in the machine's byte order; handles and ids are doubles, exact below 2^53.
 */
#pragma once

#include <cstddef>
#include <cstdint>

namespace weir_addon {

/** A request in the outbox. */
struct OutgoingHead {
    double context;
    uint32_t owner;
    uint32_t method;
    uint32_t timeout_ms;
    uint32_t length;
};
static_assert(sizeof(OutgoingHead) == 24);

/** Any record in the inbox. */
struct RecordHead {
    uint32_t kind;
    int32_t status;
    uint32_t owner;  /**< of a response; 0 in all others */
    uint32_t length; /**< of the payload */
};
static_assert(sizeof(RecordHead) == 16);

/** As RecordHead.kind, added to it: the payload is the next of the batch's large ones. */
inline constexpr uint32_t large_payload = 0x100;

/** Behind the head of a record that is no response; the name follows the payload. */
struct RecordTail {
    double owner;
    double context;
    double id;
    uint32_t hold;
    uint32_t name_length;
};
static_assert(sizeof(RecordTail) == 32);

/** Payloads up to this many bytes cross in the inbox, longer ones in memory of their own. */
inline constexpr size_t inline_payload_max = 4096;

constexpr size_t aligned(size_t size) { return (size + 7) & ~size_t{7}; }

} // namespace weir_addon
