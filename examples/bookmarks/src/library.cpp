// The bookmarks library as weir sees it: one Store an instance, one method a request function.
//
// Guarantees: a call that was canceled is answered CANCELED and has changed nothing; every other
// failure is answered with the text of its Error. `export` of a file runs beside the instance's
// other work.
#include <weir/library.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config.hpp"
#include "error.hpp"
#include "exporter.hpp"
#include "requests.hpp"

namespace {

using bookmarks::Store;

// A host that does not collect its events holds an import up once for this long, not once an event.
constexpr uint32_t kProgressWaitMs = 50;

struct Instance {
    explicit Instance(weir_instance id, const bookmarks::Config &config)
        : handle(id), store(config) {}

    weir_instance handle;
    Store store;
};

std::string_view view(const void *data, size_t length) {
    return {static_cast<const char *>(data), length};
}

void reject(weir_call call, weir_status status, std::string_view message) {
    weir_call_reject(call, status, message.data(), message.size());
}

void resolve(weir_call call, const std::string &response) {
    const weir_status status = weir_call_resolve(call, response.data(), response.size());
    if (status == WEIR_ERR_TOO_LARGE) {
        reject(call, status,
               "the response has " + std::to_string(response.size()) +
                   " bytes, more than the pool's max_payload");
    } else if (status != WEIR_OK && status != WEIR_ERR_STALE_HANDLE) {
        reject(call, status, "the response could not be handed over");
    }
}

// Answer a call with what `function` returns or throws.
template <typename Function> void answer(weir_call call, Function &&function) {
    try {
        resolve(call, function());
    } catch (const bookmarks::Canceled &canceled) {
        reject(call, WEIR_ERR_CANCELED, canceled.what());
    } catch (const std::exception &error) {
        reject(call, WEIR_ERR_HANDLER, error.what());
    }
}

class Progress {
  public:
    explicit Progress(weir_instance instance) : instance_(instance) {}

    void operator()(std::size_t done, std::size_t total) {
        const std::string payload =
            "{\"done\":" + std::to_string(done) + ",\"total\":" + std::to_string(total) + "}";
        const weir_status status = weir_emit(instance_, "progress", 8, payload.data(),
                                             payload.size(), behind_ ? 0 : kProgressWaitMs);
        behind_ = status == WEIR_ERR_QUEUE_FULL;
    }

  private:
    weir_instance instance_;
    bool behind_ = false; // the last event was dropped after a wait
};

using RequestFunction = std::string (*)(Store &, std::string_view);

auto cancel_probe(weir_call call) {
    return [call] { return weir_call_is_canceled(call) != 0; };
}

template <RequestFunction function>
void handle(weir_call call, void *state, const void *data, size_t length) {
    Store &store = static_cast<Instance *>(state)->store;
    store.database().set_cancel_probe(cancel_probe(call));
    answer(call, [&] { return function(store, view(data, length)); });
}

void handle_import(weir_call call, void *state, const void *data, size_t length) {
    Instance &instance = *static_cast<Instance *>(state);
    instance.store.database().set_cancel_probe(cancel_probe(call));
    answer(call, [&] {
        return bookmarks::request_import(instance.store, view(data, length),
                                         Progress(instance.handle));
    });
}

void write_export(weir_call call, uintptr_t user_data) {
    const std::unique_ptr<bookmarks::Exporter> exporter(
        reinterpret_cast<bookmarks::Exporter *>(user_data));
    answer(call, [&] { return exporter->write(); });
}

void handle_export(weir_call call, void *state, const void *data, size_t length) {
    Store &store = static_cast<Instance *>(state)->store;
    bookmarks::require_no_payload(store, view(data, length));
    auto exporter = std::make_unique<bookmarks::Exporter>(store, cancel_probe(call));
    const auto user_data = reinterpret_cast<uintptr_t>(exporter.release());
    if (store.is_private() || weir_offload(call, &write_export, nullptr, user_data) != WEIR_OK) {
        write_export(call, user_data);
    }
}

weir_status create(weir_instance instance, const void *config, size_t length, void **out_state) {
    *out_state = new Instance(instance, bookmarks::parse_config(view(config, length)));
    return WEIR_OK;
}

void destroy(weir_instance, void *state) { delete static_cast<Instance *>(state); }

constexpr weir_method kMethods[] = {
    WEIR_METHOD("import", handle_import),
    WEIR_METHOD("add", handle<&bookmarks::request_add>),
    WEIR_METHOD("search", handle<&bookmarks::request_search>),
    WEIR_METHOD("remove", handle<&bookmarks::request_remove>),
    WEIR_METHOD("export", handle_export),
    WEIR_METHOD("count", handle<&bookmarks::request_count>),
};

constexpr weir_library_definition kDefinition = {
    .struct_size = sizeof(weir_library_definition),
    .abi_version = WEIR_ABI_VERSION,
    .name = "bookmarks",
    .version = "1.0.0",
    .methods = kMethods,
    .method_count = sizeof kMethods / sizeof kMethods[0],
    .reserved = 0,
    .create = WEIR_CREATE(create),
    .destroy = WEIR_DESTROY(destroy),
};

} // namespace

WEIR_LIBRARY_ENTRY { return &kDefinition; }
