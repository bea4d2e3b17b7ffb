/**
 * watch.hpp: tells slow and wedged handlers from the worker's heartbeat. Pure: time and beat come
 * in, verdicts go out, so that tests need no clock and no thread.
 *
 * The beat is odd while the worker is inside author code and grows at each entry and exit. The
 * event thread looks only while work is outstanding. A verdict needs two looks that saw the same
 * odd beat; a look that came much later than it was due (the process was stopped, the machine
 * slept) begins the count anew instead of accusing the handler.
 */
#pragma once

#include <cstdint>

#include "base/port.hpp"

namespace weir {

inline constexpr uint64_t nanoseconds_per_ms = 1'000'000;

struct WatchTimes {
    uint64_t slow_ns = port::never;
    uint64_t wedged_ns = port::never;
    uint64_t check_ns = 0;
};

class Watch {
  public:
    struct Verdict {
        bool became_slow = false;
        bool became_wedged = false;
        bool recovered = false;
        uint64_t age_ns = 0; ///< of the running handler, or how long the recovered one took
    };

    /**
     * `began_ns`: when the worker took up its present batch, a lower bound for the start of the
     * handler.
     */
    Verdict look(uint64_t now_ns, uint64_t beat, uint64_t began_ns, const WatchTimes &times) {
        Verdict verdict;
        const bool late = due_ns_ != 0 && now_ns > due_ns_ + distrust_factor * times.check_ns;
        if (beat != beat_) {
            verdict.recovered = wedged_;
            verdict.age_ns = now_ns - since_ns_;
            restart(beat, late ? now_ns : earliest_start(now_ns, began_ns), now_ns);
        } else if (late && is_busy()) {
            since_ns_ += now_ns - due_ns_; // the time in which nobody looked does not count
        }
        last_look_ns_ = now_ns;
        if (is_busy()) {
            looks_++;
            judge(now_ns, times, verdict);
        }
        due_ns_ = next_look(now_ns, times);
        return verdict;
    }

    /** When to look again. */
    uint64_t due_ns() const { return due_ns_; }

    bool is_wedged() const { return wedged_; }

    /** Nobody looks for a while: the next look begins anew. */
    void rest() { due_ns_ = 0; }
    bool is_resting() const { return due_ns_ == 0; }

    void reset() { *this = Watch{}; }

  private:
    static constexpr uint64_t distrust_factor = 4;
    static constexpr uint32_t looks_before_verdict = 2;

    bool is_busy() const { return (beat_ & 1) != 0; }

    /**
     * Of a handler that was not there at the last look. After a rest that look says nothing: unless
     * a batch began since, the handler has just begun, which is what ended the rest.
     */
    uint64_t earliest_start(uint64_t now_ns, uint64_t began_ns) const {
        if (began_ns > last_look_ns_) {
            return began_ns;
        }
        return is_resting() ? now_ns : last_look_ns_;
    }

    void restart(uint64_t beat, uint64_t lower_bound_ns, uint64_t now_ns) {
        beat_ = beat;
        since_ns_ = lower_bound_ns != 0 && lower_bound_ns < now_ns ? lower_bound_ns : now_ns;
        looks_ = 0;
        slow_ = false;
        wedged_ = false;
    }

    void judge(uint64_t now_ns, const WatchTimes &times, Verdict &verdict) {
        const uint64_t age = now_ns - since_ns_;
        if (looks_ < looks_before_verdict) {
            return;
        }
        if (!slow_ && age >= times.slow_ns) {
            slow_ = true;
            verdict.became_slow = true;
        }
        if (!wedged_ && age >= times.wedged_ns) {
            wedged_ = true;
            verdict.became_wedged = true;
        }
        verdict.age_ns = age;
    }

    uint64_t next_look(uint64_t now_ns, const WatchTimes &times) const {
        uint64_t due = now_ns + times.check_ns;
        if (!is_busy()) {
            return due;
        }
        for (const uint64_t threshold : {times.slow_ns, times.wedged_ns}) {
            const uint64_t at = threshold == port::never ? port::never : since_ns_ + threshold;
            if (at > now_ns && at < due) {
                due = at;
            }
        }
        return due;
    }

    uint64_t beat_ = 0;
    uint64_t since_ns_ = 0;
    uint64_t last_look_ns_ = 0;
    uint64_t due_ns_ = 0;
    uint32_t looks_ = 0;
    bool slow_ = false;
    bool wedged_ = false;
};

} // namespace weir
