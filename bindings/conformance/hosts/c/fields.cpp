#include "fields.hpp"

namespace conformance {

Fields::Fields(const Json &object, std::string what) : object_(object), what_(std::move(what)) {
    taken_.insert("do");
}

const Json *Fields::maybe(const std::string &name) {
    taken_.insert(name);
    const auto found = object_.find(name);
    return found == object_.end() ? nullptr : &*found;
}

const Json &Fields::take(const std::string &name) {
    const Json *found = maybe(name);
    return found != nullptr ? *found : throw Difference(what_ + " has no field " + name);
}

std::optional<std::string> Fields::maybe_text(const std::string &name) {
    const Json *found = maybe(name);
    return found == nullptr ? std::nullopt : std::optional(found->get<std::string>());
}

void Fields::done() const {
    for (const auto &[name, value] : object_.items()) {
        if (!taken_.contains(name)) {
            throw Difference("unknown field " + name + " of " + what_);
        }
    }
}

} // namespace conformance
