#include <weir/weir.h>

const char *weir_status_name(weir_status status) {
    static constexpr const char *names[] = {
        "OK",
        "INVALID_ARGUMENT",
        "STALE_HANDLE",
        "FORKED",
        "NO_MEMORY",
        "NO_RESOURCES",
        "POOL_EXHAUSTED",
        "QUEUE_FULL",
        "TOO_LARGE",
        "BAD_UTF8",
        "UNKNOWN_METHOD",
        "WOULD_DEADLOCK",
        "TIMED_OUT",
        "CANCELED",
        "CLOSED",
        "CREATE_FAILED",
        "HANDLER",
        "INTERRUPTED",
        "VERSION_MISMATCH",
        "LIBRARY_NOT_FOUND",
        "LIBRARY_INVALID",
        "BUSY",
        "TOO_DEEP",
        "ENGINE_MISSING",
        "INSTANCE_ENDED",
        "CONTRACT_MISMATCH",
    };
    constexpr weir_status count = sizeof names / sizeof names[0];
    return status >= 0 && status < count ? names[status] : "UNKNOWN";
}
