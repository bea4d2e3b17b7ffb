#include "base/thread_role.hpp"

namespace weir {

[[gnu::tls_model("initial-exec")]] thread_local ThreadRole thread_role;

} // namespace weir
