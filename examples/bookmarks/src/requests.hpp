// The methods of the library as functions from payload to payload, without the host in between.
//
// Each either returns the response or throws an Error that says which field, line or byte was
// wrong.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "store.hpp"

namespace bookmarks {

std::string request_import(Store &store, std::string_view file, const Store::Progress &progress);
std::string request_add(Store &store, std::string_view payload);
std::string request_search(Store &store, std::string_view payload);
std::string request_remove(Store &store, std::string_view payload);
std::string request_count(Store &store, std::string_view payload);

// For the methods that take no payload: nothing or {}.
void require_no_payload(Store &store, std::string_view payload);

} // namespace bookmarks
