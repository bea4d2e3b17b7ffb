// Writes what a store holds as a Netscape bookmark file.
//
// An Exporter of a file reads through a connection of its own and sees what was committed when it
// was made, whatever is written meanwhile; it may be used on another thread than the store. One of
// a private database uses the store's.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "store.hpp"

namespace bookmarks {

class Exporter {
  public:
    // `is_canceled` is asked now and then by both functions, which throw Canceled when it says so.
    Exporter(Store &store, std::function<bool()> is_canceled);

    std::string write();

  private:
    std::unique_ptr<Database> own_;
    Database &database_;
};

} // namespace bookmarks
