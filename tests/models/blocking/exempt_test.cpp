// Exemptions by share: whatever policy rejects, a source above the share is spared by it, and one below is not.
#include <array>

#include <gtest/gtest.h>

#include "models/control/life_history.h"
#include "models/control/simulation.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::read;
using testing::with_policy;

constexpr Traffic kModels[] = {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage};
constexpr std::array<const char*, 4> kSources{"big", "search", "alpha", "beta"};
constexpr std::array<const char*, 2> kJudged{"alpha", "beta"};

/// All at one hosting supplier, half of what they send authenticated; a list that says of everybody that it is listed.
std::string shared_world() {
    std::string world = testing::replaced(testing::hand_world(), R"("suppliers": [)",
                                          R"("suppliers": [{"id": "vps", "layer": "hosting"}, {"id": "list", "layer": "blocklist"}, )");
    for (const char* source : kSources) {
        const std::string id = R"({"id": ")" + std::string(source) + R"(", )";
        world = testing::replaced(world, id, id + R"("authenticated": 0.5, "depends_on": [{"layer": "hosting", "suppliers": ["vps"]}], )");
    }
    return world;
}

std::string scenario(const std::string& policy, const std::string& exempt, const std::string& horizon = "3 d") {
    const std::string lists = policy.find("blocklist") == std::string::npos
                                  ? ""
                                  : R"(, "blocklists": [{"id": "list", "closure": {"at": "0 h", "answer": "wildcard"}}])";
    return with_policy(R"({"id": "rule", "receiver": "big", )" + policy + exempt + "}", lists, horizon);
}

RunOptions with(Traffic traffic) {
    RunOptions options;
    options.traffic = traffic;
    return options;
}

double rejected_at_end(const Run& run, const std::string& source) {
    StateReplay replay(run);
    const World& world = run.model.world;
    double sum = 0;
    for (const VerdictPart& part :
         replay.at(run.model.slices - 1).state.verdicts.at(*find_entity(world, source), *find_entity(world, "big")).parts) {
        sum += part.outcome == Outcome::kRejected ? part.share : 0;
    }
    return sum;
}

/// Of the wanted mail to big's own users.
double share_of(const Run& run, const std::string& source) { return messages(run, {source, "big"}) / messages(run, {"", "big"}); }

TEST(Exempt, SparesLargeSourcesFromWhateverRejects) {
    const std::array<const char*, 7> policies{
        R"("kind": "default_deny", "delay": "30 d")",
        R"("kind": "blocklist", "list": "list")",
        R"("kind": "neighbourhood", "bad_share": 0, "min_volume": 1)",
        R"("kind": "geo_block", "jurisdictions": ["AA", "BB"])",
        R"("kind": "content_filter", "action": "reject", "false_positive": 0.25)",
        R"("kind": "authentication")",
        R"("kind": "reputation", "reject": 0, "min_volume": 1)",
    };
    const auto without = testing::run(scenario(R"("kind": "default_deny", "success": 1, "delay": "0 h")", ""), shared_world());
    const double beta = share_of(without, "beta");
    for (const char* policy : policies) {
        for (const Traffic traffic : kModels) {
            SCOPED_TRACE(std::string(policy) + " traffic " + std::to_string(static_cast<int>(traffic)));
            const auto none = run_scenario(read(scenario(policy, ""), shared_world()), with(traffic));
            const auto large =
                run_scenario(read(scenario(policy, R"(, "exempt": )" + std::to_string(beta * 0.9)), shared_world()), with(traffic));
            const auto nobody = run_scenario(read(scenario(policy, R"(, "exempt": 0.99)"), shared_world()), with(traffic));
            for (const char* source : kJudged) {
                const bool spared = share_of(without, source) > beta * 0.9;
                EXPECT_GT(rejected_at_end(none, source), 0) << source;
                EXPECT_EQ(rejected_at_end(large, source), spared ? 0 : rejected_at_end(none, source)) << source;
                EXPECT_EQ(rejected_at_end(nobody, source), rejected_at_end(none, source)) << source;
            }
        }
    }
    EXPECT_GT(share_of(without, "beta"), 2 * share_of(without, "alpha")) << "the test has both";
    EXPECT_GT(share_of(without, "alpha"), 0);
}

// One of n operators alike has 1/n of their mail.
TEST(Exempt, JudgesOneOperatorOfACountedEntry) {
    const std::string many = testing::replaced(shared_world(), R"({"id": "beta", )", R"({"id": "beta", "count": 10, )");
    const auto run = testing::run(scenario(R"("kind": "default_deny", "delay": "30 d")", R"(, "exempt": 0.1)"), many);
    EXPECT_GT(rejected_at_end(run, "beta"), 0);
    EXPECT_GT(share_of(run, "beta"), 0.1);
    EXPECT_LT(share_of(run, "beta") / 10, 0.1);
}

TEST(Exempt, IsKnownAfterAWarmUpAndGoesOnFromACheckpoint) {
    const std::string text =
        testing::replaced(scenario(R"("kind": "default_deny", "delay": "30 d")", R"(, "exempt": 0.1)"), R"("0 d")", R"("2 d")");
    for (const Traffic traffic : kModels) {
        const Scenario whole = read(text, shared_world());
        const auto straight = run_scenario(whole, with(traffic));
        EXPECT_EQ(testing::share(straight, {"big", "big"}, Outcome::kRejected), 0) << "from the start";
        EXPECT_EQ(testing::share(straight, {"alpha", "big"}, Outcome::kRejected), 1);
        Simulation simulation(whole, with(traffic));
        simulation.advance_to(20);
        const auto resumed = Simulation::resume(simulation.save(), "x", {}).finish();
        EXPECT_EQ(resumed.trajectory_fingerprint, straight.trajectory_fingerprint);
    }
}

}  // namespace
}  // namespace mailrift
