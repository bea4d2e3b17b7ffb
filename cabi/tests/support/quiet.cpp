#include "quiet.hpp"

#include <chrono>
#include <list>
#include <mutex>
#include <thread>

#include "base/port.hpp"
#include "eventually.hpp"

namespace weir::testing {

namespace {

/** Where one thread is. Its own mutex keeps the word that it sleeps on from going away. */
struct Whereabouts {
    std::mutex mutex;
    const std::atomic<uint32_t> *word = nullptr;
    uint32_t expected = 0;
    uint64_t deadline_ns = 0;
    uint64_t sleeps = 0;
    int parked = 0;
    bool of_weir = false;
};

/** Never destroyed: detached threads may end after main. */
struct Known {
    std::mutex mutex;
    std::list<Whereabouts *> threads;
};
Known &known() {
    static auto *const made = new Known;
    return *made;
}

std::atomic<int> starting{0};

/** Of the calling thread; known from its first use to the thread's end. */
struct Entry {
    Entry() {
        const std::lock_guard lock(known().mutex);
        known().threads.push_back(&at);
    }
    ~Entry() {
        const std::lock_guard lock(known().mutex);
        known().threads.remove(&at);
    }
    Whereabouts at;
};

Whereabouts &own() {
    thread_local Entry entry;
    return entry.at;
}

void park(bool parked) {
    Whereabouts &at = own();
    const std::lock_guard lock(at.mutex);
    at.parked += parked ? 1 : -1;
    at.sleeps++;
}

[[maybe_unused]] const bool hooked = [] {
    on_park = park;
    return true;
}();

bool is_quiet(const Whereabouts &at, uint64_t now_ns) {
    if (at.parked > 0) {
        return true;
    }
    if (at.word == nullptr) {
        return !at.of_weir;
    }
    return at.word->load() == at.expected && at.deadline_ns > now_ns;
}

/** Looks at all. The sum of all sleeps tells whether anything happened between two looks. */
bool look(uint64_t &sleeps) {
    sleeps = 0;
    const uint64_t now = port::now_ns();
    const std::lock_guard known_lock(known().mutex);
    for (Whereabouts *at : known().threads) {
        const std::lock_guard lock(at->mutex);
        if (!is_quiet(*at, now)) {
            return false;
        }
        sleeps += at->sleeps;
    }
    return starting == 0;
}

} // namespace

bool quiet() {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(2);
    while (std::chrono::steady_clock::now() < end) {
        uint64_t first = 0;
        uint64_t second = 0;
        if (look(first) && look(second) && first == second) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::microseconds(100));
    }
    return false;
}

void enter_sleep(const std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline_ns) {
    Whereabouts &at = own();
    const std::lock_guard lock(at.mutex);
    at.word = &word;
    at.expected = expected;
    at.deadline_ns = deadline_ns;
    at.sleeps++;
}

void leave_sleep() {
    Whereabouts &at = own();
    const std::lock_guard lock(at.mutex);
    at.word = nullptr;
}

void thread_is_starting() { starting++; }

void thread_has_begun() {
    Whereabouts &at = own();
    {
        const std::lock_guard lock(at.mutex);
        at.of_weir = true;
    }
    starting--;
}

void thread_did_not_start() { starting--; }

} // namespace weir::testing
