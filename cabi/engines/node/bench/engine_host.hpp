/**
 * engine_host.hpp: what the engine's benchmarks share: a host of a TypeScript library, and lines of
 * results.
 *
 * A process runs one part of the benchmarks, since an engine cannot be unloaded: what one part did
 * to memory and threads would be seen by the next.
 */
#pragma once

#include <functional>
#include <initializer_list>
#include <string>
#include <utility>

#include "support.hpp"

namespace bench {

/** What the program was told on its command line. */
struct Task {
    std::string library;
    std::string file; ///< something to format
    Placement placement = Placement::free;
};

/** Changes the options of a pool before it is made. */
using Tune = std::function<void(weir_pool_options &)>;

/** A TypeScript library, open as long as the process. */
class EngineLibrary {
  public:
    explicit EngineLibrary(const std::string &path);
    weir_handle handle() const { return handle_; }
    uint32_t method(const char *name) const;

  private:
    weir_handle handle_ = 0;
};

/** A queue and a pool of a library; closed in the end. */
class EngineHost {
  public:
    EngineHost(weir_handle library, const Tune &tune);
    ~EngineHost();
    EngineHost(const EngineHost &) = delete;
    EngineHost &operator=(const EngineHost &) = delete;

    weir_handle queue() const { return queue_; }
    weir_handle pool() const { return pool_; }

    /** Build slots, with environments, for the contexts to come. */
    void prepare(uint32_t slots) const;
    weir_handle create() const;
    weir_pool_stats stats() const;

  private:
    weir_handle queue_ = 0;
    weir_handle pool_ = 0;
};

void destroy(weir_handle context);

/** Send a request, wait, and give its answer; fails unless it is OK. */
std::string ask(weir_handle context, uint32_t method, const std::string &payload);

/** Processor time of the whole process. */
uint64_t processor_ns();

/** Memory of the process that is in RAM. */
double resident_bytes();

double median(std::vector<double> values);

using Counters = std::initializer_list<std::pair<const char *, double>>;

/** One line of JSON: {"name", "ns", "rate", "counters"}. */
void report(const std::string &name, double nanoseconds, double per_second, Counters counters = {});

/** The name of the placement, after a slash. */
std::string placed(const char *name, Placement placement);

void echo_part(const Task &task);
void window_part(const Task &task);
void idle_part(const Task &task);
void create_part(const Task &task);
void cold_part(const Task &task);
void cycles_part(const Task &task);
void environments_part(const Task &task);
void stop_part(const Task &task);
void memory_part(const Task &task);

} // namespace bench
