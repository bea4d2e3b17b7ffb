/**
 * world.hpp: the library, the pool and the queue of one scenario, and what was delivered.
 *
 * Guarantees, which every scenario checks beside what it says:
 *   - each request has one response at most, and a refused one none;
 *   - nothing is delivered for a context after its DESTROYED record;
 *   - after the end no object of weir is left.
 * Threads: steps run on the main thread and in listeners; `lock` guards what both see.
 */
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "difference.hpp"

namespace conformance {

class World;

struct Notice {
    uint32_t kind = 0;
    uint64_t number = 0;
    std::string message;
};

/** A context, or a create that waits for one. Its address is the user_data of its records. */
struct Lease {
    World &world;
    std::string name;
    weir_handle handle = 0;
    uint64_t ticket = 0;
    bool created = false; ///< the answer of create is there
    weir_status create_status = WEIR_OK;
    std::string create_message{};
    bool destroyed = false;
    weir_destroy_report report = WEIR_DESTROY_REPORT_INIT;
    std::deque<Notice> notices{};
};

/** A request. */
struct Called {
    World &world;
    Lease &lease;
    uint64_t id = 0;
    bool refused = false;
    bool answered = false;
    weir_status status = WEIR_OK;
    std::string body{};
};

struct Heard {
    std::string name;
    std::string body;
};

struct Listener {
    World &world;
    Lease &lease;
    uint64_t id = 0;
    std::string gate{}; ///< where it stands with its first event, or empty
    Json steps{};       ///< what it does with its first event
    std::vector<Heard> heard{};
};

struct WorldOptions {
    uint32_t delivery = WEIR_DELIVER_CALLBACK;
    std::string library; ///< path
    Json pool;
};

class World {
  public:
    /** @throws Difference when the library or the pool cannot be opened */
    explicit World(const WorldOptions &options);
    ~World();
    World(const World &) = delete;
    World &operator=(const World &) = delete;

    /** Close what is open, and look that nothing is left. @throws Difference */
    void end();

    Lease &add_lease(const std::string &name);
    Called &add_called(const std::string &name, Lease &lease);
    Listener &add_listener(const std::string &name, Lease &lease);
    Lease &lease(const std::string &name);
    Called &called(const std::string &name);
    Listener &listener(const std::string &name);

    /** Wait until `condition`, which runs under the lock. @throws Difference after 10 s */
    void wait_for(std::string_view what, const std::function<bool()> &condition);

    /** From any thread: the scenario fails. */
    void differs(const std::string &what);
    std::vector<std::string> differences();

    /** Complete pool options by this world's delivery. */
    void set_delivery(weir_pool_options &options) const;

    std::mutex lock;
    std::condition_variable changed;
    weir_handle library = 0;
    weir_handle pool = 0;

  private:
    static void on_record(const weir_record *record, uintptr_t user_data);
    void collect();
    void take(const weir_record &record);
    void take_response(const weir_record &record);
    void take_event(const weir_record &record);
    void take_context_record(const weir_record &record);

    uint32_t delivery_;
    weir_handle queue_ = 0;
    bool ending_ = false;
    std::thread collector_;
    std::map<std::string, std::unique_ptr<Lease>> leases_;
    std::map<std::string, std::unique_ptr<Called>> called_;
    std::map<std::string, std::unique_ptr<Listener>> listeners_;
    std::vector<std::string> differences_;
};

} // namespace conformance
