/**
 * engine.hpp: what runs an instance's code. The worker calls it, always on the slot's one worker
 * thread; between two owners it calls destroy and then create. The native engine is here and is
 * called directly; the TypeScript engine is a shared object of its own (plugin.hpp), which gives
 * each slot a seat, and then the worker deals with that alone.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/library.h>

#include "engine/seat.hpp"

namespace weir {

class Engine {
  public:
    /** "native" or "node". */
    virtual const char *name() const = 0;

    /** A seat for a slot; nullptr without memory, and for an engine that needs none. */
    virtual Seat *take_seat(SeatHost &, const SeatOptions &) { return nullptr; }
    virtual bool has_seats() const { return false; }

    virtual weir_status create(weir_instance, const void * /*config*/, size_t /*length*/,
                               void ** /*out_state*/) {
        return WEIR_ERR_CREATE_FAILED;
    }
    virtual void destroy(weir_instance, void * /*state*/) {}

    /**
     * Run the handler of `method` (from 1). It answers through weir_call_resolve or
     * weir_call_reject, now or later.
     */
    virtual void handle(uint32_t /*method*/, weir_call, void * /*state*/, const void * /*data*/,
                        size_t /*length*/) {}

    /** Free the engine. No instance of it is left. */
    virtual void dispose() = 0;

  protected:
    ~Engine() = default;
};

} // namespace weir
