/**
 * The socket of a queue: a byte for each turn from empty to not empty, and nothing that a host does
 * with its end reaches the queue.
 */
#include <poll.h>
#include <unistd.h>

#include "support/stress.hpp"

namespace {

using namespace weir::stress;

/** The host's end; closed by itself. */
class Socket {
  public:
    explicit Socket(weir_handle queue) { status_ = weir_queue_socket(queue, &descriptor_); }
    ~Socket() { close_it(); }
    Socket(const Socket &) = delete;
    Socket &operator=(const Socket &) = delete;

    weir_status status() const { return status_; }

    bool is_readable(int timeout_ms = 0) const {
        pollfd polled = {.fd = descriptor_, .events = POLLIN, .revents = 0};
        return poll(&polled, 1, timeout_ms) == 1;
    }

    /** How many bytes are there; 0 also at the end of the stream. */
    ssize_t read_all() const {
        char bytes[64];
        return is_readable() ? read(descriptor_, bytes, sizeof bytes) : 0;
    }

    void close_it() {
        if (descriptor_ >= 0) {
            close(std::exchange(descriptor_, -1));
        }
    }

  private:
    int descriptor_ = -1;
    weir_status status_ = WEIR_OK;
};

constexpr int long_ms = 10'000;

void send(weir_handle context) {
    const weir_request request = make_request(m_echo, "x", 1);
    ASSERT_EQ(weir_request_send(context, &request, nullptr, nullptr), WEIR_OK);
}

uint32_t drain(weir_handle queue, uint32_t capacity) {
    weir_record records[8];
    uint32_t count = 0;
    EXPECT_EQ(weir_queue_drain(queue, records, capacity, &count), WEIR_OK);
    EXPECT_EQ(weir_records_release(records, count), WEIR_OK);
    return count;
}

/** Wait for one record without the socket. */
void collect(weir_handle queue) {
    weir_record record;
    uint32_t count = 0;
    ASSERT_EQ(weir_queue_wait(queue, &record, 1, long_ms, &count), WEIR_OK);
    EXPECT_EQ(weir_records_release(&record, count), WEIR_OK);
}

TEST(QueueSocket, receives_one_byte_for_each_turn_from_empty_to_not_empty) {
    Host host(WEIR_DELIVER_QUEUE);
    const Socket socket(host.queue);
    ASSERT_EQ(socket.status(), WEIR_OK);
    const weir_handle context = host.create();
    EXPECT_FALSE(socket.is_readable());
    for (int round = 0; round < 100; round++) {
        send(context);
        ASSERT_TRUE(socket.is_readable(long_ms));
        EXPECT_EQ(socket.read_all(), 1);
        ASSERT_EQ(drain(host.queue, 8), 1u);
    }
    EXPECT_FALSE(socket.is_readable());
}

TEST(QueueSocket, says_nothing_of_records_that_come_before_the_queue_was_found_empty) {
    Host host(WEIR_DELIVER_QUEUE);
    const Socket socket(host.queue);
    const weir_handle context = host.create();
    send(context);
    ASSERT_TRUE(socket.is_readable(long_ms));
    EXPECT_EQ(socket.read_all(), 1);
    send(context);
    collect(host.queue); // the first or both: no drain has found the queue empty
    while (drain(host.queue, 1) != 1) {
    }
    EXPECT_LE(socket.read_all(), 1);
    EXPECT_EQ(drain(host.queue, 8), 0u);
    send(context);
    EXPECT_TRUE(socket.is_readable(long_ms)) << "an empty drain lets the next record be told";
}

TEST(QueueSocket, is_told_at_once_of_what_lies_there_already) {
    Host host(WEIR_DELIVER_QUEUE);
    const weir_handle context = host.create();
    EXPECT_EQ(ask(context, m_echo).status, WEIR_OK);
    send(context);
    ASSERT_TRUE(eventually([&] { return host.stats().responses_ok == 2; }));
    const Socket socket(host.queue);
    ASSERT_EQ(socket.status(), WEIR_OK);
    EXPECT_TRUE(socket.is_readable(long_ms));
}

TEST(QueueSocket, is_given_out_once) {
    Host host(WEIR_DELIVER_QUEUE);
    Socket first(host.queue);
    ASSERT_EQ(first.status(), WEIR_OK);
    EXPECT_EQ(Socket(host.queue).status(), WEIR_ERR_BUSY);
    first.close_it();
    EXPECT_EQ(Socket(host.queue).status(), WEIR_ERR_BUSY);
    EXPECT_EQ(weir_queue_socket(host.queue, nullptr), WEIR_ERR_INVALID_ARGUMENT);
}

TEST(QueueSocket, may_be_closed_by_the_host_while_records_come) {
    Host host(WEIR_DELIVER_QUEUE);
    Socket socket(host.queue);
    const weir_handle context = host.create();
    socket.close_it();
    for (int round = 0; round < 100; round++) {
        send(context);
        collect(host.queue);
        EXPECT_EQ(drain(host.queue, 8), 0u);
    }
    // Told by this thread: where SIGPIPE is not blocked it would end the process.
    const Work wait_for_cancel = [](weir_call call, Instance &) {
        weir_call_on_cancel(
            call, [](weir_call canceled, uintptr_t) { weir_call_resolve(canceled, nullptr, 0); },
            0);
    };
    const Work *pointer = &wait_for_cancel;
    const weir_request request = run_request(pointer);
    uint64_t id = 0;
    ASSERT_EQ(weir_request_send(context, &request, &id, nullptr), WEIR_OK);
    ASSERT_EQ(weir_request_cancel(context, id), WEIR_OK);
    collect(host.queue);
}

TEST(QueueSocket, that_nobody_reads_holds_nothing_up) {
    Host host(WEIR_DELIVER_QUEUE);
    const Socket socket(host.queue);
    const weir_handle context = host.create();
    for (int round = 0; round < 3'000; round++) {
        send(context);
        collect(host.queue);
        ASSERT_EQ(drain(host.queue, 8), 0u);
    }
    EXPECT_TRUE(socket.is_readable());
}

TEST(QueueSocket, ends_with_its_queue) {
    weir_handle queue = 0;
    ASSERT_EQ(weir_queue_create(nullptr, &queue, nullptr), WEIR_OK);
    const Socket socket(queue);
    EXPECT_FALSE(socket.is_readable());
    ASSERT_EQ(weir_queue_close(queue), WEIR_OK);
    EXPECT_TRUE(socket.is_readable());
    EXPECT_EQ(socket.read_all(), 0);
}

} // namespace
