#include "port_test.hpp"
#include "quiet.hpp"

#include <atomic>
#include <cstdint>

// The real port, with the functions that a test may replace under other names.
#define now_ns real_now_ns
#define wait_word real_wait_word
#define wake_one real_wake_one
#define wake_all real_wake_all
#define allocate real_allocate
#define deallocate real_deallocate
#define descriptor_create real_descriptor_create
#define socket_create real_socket_create
#define thread_start real_thread_start
#define thread_restore real_thread_restore
#include "base/port_linux.cpp"
#undef now_ns
#undef wait_word
#undef wake_one
#undef wake_all
#undef allocate
#undef deallocate
#undef descriptor_create
#undef socket_create
#undef thread_start
#undef thread_restore

namespace weir::port {

uint64_t now_ns();

} // namespace weir::port

namespace weir::testing {

namespace {

struct FaultState {
    std::atomic<uint64_t> calls{0};
    std::atomic<uint64_t> first{UINT64_MAX}; ///< number of the first call that fails
    std::atomic<uint64_t> last{0};
};

constexpr size_t fault_count = 6;
FaultState faults[fault_count];
std::atomic<int64_t> allocations{0};
std::atomic<uint64_t> fake_now_ns{0}; ///< 0: the real clock

FaultState &state_of(Fault fault) { return faults[static_cast<size_t>(fault)]; }

bool fails(Fault fault) {
    FaultState &state = state_of(fault);
    const uint64_t call = state.calls.fetch_add(1) + 1;
    return call >= state.first.load() && call <= state.last.load();
}

} // namespace

FakeClock::FakeClock() { fake_now_ns = port::real_now_ns(); }

FakeClock::~FakeClock() { fake_now_ns = 0; }

void FakeClock::advance_ms(uint64_t milliseconds) { fake_now_ns += milliseconds * 1'000'000; }

uint64_t FakeClock::now_ns() const { return fake_now_ns; }

void inject(Fault fault, uint32_t nth, uint32_t count) {
    FaultState &state = state_of(fault);
    const uint64_t first = state.calls + nth;
    state.last = count == UINT32_MAX ? UINT64_MAX : first + count - 1;
    state.first = first;
}

void clear_faults() {
    for (FaultState &state : faults) {
        state.first = UINT64_MAX;
        state.last = 0;
        state.calls = 0;
    }
}

uint64_t calls(Fault fault) { return state_of(fault).calls; }

int64_t live_allocations() { return allocations; }

/** Sleeps in short slices of real time, so that it sees the fake one pass. */
bool wait_on_fake_clock(std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline_ns) {
    if (deadline_ns == port::never) {
        return port::real_wait_word(word, expected, deadline_ns);
    }
    constexpr uint64_t slice_ns = 2'000'000;
    while (port::now_ns() < deadline_ns) {
        const bool woken = port::real_wait_word(word, expected, port::real_now_ns() + slice_ns);
        if (woken || word.load() != expected) {
            return true;
        }
    }
    return false;
}

struct Begin {
    port::ThreadFunction function;
    void *argument;
};

void begin_thread(void *memory) {
    const Begin begin = *static_cast<Begin *>(memory);
    delete static_cast<Begin *>(memory);
    thread_has_begun();
    begin.function(begin.argument);
}

bool start_known_thread(port::Thread &thread, const char *name, size_t stack_size,
                        port::ThreadFunction function, void *argument) {
    auto *begin = new Begin{.function = function, .argument = argument};
    thread_is_starting();
    if (port::real_thread_start(thread, name, stack_size, begin_thread, begin)) {
        return true;
    }
    thread_did_not_start();
    delete begin;
    return false;
}

} // namespace weir::testing

namespace weir::port {

using testing::fails;
using testing::Fault;

uint64_t now_ns() {
    const uint64_t fake = testing::fake_now_ns.load();
    return fake != 0 ? fake : real_now_ns();
}

bool wait_word(std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline_ns) {
    if (fails(Fault::wait)) {
        return false;
    }
    if (testing::fake_now_ns.load() == 0) {
        return real_wait_word(word, expected, deadline_ns);
    }
    testing::enter_sleep(word, expected, deadline_ns);
    const bool in_time = testing::wait_on_fake_clock(word, expected, deadline_ns);
    testing::leave_sleep();
    return in_time;
}

bool wake_one(std::atomic<uint32_t> &word) { return !fails(Fault::wake) && real_wake_one(word); }

void wake_all(std::atomic<uint32_t> &word) {
    if (!fails(Fault::wake)) {
        real_wake_all(word);
    }
}

void *allocate(size_t size) {
    void *memory = fails(Fault::allocate) ? nullptr : real_allocate(size);
    testing::allocations += memory != nullptr ? 1 : 0;
    return memory;
}

void deallocate(void *memory) {
    testing::allocations -= memory != nullptr ? 1 : 0;
    real_deallocate(memory);
}

int descriptor_create() { return fails(Fault::descriptor) ? -1 : real_descriptor_create(); }

bool socket_create(int &out_writer, int &out_reader) {
    return !fails(Fault::descriptor) && real_socket_create(out_writer, out_reader);
}

bool thread_start(Thread &thread, const char *name, size_t stack_size, ThreadFunction function,
                  void *argument) {
    return !fails(Fault::thread_start) &&
           testing::start_known_thread(thread, name, stack_size, function, argument);
}

bool thread_restore(const char *name) {
    return !fails(Fault::restore) && real_thread_restore(name);
}

} // namespace weir::port
