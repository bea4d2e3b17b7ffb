/**
 * tagged.hpp: one 64-bit word that holds a generation (40 bits) and a value (24 bits), so that "is
 * this still the same owner?" and "change the value" are one compare-exchange. Odd generations are
 * open, even ones are closed.
 */
#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

struct Tagged {
    static constexpr int value_bits = 24;
    static constexpr uint64_t value_mask = (uint64_t{1} << value_bits) - 1;

    uint64_t generation = 0;
    uint32_t value = 0;

    static Tagged unpack(uint64_t word) {
        return {.generation = word >> value_bits,
                .value = static_cast<uint32_t>(word & value_mask)};
    }
    uint64_t pack() const { return generation << value_bits | value; }
};

inline bool is_open_generation(uint64_t generation) { return (generation & 1) != 0; }

/**
 * A count that belongs to one generation and is bounded. Late leavers of an older generation change
 * nothing.
 */
class TaggedCount {
  public:
    enum class Admission : uint8_t { admitted, stale, full };

    void open(uint64_t generation) {
        word_.store(Tagged{.generation = generation, .value = 0}.pack(), std::memory_order_release);
    }

    /** No further admissions. Call when `generation` is open, once. */
    void close(uint64_t generation) { open(generation + 1); }

    Admission admit(uint64_t generation, uint32_t amount, uint32_t limit) {
        uint64_t seen = word_.load(std::memory_order_seq_cst);
        for (;;) {
            Tagged tagged = Tagged::unpack(seen);
            if (tagged.generation != generation) {
                return Admission::stale;
            }
            if (amount > limit || tagged.value > limit - amount) {
                return Admission::full;
            }
            tagged.value += amount;
            if (word_.compare_exchange_weak(seen, tagged.pack(), std::memory_order_acq_rel)) {
                return Admission::admitted;
            }
        }
    }

    void leave(uint64_t generation, uint32_t amount) {
        uint64_t seen = word_.load(std::memory_order_acquire);
        for (;;) {
            Tagged tagged = Tagged::unpack(seen);
            if (tagged.generation != generation) {
                return;
            }
            tagged.value -= amount;
            if (word_.compare_exchange_weak(seen, tagged.pack(), std::memory_order_seq_cst)) {
                return;
            }
        }
    }

    uint32_t value() const { return Tagged::unpack(word_.load(std::memory_order_seq_cst)).value; }

  private:
    std::atomic<uint64_t> word_{0};
};

} // namespace weir
