#include "steps.hpp"

namespace conformance {

namespace {

Step find_step(const std::string &name) {
    for (const auto find :
         {find_request_step, find_context_step, find_event_step, find_library_step}) {
        if (const Step step = find(name)) {
            return step;
        }
    }
    throw Difference("unknown step " + name);
}

/** "step 3, await r1" */
std::string title(const Json &step, const std::string &name, size_t number) {
    std::string text = "step " + std::to_string(number) + ", " + name;
    for (const char *field : {"as", "of", "on"}) {
        if (step.contains(field) && step[field].is_string()) {
            return text + " " + step[field].get<std::string>();
        }
    }
    return text;
}

} // namespace

void run_steps(World &world, const Json &steps) {
    size_t number = 0;
    for (const Json &step : steps) {
        number++;
        const auto name = step.at("do").get<std::string>();
        Fields fields(step, title(step, name, number));
        find_step(name)(world, fields);
        fields.done();
    }
}

} // namespace conformance
