#include "presence.hpp"

#include <mutex>
#include <vector>

#include <unistd.h>

namespace weir::node_engine {

namespace {

/** How long an ending process waits for workers that are inside Node, in steps of a millisecond. */
constexpr int longest_wait_ms = 2'000;

struct Registry {
    std::mutex mutex;
    std::vector<Presence *> all;
};

/** Never destroyed: workers outlive the destructors of a process that ends. */
Registry &registry() {
    static auto *made = new Registry;
    return *made;
}

} // namespace

constinit std::atomic<bool> Presence::ending{false};

Presence::Presence() {
    Registry &known = registry();
    const std::lock_guard lock(known.mutex);
    known.all.push_back(this);
}

Presence::~Presence() {
    Registry &known = registry();
    const std::lock_guard lock(known.mutex);
    std::erase(known.all, this);
}

void Presence::watch(v8::Isolate *isolate) {
    const std::lock_guard lock(registry().mutex);
    isolate_ = isolate;
    asked_ = false;
}

void Presence::stay_out() {
    inside_.store(false, std::memory_order_release);
    for (;;) {
        pause();
    }
}

/**
 * Its destructor runs before those of libnode and libuv, and of what they have inside of functions:
 * that is, of what was made before it.
 */
class ProcessEnd {
  public:
    ~ProcessEnd() {
        Presence::ending.store(true, std::memory_order_seq_cst);
        for (int waited = 0; waited < longest_wait_ms && is_anybody_inside(); waited++) {
            usleep(1'000);
        }
    }

  private:
    /** And stops what JavaScript they are in, which may be another one than a moment before. */
    static bool is_anybody_inside() {
        Registry &known = registry();
        const std::lock_guard lock(known.mutex);
        bool found = false;
        for (Presence *presence : known.all) {
            const bool inside = presence->inside_.load(std::memory_order_acquire);
            found = found || inside;
            if (inside && presence->isolate_ != nullptr && !presence->asked_) {
                presence->asked_ = true;
                presence->isolate_->RequestInterrupt(
                    [](v8::Isolate *, void *data) { static_cast<Presence *>(data)->stay_out(); },
                    presence);
            }
        }
        return found;
    }
};

void Presence::expect_end() { static const ProcessEnd end; }

} // namespace weir::node_engine
