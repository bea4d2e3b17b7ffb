/** tickets.hpp: what an event loop's request for a slot remembers until it is answered. */
#pragma once

#include <cstddef>
#include <cstring>
#include <new>

#include <weir/weir.h>

#include "base/port.hpp"
#include "runtime/waiters.hpp"

namespace weir {

struct Ticket {
    Waiter waiter;
    weir_context_options options{};
    char tag[WEIR_NAME_LENGTH_MAX] = {};
    // The config's bytes follow.

    /** A copy of `options` that owns what they point to; nullptr without memory. */
    static Ticket *make(const weir_context_options &options) {
        void *memory = port::allocate(sizeof(Ticket) + options.config_length);
        if (memory == nullptr) {
            return nullptr;
        }
        auto *ticket = new (memory) Ticket;
        ticket->options = options;
        if (options.config_length > 0) {
            ticket->options.config =
                memcpy(static_cast<void *>(ticket + 1), options.config, options.config_length);
        }
        if (options.tag_length > 0) {
            ticket->options.tag =
                static_cast<char *>(memcpy(ticket->tag, options.tag, options.tag_length));
        }
        return ticket;
    }

    /** The ticket that a waiter with a number is part of. */
    static Ticket &of(Waiter &waiter) {
        static_assert(offsetof(Ticket, waiter) == 0);
        return reinterpret_cast<Ticket &>(waiter);
    }
};

} // namespace weir
