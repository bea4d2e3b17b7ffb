#include "pool_options.hpp"

#include <map>

namespace conformance {

namespace {

using Option = uint32_t weir_pool_options::*;

const std::map<std::string, Option> &options_by_name() {
    static const std::map<std::string, Option> options = {
        {"max_slots", &weir_pool_options::max_slots},
        {"min_idle", &weir_pool_options::min_idle},
        {"min_clean", &weir_pool_options::min_clean},
        {"max_uses", &weir_pool_options::max_uses},
        {"drain_ms", &weir_pool_options::drain_ms},
        {"cancel_ms", &weir_pool_options::cancel_ms},
        {"teardown_ms", &weir_pool_options::teardown_ms},
        {"slow_ms", &weir_pool_options::slow_ms},
        {"wedged_ms", &weir_pool_options::wedged_ms},
        {"check_ms", &weir_pool_options::check_ms},
        {"max_requests", &weir_pool_options::max_requests},
        {"max_events", &weir_pool_options::max_events},
        {"max_payload", &weir_pool_options::max_payload},
    };
    return options;
}

} // namespace

weir_pool_options pool_options_of(const Json &options) {
    weir_pool_options made = WEIR_POOL_OPTIONS_INIT;
    for (const auto &[name, value] : options.items()) {
        const auto option = options_by_name().find(name);
        if (option != options_by_name().end()) {
            made.*option->second = value == "off" ? WEIR_OFF : value.get<uint32_t>();
        } else if (name == "max_request_bytes") {
            made.max_request_bytes = value.get<uint64_t>();
        } else if (name == "interrupt_wedged") {
            made.on_wedged = value.get<bool>() ? WEIR_ON_WEDGED_INTERRUPT : WEIR_ON_WEDGED_REPORT;
        } else if (name == "environment") {
            made.isolation =
                value.get<bool>() ? WEIR_ISOLATION_ENVIRONMENT : WEIR_ISOLATION_INSTANCE;
        } else {
            throw Difference("unknown option of a pool: " + name);
        }
    }
    return made;
}

} // namespace conformance
