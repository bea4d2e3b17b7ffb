/**
 * eventually.hpp: how tests wait: for a condition, never for a time. The bound is real time and
 * only ends a test that has failed already.
 */
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

namespace weir::testing {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool under_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool under_sanitizer = true;
#else
inline constexpr bool under_sanitizer = false;
#endif
#else
inline constexpr bool under_sanitizer = false;
#endif

/** A number of rounds: `count`, or a tenth of it under a sanitizer. */
template <class Number> constexpr Number scaled(Number count) {
    const Number less = count / 10;
    return !under_sanitizer ? count : less > 0 ? less : 1;
}

inline constexpr std::chrono::seconds patience{10};

/** Wait until `condition()` is true. False when it was not in 10 real seconds. */
template <class Condition> bool eventually(Condition condition) {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end) {
            return false;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    return true;
}

/**
 * Time for threads to do what they must not do: each sees a new fake time within 2 ms. Too short a
 * time lets a fault pass; it never fails a good program.
 */
inline void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(12)); }

/** Told when a thread begins (true) and ends to wait for the test; see quiet.hpp. May be null. */
inline std::atomic<void (*)(bool)> on_park{nullptr};

class ParkMark {
  public:
    ParkMark() : told_(on_park) { tell(true); }
    ~ParkMark() { tell(false); }
    ParkMark(const ParkMark &) = delete;
    ParkMark &operator=(const ParkMark &) = delete;

  private:
    void tell(bool parked) const {
        if (told_ != nullptr) {
            told_(parked);
        }
    }

    void (*told_)(bool);
};

/** A door: those who come wait until somebody opens it. Opens by itself when it is destroyed. */
class Latch {
  public:
    Latch() = default;
    ~Latch() {
        open();
        eventually([this] { return inside() == 0; });
        const std::lock_guard lock(mutex_); // the last one has left its lock
    }
    Latch(const Latch &) = delete;
    Latch &operator=(const Latch &) = delete;

    void open() {
        const std::lock_guard lock(mutex_);
        is_open_ = true;
        changed_.notify_all();
    }

    /** Close it again, for those who come later. */
    void close() {
        const std::lock_guard lock(mutex_);
        is_open_ = false;
    }

    void wait() {
        std::unique_lock lock(mutex_);
        arrived_++;
        inside_++;
        const ParkMark mark;
        changed_.notify_all();
        changed_.wait(lock, [this] { return is_open_; });
        inside_--;
    }

    /** How many came here so far, waiting or gone. */
    uint32_t arrived() {
        const std::lock_guard lock(mutex_);
        return arrived_;
    }

    uint32_t inside() {
        const std::lock_guard lock(mutex_);
        return inside_;
    }

    bool wait_for_arrivals(uint32_t count) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, patience, [&] { return arrived_ >= count; });
    }

  private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool is_open_ = false;
    uint32_t arrived_ = 0;
    uint32_t inside_ = 0;
};

} // namespace weir::testing
