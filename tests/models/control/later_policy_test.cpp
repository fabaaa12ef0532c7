// Policies that a receiver begins to apply while a run goes on: nothing changes before, and a run can be forked at that day.
#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::read;
using testing::replaced;
using testing::scenario_text;

constexpr Traffic kModels[] = {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage};

/// A policy of all receivers that is there from the start, and others from `from` on.
std::string with_policies(const std::string& from, const std::string& horizon = "6 d") {
    const std::string later = from.empty() ? "" : R"("from": ")" + from + "\", ";
    return scenario_text(R"("warm_up": "0 d", "scale": 0.2, "mail": {"messages_per_day": 6, "reply": 0.4, "spam_share": 0.2}, "blocking": [
        {"id": "old", "kind": "reputation", "receiver": "big", "junk": 0.02, "min_volume": 5, "false_positive": 0.02},
        {"id": "ratio", )" + later +
                             R"("kind": "reputation", "reject": 0.01, "min_volume": 5, "period": "12 h", "false_positive": 0.02},
        {"id": "grey", )" + later +
                             R"("kind": "greylist", "receiver": "beta", "memory": "1 d"}])",
                         horizon);
}

RunOptions with(Traffic traffic, std::vector<Scenario> futures = {}) {
    RunOptions options;
    options.traffic = traffic;
    options.futures = std::move(futures);
    return options;
}

double messages(const Run& run, Outcome outcome, const std::string& policy = "") {
    double sum = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        const bool is_its = policy.empty() || (row.cause.policy && run.model.policies[index(*row.cause.policy)].id == policy);
        if (row.outcome == outcome && is_its) sum += row.messages;
    }
    return sum;
}

void expect_equal(const Run& a, const Run& b) {
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint);
    EXPECT_EQ(a.history.size(), b.history.size());
    const auto rows = a.ledger.rows();
    const auto others = b.ledger.rows();
    ASSERT_EQ(rows.size(), others.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].messages, others[i].messages) << i;
        EXPECT_EQ(rows[i].outcome, others[i].outcome) << i;
    }
}

TEST(LaterPolicy, ChangesNoByteBeforeItBegins) {
    std::string without = with_policies("", "3 d");
    without = without.substr(0, without.find(R"({"id": "ratio")"));
    without = without.substr(0, without.rfind(',')) + "]" + with_policies("", "3 d").substr(with_policies("", "3 d").rfind("}]") + 2);
    for (const Traffic traffic : kModels) {
        expect_equal(run_scenario(read(with_policies("73 h", "3 d")), with(traffic)), run_scenario(read(without), with(traffic)));
    }
}

TEST(LaterPolicy, FromTheStartIsTheDefault) {
    for (const Traffic traffic : kModels) {
        expect_equal(run_scenario(read(with_policies("0 h")), with(traffic)), run_scenario(read(with_policies("")), with(traffic)));
    }
}

// It takes effect at the first tick at or after its time. A greylist stops strangers at once; a ratio remembers nothing of the days before, so it
// blocks nobody before its first period is over.
TEST(LaterPolicy, BeginsAtItsTickAndRemembersNothing) {
    for (const Traffic traffic : kModels) {
        for (const auto& [horizon, greylists, rejects] :
             {std::tuple("60 h", false, false), {"61 h", true, false}, {"72 h", true, false}, {"4 d", true, true}}) {
            SCOPED_TRACE(std::string(horizon) + " traffic " + std::to_string(static_cast<int>(traffic)));
            const auto run = run_scenario(read(with_policies("3570 min", horizon)), with(traffic));
            const double waited = messages(run, Outcome::kQueued, "grey") + messages(run, Outcome::kExpired, "grey");
            EXPECT_EQ(waited > 0, greylists);
            EXPECT_EQ(messages(run, Outcome::kRejected, "ratio") > 0, rejects);
        }
    }
}

TEST(LaterPolicy, OneOfNoMemoryBlocksAsMuchAsFromThatDayOn) {
    const auto since_start = run_scenario(read(with_policies("", "6 d")), with(Traffic::kFluid));
    const auto half = run_scenario(read(with_policies("3 d", "6 d")), with(Traffic::kFluid));
    const auto first_days = run_scenario(read(with_policies("", "3 d")), with(Traffic::kFluid));
    const double all = messages(since_start, Outcome::kRejected, "ratio");
    const double later = messages(half, Outcome::kRejected, "ratio");
    EXPECT_GT(later, 0);
    EXPECT_LT(later, all);
    EXPECT_NEAR(later / messages(first_days, Outcome::kRejected, "ratio"), 1, 0.05) << "three days of it, from whenever on";
}

TEST(LaterPolicy, AForkAtItsDayIsTheWholeRun) {
    const Scenario past = read(replaced(with_policies("6 d"), R"("reject": 0.01)", R"("reject": 0.5)"));
    const Scenario future = read(with_policies("3 d"));
    for (const Traffic traffic : kModels) {
        SCOPED_TRACE(static_cast<int>(traffic));
        for (const sim::Tick tick : {70, 72}) {
            Simulation simulation(past, with(traffic, {future}));
            simulation.advance_to(tick);
            const std::string bytes = simulation.save();
            expect_equal(Simulation(future, with(traffic, {past})).finish(), Simulation::resume(bytes, "x", {}, &future).finish());
            expect_equal(Simulation(past, with(traffic, {future})).finish(), Simulation::resume(bytes, "x", {}).finish());
        }
        Simulation begun(future, with(traffic, {past}));
        begun.advance_to(100);
        expect_equal(Simulation(future, with(traffic, {past})).finish(), Simulation::resume(begun.save(), "x", {}).finish());
    }
}

// Opinions on hosting suppliers, and what is due to those who are refused, begin with the policy too.
TEST(LaterPolicy, AForkIsTheWholeRunWithHostingKeysAndDueProcess) {
    std::string world = replaced(testing::hand_world(), R"("suppliers": [)", R"("suppliers": [{"id": "vps", "layer": "hosting"}, )");
    for (const char* source : {"alpha", "beta"}) {
        const std::string id = R"({"id": ")" + std::string(source) + R"(", )";
        world = replaced(world, id, id + R"("outbound_spam": 0.3, "depends_on": [{"layer": "hosting", "suppliers": ["vps"]}], )");
    }
    const auto scenario = [&](const std::string& from) {
        return read(
            scenario_text(R"("warm_up": "0 d", "scale": 0.2, "mail": {"messages_per_day": 6, "spam_share": 0.3}, "blocking": [
            {"id": "old", "kind": "reputation", "key": "hosting", "junk": 0.02, "min_volume": 5},
            {"id": "range", "from": ")" +
                              from + R"(", "kind": "reputation", "key": "hosting", "reject": 0.05, "min_volume": 5, "period": "6 h"},
            {"id": "process", "from": ")" +
                              from + R"(", "kind": "due_process", "notice": "6 h", "appeal": "1 d", "accuracy": 0.5}])",
                          "5 d"),
            world);
    };
    const Scenario past = scenario("6 d");
    const Scenario future = scenario("2 d");
    for (const Traffic traffic : kModels) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto whole = Simulation(future, with(traffic, {past})).finish();
        EXPECT_GT(messages(whole, Outcome::kRejected, "range"), 0);
        for (const sim::Tick tick : {40, 48}) {
            Simulation simulation(past, with(traffic, {future}));
            simulation.advance_to(tick);
            expect_equal(Simulation::resume(simulation.save(), "x", {}, &future).finish(), whole);
        }
        Simulation begun(future, with(traffic, {past}));
        begun.advance_to(60);
        expect_equal(Simulation::resume(begun.save(), "x", {}).finish(), whole);
    }
}

TEST(LaterPolicy, AForkThatChangesWhatBeganIsRefused) {
    const Scenario past = read(with_policies("6 d"));
    const Scenario future = read(with_policies("3 d"));
    const auto error_at = [&](sim::Tick tick, const std::string& other, std::vector<Scenario> futures) {
        Simulation simulation(past, with(Traffic::kFlow, std::move(futures)));
        simulation.advance_to(tick);
        try {
            const Scenario next = read(other);
            (void)Simulation::resume(simulation.save(), "x", {}, &next);
        } catch (const sim::Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    EXPECT_EQ(error_at(72, with_policies("3 d"), {future}), "nothing");
    EXPECT_EQ(error_at(73, with_policies("3 d"), {future}),
              R"(/blocking: [inconsistent 304] expected nothing new that begins before 73 h, got "ratio")");
    EXPECT_EQ(
        error_at(10, replaced(with_policies("6 d"), R"("junk": 0.02)", R"("junk": 0.03)"), {future}),
        R"(/blocking: [inconsistent 304] expected "old" as the run began with it, since it acts before 10 h, got another one of that name)");
}

}  // namespace
}  // namespace mailrift
