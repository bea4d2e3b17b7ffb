/** Row T18: in a child of fork every call says FORKED at once; the parent goes on. */
#include <map>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/matrix_functions.hpp"

namespace {

using namespace weir::stress;

constexpr uint64_t soon_ms = 100; ///< ten times what is promised

/** In the child: the number of functions that did not say FORKED at once. */
int unforked_calls(Scene &scene) {
    int wrong = 0;
    for (const Function &function : functions) {
        const auto began = Clock::now();
        const weir_status status = function.call(scene);
        wrong += status == WEIR_ERR_FORKED && elapsed_ms(began) < soon_ms ? 0 : 1;
    }
    wrong += weir_call_instance(1) == 0 ? 0 : 1;
    wrong += weir_call_remaining_ms(1) == 0 ? 0 : 1;
    wrong += weir_call_is_canceled(1) == 1 ? 0 : 1;
    wrong += std::string(weir_status_name(WEIR_ERR_FORKED)) == "FORKED" ? 0 : 1;
    return wrong;
}

int exit_code_of(pid_t child) {
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class Fork : public testing::TestWithParam<uint32_t> {
  protected:
    Fork() : host_(GetParam()) {
        scene_.pool = host_.pool;
        scene_.library = host_.library;
        scene_.queue = host_.queue;
        scene_.own = host_.create();
        scene_.other = host_.create();
    }

    Host host_;
    Scene scene_;
};

TEST_P(Fork, row_T18_every_call_in_the_child_is_refused_and_the_parent_goes_on) {
    for (int round = 0; round < 10; round++) {
        EXPECT_EQ(ask(scene_.own, m_echo, "before", 6).data, "before");
        const pid_t child = fork();
        if (child == 0) {
            _exit(unforked_calls(scene_));
        }
        ASSERT_GT(child, 0);
        EXPECT_EQ(exit_code_of(child), 0);
        EXPECT_EQ(ask(scene_.own, m_echo, "after", 5).data, "after");
    }
}

TEST_P(Fork, row_T18_so_it_is_while_other_threads_are_inside_the_library) {
    std::atomic<bool> stop{false};
    std::atomic<uint64_t> failed{0};
    std::vector<std::thread> threads;
    for (int me = 0; me < 3; me++) {
        threads.emplace_back([&] {
            while (!stop) {
                const weir_handle context = host_.create();
                failed += ask(context, m_echo, "x", 1).data == "x" ? 0 : 1;
                failed += weir_context_destroy_wait(context, nullptr) == WEIR_OK ? 0 : 1;
            }
        });
    }
    for (uint64_t round = 0; round < scaled(uint64_t{100}); round++) {
        const pid_t child = fork();
        if (child == 0) {
            _exit(unforked_calls(scene_));
        }
        ASSERT_GT(child, 0);
        EXPECT_EQ(exit_code_of(child), 0);
    }
    stop = true;
    for (std::thread &thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failed, 0u);
}

INSTANTIATE_TEST_SUITE_P(Delivery, Fork,
                         testing::Values(WEIR_DELIVER_QUEUE, WEIR_DELIVER_CALLBACK,
                                         WEIR_DELIVER_DIRECT));

TEST(ForkAndExec, a_process_that_never_used_the_library_may_use_it_in_its_child) {
    const pid_t child = fork();
    if (child == 0) {
        weir_handle queue = 0;
        const bool works = weir_queue_create(nullptr, &queue, nullptr) == WEIR_OK &&
                           weir_queue_close(queue) == WEIR_OK;
        _exit(works ? 0 : 1);
    }
    EXPECT_EQ(exit_code_of(child), 0);
}

/** Open descriptors and whether each is closed by exec. */
std::map<int, bool> open_descriptors() {
    std::map<int, bool> open;
    for (int descriptor = 0; descriptor < 8'192; descriptor++) {
        if (const int flags = fcntl(descriptor, F_GETFD); flags >= 0) {
            open[descriptor] = (flags & FD_CLOEXEC) != 0;
        }
    }
    return open;
}

TEST(ForkAndExec, no_descriptor_reaches_another_program) {
    const auto before = open_descriptors();
    Host host(WEIR_DELIVER_QUEUE);
    int descriptor = -1;
    ASSERT_EQ(weir_queue_fd(host.queue, &descriptor), WEIR_OK);
    int socket = -1;
    ASSERT_EQ(weir_queue_socket(host.queue, &socket), WEIR_OK);
    EXPECT_EQ(ask(host.create(), m_echo).status, WEIR_OK);
    const auto after = open_descriptors();
    EXPECT_TRUE(after.contains(descriptor));
    EXPECT_TRUE(after.contains(socket));
    close(socket);
    EXPECT_GT(after.size(), before.size());
    for (const auto &[opened, closed_by_exec] : after) {
        EXPECT_TRUE(before.contains(opened) || closed_by_exec) << opened;
    }
}

} // namespace
