// Golden fingerprints: every compiler, build type and sanitizer meets the same file, run after run.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "models/control/run.h"
#include "models/scenario/scenario.h"
#include "sim/error.h"
#include "sim/fingerprint.h"
#include "sim/json.h"

namespace mailrift {
namespace {

namespace fs = std::filesystem;

fs::path root() {
    const char* folder = std::getenv("MAILRIFT_SOURCE_DIR");
    return folder != nullptr ? fs::path(folder) : fs::path(".");
}

std::string read_file(const fs::path& path) {
    std::ifstream file(path);
    if (!file) throw sim::Error(sim::Code::kFile, {}, "a readable file", path.string());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

std::string resolve(std::string_view kind, std::string_view name) {
    const std::string file = std::string(name) + ".json";
    for (const fs::path& folder : {root() / "scenarios", root() / "tests/scenarios"}) {
        const fs::path path = kind == "world" ? folder / "worlds" / file : folder / file;
        if (fs::exists(path)) return read_file(path);
    }
    throw sim::Error(sim::Code::kReference, {}, "a document that is shipped", "\"" + std::string(name) + "\"");
}

Scenario read(const fs::path& path) { return read_scenario(read_file(path), path.filename().string(), resolve); }

/// The two fingerprints of a run, as the golden file writes them.
std::string fingerprints(const Scenario& scenario) {
    const Run run = run_scenario(scenario, {});
    return sim::hex(run.trajectory_fingerprint) + " " + sim::hex(run.results_fingerprint);
}

/// The golden scenarios of the tests and those that are shipped, by name.
std::vector<fs::path> golden_scenarios() {
    std::vector<fs::path> paths;
    for (const fs::path& folder : {root() / "tests/scenarios/golden", root() / "scenarios"}) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const std::string name = entry.path().filename().string();
            if (entry.path().extension() == ".json" && name != "operators.json") paths.push_back(entry.path());
        }
    }
    std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) { return a.filename() < b.filename(); });
    return paths;
}

// A result that changes is said in CHANGELOG under "Results that change"; the new line is printed below.
TEST(Golden, EveryScenarioMeetsItsFingerprints) {
    sim::Places places;
    const sim::Value golden = sim::read_json(read_file(root() / "tests/golden/fingerprints.json"), "fingerprints.json", places);
    const auto paths = golden_scenarios();
    EXPECT_EQ(golden.members.size(), paths.size()) << "scenarios without fingerprints, or the other way round";
    for (const fs::path& path : paths) {
        const std::string name = path.stem().string();
        const std::string found = fingerprints(read(path));
        const sim::Value* expected = golden.find(name);
        EXPECT_EQ(expected != nullptr ? expected->text : "", found) << "  \"" << name << "\": \"" << found << "\",";
    }
}

TEST(Golden, RunsAtTheSameTimeOnSeveralThreadsMeetThemToo) {
    constexpr int kThreads = 8;
    const Scenario scenario = read(root() / "tests/scenarios/golden/two-orders.json");
    const std::string alone = fingerprints(scenario);
    std::vector<std::string> found(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { found[static_cast<std::size_t>(i)] = fingerprints(scenario); });
    for (auto& thread : threads) thread.join();
    for (const auto& other : found) EXPECT_EQ(alone, other);
}

TEST(Golden, OtherSeedsGiveOtherTrajectories) {
    const Scenario scenario = read(root() / "tests/scenarios/golden/two-orders.json");
    RunOptions other;
    other.seed = scenario.seed + 1;
    EXPECT_NE(run_scenario(scenario, {}).trajectory_fingerprint, run_scenario(scenario, other).trajectory_fingerprint);
}

}  // namespace
}  // namespace mailrift
