/**
 * node_seat.hpp: a slot's seat in Node: an environment with the library loaded, the calls that are
 * in it, and what becomes of them when JavaScript is stopped, runs out of memory or ends itself.
 */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bridge.hpp"
#include "call_table.hpp"
#include "engine.hpp"
#include "engine/seat.hpp"
#include "environment.hpp"
#include "shared_block.hpp"
#include "stopper.hpp"

namespace weir::node_engine {

class NodeSeat final : public Seat {
  public:
    NodeSeat(NodeEngine &engine, SeatHost &host, const SeatOptions &options);

    void prepare() override;
    bool is_prepared() const override { return environment_ != nullptr; }
    Progress create(weir_instance instance, const void *config, size_t length) override;
    Progress destroy() override;
    void abort() override;
    bool stage(uint32_t method, weir_call call, const void *data, size_t length) override;
    void run() override;
    void turn(bool ready) override;
    int descriptor() const override;
    uint64_t due_ns() override;
    void room() override;
    void clean() override;
    void discard() override;
    void stop(const StopOrder &order) override { stopper_.ask(order); }
    void dispose() override;

    // ---- for the bridge, inside JavaScript ----

    NodeEngine &engine() { return engine_; }
    bool has_fresh_environments() const { return options_.fresh_environment; }
    v8::MaybeLocal<v8::Uint8Array> take_large(v8::Isolate *isolate, uint32_t id);
    void take_answers();
    void answer_large(uint32_t id, weir_status status, v8::Local<v8::Uint8Array> data);
    enum class Watching : uint8_t { watched, canceled, ended }; // js/native.ts has the same
    Watching watch_cancel(uint32_t id);
    int32_t remaining(uint32_t id);
    int32_t emit(const char *name, size_t name_length, const void *data, size_t length);
    void create_ended(bool failed, const void *reason, size_t length);
    void destroy_ended();
    void end(std::string reason);

    /** A new code cache for the library, or an empty one with the reason. */
    std::vector<uint8_t> make_code_cache(std::string &reason);

  private:
    ~NodeSeat() = default;

    void answer(uint32_t id, weir_status status, const void *data, size_t length);
    void reject_all(weir_status status, const std::string &reason);
    void drop_answered();
    bool is_meant(const StopOrder &order);

    /** Enter JavaScript; afterwards take answers and see what became of it. */
    template <class Work> void enter(Work work) {
        environment_->enter(work);
        after_javascript();
    }
    void after_javascript();
    void on_stopped(Stopped why);
    void run_batch(uint32_t first, uint32_t count);
    void learn_batch_size(uint32_t count, uint64_t took_ns);
    void drop_environment();
    bool load_library(std::string &reason);
    std::string name_of(Stopped why) const;

    NodeEngine &engine_;
    SeatHost &host_;
    SeatOptions options_;
    SharedBlock block_;
    Stopper stopper_;
    std::unique_ptr<Environment> environment_;
    std::unique_ptr<Bridge> bridge_;
    weir_instance instance_ = 0;

    CallTable calls_;
    uint32_t staged_ = 0;
    uint32_t staged_bytes_ = 0;
    uint32_t batch_size_ = 1;

    std::string failure_; ///< why there is no environment
    std::string end_reason_;
    bool ending_ = false;  ///< the instance has ended itself, and JavaScript is being left
    bool suspect_ = false; ///< something was stopped here: not for another owner
    bool make_later_ = false;
    bool create_failed_ = false;
    std::vector<uint32_t> cancels_; ///< calls that were canceled since JavaScript was left
};

} // namespace weir::node_engine
