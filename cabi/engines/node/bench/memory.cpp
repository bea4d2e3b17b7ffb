/** Memory of contexts of the formatter, each of which has formatted one file. */
#include <fstream>
#include <iterator>

#include "engine_host.hpp"

namespace bench {

namespace {

/** The head of a CBOR text; see RFC 8949, 3.1. */
std::string cbor_text(const std::string &text) {
    constexpr unsigned char four_bytes_follow = 0x7a;
    const size_t length = text.size();
    std::string head(1, static_cast<char>(four_bytes_follow));
    for (int shift = 24; shift >= 0; shift -= 8) {
        head += static_cast<char>(length >> shift & 0xff);
    }
    return head.append(text);
}

/** The input of `format`: a map of two. */
std::string format_input(const std::string &path) {
    std::ifstream file(path);
    const std::string source{std::istreambuf_iterator<char>(file), {}};
    expect(!source.empty(), path.c_str());
    constexpr unsigned char map_of_two = 0xa2;
    std::string input(1, static_cast<char>(map_of_two));
    for (const std::string &text : {std::string("path"), path, std::string("source"), source}) {
        input += cbor_text(text);
    }
    return input;
}

} // namespace

void memory_part(const Task &task) {
    constexpr uint32_t contexts = 10;
    constexpr double bytes_per_megabyte = 1e6;
    const std::string input = format_input(task.file);
    const double before = resident_bytes();
    const EngineLibrary library(task.library);
    const uint32_t format = library.method("format");
    const Placed placed(task.placement);
    const EngineHost host(library.handle(),
                          [](weir_pool_options &options) { options.max_slots = contexts + 1; });
    // The first one has the engine's start in it.
    std::vector<weir_handle> open;
    double first = 0;
    for (uint32_t count = 0; count <= contexts; count++) {
        open.push_back(host.create());
        ask(open.back(), format, input);
        first = count == 0 ? resident_bytes() : first;
    }
    const double each = (resident_bytes() - first) / contexts;
    report(bench::placed("memory/formatter", task.placement), 0, 0,
           {{"megabytes_each", each / bytes_per_megabyte},
            {"megabytes_first", (first - before) / bytes_per_megabyte}});
    for (const weir_handle context : open) {
        destroy(context);
    }
}

} // namespace bench
