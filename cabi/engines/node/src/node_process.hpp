/**
 * node_process.hpp: what of Node there is once in a process: its own initialisation, V8 with the
 * platform's threads, and a loop for nothing else than to hold them. Made when the first library is
 * loaded; never undone, since V8 cannot be.
 *
 * Guarantees that no signal handler of the host is touched, that no environment variable is read as
 * an option, and that every thread made here blocks all signals but faults.
 */
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <node.h>

namespace weir::node_engine {

class NodeProcess {
  public:
    /** The one of this process, or nullptr with the reason when Node refuses to start. */
    static NodeProcess *open(std::string &reason);

    node::MultiIsolatePlatform &platform() { return *platform_; }
    const std::vector<std::string> &arguments() const { return arguments_; }

    /** Is the host itself a Node, whose addons would meet the wrong engine? */
    bool host_is_node() const { return host_is_node_; }

  private:
    bool start(std::string &reason);

    std::unique_ptr<node::MultiIsolatePlatform> platform_;
    std::vector<std::string> arguments_;
    bool host_is_node_ = false;
};

} // namespace weir::node_engine
