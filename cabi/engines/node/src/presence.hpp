/**
 * presence.hpp: which workers are inside Node just now, for the end of the process.
 *
 * A host may end with contexts open. Then libnode and libuv undo what they hold, one of them with
 * locks that a worker may have, and they end the process badly when it has. So before that, each
 * worker is asked to leave Node, and is kept out of it for the short time that is left. What
 * JavaScript does not leave is stopped where it is, for ever.
 */
#pragma once

#include <atomic>

#include <v8.h>

namespace weir::node_engine {

/** One environment's: all of it but `isolate` is its worker's. */
class Presence {
  public:
    Presence();
    ~Presence();
    Presence(const Presence &) = delete;
    Presence &operator=(const Presence &) = delete;

    /**
     * The isolate whose JavaScript may be stopped anywhere: not before Node has started in it,
     * which asks V8 for things while it has locks of the process. nullptr before the isolate goes.
     */
    void watch(v8::Isolate *isolate);

    /** May be nested. Does not return when the process is ending. */
    void enter() {
        if (depth_++ == 0) {
            inside_.store(true, std::memory_order_seq_cst);
            check();
        }
    }

    /** Inside, between two things that take long: does not return when the process is ending. */
    void check() {
        if (ending.load(std::memory_order_seq_cst)) {
            stay_out();
        }
    }
    void leave() {
        if (--depth_ == 0) {
            inside_.store(false, std::memory_order_release);
        }
    }

    /**
     * Node has been used in full: be asked at the end of the process before all that it has made
     * since it was loaded. Only the first call counts.
     */
    static void expect_end();

    class Scope {
      public:
        explicit Scope(Presence &presence) : presence_(presence) { presence_.enter(); }
        ~Scope() { presence_.leave(); }
        Scope(const Scope &) = delete;
        Scope &operator=(const Scope &) = delete;

      private:
        Presence &presence_;
    };

  private:
    friend class ProcessEnd;
    static std::atomic<bool> ending;

    [[noreturn]] void stay_out();

    std::atomic<bool> inside_{false};
    uint32_t depth_ = 0;
    v8::Isolate *isolate_ = nullptr; ///< under the registry's mutex, as is the next
    bool asked_ = false;             ///< to leave its JavaScript
};

} // namespace weir::node_engine
