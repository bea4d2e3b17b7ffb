/** process.hpp: counts of live objects that no table knows, for leak tests. */
#pragma once

#include <atomic>
#include <cstdint>

namespace weir {

struct ProcessCounts {
    std::atomic<uint32_t> contexts{0};
    std::atomic<uint32_t> instances{0};
    std::atomic<uint32_t> jobs{0};
};

extern ProcessCounts process_counts;

} // namespace weir
