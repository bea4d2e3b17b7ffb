#include "world.hpp"

#include <chrono>
#include <cstring>

#include "called.hpp"
#include "pool_options.hpp"
#include "steps.hpp"

namespace conformance {

namespace {

/** Real time, which only ends a scenario that has failed already. */
constexpr std::chrono::seconds patience{10};
constexpr uint32_t close_timeout_ms = 20'000;
constexpr uint32_t batch = 64;

weir_handle load(const std::string &path) {
    weir_error error = WEIR_ERROR_INIT;
    weir_handle library = 0;
    compare_status("the library", "OK",
                   weir_library_load(path.data(), path.size(), &library, &error), error.message);
    return library;
}

template <class Object>
Object &add(std::mutex &lock, std::map<std::string, std::unique_ptr<Object>> &objects,
            const std::string &name, std::unique_ptr<Object> object) {
    const std::lock_guard guard(lock);
    auto &place = objects[name];
    if (place != nullptr) {
        throw Difference("the name " + name + " is given twice");
    }
    place = std::move(object);
    return *place;
}

template <class Object>
Object &find(std::mutex &lock, std::map<std::string, std::unique_ptr<Object>> &objects,
             const std::string &name) {
    const std::lock_guard guard(lock);
    const auto found = objects.find(name);
    return found != objects.end() ? *found->second : throw Difference("nothing is named " + name);
}

/** Threads of weir give their last things back on their own time. */
bool nothing_is_left(weir_process_stats &live) {
    const auto end = std::chrono::steady_clock::now() + patience;
    do {
        live = {};
        live.struct_size = sizeof live;
        weir_process_stats_get(&live);
        if (live.libraries + live.queues + live.pools + live.slots + live.contexts +
                    live.instances + live.jobs ==
                0 &&
            live.records + live.payload_bytes == 0) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

} // namespace

World::World(const WorldOptions &options)
    : library(load(options.library)), delivery_(options.delivery) {
    if (delivery_ == WEIR_DELIVER_QUEUE) {
        compare_status("the queue", "OK", weir_queue_create(nullptr, &queue_, nullptr), "");
        collector_ = std::thread([this] { collect(); });
    }
    weir_pool_options pool_options = pool_options_of(options.pool);
    set_delivery(pool_options);
    weir_error error = WEIR_ERROR_INIT;
    compare_status("the pool", "OK", weir_pool_create(library, &pool_options, &pool, &error),
                   error.message);
}

World::~World() {
    try {
        end();
    } catch (const std::exception &) {
        // Said before, or about to be said by what is thrown just now.
    }
}

void World::set_delivery(weir_pool_options &options) const {
    options.delivery = delivery_;
    options.queue = queue_;
    options.callback = delivery_ == WEIR_DELIVER_QUEUE ? nullptr : &World::on_record;
}

void World::end() {
    if (library == 0) {
        return;
    }
    weir_close_report report = WEIR_CLOSE_REPORT_INIT;
    const weir_status closed = weir_pool_close_wait(pool, close_timeout_ms, &report);
    if (collector_.joinable()) {
        {
            const std::lock_guard guard(lock);
            ending_ = true;
        }
        weir_queue_wake(queue_);
        collector_.join();
        weir_queue_close(queue_);
    }
    weir_library_close(std::exchange(library, 0));
    if (closed != WEIR_OK && closed != WEIR_ERR_STALE_HANDLE) {
        compare_status("the pool's close", "OK", closed,
                       std::to_string(report.slots_abandoned) + " slots abandoned");
    }
    weir_process_stats live;
    if (!nothing_is_left(live)) {
        throw Difference("left behind: " + std::to_string(live.slots) + " slots, " +
                         std::to_string(live.contexts) + " contexts, " +
                         std::to_string(live.records) + " records, " +
                         std::to_string(live.payload_bytes) + " bytes");
    }
}

void World::collect() {
    weir_record records[batch];
    for (;;) {
        uint32_t count = 0;
        weir_queue_wait(queue_, records, batch, WEIR_FOREVER, &count);
        for (uint32_t at = 0; at < count; at++) {
            take(records[at]);
        }
        weir_records_release(records, count);
        const std::lock_guard guard(lock);
        if (ending_ && count == 0) {
            return;
        }
    }
}

void World::on_record(const weir_record *record, uintptr_t user_data) {
    switch (record->kind) {
    case WEIR_RECORD_RESPONSE: reinterpret_cast<Called *>(user_data)->world.take(*record); break;
    case WEIR_RECORD_EVENT: reinterpret_cast<Listener *>(user_data)->world.take(*record); break;
    default: reinterpret_cast<Lease *>(user_data)->world.take(*record);
    }
}

void World::take(const weir_record &record) {
    switch (record.kind) {
    case WEIR_RECORD_RESPONSE: take_response(record); break;
    case WEIR_RECORD_EVENT: take_event(record); break;
    default: take_context_record(record);
    }
}

void World::take_response(const weir_record &record) {
    Called &called = *reinterpret_cast<Called *>(record.user_data);
    if (called.answered || called.refused) {
        differs(called.refused ? "a refused request got a response" : "a second response came");
    }
    if (called.lease.destroyed) {
        differs("a response came after DESTROYED");
    }
    const std::lock_guard guard(lock);
    called.status = record.status;
    called.body = text_of(record);
    called.answered = true;
    changed.notify_all();
}

void World::take_event(const weir_record &record) {
    Listener &listener = *reinterpret_cast<Listener *>(record.user_data);
    bool first = false;
    {
        const std::lock_guard guard(lock);
        first = listener.heard.empty();
        listener.heard.push_back({std::string(record.name, record.name_length), text_of(record)});
        changed.notify_all();
    }
    if (listener.lease.destroyed) {
        differs("an event came after DESTROYED");
    }
    if (!first) {
        return;
    }
    try {
        if (!listener.gate.empty()) {
            stand_at_gate(listener.gate);
        }
        run_steps(*this, listener.steps);
    } catch (const std::exception &error) {
        differs("in a listener: " + std::string(error.what()));
    }
}

void World::take_context_record(const weir_record &record) {
    Lease &lease = *reinterpret_cast<Lease *>(record.user_data);
    const std::lock_guard guard(lock);
    if (lease.destroyed) {
        differences_.push_back("a record came after DESTROYED");
    }
    if (record.kind == WEIR_RECORD_CREATED) {
        lease.handle = record.context;
        lease.create_status = record.status;
        lease.create_message = text_of(record);
        lease.created = true;
    } else if (record.kind == WEIR_RECORD_DESTROYED) {
        memcpy(&lease.report, record.data, std::min(record.length, sizeof lease.report));
        lease.destroyed = true;
    } else {
        lease.notices.push_back({record.kind, record.id, text_of(record)});
    }
    changed.notify_all();
}

Lease &World::add_lease(const std::string &name) {
    return add(lock, leases_, name, std::make_unique<Lease>(Lease{*this, name}));
}

Called &World::add_called(const std::string &name, Lease &lease) {
    return add(lock, called_, name, std::make_unique<Called>(Called{*this, lease}));
}

Listener &World::add_listener(const std::string &name, Lease &lease) {
    return add(lock, listeners_, name, std::make_unique<Listener>(Listener{*this, lease}));
}

Lease &World::lease(const std::string &name) { return find(lock, leases_, name); }
Called &World::called(const std::string &name) { return find(lock, called_, name); }
Listener &World::listener(const std::string &name) { return find(lock, listeners_, name); }

void World::wait_for(std::string_view what, const std::function<bool()> &condition) {
    std::unique_lock guard(lock);
    if (!changed.wait_for(guard, patience, condition)) {
        throw Difference("waited in vain: " + std::string(what));
    }
}

void World::differs(const std::string &what) {
    const std::lock_guard guard(lock);
    differences_.push_back(what);
}

std::vector<std::string> World::differences() {
    const std::lock_guard guard(lock);
    return differences_;
}

} // namespace conformance
