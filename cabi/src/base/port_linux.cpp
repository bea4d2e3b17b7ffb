/**
 * port_linux.cpp: the port on Linux. Sleeping is a private futex, a descriptor is an eventfd, the
 * fork guard is a page that the kernel wipes in children (MADV_WIPEONFORK), so that no atfork
 * handler is needed.
 */
#include "base/port.hpp"

#include <cerrno>
#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include <climits>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace weir::port {

namespace {

constexpr uint64_t nanoseconds_per_second = 1'000'000'000;
constexpr size_t cache_line = 64;
constexpr size_t thread_name_size = 16;

/** Keeps errno: weir runs inside other people's functions. */
class ErrnoKeeper {
  public:
    ErrnoKeeper() : saved_(errno) {}
    ~ErrnoKeeper() { errno = saved_; }
    ErrnoKeeper(const ErrnoKeeper &) = delete;
    ErrnoKeeper &operator=(const ErrnoKeeper &) = delete;

  private:
    int saved_;
};

timespec to_timespec(uint64_t nanoseconds) {
    return {.tv_sec = static_cast<time_t>(nanoseconds / nanoseconds_per_second),
            .tv_nsec = static_cast<long>(nanoseconds % nanoseconds_per_second)};
}

long futex_wake(std::atomic<uint32_t> &word, int count) {
    const ErrnoKeeper keep;
    return syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, count, nullptr, nullptr, 0);
}

/** All signals but those that the failing instruction itself raises. */
sigset_t asynchronous_signals() {
    sigset_t set;
    sigfillset(&set);
    for (const int synchronous : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS}) {
        sigdelset(&set, synchronous);
    }
    return set;
}

/** Round to nearest, nothing traps. By hand, since fesetenv would bring in libm. */
void restore_floating_point() {
#if defined(__x86_64__) || defined(__i386__)
    constexpr unsigned int default_control = 0x1F80;
    __builtin_ia32_ldmxcsr(default_control);
    asm volatile("fninit");
#elif defined(__aarch64__)
    asm volatile("msr fpcr, xzr\n\tmsr fpsr, xzr");
#endif
}

struct StartPack {
    ThreadFunction function;
    void *argument;
    char name[thread_name_size];
};

[[gnu::tls_model("initial-exec")]] thread_local int priority_at_start = 0;

void *thread_main(void *memory) {
    StartPack pack = *static_cast<StartPack *>(memory);
    deallocate(memory);
    prctl(PR_SET_NAME, pack.name);
    priority_at_start = getpriority(PRIO_PROCESS, 0);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, nullptr);
    pack.function(pack.argument);
    return nullptr;
}

bool start_with_signals_blocked(pthread_t &thread, const pthread_attr_t &attributes,
                                StartPack *pack) {
    const sigset_t blocked = asynchronous_signals();
    sigset_t before;
    pthread_sigmask(SIG_SETMASK, &blocked, &before);
    const int result = pthread_create(&thread, &attributes, thread_main, pack);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return result == 0;
}

std::atomic<const std::atomic<uint32_t> *> guard_page{nullptr};
constexpr uint32_t guard_mark = 0x77656972; // "weir"

} // namespace

uint64_t now_ns() {
    timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return static_cast<uint64_t>(time.tv_sec) * nanoseconds_per_second +
           static_cast<uint64_t>(time.tv_nsec);
}

uint32_t current_cpu() {
    if (__rseq_size != 0) {
        const char *self = static_cast<const char *>(__builtin_thread_pointer());
        const auto *area = reinterpret_cast<const struct rseq *>(self + __rseq_offset);
        return __atomic_load_n(&area->cpu_id, __ATOMIC_RELAXED);
    }
    return static_cast<uint32_t>(sched_getcpu());
}

void yield_thread() { sched_yield(); }

bool wait_word(std::atomic<uint32_t> &word, uint32_t expected, uint64_t deadline_ns) {
    const ErrnoKeeper keep;
    const timespec deadline = to_timespec(deadline_ns);
    const long result =
        syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, expected,
                deadline_ns == never ? nullptr : &deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
    return result == 0 || errno != ETIMEDOUT;
}

bool wake_one(std::atomic<uint32_t> &word) { return futex_wake(word, 1) > 0; }

void wake_all(std::atomic<uint32_t> &word) { futex_wake(word, INT32_MAX); }

void *allocate(size_t size) {
    const ErrnoKeeper keep;
    void *memory = nullptr;
    if (posix_memalign(&memory, cache_line, size == 0 ? 1 : size) != 0) {
        return nullptr;
    }
    return memset(memory, 0, size);
}

void deallocate(void *memory) {
    const ErrnoKeeper keep;
    free(memory);
}

int descriptor_create() {
    const ErrnoKeeper keep;
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

void descriptor_set(int descriptor) {
    const ErrnoKeeper keep;
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = write(descriptor, &one, sizeof one);
}

void descriptor_clear(int descriptor) {
    const ErrnoKeeper keep;
    uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = read(descriptor, &count, sizeof count);
}

void descriptor_close(int descriptor) {
    const ErrnoKeeper keep;
    close(descriptor);
}

bool socket_create(int &out_writer, int &out_reader) {
    const ErrnoKeeper keep;
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
        return false;
    }
    out_writer = ends[0];
    out_reader = ends[1];
    return true;
}

void socket_set(int writer) {
    const ErrnoKeeper keep;
    const char byte = 1;
    [[maybe_unused]] const ssize_t sent = send(writer, &byte, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/** What tells the descriptor that was added from the signal. */
constexpr uint32_t added_mark = 1;

int poller_create(int signal) {
    const ErrnoKeeper keep;
    const int poller = epoll_create1(EPOLL_CLOEXEC);
    epoll_event event = {};
    event.events = EPOLLIN | EPOLLET;
    if (poller >= 0 && epoll_ctl(poller, EPOLL_CTL_ADD, signal, &event) != 0) {
        close(poller);
        return -1;
    }
    return poller;
}

bool poller_add(int poller, int descriptor) {
    const ErrnoKeeper keep;
    epoll_event event = {};
    event.events = EPOLLIN;
    event.data.u32 = added_mark;
    return epoll_ctl(poller, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void poller_remove(int poller, int descriptor) {
    const ErrnoKeeper keep;
    epoll_event event = {};
    epoll_ctl(poller, EPOLL_CTL_DEL, descriptor, &event);
}

bool poller_wait(int poller, uint64_t deadline_ns) {
    const ErrnoKeeper keep;
    int timeout_ms = -1;
    if (deadline_ns != never) {
        constexpr uint64_t longest_ms = 60'000;
        const uint64_t now = now_ns();
        const uint64_t left_ns = deadline_ns > now ? deadline_ns - now : 0;
        const uint64_t left_ms = (left_ns + 999'999) / 1'000'000;
        timeout_ms = static_cast<int>(left_ms < longest_ms ? left_ms : longest_ms);
    }
    epoll_event events[2] = {};
    const int count = epoll_wait(poller, events, 2, timeout_ms);
    return (count > 0 && events[0].data.u32 == added_mark) ||
           (count > 1 && events[1].data.u32 == added_mark);
}

bool thread_start(Thread &thread, const char *name, size_t stack_size, ThreadFunction function,
                  void *argument) {
    const ErrnoKeeper keep;
    auto *pack = static_cast<StartPack *>(allocate(sizeof(StartPack)));
    pthread_attr_t attributes;
    if (pack == nullptr || pthread_attr_init(&attributes) != 0) {
        deallocate(pack);
        return false;
    }
    pack->function = function;
    pack->argument = argument;
    strncpy(pack->name, name, sizeof pack->name - 1);
    pthread_t native = 0;
    const bool started = pthread_attr_setstacksize(&attributes, stack_size) == 0 &&
                         start_with_signals_blocked(native, attributes, pack);
    pthread_attr_destroy(&attributes);
    if (!started) {
        deallocate(pack);
        return false;
    }
    thread.native = native;
    return true;
}

uint64_t thread_id() { return static_cast<uint64_t>(syscall(SYS_gettid)); }

void thread_join(Thread thread) { pthread_join(thread.native, nullptr); }

void thread_detach(Thread thread) { pthread_detach(thread.native); }

bool thread_restore(const char *name) {
    uselocale(LC_GLOBAL_LOCALE);
    restore_floating_point();
    const sigset_t blocked = asynchronous_signals();
    pthread_sigmask(SIG_SETMASK, &blocked, nullptr);
    char current[thread_name_size] = {};
    prctl(PR_GET_NAME, current);
    if (strncmp(current, name, sizeof current) != 0) {
        prctl(PR_SET_NAME, name);
    }
    bool restored = true;
    if (getpriority(PRIO_PROCESS, 0) != priority_at_start) {
        restored = setpriority(PRIO_PROCESS, 0, priority_at_start) == 0;
    }
    errno = 0;
    return restored;
}

bool fork_guard_arm() {
    if (guard_page.load(std::memory_order_acquire) != nullptr) {
        return true;
    }
    const ErrnoKeeper keep;
    const auto size = static_cast<size_t>(sysconf(_SC_PAGESIZE));
    void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || madvise(memory, size, MADV_WIPEONFORK) != 0) {
        return false;
    }
    auto *mark = static_cast<std::atomic<uint32_t> *>(memory);
    mark->store(guard_mark, std::memory_order_relaxed);
    const std::atomic<uint32_t> *nobody = nullptr;
    if (!guard_page.compare_exchange_strong(nobody, mark, std::memory_order_acq_rel)) {
        munmap(memory, size);
    }
    return true;
}

bool forked() {
    const std::atomic<uint32_t> *mark = guard_page.load(std::memory_order_acquire);
    return mark != nullptr && mark->load(std::memory_order_relaxed) != guard_mark;
}

bool file_begins_with(const char *path, const char *bytes, size_t length) {
    const ErrnoKeeper keep;
    char head[64] = {};
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return false;
    }
    const ssize_t got = length <= sizeof head ? read(file, head, length) : -1;
    close(file);
    return got == static_cast<ssize_t>(length) && memcmp(head, bytes, length) == 0;
}

bool path_beside_core(const char *name, char *out_path, size_t capacity) {
    const ErrnoKeeper keep;
    Dl_info info;
    if (dladdr(reinterpret_cast<void *>(&path_beside_core), &info) == 0) {
        return false;
    }
    char real[PATH_MAX];
    if (realpath(info.dli_fname, real) == nullptr) {
        return false;
    }
    const char *slash = strrchr(real, '/');
    const size_t folder = static_cast<size_t>(slash - real) + 1;
    if (folder + strlen(name) + 1 > capacity) {
        return false;
    }
    memcpy(out_path, real, folder);
    memcpy(out_path + folder, name, strlen(name) + 1);
    return true;
}

bool has_symbol(const char *name) { return dlsym(RTLD_DEFAULT, name) != nullptr; }

void *image_open(const char *path, ImageScope scope, ImageError &error, char *text,
                 size_t text_size) {
    const ErrnoKeeper keep;
    error = ImageError::none;
    struct stat info;
    if (stat(path, &info) != 0) {
        error = ImageError::not_found;
        strncpy(text, strerrordesc_np(errno), text_size - 1);
        text[text_size - 1] = '\0';
        return nullptr;
    }
    const int visible = scope == ImageScope::global  ? RTLD_GLOBAL
                        : scope == ImageScope::apart ? RTLD_LOCAL | RTLD_DEEPBIND
                                                     : RTLD_LOCAL;
    void *image = dlopen(path, RTLD_NOW | RTLD_NODELETE | visible);
    if (image == nullptr) {
        error = ImageError::invalid;
        const char *words = dlerror();
        strncpy(text, words == nullptr ? "unknown error of the loader" : words, text_size - 1);
        text[text_size - 1] = '\0';
    }
    return image;
}

void *image_symbol(void *image, const char *name) { return dlsym(image, name); }

} // namespace weir::port
