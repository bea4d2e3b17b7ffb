/**
 * port.hpp: everything that is particular to an operating system, and nothing else.
 *
 * Each function is implemented once a system (port_linux.cpp) and replaced as a whole in tests:
 * tests/support/port_test.cpp puts an injected clock and injected faults in front of the real ones.
 * docs/porting.md says what each function maps to on macOS and Windows.
 *
 * Guarantees
 *   - no signal handler, no atexit, no locale, no environment, no thread-local error state is
 *     touched
 *   - all times are monotonic nanoseconds; wall clocks do not exist here
 *   - descriptors are close-on-exec; threads block every asynchronous signal
 */
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace weir::port {

/** A deadline that never comes. */
inline constexpr uint64_t never = UINT64_MAX;

// ---- clock and processor ----

uint64_t now_ns();

/**
 * The processor that the calling thread runs on now. Costs a load where the kernel publishes it,
 * else a system call.
 */
uint32_t current_cpu();

/** Give the processor to another thread that is ready. */
void yield_thread();

/** Tell the processor that this is a spinning loop. */
inline void relax_processor() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// ---- sleeping on a word ----

/**
 * Sleep while `word` is `expected`, until woken or until `deadline_ns`. Returns false when the
 * deadline passed. May return true without reason: callers check their condition again.
 */
bool wait_word(std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline_ns);

/** Returns whether a thread slept on the word. */
bool wake_one(std::atomic<uint32_t> &word);
void wake_all(std::atomic<uint32_t> &word);

// ---- memory ----

/** Zeroed memory aligned to a cache line, or nullptr. */
void *allocate(size_t size);
void deallocate(void *memory);

// ---- descriptors that poll readable ----

/** A descriptor that is not readable, or -1. */
int descriptor_create();
void descriptor_set(int descriptor);
void descriptor_clear(int descriptor);
void descriptor_close(int descriptor);

// ---- sockets that tell ----

/** Two ends of a stream, neither of which blocks. False: the system refused. */
bool socket_create(int &out_writer, int &out_reader);
/** One byte, or none when the reader has not read for long, or is gone. */
void socket_set(int writer);

// ---- sleeping on two descriptors ----

/**
 * A descriptor that waits for `signal` (each write to it wakes once, it need not be cleared), or
 * -1. Takes in another one by poller_add, which wakes for as long as it is readable.
 */
int poller_create(int signal);
bool poller_add(int poller, int descriptor);
void poller_remove(int poller, int descriptor);

/**
 * Sleep until one of them wakes, or until `deadline_ns`; at once when that has passed. Returns
 * whether the one that was added is readable.
 */
bool poller_wait(int poller, uint64_t deadline_ns);

// ---- threads ----

struct Thread {
    uintptr_t native = 0;
};

using ThreadFunction = void (*)(void *argument);

/** Start a joinable thread. `name` has at most 15 bytes. Returns false when the system refuses. */
bool thread_start(Thread &thread, const char *name, size_t stack_size, ThreadFunction function,
                  void *argument);
/** The system's number of the calling thread, as its tools show it. */
uint64_t thread_id();
void thread_join(Thread thread);
void thread_detach(Thread thread);

/**
 * Undo what user code may have changed in the calling thread: locale, floating point modes, signal
 * mask, priority, name, errno. Returns false when something cannot be undone, so that the thread
 * should not be used again.
 */
bool thread_restore(const char *name);

// ---- the process ----

/** Remember this process. Returns false without memory. Idempotent, any thread. */
bool fork_guard_arm();

/** True in a child of the process that armed the guard. One load. */
bool forked();

// ---- shared objects ----

enum class ImageError : uint8_t { none, not_found, invalid };

/** Does the file begin with these bytes? False when there is no such file. */
bool file_begins_with(const char *path, const char *bytes, size_t length);

/**
 * The absolute path of a file beside the shared object that holds this code. False when it is too
 * long.
 */
bool path_beside_core(const char *name, char *out_path, size_t capacity);

/**
 * How much of an image other images see. An engine's symbols are global, for the native addons of
 * its libraries; in a host that is such an engine itself they are its own only.
 */
enum class ImageScope : uint8_t { own, global, apart };

/** Does the process have this symbol already? */
bool has_symbol(const char *name);

/** Load a shared object for good. On an error `text` has the loader's words. */
void *image_open(const char *path, ImageScope scope, ImageError &error, char *text,
                 size_t text_size);
void *image_symbol(void *image, const char *name);

} // namespace weir::port
