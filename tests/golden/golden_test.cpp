// Golden fingerprints: every compiler, build type and sanitizer meets the same file, run after run.
#include <algorithm>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "models/scenario/words.h"
#include "sim/fingerprint.h"
#include "sim/json.h"
#include "tests/models/documents.h"
#include "tests/models/fast.h"

namespace mailrift {
namespace {

namespace fs = std::filesystem;
using testing::read_file;
using testing::source_root;

Scenario read(const fs::path& path) { return read_scenario(read_file(path), path.filename().string(), testing::resolve); }

/// The two fingerprints of a run, as the golden file writes them.
std::string fingerprints(const Scenario& scenario, Traffic traffic = Traffic::kFluid, std::size_t threads = 1) {
    RunOptions options;
    options.threads = threads;
    options.traffic = traffic;
    const Run run = run_scenario(scenario, options);
    return sim::hex(run.trajectory_fingerprint) + " " + sim::hex(run.results_fingerprint);
}

/// README and the pages under docs, one after the other.
std::string pages() {
    std::string text = read_file(source_root() / "README.md");
    for (const auto& entry : fs::recursive_directory_iterator(source_root() / "docs")) {
        if (entry.path().extension() == ".md") text += read_file(entry.path());
    }
    return text;
}

/// The golden scenarios of the tests, and of those that are shipped the ones that a page names, since it may cite their figures; by name. The latter
/// run in `fluid` alone, which takes a fraction of a second.
std::vector<fs::path> golden_scenarios() {
    const std::string text = pages();
    const auto is_named = [&](const std::string& name) {
        if (name == "operators" || name == "published") return false;  // other data that lie there
        return text.find(name + "`") != std::string::npos || text.find(name + "\"") != std::string::npos;
    };
    std::vector<fs::path> paths;
    for (const fs::path& folder : {source_root() / "tests/scenarios/golden", source_root() / "scenarios"}) {
        for (const auto& entry : fs::directory_iterator(folder)) {
            const fs::path& path = entry.path();
            if (path.extension() != ".json") continue;
            if (folder.filename() == "golden" || is_named(path.stem().string())) paths.push_back(path);
        }
    }
    std::sort(paths.begin(), paths.end(), [](const fs::path& a, const fs::path& b) { return a.filename() < b.filename(); });
    return paths;
}

// A result that changes is said in CHANGELOG under "Results that change"; the new line is printed below.
TEST(Golden, EveryScenarioMeetsItsFingerprints) {
    sim::Places places;
    const sim::Value golden = sim::read_json(read_file(source_root() / "tests/golden/fingerprints.json"), "fingerprints.json", places);
    const auto paths = golden_scenarios();
    std::size_t lines = 0;
    for (const fs::path& path : paths) {
        const Scenario scenario = read(path);
        const bool is_shipped = path.parent_path().filename() == "scenarios";
        for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
            if (is_shipped && traffic != Traffic::kFluid) continue;
            const std::string model = traffic_words()[static_cast<std::size_t>(traffic)];
            const std::string name = path.stem().string() + (traffic == Traffic::kFluid ? "" : " " + model);
            const std::string found = fingerprints(scenario, traffic);
            const sim::Value* expected = golden.find(name);
            EXPECT_EQ(expected != nullptr ? expected->text : "", found) << "  \"" << name << "\": \"" << found << "\",";
            ++lines;
        }
    }
    EXPECT_EQ(golden.members.size(), lines) << "scenarios without fingerprints, or fingerprints of none that a page names";
}

// How many threads share a slice, and so who carries which message, changes no bit.
TEST(Golden, SingleMessagesAreTheSameOnAnyNumberOfThreads) {
    for (const fs::path& path : golden_scenarios()) {
        if (path.parent_path().filename() == "scenarios") continue;
        const Scenario scenario = read(path);
        const std::string alone = fingerprints(scenario, Traffic::kMessage);
        for (const std::size_t threads : {2U, 3U, 8U}) {
            if (!testing::kFast && threads != 3) continue;
            EXPECT_EQ(fingerprints(scenario, Traffic::kMessage, threads), alone) << path.stem().string() << ", " << threads << " threads";
        }
    }
}

TEST(Golden, RunsAtTheSameTimeOnSeveralThreadsMeetThemToo) {
    constexpr int kThreads = 8;
    const Scenario scenario = read(source_root() / "tests/scenarios/golden/two-orders.json");
    const std::string alone = fingerprints(scenario);
    std::vector<std::string> found(kThreads);
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { found[static_cast<std::size_t>(i)] = fingerprints(scenario); });
    for (auto& thread : threads) thread.join();
    for (const auto& other : found) EXPECT_EQ(alone, other);
}

TEST(Golden, OtherSeedsGiveOtherTrajectories) {
    const Scenario scenario = read(source_root() / "tests/scenarios/golden/two-orders.json");
    RunOptions other;
    other.seed = scenario.seed + 1;
    EXPECT_NE(run_scenario(scenario, {}).trajectory_fingerprint, run_scenario(scenario, other).trajectory_fingerprint);
}

}  // namespace
}  // namespace mailrift
