/**
 * record.hpp: one request, event or notice on its way. Records belong to a slot for good; they are
 * taken, filled, handed on by links and given back, and their memory is never freed, so a thread
 * that comes late reads an old record, not somebody else's memory.
 *
 * A request has two sides: the handler's (mailbox, worker, author) and the host's (delivery). Each
 * holds the record; who lets go last gives it back. What happens to a request is decided in one
 * word by compare-exchange:
 *
 *   sent -> queued --start--> running --answer--> settled + answered
 *             |                  |                 the handler's result is the response
 *             +-----settle-------+--> settled
 *                                     canceled, timed out, closed: the handler's answer is dropped
 *
 * A request with a timeout is not queued before its push succeeded, so that nobody can time out
 * what was never accepted.
 *
 * The word also holds the record's use number, which makes ids of requests and calls refusable when
 * they are late.
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include <weir/weir.h>

#include "core/limits.hpp"
#include "core/payload.hpp"

namespace weir {

class Slab;

enum class RecordKind : uint8_t { none, request, create, event, notice, task };

/** Who gets a record. */
enum class Target : uint8_t { pool, waiter, nobody };

class alignas(64) Record {
  public:
    static constexpr int use_bits = 37;
    static constexpr uint64_t use_mask = (uint64_t{1} << use_bits) - 1;

    enum Flag : uint8_t { queued = 1, running = 2, settled = 4, answered = 8, at_host = 16 };

    struct State {
        uint64_t use = 0;
        uint8_t status = 0;
        uint8_t flags = 0;

        bool has(Flag flag) const { return (flags & flag) != 0; }
        uint64_t pack() const { return use << 16 | uint64_t{status} << 8 | flags; }
        static State unpack(uint64_t word) {
            return {.use = word >> 16,
                    .status = static_cast<uint8_t>(word >> 8),
                    .flags = static_cast<uint8_t>(word)};
        }
    };

    State state() const { return State::unpack(word_.load(std::memory_order_seq_cst)); }

    /**
     * Make the record a new one. `both_sides`: for a request, which the handler and the host hold.
     */
    void begin(RecordKind record_kind, uint64_t generation, uint8_t flags, bool both_sides);

    /**
     * Others may settle it from now on. No effect when the worker was faster, or on another use.
     */
    void mark_queued(uint64_t use);

    /** Worker: -> running. False when it was settled before. */
    bool start();

    struct Settled {
        bool won = false;
        bool was_running = false;
    };

    /** Decide the result without the handler. Fails for another use, or when it was decided. */
    Settled settle(uint64_t use, weir_status result);

    struct Answered {
        bool accepted = false;  ///< false: answered before, or another use
        bool is_result = false; ///< false: the host has its response; drop this one
    };

    /** The handler's one answer. */
    Answered answer(uint64_t use, weir_status result);

    /**
     * The result could not be stored: another status instead. By who answered, before the record is
     * delivered.
     */
    void change_result(weir_status result);

    /**
     * Mark as handed out to the host (queue, blocking call), so that the token in its hands is good
     * once.
     */
    void hand_out();
    bool take_back(uint64_t use);

    /** One side lets go. Returns true for the last one, who gives the record back to its slab. */
    bool let_go() { return holders.fetch_sub(1, std::memory_order_acq_rel) == 1; }

    /** Ready for the next use: clears both payloads. */
    void end();

    /** Bytes of the buffers that it keeps for its next use. */
    size_t kept_bytes() const { return in.kept_bytes() + out.kept_bytes(); }

    bool is_live() const { return kind.load(std::memory_order_acquire) != RecordKind::none; }

  private:
    std::atomic<uint64_t> word_{0};

  public:
    // The first cache line: what each side looks at for each record.
    std::atomic<uint32_t> next{0}; ///< index of the next one: in a mailbox, a backlog, or free
    std::atomic<uint32_t> holders{0};
    std::atomic<uint64_t> generation{0};     ///< of the owner
    std::atomic<uint64_t> deadline_ns{0};    ///< port::never without a timeout
    std::atomic<Record *> next_out{nullptr}; ///< in a queue or outbox
    uintptr_t user_data = 0;
    weir_record_callback callback = nullptr;
    uint32_t method = 0;
    uint16_t sender_cpu = 0;
    std::atomic<RecordKind> kind{RecordKind::none};
    std::atomic<bool> taken{false}; ///< the worker took it out of the inbox
    Target target = Target::pool;

    uint32_t public_kind = 0; ///< WEIR_RECORD_…
    uint32_t byte_units = 0;  ///< accounted to the owner's request bytes
    uint64_t id = 0;          ///< of the record for the host: request, listener, count
    weir_handle context = 0;
    Slab *slab = nullptr;           ///< set once
    uint32_t index = 0;             ///< in the slab, from 1; set once
    std::atomic<uint32_t> gate{0};  ///< of a blocking call: see WaiterGate
    std::atomic<uint32_t> posts{0}; ///< why it is in the worker's post box: see Post
    std::atomic<uint32_t> post_next{0};

    /** Of a task: an author's function on the worker. Of a request: the cancel callback. */
    void (*function)(uint64_t call, uintptr_t user_data) = nullptr;
    uintptr_t function_data = 0;

    Payload in;  ///< request payload, or an event's name
    Payload out; ///< response or event payload
    alignas(64) std::byte in_bytes[limits::inline_payload];
    alignas(64) std::byte out_bytes[limits::inline_payload];
};

/** Number of a request within its slot: use (37 bits), record index (16); exact in a double. */
struct RequestId {
    uint64_t use = 0;
    uint32_t index = 0;

    uint64_t pack() const { return use << 16 | index; }
    static RequestId unpack(uint64_t id) {
        return {.use = id >> 16, .index = static_cast<uint32_t>(id & 0xFFFF)};
    }
};

/**
 * A call as its author holds it, or a record in a host's hands: slot (10 bits), record index (16),
 * use (37).
 */
struct CallId {
    uint16_t slot = 0;
    uint32_t index = 0;
    uint64_t use = 0;

    uint64_t pack() const { return uint64_t{slot} << 53 | uint64_t{index} << 37 | use; }
    static CallId unpack(uint64_t call) {
        return {.slot = static_cast<uint16_t>(call >> 53 & 0x3FF),
                .index = static_cast<uint32_t>(call >> 37 & 0xFFFF),
                .use = call & Record::use_mask};
    }
};

} // namespace weir
