/**
 * main.cpp: the conformance host in C: runs a plan of scenarios through weir.h and nothing else.
 *
 *     conformance_host PLAN LIBRARY callback|queue|direct
 *
 * Prints one line of JSON for each scenario: id, ok, differed, ms. Exit code 0 when all ran, 2 for
 * a command line that cannot be.
 */
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>

#include "called.hpp"
#include "steps.hpp"
#include "world.hpp"

namespace conformance {
namespace {

void run_in(World &world, const Json &scenario, std::vector<std::string> &differed) {
    try {
        run_steps(world, scenario.at("steps"));
    } catch (const std::exception &error) {
        differed.push_back(error.what());
    }
    for (const Json &gate : scenario.at("gates")) {
        open_gate(gate.get<std::string>());
    }
    world.end();
}

Json run_scenario(const Json &scenario, WorldOptions options) {
    std::vector<std::string> differed;
    const auto began = std::chrono::steady_clock::now();
    try {
        options.pool = scenario.at("pool");
        World world(options);
        try {
            run_in(world, scenario, differed);
        } catch (const std::exception &error) {
            differed.push_back(error.what());
        }
        for (const std::string &difference : world.differences()) {
            differed.push_back(difference);
        }
    } catch (const std::exception &error) {
        differed.push_back(error.what());
    }
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
    return {{"id", scenario.at("id")},
            {"ok", differed.empty()},
            {"differed", differed},
            {"ms", took.count()}};
}

int run(const std::string &plan_path, WorldOptions options) {
    std::ifstream file(plan_path);
    const Json plan = Json::parse(file);
    for (const Json &scenario : plan.at("scenarios")) {
        const Json result = run_scenario(scenario, options);
        puts(result.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
        fflush(stdout);
    }
    return 0;
}

} // namespace
} // namespace conformance

int main(int count, char **words) {
    const std::map<std::string, uint32_t> deliveries = {{"callback", WEIR_DELIVER_CALLBACK},
                                                        {"queue", WEIR_DELIVER_QUEUE},
                                                        {"direct", WEIR_DELIVER_DIRECT}};
    const auto delivery = count == 4 ? deliveries.find(words[3]) : deliveries.end();
    if (delivery == deliveries.end()) {
        fputs("usage: conformance_host PLAN LIBRARY callback|queue|direct\n", stderr);
        return 2;
    }
    return conformance::run(words[1], {delivery->second, words[2], {}});
}
