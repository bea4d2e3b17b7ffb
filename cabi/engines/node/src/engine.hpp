/**
 * engine.hpp: one library that Node runs: its code, shared by all slots, and the code cache that
 * fits this V8, made by the first slot where the file has none.
 */
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <weir/library.h>

#include "engine/engine.hpp"
#include "engine/plugin.hpp"
#include "library_file.hpp"
#include "node_process.hpp"

namespace weir::node_engine {

/** Code cache as shared bytes: a slot may read one while another is put in its place. */
using CodeCache = std::shared_ptr<const std::vector<uint8_t>>;

class NodeEngine final : public Engine {
  public:
    NodeEngine(NodeProcess &process, LibraryFile file, std::string path);

    const char *name() const override { return "node"; }
    bool has_seats() const override { return true; }
    Seat *take_seat(SeatHost &host, const SeatOptions &options) override;
    void dispose() override { delete this; }

    NodeProcess &process() { return process_; }
    const LibraryFile &file() const { return file_; }

    /** The bundle as an expression: a CommonJS module's function. One copy for all slots. */
    std::string_view code() const { return code_; }
    const std::string &path() const { return path_; }
    LibraryFacts facts() const;

    CodeCache code_cache();
    void keep_code_cache(CodeCache cache);

    /** Names the V8 that a code cache is for. */
    static std::string cache_key();

  private:
    ~NodeEngine() = default;

    NodeProcess &process_;
    LibraryFile file_;
    std::string path_;
    std::string code_;
    std::vector<weir_method> methods_;
    std::mutex mutex_;
    CodeCache cache_;
};

} // namespace weir::node_engine
