/**
 * fields.hpp: an object of a scenario. Each field must be taken: what a step does not know is an
 * error of the scenario or of this host, and never passed over.
 */
#pragma once

#include <optional>
#include <set>
#include <string>

#include "difference.hpp"

namespace conformance {

class Fields {
  public:
    /** `what` names the object in messages. The object must outlive this. */
    Fields(const Json &object, std::string what);

    /** @throws Difference when there is no such field */
    const Json &take(const std::string &name);
    std::string take_text(const std::string &name) { return take(name).get<std::string>(); }

    /** Null when there is no such field. */
    const Json *maybe(const std::string &name);
    std::optional<std::string> maybe_text(const std::string &name);

    /** @throws Difference when a field was not taken */
    void done() const;

    const std::string &what() const { return what_; }

  private:
    const Json &object_;
    std::string what_;
    std::set<std::string> taken_;
};

} // namespace conformance
