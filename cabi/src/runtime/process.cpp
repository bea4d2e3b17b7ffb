#include "runtime/process.hpp"

namespace weir {

constinit ProcessCounts process_counts;

} // namespace weir
