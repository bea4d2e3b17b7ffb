#include "engine.hpp"

#include "node_seat.hpp"

namespace weir::node_engine {

NodeEngine::NodeEngine(NodeProcess &process, LibraryFile file, std::string path)
    : process_(process), file_(std::move(file)), path_(std::move(path)) {
    code_.reserve(file_.bundle.size() + 128);
    code_.append("(function (exports, require, module, __filename, __dirname) {");
    code_.append(file_.bundle).append("\n})");
    for (const std::string &method : file_.methods) {
        methods_.push_back({.name = method.c_str(), .handler = nullptr});
    }
    if (!file_.cache.empty() && file_.cache_key == cache_key()) {
        cache_ = std::make_shared<std::vector<uint8_t>>(file_.cache.begin(), file_.cache.end());
    }
    // What was needed of the file has copies now.
    file_.bundle = file_.cache = file_.map = {};
    file_.bytes = {};
}

std::string NodeEngine::cache_key() {
    return std::string(v8::V8::GetVersion()) + "-" +
           std::to_string(v8::ScriptCompiler::CachedDataVersionTag());
}

LibraryFacts NodeEngine::facts() const {
    return {.name = file_.name.c_str(),
            .version = file_.version.c_str(),
            .contract = file_.contract.empty() ? nullptr : file_.contract.c_str(),
            .contract_hash = file_.contract_hash.empty() ? nullptr : file_.contract_hash.c_str(),
            .methods = methods_.data(),
            .method_count = static_cast<uint32_t>(methods_.size())};
}

Seat *NodeEngine::take_seat(SeatHost &host, const SeatOptions &options) {
    return new (std::nothrow) NodeSeat(*this, host, options);
}

CodeCache NodeEngine::code_cache() {
    const std::lock_guard lock(mutex_);
    return cache_;
}

void NodeEngine::keep_code_cache(CodeCache cache) {
    const std::lock_guard lock(mutex_);
    cache_ = std::move(cache);
}

} // namespace weir::node_engine
