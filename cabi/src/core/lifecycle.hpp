/**
 * lifecycle.hpp: the states of a slot, and the only place where one follows another.
 *
 *   (built) --> idle --claim--> active --destroy--> recycle_pending --begin--> recycling
 *                 ^                                        |                    |   |
 *                 +----------------- finish ---------------|--------------------+   |
 *                 |                                        +------ overdue ---------+
 *                 |                                        v
 *                 +--------------- finish ----------- quarantined
 *
 *   idle, recycling, quarantined --retire--> retired
 *
 * Hosts send claim and destroy. The slot's worker sends begin, finish and retire. Overdue is sent
 * by whichever of the slot's threads watches the clock, since the worker itself may be the one that
 * is stuck; see docs/decisions/0002. `next` is a pure function; all moves go through
 * Lifecycle::apply, a compare-exchange on state and generation together, so each move has exactly
 * one winner. The generation grows with claim and with destroy: it is odd while a handle is valid.
 */
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "base/tagged.hpp"

namespace weir {

enum class SlotState : uint8_t { idle, active, recycle_pending, recycling, quarantined, retired };
enum class SlotEvent : uint8_t { claim, destroy, begin, finish, overdue, retire };

constexpr std::optional<SlotState> next(SlotState state, SlotEvent event) {
    switch (state) {
    case SlotState::idle:
        if (event == SlotEvent::claim) return SlotState::active;
        if (event == SlotEvent::retire) return SlotState::retired;
        return std::nullopt;
    case SlotState::active:
        if (event == SlotEvent::destroy) return SlotState::recycle_pending;
        return std::nullopt;
    case SlotState::recycle_pending:
        if (event == SlotEvent::begin) return SlotState::recycling;
        if (event == SlotEvent::overdue) return SlotState::quarantined;
        return std::nullopt;
    case SlotState::recycling:
        if (event == SlotEvent::finish) return SlotState::idle;
        if (event == SlotEvent::overdue) return SlotState::quarantined;
        if (event == SlotEvent::retire) return SlotState::retired;
        return std::nullopt;
    case SlotState::quarantined:
        if (event == SlotEvent::finish) return SlotState::idle;
        if (event == SlotEvent::retire) return SlotState::retired;
        return std::nullopt;
    case SlotState::retired: return std::nullopt;
    }
    return std::nullopt;
}

/** Does the move begin or end the validity of a handle? */
constexpr bool changes_generation(SlotEvent event) {
    return event == SlotEvent::claim || event == SlotEvent::destroy;
}

class Lifecycle {
  public:
    struct Snapshot {
        SlotState state;
        uint64_t generation;
    };

    Snapshot read() const { return unpack(word_.load(std::memory_order_acquire)); }

    /** True when `generation` is the owner now. */
    bool is_active(uint64_t generation) const {
        return word_.load(std::memory_order_seq_cst) == pack(SlotState::active, generation);
    }

    /**
     * Make the move if the slot is at `generation` and the move is drawn. Returns the state before,
     * or nothing when the move is not drawn from where the slot is, or another was first.
     */
    std::optional<SlotState> apply(SlotEvent event, uint64_t generation) {
        uint64_t seen = word_.load(std::memory_order_acquire);
        for (;;) {
            const Snapshot now = unpack(seen);
            const std::optional<SlotState> following = next(now.state, event);
            if (now.generation != generation || !following) {
                return std::nullopt;
            }
            const uint64_t grown = generation + (changes_generation(event) ? 1 : 0);
            if (word_.compare_exchange_weak(seen, pack(*following, grown),
                                            std::memory_order_seq_cst)) {
                return now.state;
            }
        }
    }

    /**
     * A retired slot's memory becomes a new slot; the generation goes on. Only for the owner of the
     * memory.
     */
    void rebuild() {
        word_.store(pack(SlotState::idle, read().generation), std::memory_order_release);
    }

  private:
    static uint64_t pack(SlotState state, uint64_t generation) {
        return Tagged{.generation = generation, .value = static_cast<uint32_t>(state)}.pack();
    }
    static Snapshot unpack(uint64_t word) {
        const Tagged tagged = Tagged::unpack(word);
        return {static_cast<SlotState>(tagged.value), tagged.generation};
    }

    std::atomic<uint64_t> word_{Tagged{.generation = 0, .value = uint32_t{5}}.pack()};
};

} // namespace weir
