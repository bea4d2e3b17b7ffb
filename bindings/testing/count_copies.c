/*
 * count_copies.c: counts the bytes that a program copies, for the promise of how often a payload
 * is.
 *
 * Loaded before a program by LD_PRELOAD, it stands in for the C library's copying functions, which
 * the core, the addon, libraries and V8 all use, and adds the bytes of each long copy to a counter
 * in the file that WEIR_COPIED names: 64 bits, which the program itself or another may read at any
 * time. Without that variable it only copies.
 *
 * Not seen: copies below LEAST bytes (there are many, and none of them is a payload of the tests),
 * those of the kernel, of realloc, and of Go's runtime, which has code of its own for them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LEAST = 1024 };

typedef void *(*copy_function)(void *to, const void *from, size_t size);

static uint64_t *copied; /* NULL: nobody wants to know */
static copy_function move;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("WEIR_COPIED");
    int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    void *shared = mmap(NULL, sizeof *copied, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (shared != MAP_FAILED) {
        copied = shared;
    }
}

/* Before the C library's own can be found: dlsym itself may copy. */
static void *move_slowly(void *to, const void *from, size_t size) {
    volatile unsigned char *target = to;
    const unsigned char *source = from;
    if ((uintptr_t)to <= (uintptr_t)from) {
        for (size_t at = 0; at < size; at++) {
            target[at] = source[at];
        }
    } else {
        for (size_t at = size; at > 0; at--) {
            target[at - 1] = source[at - 1];
        }
    }
    return to;
}

static void *counted(void *to, const void *from, size_t size) {
    if (move == NULL) {
        move = move_slowly;
        move = (copy_function)dlsym(RTLD_NEXT, "memmove");
    }
    if (size >= LEAST && copied != NULL) {
        __atomic_add_fetch(copied, size, __ATOMIC_RELAXED);
    }
    return move(to, from, size);
}

void *memcpy(void *to, const void *from, size_t size) { return counted(to, from, size); }
void *memmove(void *to, const void *from, size_t size) { return counted(to, from, size); }

/* What is called instead where the compiler knows the size of the target. */
void *__memcpy_chk(void *to, const void *from, size_t size, size_t room) {
    return size <= room ? counted(to, from, size) : (abort(), NULL);
}
void *__memmove_chk(void *to, const void *from, size_t size, size_t room) {
    return size <= room ? counted(to, from, size) : (abort(), NULL);
}
