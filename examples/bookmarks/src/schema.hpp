// The tables, and how a file gets them.
#pragma once

#include "config.hpp"
#include "sqlite.hpp"

namespace bookmarks {

// Make the tables unless they are there. Several connections may do so at once. Throws Error for a
// file that belongs to something else or was made by a newer version.
void prepare_schema(Database &database, const Config &config);

} // namespace bookmarks
