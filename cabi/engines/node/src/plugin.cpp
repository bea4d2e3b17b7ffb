/** plugin.cpp: what the core finds in this shared object: plugin.hpp says what it must be. */
#include "engine/plugin.hpp"

#include <cstring>

#include <weir/version.h>

#include "engine.hpp"
#include "node_seat.hpp"

namespace weir::node_engine {

namespace {

weir_status explain(weir_status status, const std::string &words, char *reason, size_t capacity) {
    const size_t length = words.size() < capacity ? words.size() : capacity - 1;
    memcpy(reason, words.data(), length);
    reason[length] = '\0';
    return status;
}

weir_status load(const char *path, LoadedLibrary &out, char *reason, size_t capacity) {
    std::string words;
    LibraryFile file;
    const weir_status status = read_library_file(path, file, words);
    if (status != WEIR_OK) {
        return explain(status, words, reason, capacity);
    }
    NodeProcess *process = NodeProcess::open(words);
    if (process == nullptr) {
        return explain(WEIR_ERR_ENGINE_MISSING, words, reason, capacity);
    }
    auto *engine = new NodeEngine(*process, std::move(file), path);
    out = {.engine = engine, .facts = engine->facts()};
    return WEIR_OK;
}

/** A seat without a slot: nothing calls back while a library is only loaded. */
class NoHost final : public SeatHost {
  public:
    void create_ended(weir_status) override {}
    void destroy_ended() override {}
    void instance_ended(const char *, size_t) override {}
    void answers_begin() override {}
    void answers_end() override {}
    void handler_stopped() override {}
    weir_status try_emit(const char *, size_t, const void *, size_t) override { return WEIR_OK; }
};

weir_status make_code_cache(const char *path, CodeCacheWriter write, void *writer, char *reason,
                            size_t capacity) {
    LoadedLibrary loaded;
    const weir_status status = load(path, loaded, reason, capacity);
    if (status != WEIR_OK) {
        return status;
    }
    NoHost host;
    constexpr size_t heap = size_t{512} << 20;
    constexpr size_t stack = size_t{512} << 10;
    static constexpr std::atomic<uint64_t> beat{0};
    auto &engine = *static_cast<NodeEngine *>(loaded.engine);
    auto *seat =
        new NodeSeat(engine, host, {.heap_limit = heap, .stack_size = stack, .beat = &beat});
    std::string words;
    const std::vector<uint8_t> cache = seat->make_code_cache(words);
    seat->dispose();
    if (!cache.empty()) {
        write(writer, NodeEngine::cache_key().c_str(), cache.data(), cache.size());
    }
    engine.dispose();
    return cache.empty() ? explain(WEIR_ERR_LIBRARY_INVALID, words, reason, capacity) : WEIR_OK;
}

constexpr EnginePlugin plugin = {
    .version = WEIR_VERSION_STRING, .load = load, .make_code_cache = make_code_cache};

} // namespace

} // namespace weir::node_engine

extern "C" __attribute__((visibility("default"))) const weir::EnginePlugin *weir_engine_entry() {
    return &weir::node_engine::plugin;
}
