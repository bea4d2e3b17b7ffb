/**
 * checker.hpp: what a host was promised, kept as a list: which requests were accepted, which
 * results came, which contexts are over. Told from any thread.
 */
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include <weir/library.h>

#include "input.hpp"

namespace weir::fuzz {

class Checker {
  public:
    using RequestKey = std::pair<weir_handle, uint64_t>;

    void accepted(weir_handle context, uint64_t id) {
        const std::lock_guard lock(mutex_);
        require(accepted_.insert({context, id}).second, "a request id is new");
    }

    void opened(weir_handle context) {
        const std::lock_guard lock(mutex_);
        require(context != 0 && opened_.insert(context).second, "a handle is never valid twice");
    }

    /** A blocking destroy has returned, and no callback of the context may follow. */
    void silenced(weir_handle context) {
        const std::lock_guard lock(mutex_);
        over_.insert(context);
    }

    /**
     * A blocking destroy gave up on threads that were stuck: callbacks that were due never start.
     */
    void given_up(weir_handle context) {
        const std::lock_guard lock(mutex_);
        given_up_.insert(context);
    }

    void ticket(uint64_t ticket) {
        const std::lock_guard lock(mutex_);
        tickets_.insert(ticket); // each pool counts its own
    }

    void received(const weir_record &record) {
        const std::lock_guard lock(mutex_);
        if (record.kind == WEIR_RECORD_CREATED) {
            answered_tickets_.insert(record.id);
            if (record.status == WEIR_OK) {
                require(opened_.insert(record.context).second, "a handle is never valid twice");
                created_.push_back(record.context);
            }
            return;
        }
        require(over_.count(record.context) == 0, "nothing follows the end of a context");
        if (record.kind == WEIR_RECORD_RESPONSE) {
            require(results_.insert({record.context, record.id}).second, "one result a request");
        } else if (record.kind == WEIR_RECORD_DESTROYED) {
            // A direct callback that was on its way when the worker was given up may still say so.
            const auto *report = static_cast<const weir_destroy_report *>(record.data);
            if (report->callbacks_running == 0) {
                over_.insert(record.context);
            }
        }
    }

    /** Contexts that tickets brought since the last call. */
    std::vector<weir_handle> take_created() {
        const std::lock_guard lock(mutex_);
        return std::exchange(created_, {});
    }

    /** Everything is closed and collected. */
    void finish() {
        const std::lock_guard lock(mutex_);
        for (const RequestKey &request : accepted_) {
            const bool excused = given_up_.count(request.first) != 0;
            require(excused || results_.count(request) != 0, "each accepted request has a result");
        }
        for (const RequestKey &request : results_) {
            require(accepted_.count(request) != 0, "a result belongs to an accepted request");
        }
        if (answered_tickets_ != tickets_) {
            fprintf(stderr, "tickets %zu, answers %zu\n", tickets_.size(),
                    answered_tickets_.size());
        }
        require(answered_tickets_ == tickets_, "each ticket is answered once");
    }

  private:
    std::mutex mutex_;
    std::set<RequestKey> accepted_, results_;
    std::set<weir_handle> opened_, over_, given_up_;
    std::multiset<uint64_t> tickets_, answered_tickets_;
    std::vector<weir_handle> created_;
};

} // namespace weir::fuzz
