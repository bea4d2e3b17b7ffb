/**
 * host.hpp: a host in a few words: libraries, queues, pools and contexts that close themselves, and
 * a recorder for callbacks. What fails in a builder fails the test.
 */
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include <weir/library.h>

#include "support/eventually.hpp"
#include "support/test_library.hpp"

namespace weir::testing {

/** A record, copied out of weir's memory. */
struct Received {
    uint32_t kind = 0;
    weir_status status = WEIR_OK;
    weir_handle context = 0;
    uint64_t id = 0;
    uintptr_t user_data = 0;
    std::string body;
    std::string name;
    uint64_t thread = 0; ///< on which it was collected

    explicit Received(const weir_record &record)
        : kind(record.kind), status(record.status), context(record.context), id(record.id),
          user_data(record.user_data), thread(thread_id()) {
        if (record.length > 0) {
            body.assign(static_cast<const char *>(record.data), record.length);
        }
        if (record.name_length > 0) {
            name.assign(record.name, record.name_length);
        }
    }

    template <class Object> Object as() const {
        return object_in<Object>(body.data(), body.size());
    }
    weir_destroy_report report() const { return as<weir_destroy_report>(); }
};

/** What was delivered, in order, from any thread. With callbacks make it before the pool. */
class Recorder {
  public:
    void add(const weir_record &record) {
        const std::lock_guard lock(mutex_);
        received_.emplace_back(record);
    }

    std::vector<Received> all() {
        const std::lock_guard lock(mutex_);
        return received_;
    }

    std::vector<Received> of_kind(uint32_t kind) {
        std::vector<Received> found;
        for (Received &record : all()) {
            if (record.kind == kind) {
                found.push_back(std::move(record));
            }
        }
        return found;
    }

    size_t count(uint32_t kind) { return of_kind(kind).size(); }

    bool wait_for(uint32_t kind, size_t number = 1) {
        return eventually([&] { return count(kind) >= number; });
    }

    /** For CALLBACK and DIRECT: user_data is the recorder that takes the record. */
    static void callback(const weir_record *record, uintptr_t user_data) {
        auto *recorder = reinterpret_cast<Recorder *>(user_data);
        if (recorder == nullptr) {
            return;
        }
        recorder->add(*record);
        if (recorder->on_record) {
            recorder->on_record(*record);
        }
    }

    uintptr_t user_data() { return reinterpret_cast<uintptr_t>(this); }

    /** Runs in the callback after the record was noted; set it before anything is delivered. */
    std::function<void(const weir_record &)> on_record;

  private:
    std::mutex mutex_;
    std::vector<Received> received_;
};

class HostLibrary {
  public:
    explicit HostLibrary(const weir_library_definition &definition = library::definition) {
        EXPECT_EQ(weir_library_register(&definition, &handle_, nullptr), WEIR_OK);
    }
    ~HostLibrary() { weir_library_close(handle_); }
    HostLibrary(const HostLibrary &) = delete;
    HostLibrary &operator=(const HostLibrary &) = delete;

    weir_handle handle() const { return handle_; }

  private:
    weir_handle handle_ = 0;
};

class HostQueue {
  public:
    explicit HostQueue(uint32_t spin_us = WEIR_OFF) {
        weir_queue_options options = WEIR_QUEUE_OPTIONS_INIT;
        options.spin_us = spin_us;
        EXPECT_EQ(weir_queue_create(&options, &handle_, nullptr), WEIR_OK);
    }
    ~HostQueue() { weir_queue_close(handle_); }
    HostQueue(const HostQueue &) = delete;
    HostQueue &operator=(const HostQueue &) = delete;

    weir_handle handle() const { return handle_; }

    /** Collect what is there into `recorder` and release it. Returns how many. */
    uint32_t drain_to(Recorder &recorder) {
        weir_record records[64];
        uint32_t total = 0;
        for (;;) {
            uint32_t count = 0;
            weir_queue_drain(handle_, records, 64, &count);
            if (count == 0) {
                return total;
            }
            for (uint32_t at = 0; at < count; at++) {
                recorder.add(records[at]);
            }
            weir_records_release(records, count);
            total += count;
        }
    }

    /** Collect until `number` records of this kind are in `recorder`. */
    bool collect(Recorder &recorder, uint32_t kind, size_t number = 1) {
        return eventually([&] {
            drain_to(recorder);
            return recorder.count(kind) >= number;
        });
    }

  private:
    weir_handle handle_ = 0;
};

/**
 * Options for tests: `delivery`, callbacks to the Recorder in user_data, and no spinning, since a
 * spin does not end on a clock that stands still.
 */
inline weir_pool_options test_options(uint32_t delivery, weir_handle queue = 0) {
    weir_pool_options options = WEIR_POOL_OPTIONS_INIT;
    options.delivery = delivery;
    options.queue = queue;
    options.spin_us = WEIR_OFF;
    options.callback = delivery == WEIR_DELIVER_QUEUE ? nullptr : &Recorder::callback;
    return options;
}

class HostPool {
  public:
    HostPool(const HostLibrary &library, const weir_pool_options &options) {
        weir_error error = WEIR_ERROR_INIT;
        EXPECT_EQ(weir_pool_create(library.handle(), &options, &handle_, &error), WEIR_OK)
            << error.message;
    }
    ~HostPool() { close(); }
    HostPool(const HostPool &) = delete;
    HostPool &operator=(const HostPool &) = delete;

    weir_handle handle() const { return handle_; }

    /**
     * Close and wait, up to `timeout_ms` of weir's clock. STALE_HANDLE when it was closed before.
     */
    weir_status close(uint32_t timeout_ms = 0, weir_close_report *report = nullptr) {
        return weir_pool_close_wait(handle_, timeout_ms, report);
    }

    weir_pool_stats stats() const {
        weir_pool_stats stats = {};
        stats.struct_size = sizeof stats;
        EXPECT_EQ(weir_pool_stats_get(handle_, &stats), WEIR_OK);
        return stats;
    }

  private:
    weir_handle handle_ = 0;
};

/** One response, copied. `call` is what the blocking call itself returned. */
struct Response {
    weir_status call = WEIR_OK;
    weir_status status = WEIR_OK;
    std::string body;

    template <class Object> Object as() const {
        return object_in<Object>(body.data(), body.size());
    }
};

inline weir_request make_request(std::string_view method, std::string_view data) {
    weir_request request = WEIR_REQUEST_INIT;
    request.name = method.data();
    request.name_length = method.size();
    request.data = data.data();
    request.length = data.size();
    return request;
}

class HostContext {
  public:
    explicit HostContext(const HostPool &pool, InstancePlan *plan = nullptr,
                         Recorder *recorder = nullptr)
        : recorder_(recorder) {
        weir_context_options options = WEIR_CONTEXT_OPTIONS_INIT;
        options.config = plan == nullptr ? nullptr : &plan;
        options.config_length = plan == nullptr ? 0 : sizeof plan;
        options.user_data = user_data();
        weir_error error = WEIR_ERROR_INIT;
        EXPECT_EQ(weir_context_create(pool.handle(), &options, &handle_, &error), WEIR_OK)
            << error.message;
    }
    ~HostContext() { weir_context_destroy(handle_); }
    HostContext(const HostContext &) = delete;
    HostContext &operator=(const HostContext &) = delete;

    weir_handle handle() const { return handle_; }

    /** Send; the response goes to the recorder of this context. Returns the id, 0 when refused. */
    uint64_t send(std::string_view method, std::string_view data = {}, uint32_t timeout_ms = 0) {
        weir_request request = make_request(method, data);
        request.timeout_ms = timeout_ms;
        request.user_data = user_data();
        uint64_t id = 0;
        last_status = weir_request_send(handle_, &request, &id, nullptr);
        return last_status == WEIR_OK ? id : 0;
    }

    /** Send and wait for the response. */
    Response call(std::string_view method, std::string_view data = {}, uint32_t timeout_ms = 0) {
        weir_request request = make_request(method, data);
        request.timeout_ms = timeout_ms;
        Response response;
        weir_record record = {};
        response.call = weir_request_wait(handle_, &request, &record, nullptr);
        if (response.call == WEIR_OK) {
            const Received received(record);
            response.status = received.status;
            response.body = received.body;
            weir_records_release(&record, 1);
        }
        return response;
    }

    /** Run `script` on the worker; it must answer its call. */
    Response run(const Script &script) { return call("run", bytes_of(&script)); }

    uint64_t listen(std::string_view name) {
        uint64_t listener = 0;
        last_status =
            weir_context_listen(handle_, name.data(), name.size(), nullptr, user_data(), &listener);
        return listener;
    }

    weir_status destroy() { return weir_context_destroy(handle_); }

    weir_destroy_report destroy_wait() {
        weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
        last_status = weir_context_destroy_wait(handle_, &report);
        return report;
    }

    weir_status last_status = WEIR_OK;

  private:
    uintptr_t user_data() const { return recorder_ == nullptr ? 0 : recorder_->user_data(); }

    weir_handle handle_ = 0;
    Recorder *recorder_ = nullptr;
};

inline weir_process_stats process_stats() {
    weir_process_stats stats = {};
    stats.struct_size = sizeof stats;
    EXPECT_EQ(weir_process_stats_get(&stats), WEIR_OK);
    return stats;
}

/** After everything was closed: nothing of weir is left, once its last threads have gone. */
inline bool nothing_is_left() {
    return eventually([] {
        const weir_process_stats live = process_stats();
        return live.libraries + live.queues + live.pools + live.slots + live.contexts +
                       live.instances + live.jobs ==
                   0 &&
               live.records == 0 && live.payload_bytes == 0;
    });
}

} // namespace weir::testing
