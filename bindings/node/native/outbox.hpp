/**
 * outbox.hpp: requests on their way to the core.
 *
 * Guarantees: requests of one context are sent in their order, with one wake-up a run of them; each
 * is accepted, or told as refused. Belongs to one JavaScript thread.
 */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <weir/weir.h>

#include "layout.hpp"

namespace weir_addon {

/** A request that the core did not accept. */
struct Refusal {
    uint32_t owner;
    weir_status status;
    std::string message;
};

class Outbox {
  public:
    /** Send what lies in `bytes`. What is refused is added to `refused`. */
    void send(const uint8_t *bytes, size_t length, std::vector<Refusal> &refused);

    /** Send one request whose payload lies elsewhere. */
    void send_one(const OutgoingHead &head, const void *payload, std::vector<Refusal> &refused);

    /** The id of the last request of `owner`; 0 when it was refused or never sent. */
    uint64_t id_of(uint32_t owner) const { return owner < ids_.size() ? ids_[owner] : 0; }

  private:
    static constexpr size_t first_capacity = 1024;

    void add(const OutgoingHead &head, const void *payload);
    void send_run(weir_handle context, std::vector<Refusal> &refused);
    void remember(uint32_t owner, uint64_t id);

    std::vector<weir_request> run_; /**< used again: what no request of this host sets stays */
    size_t run_length_ = 0;         /**< requests in it that wait for one context */
    std::vector<uint64_t> run_ids_; /**< as long as run_ */
    std::vector<uint64_t> ids_;
};

} // namespace weir_addon
