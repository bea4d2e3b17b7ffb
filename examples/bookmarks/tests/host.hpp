// A host for the tests: the built library behind a pool that delivers to one queue.
//
// Everything goes through the ABI as a foreign program would use it. A failing call of the host's
// own is a failed test.
#pragma once

#include <weir/weir.h>

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace bookmarks {

struct Answer {
    weir_status status;
    std::string payload;

    bool operator==(const Answer &) const = default;
};

// For GoogleTest: what a failed test shows.
void PrintTo(const Answer &answer, std::ostream *out);

// A record, owned.
struct Delivered {
    uint32_t kind;
    weir_status status;
    weir_handle context;
    uint64_t id;
    std::string payload;
};

class Host {
  public:
    explicit Host(weir_pool_options options = WEIR_POOL_OPTIONS_INIT);
    ~Host();
    Host(const Host &) = delete;
    Host &operator=(const Host &) = delete;

    weir_handle library() const { return library_; }
    weir_handle create(std::string_view config = "");
    weir_destroy_report destroy(weir_handle context);

    // Send and wait for the answer. Any thread.
    Answer request(weir_handle context, std::string_view method, std::string_view payload = "");
    // Send; the answer comes by next().
    uint64_t send(weir_handle context, std::string_view method, std::string_view payload = "");
    void listen(weir_handle context, std::string_view event);

    // The next record of the queue. A test that waits for a minute has failed.
    Delivered next();
    // Whatever is in the queue now.
    std::vector<Delivered> drain();

  private:
    weir_handle library_ = 0;
    weir_handle queue_ = 0;
    weir_handle pool_ = 0;
};

} // namespace bookmarks
