/**
 * engine.hpp: what runs an instance's code. The worker calls it, always on the slot's one worker
 * thread; between two owners it calls destroy and then create. The native engine is here; the
 * TypeScript engine is a shared object of its own.
 */
#pragma once

#include <cstddef>
#include <cstdint>

#include <weir/library.h>

namespace weir {

class Engine {
  public:
    virtual weir_status create(weir_instance instance, const void *config, size_t config_length,
                               void **out_state) = 0;
    virtual void destroy(weir_instance instance, void *state) = 0;

    /**
     * Run the handler of `method` (from 1). It answers through weir_call_resolve or
     * weir_call_reject, now or later.
     */
    virtual void handle(uint32_t method, weir_call call, void *state, const void *data,
                        size_t length) = 0;

    /** Free the engine. No instance of it is left. */
    virtual void dispose() = 0;

  protected:
    ~Engine() = default;
};

} // namespace weir
