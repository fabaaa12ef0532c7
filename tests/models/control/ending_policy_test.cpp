// Policies that a receiver ceases to apply while a run goes on: nothing is left of them, and a run can be forked at that day.
#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::read;
using testing::replaced;
using testing::scenario_text;

constexpr Traffic kModels[] = {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage};

/// Two providers at one hosting supplier, one of which sends spam.
std::string world() {
    std::string text = replaced(testing::hand_world(), R"("suppliers": [)", R"("suppliers": [{"id": "vps", "layer": "hosting"}, )");
    for (const char* source : {"alpha", "beta"}) {
        const std::string id = R"({"id": ")" + std::string(source) + R"(", )";
        text = replaced(text, id, id + R"("depends_on": [{"layer": "hosting", "suppliers": ["vps"]}], )");
    }
    return replaced(text, R"({"id": "alpha", )", R"({"id": "alpha", "outbound_spam": 0.5, )");
}

/// A rule of one key and another one that is reviewed, each until `until`.
std::string scenario(const std::string& until, const std::string& horizon = "6 d", const std::string& warm_up = "0 d") {
    const std::string ends = until.empty() ? "" : R"("until": ")" + until + "\", ";
    return scenario_text(
        R"("warm_up": ")" + warm_up + R"(", "scale": 0.3, "mail": {"messages_per_day": 6, "reply": 0, "spam_share": 0.3}, "blocking": [
        {"id": "range", )" +
            ends + R"("kind": "reputation", "key": "hosting", "receiver": "big", "reject": 0.05, "min_volume": 20, "period": "12 h"},
        {"id": "process", )" +
            ends + R"("kind": "due_process", "receiver": "big", "notice": "6 h", "appeal": "1 d", "accuracy": 0},
        {"id": "marks", "kind": "reputation", "junk": 0.1, "min_volume": 20}])",
        horizon);
}

RunOptions with(Traffic traffic, std::vector<Scenario> futures = {}) {
    RunOptions options;
    options.traffic = traffic;
    options.futures = std::move(futures);
    return options;
}

double rejected(const Run& run) {
    double sum = 0;
    for (const LedgerRow& row : run.ledger.rows()) sum += row.outcome == Outcome::kRejected ? row.messages : 0;
    return sum;
}

void expect_equal(const Run& a, const Run& b) {
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint);
    EXPECT_EQ(a.history.size(), b.history.size());
    EXPECT_EQ(rejected(a), rejected(b));
}

TEST(EndingPolicy, RejectsWhatItDidBeforeItsEndAndNothingLater) {
    for (const Traffic traffic : kModels) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto to_the_end = run_scenario(read(scenario("", "3 d"), world()), with(traffic));
        const auto ends = run_scenario(read(scenario("4290 min"), world()), with(traffic));  // 71.5 h: at tick 72
        EXPECT_GT(rejected(to_the_end), 0);
        EXPECT_NEAR(rejected(ends) / rejected(to_the_end), 1, 1e-12);
        EXPECT_GT(rejected(run_scenario(read(scenario(""), world()), with(traffic))), rejected(ends));
        expect_equal(run_scenario(read(scenario("7 d"), world()), with(traffic)), run_scenario(read(scenario(""), world()), with(traffic)));
    }
}

TEST(EndingPolicy, AfterTheEndOfAllThereIsNoVerdictLeft) {
    const std::string text = replaced(scenario("2 d"), R"({"id": "marks", )", R"({"id": "marks", "until": "3 d", )");
    for (const Traffic traffic : kModels) {
        const auto run = run_scenario(read(text, world()), with(traffic));
        StateReplay replay(run);
        for (const char* source : {"alpha", "beta", "search"}) {
            const auto& verdicts = replay.at(run.model.slices - 1).state.verdicts;
            EXPECT_EQ(verdicts.at(*find_entity(run.model.world, source), *find_entity(run.model.world, "big")), Verdict{}) << source;
        }
    }
}

TEST(EndingPolicy, IsTheSameSavedAndResumedWithAndWithoutAWarmUp) {
    for (const Traffic traffic : kModels) {
        for (const char* warm_up : {"0 d", "2 d"}) {
            const Scenario whole = read(scenario("2 d", "3 d", warm_up), world());
            const auto straight = run_scenario(whole, with(traffic));
            for (const sim::Tick tick : {0, 47, 48, 49}) {
                SCOPED_TRACE(std::string(warm_up) + " tick " + std::to_string(tick) + " traffic " +
                             std::to_string(static_cast<int>(traffic)));
                Simulation simulation(whole, with(traffic));
                simulation.advance_to(tick);
                const std::string bytes = simulation.save();
                Simulation resumed = Simulation::resume(bytes, "x", {});
                EXPECT_EQ(resumed.save(), bytes);
                expect_equal(resumed.finish(), straight);
            }
        }
    }
}

// Whether a receiver will cease is open until it does.
TEST(EndingPolicy, ARunCanBeForkedWhereAReceiverCeases) {
    const Scenario goes_on = read(scenario(""), world());
    const Scenario ends = read(scenario("3 d"), world());
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        for (const sim::Tick tick : {40, 72}) {
            Simulation simulation(goes_on, with(traffic, {ends}));
            simulation.advance_to(tick);
            const std::string bytes = simulation.save();
            expect_equal(Simulation::resume(bytes, "x", {}, &ends).finish(), Simulation(ends, with(traffic, {goes_on})).finish());
            expect_equal(Simulation::resume(bytes, "x", {}).finish(), Simulation(goes_on, with(traffic, {ends})).finish());
        }
    }
    Simulation simulation(goes_on, with(Traffic::kFlow, {ends}));
    simulation.advance_to(73);
    try {
        (void)Simulation::resume(simulation.save(), "x", {}, &ends);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(
            std::string(error.what()),
            R"(/blocking: [inconsistent 304] expected "range" as the run began with it, since it acts before 73 h, got another one of that name)");
    }
}

class RejectsAll final : public BatchPolicy {
public:
    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return sim::kDay; }
    [[nodiscard]] std::vector<Proposal> propose_all(const Batch& batch) const override {
        return std::vector<Proposal>(batch.sources.size(), Proposal{0, 1});
    }
};

// It proposes at the end of the first day, and rejects all of the second.
TEST(EndingPolicy, HoldsForPoliciesOfTheCallingProgram) {
    const auto rejected_by = [&](std::optional<sim::Time> until, const std::string& horizon) {
        RunOptions options = with(Traffic::kFlow);
        options.policies = {{"mine", "big", {}, std::make_shared<RejectsAll>(), until}};
        return rejected(run_scenario(read(scenario_text(R"("warm_up": "0 d", "scale": 0.3, "mail": {"reply": 0})", horizon)), options));
    };
    EXPECT_GT(rejected_by(std::nullopt, "2 d"), 0);
    EXPECT_EQ(rejected_by(sim::Time{2 * sim::kDay.us}, "4 d"), rejected_by(std::nullopt, "2 d"));
    EXPECT_THROW(rejected_by(sim::Time{0}, "2 d"), sim::Error);
}

TEST(EndingPolicy, EndsAfterItBegins) {
    try {
        static_cast<void>(read(replaced(scenario("2 d"), R"({"id": "range", )", R"({"id": "range", "from": "48 h", )"), world()));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(std::string(error.what()),
                  R"(small.json:/blocking/0/until: [inconsistent 304] expected an end after "from", 2 d, got 2 d)");
    }
}

}  // namespace
}  // namespace mailrift
