/**
 * node_host.hpp: a host of a TypeScript library in a few words. A request is a line of JavaScript,
 * its answer a line of text:
 *
 *     Host host;
 *     Context context(host);
 *     EXPECT_EQ(context.run("return 1 + 1"), "OK 2");
 *     EXPECT_EQ(context.run("throw new Error('no')"), "HANDLER Error: no");
 *
 * The clock is the real one: what takes a while is waited for, and no time is measured without ten
 * times its slack. A host's end closes all and looks that nothing of weir is left.
 */
#pragma once

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "library_writer.hpp"
#include "support/host.hpp"
#include "support/stress.hpp"

namespace weir::node_testing {

using stress::Clock;
using stress::elapsed_ms;
using testing::eventually;
using testing::Received;
using testing::Recorder;
using testing::scaled;
using testing::under_sanitizer;

using Tweak = std::function<void(weir_pool_options &)>;

/**
 * Handlers that hang are seen soon: after the time that a busy machine builds an environment in.
 */
inline void notice_wedged(weir_pool_options &options) {
    options.slow_ms = WEIR_OFF;
    options.wedged_ms = 400;
    options.check_ms = 20;
}

/** And they are stopped. */
inline void stop_wedged(weir_pool_options &options) {
    notice_wedged(options);
    options.on_wedged = WEIR_ON_WEDGED_INTERRUPT;
}

/** A destroy that need not be waited for. */
inline void hurry(weir_pool_options &options) {
    options.drain_ms = 50;
    options.cancel_ms = 100;
    options.teardown_ms = 200;
}

/** The sum of these and of what weir adds, with room for a busy machine. */
inline constexpr uint64_t hurried_destroy_ms = 10 * (50 + 100 + 200 + 500);

inline Tweak operator+(const Tweak &one, const Tweak &other) {
    return [one, other](weir_pool_options &options) {
        one(options);
        other(options);
    };
}

/** A library from a file, a queue, and a pool of it. */
class Host {
  public:
    explicit Host(const Tweak &tweak = {}, std::string_view bundle = everyday_bundle)
        : path(folder.write("everyday.weir", library_bytes(bundle))) {
        open_hosts++;
        weir_error error = WEIR_ERROR_INIT;
        EXPECT_EQ(weir_library_load(path.data(), path.size(), &library, &error), WEIR_OK)
            << error.message;
        EXPECT_EQ(weir_queue_create(nullptr, &queue, nullptr), WEIR_OK);
        weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
        options.delivery = WEIR_DELIVER_QUEUE;
        options.queue = queue;
        if (tweak) {
            tweak(options);
        }
        if (options.delivery != WEIR_DELIVER_QUEUE) {
            options.queue = 0;
            options.callback = options.callback == nullptr ? &Recorder::callback : options.callback;
        }
        if (weir_pool_create(library, &options, &pool, &error) != WEIR_OK) {
            throw std::runtime_error(error.message);
        }
    }

    ~Host() { close(); }
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;

    void close() {
        if (library == 0) {
            return;
        }
        weir_close_report report = WEIR_CLOSE_REPORT_INIT;
        EXPECT_EQ(weir_pool_close_wait(pool, 20'000, &report), WEIR_OK)
            << report.slots_abandoned << " slots abandoned";
        drain();
        EXPECT_EQ(weir_queue_close(queue), WEIR_OK);
        EXPECT_EQ(weir_library_close(std::exchange(library, 0)), WEIR_OK);
        if (--open_hosts > 0) {
            return;
        }
        const weir_process_stats live = stress::live_objects();
        EXPECT_EQ(live.pools + live.queues + live.libraries + live.slots, 0u);
        EXPECT_EQ(live.contexts, 0u);
        EXPECT_EQ(live.instances, 0u);
        EXPECT_EQ(live.records, 0u);
        EXPECT_EQ(live.payload_bytes, 0u);
    }

    /** Take what lies in the queue. */
    void drain() {
        weir_record records[64];
        uint32_t count = 0;
        while (weir_queue_drain(queue, records, 64, &count) == WEIR_OK && count != 0) {
            for (uint32_t at = 0; at < count; at++) {
                recorder.add(records[at]);
            }
            weir_records_release(records, count);
        }
    }

    /** Wait for `number` records of this kind. */
    bool wait_for(uint32_t kind, size_t number = 1) {
        return eventually([&] {
            drain();
            return recorder.count(kind) >= number;
        });
    }

    /** The response to request `id`, once it is there, as text. */
    std::string response(uint64_t id);

    weir_pool_stats stats() const {
        weir_pool_stats stats = {};
        stats.struct_size = sizeof stats;
        EXPECT_EQ(weir_pool_stats_get(pool, &stats), WEIR_OK);
        return stats;
    }

    /** Wait until nobody has a slot, and each has an environment for the next owner. */
    bool is_whole() const {
        return eventually([this] {
            const weir_pool_stats now = stats();
            return now.slots_idle == now.slots_total && now.slots_prepared == now.slots_idle;
        });
    }

    TemporaryFolder folder;
    std::string path;
    Recorder recorder;
    weir_handle library = 0;
    weir_handle queue = 0;
    weir_handle pool = 0;

  private:
    static inline int open_hosts = 0; ///< the last one looks whether anything is left
};

/** "OK body", or the status' name and the message. */
inline std::string as_text(weir_status status, std::string_view body) {
    std::string text = weir_status_name(status);
    return body.empty() ? text : text + " " + std::string(body);
}

inline std::string Host::response(uint64_t id) {
    std::string text = "no response";
    eventually([&] {
        drain();
        for (const Received &record : recorder.of_kind(WEIR_RECORD_RESPONSE)) {
            if (record.id == id) {
                text = as_text(record.status, record.body);
                return true;
            }
        }
        return false;
    });
    return text;
}

class Context {
  public:
    explicit Context(Host &host, std::string_view config = {}) : host_(&host) {
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.config = config.data();
        options.config_length = config.size();
        options.user_data = host.recorder.user_data();
        weir_error error = WEIR_ERROR_INIT;
        if (weir_context_create_wait(host.pool, &options, 20'000, &handle_, &error) != WEIR_OK) {
            throw std::runtime_error(error.message);
        }
    }
    ~Context() { weir_context_destroy(handle_); }
    Context(const Context &) = delete;
    Context &operator=(const Context &) = delete;

    weir_handle handle() const { return handle_; }

    /** Send and wait for the answer. */
    std::string call(std::string_view method, std::string_view data, uint32_t timeout_ms = 0) {
        weir_request request = testing::make_request(method, data);
        request.timeout_ms = timeout_ms;
        weir_record record = {};
        const weir_status called = weir_request_wait(handle_, &request, &record, nullptr);
        if (called != WEIR_OK) {
            return "refused: " + std::string(weir_status_name(called));
        }
        const Received received(record);
        weir_records_release(&record, 1);
        return as_text(received.status, received.body);
    }

    std::string run(std::string_view code, uint32_t timeout_ms = 0) {
        return call("run", code, timeout_ms);
    }

    /** Send; Host::response has the answer. 0 when it was refused. */
    uint64_t send(std::string_view code, uint32_t timeout_ms = 0) {
        weir_request request = testing::make_request("run", code);
        request.timeout_ms = timeout_ms;
        request.user_data = host_->recorder.user_data();
        uint64_t id = 0;
        EXPECT_EQ(weir_request_send(handle_, &request, &id, nullptr), WEIR_OK);
        return id;
    }

    uint64_t listen(std::string_view name) {
        uint64_t listener = 0;
        EXPECT_EQ(weir_context_listen(handle_, name.data(), name.size(), nullptr,
                                      host_->recorder.user_data(), &listener),
                  WEIR_OK);
        return listener;
    }

    weir_destroy_report destroy() {
        weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
        EXPECT_EQ(weir_context_destroy_wait(handle_, &report), WEIR_OK);
        return report;
    }

  private:
    Host *host_;
    weir_handle handle_ = 0;
};

} // namespace weir::node_testing
