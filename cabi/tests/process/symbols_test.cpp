/**
 * Row T13: a host that defines and exports functions of the names that the core uses inside. Had
 * the core been bound to them, nothing below would work.
 */
#include "support/stress.hpp"

#define EXPORTED __attribute__((visibility("default"), used))

namespace {

std::atomic<int> taken_in{0};

} // namespace

namespace weir {

struct Slot;
struct Record;

EXPORTED void deliver(Slot &, Record &);
EXPORTED void release(Record &);
EXPORTED void *worker_main(void *);
void deliver(Slot &, Record &) { taken_in++; }
void release(Record &) { taken_in++; }
void *worker_main(void *) { return nullptr; }

namespace port {

EXPORTED uint64_t now_ns();
EXPORTED bool forked();
EXPORTED void *allocate(size_t);
EXPORTED void deallocate(void *);
EXPORTED void wake_one(std::atomic<uint32_t> &);
uint64_t now_ns() {
    taken_in++;
    return 0;
}
bool forked() {
    taken_in++;
    return true;
}
void *allocate(size_t) {
    taken_in++;
    return nullptr;
}
void deallocate(void *) { taken_in++; }
void wake_one(std::atomic<uint32_t> &) { taken_in++; }

} // namespace port
} // namespace weir

extern "C" {
EXPORTED int weir_create(void);
EXPORTED int weir_entry(void);
int weir_create(void) { return ++taken_in; }
int weir_entry(void) { return ++taken_in; }
}

namespace {

using namespace weir::stress;

TEST(Symbols, row_T13_the_names_of_a_host_do_not_reach_the_core) {
    for (const uint32_t delivery :
         {WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK, WEIR_DELIVER_DIRECT}) {
        Host host(delivery);
        const std::string payload(10'000, 'p');
        const weir_handle context = host.create();
        EXPECT_EQ(ask(context, m_echo, payload.data(), payload.size()).data, payload);
        EXPECT_EQ(weir_context_destroy_wait(context, nullptr), WEIR_OK);
    }
    EXPECT_EQ(taken_in, 0);
}

} // namespace
