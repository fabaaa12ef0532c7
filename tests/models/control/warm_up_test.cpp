// The time before t = 0: what receivers know then, and that nothing else is left of it.
#include "models/control/warm_up.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "models/traffic/flow.h"
#include "sim/json.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::read;
using testing::replaced;
using testing::run;
using testing::scenario_text;

constexpr Traffic kModels[] = {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage};

RunOptions with(Traffic traffic, std::size_t threads = 1) {
    RunOptions options;
    options.traffic = traffic;
    options.threads = threads;
    return options;
}

/// What alpha does with mail of beta after the effects of tick 0.
double accepted_at_start(const Run& run) {
    StateReplay replay(run);
    const World& world = run.model.world;
    return replay.at(0).state.verdicts.at(*find_entity(world, "beta"), *find_entity(world, "alpha")).accept;
}

double beta_to_alpha(const Run& run) {
    double messages = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        const auto& entities = run.model.world.entities;
        if (entities[index(row.key.source)].id == "beta" && entities[index(row.key.receiver)].id == "alpha") messages += row.messages;
    }
    return messages;
}

void expect_equal(const Run& a, const Run& b, const std::string& which) {
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint) << which;
    EXPECT_EQ(a.results_fingerprint, b.results_fingerprint) << which;
    EXPECT_EQ(a.history.size(), b.history.size()) << which;
    EXPECT_EQ(a.events.size(), b.events.size()) << which;
    const auto rows = a.ledger.rows();
    const auto others = b.ledger.rows();
    ASSERT_EQ(rows.size(), others.size()) << which;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto all = [](const LedgerRow& r) { return std::tie(r.key, r.outcome, r.cause, r.messages); };
        EXPECT_EQ(all(rows[i]), all(others[i])) << which << " row " << i;
    }
}

/// A policy of alpha that rejects whoever sends `min_volume` messages, all of which it judges good.
std::string volume_rule(double min_volume, const std::string& more) {
    return R"("blocking": [{"id": "volume", "kind": "reputation", "receiver": "alpha", "reject": 0, "false_positive": 0, "min_volume": )" +
           sim::format_number(min_volume) + more + "}]";
}

// A constant inflow of m messages a slice, of which q is left a slice later, has come to m (1 - q^W)/(1 - q) after W slices: a rule of just that volume
// rejects from t = 0 on, as the last slice decides, and one of a little more does not.
TEST(WarmUp, MemoryAtTheStartIsTheClosedFormOfDecay) {
    const std::string mail = R"("mail": {"reply": 0}, )";
    const double m = beta_to_alpha(run(scenario_text(R"("mail": {"reply": 0})", "1 h")));
    ASSERT_GT(m, 1);
    const double q = std::pow(0.5, 1.0 / 60);
    for (const int slices : {1, 30, 336}) {
        const double volume = m * (1 - std::pow(q, slices)) / (1 - q);
        const auto accepted = [&](double factor) {
            const std::string warm_up = R"("warm_up": ")" + std::to_string(slices) + R"( h", )";
            return accepted_at_start(
                run(scenario_text(mail + warm_up + volume_rule(volume * factor, R"(, "half_life": "60 h", "period": "1 h")"), "2 h")));
        };
        EXPECT_EQ(accepted(1 - 1e-9), 0) << slices;
        EXPECT_EQ(accepted(1 + 1e-9), 1) << slices;
    }
}

// The day before t = 0, a Monday 00:00 UTC, is a Sunday, wherever the warm-up begins. One hour east, it ends with the first hour of Monday.
TEST(WarmUp, KnowsTheHourOfTheWeek) {
    std::vector<int> factors(168, 0);
    for (std::size_t day = 0; day < 5; ++day) std::fill_n(factors.begin() + static_cast<std::ptrdiff_t>(24 * day) + 9, 8, 4);
    factors[0] = 2;            // Monday, 00:00
    factors[6 * 24 + 10] = 1;  // Sunday, 10:00
    factors[6 * 24] = 1;       // Sunday, 00:00, by UTC on Saturday
    const int sum = std::accumulate(factors.begin(), factors.end(), 0);
    std::string list;
    for (const int factor : factors) list += (list.empty() ? "" : ", ") + std::to_string(factor);
    const std::string world = replaced(hand_world(), R"("utc_offset": "8 h")", R"("utc_offset": "1 h")");
    const double hour = beta_to_alpha(run(scenario_text(R"("mail": {"reply": 0})", "1 h"), world));
    const double sunday = hour * (2 + 1) * 168 / sum;
    for (const std::string warm_up : {"3 d", "14 d", "50 h"}) {
        const auto accepted = [&](double factor) {
            return accepted_at_start(
                run(scenario_text(R"("mail": {"reply": 0, "profile": [)" + list + R"(]}, "warm_up": ")" + warm_up + "\", " +
                                      volume_rule(sunday * factor, R"(, "window": "tumbling", "period": "1 d")"),
                                  "1 h"),
                    world));
        };
        EXPECT_EQ(accepted(1 - 1e-9), 0) << warm_up;
        EXPECT_EQ(accepted(1 + 1e-9), 1) << warm_up;
    }
}

/// A world in which beta sends more spam than mail.
std::string spamming() { return replaced(hand_world(), R"("id": "beta",)", R"("id": "beta", "outbound_spam": 0.6,)"); }

/// A ratio that remembers for long, so that whoever is blocked stays so; and more.
std::string steady(const std::string& warm_up, const std::string& more = "") {
    return scenario_text(R"("scale": 0.2, "mail": {"messages_per_day": 4, "reply": 0.3}, "warm_up": ")" + warm_up + R"(",
        "observe": [{"measure": "reachability", "from": "BB", "to": "AA"}],
        "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": 20, "half_life": "60 d"}])" +
                             more,
                         "1 d");
}

TEST(WarmUp, WhoIsBlockedInTheLongRunIsBlockedFromTheStart) {
    for (const Traffic traffic : kModels) {
        const auto warm = run(steady("14 d"), spamming(), 1, traffic);
        const auto cold = run(steady("0 d"), spamming(), 1, traffic);
        EXPECT_EQ(accepted_at_start(warm), 0);
        EXPECT_EQ(accepted_at_start(cold), 1);
        double rejected = 0;
        for (const LedgerRow& row : warm.ledger.rows()) rejected += row.outcome == Outcome::kRejected ? row.messages : 0;
        EXPECT_GT(rejected, 0);
        for (const LedgerRow& row : cold.ledger.rows()) EXPECT_NE(row.outcome, Outcome::kRejected) << "no period is over";
        EXPECT_LT(warm.observed.front().values.front(), cold.observed.front().values.front()) << "reachability at t = 0 knows it";
        EXPECT_EQ(warm.history.front().tick, 0);
        EXPECT_EQ(warm.events.size(), 0U);
    }
}

// Common random numbers: the mail of the run is the same whatever was before it.
TEST(WarmUp, OfAPolicyThatNeverFiresChangesNoByte) {
    const std::string mail = R"("scale": 0.3, "mail": {"messages_per_day": 5, "spam_share": 0.2}, "orders": [)" +
                             testing::order_text(R"(["close_accounts"])") + "]";
    const auto idle = [&](const std::string& warm_up) {
        return scenario_text(mail + warm_up + R"(, "blocking": [{"id": "r", "kind": "reputation", "defer": 1, "min_volume": 1e12}])",
                             "36 h");
    };
    for (const Traffic traffic : kModels) {
        const std::string which = std::to_string(static_cast<int>(traffic));
        const auto warm = run(idle(""), hand_world(), 1, traffic);
        EXPECT_EQ(warm.model.warm_up, 336);
        expect_equal(warm, run(idle(R"(, "warm_up": "0 d")"), hand_world(), 1, traffic), which);
        const auto none = run(scenario_text(mail, "36 h"), hand_world(), 1, traffic);
        EXPECT_EQ(none.model.warm_up, 0);
        if (traffic != Traffic::kFluid) expect_equal(warm, none, which);
        EXPECT_NEAR(warm.ledger.written() / none.ledger.written(), 1, 1e-12) << "fluid: to rounding, since its sums are others";
    }
}

/// Verdicts that change while the warm-up lasts, at t = 0, and later.
std::string lively(const std::string& more = "") {
    return scenario_text(R"("scale": 0.2, "warm_up": "60 h", "mail": {"messages_per_day": 4, "spam_share": 0.5}, "blocking": [
        {"id": "ratio", "kind": "reputation", "junk": 0.02, "reject": 0.3, "min_volume": 5, "half_life": "1 d", "period": "6 h",
         "false_positive": 0.03},
        {"id": "grey", "kind": "greylist", "receiver": "alpha"},
        {"id": "later", "kind": "reputation", "from": "1 d", "defer": 0.03, "min_volume": 5, "false_positive": 0.03}])" +
                             more,
                         "2 d");
}

TEST(WarmUp, IsNotRepeatedWhenARunIsResumed) {
    const Scenario scenario = read(lively(), spamming());
    for (const Traffic traffic : kModels) {
        const auto straight = run_scenario(scenario, with(traffic));
        EXPECT_EQ(straight.history.front().tick, 0);
        for (const sim::Tick tick : {0, 1, 30}) {
            Simulation simulation(scenario, with(traffic));
            simulation.advance_to(tick);
            const std::string bytes = simulation.save();
            Simulation resumed = Simulation::resume(bytes, "x", {});
            EXPECT_EQ(resumed.save(), bytes);
            expect_equal(resumed.finish(), straight, std::to_string(static_cast<int>(traffic)) + " tick " + std::to_string(tick));
        }
    }
}

TEST(WarmUp, IsTheSameForAnyNumberOfThreads) {
    const Scenario scenario = read(lively(), spamming());
    const auto one = run_scenario(scenario, with(Traffic::kMessage));
    for (const std::size_t threads : {2U, 8U}) {
        expect_equal(run_scenario(scenario, with(Traffic::kMessage, threads)), one, std::to_string(threads) + " threads");
    }
}

/// What alpha and the others remember after a day before t = 0 whose mail is of that setup.
std::string memory_of(const Model& model, const TrafficSetup& setup) {
    Judgement judgement(model, true);
    const MailState start = start_state(model, false);
    warm_up(model, start, *make_flow(setup, {model.world, model.population, start}), judgement, {});
    sim::ArchiveWriter archive;
    judgement.save(archive);
    return archive.file({"memory", 1});
}

TEST(WarmUp, DrawsOtherMailThanTheRunOfTheSamePeople) {
    const std::string rule = R"("blocking": [{"id": "r", "kind": "reputation", "reject": 1, "min_volume": 1e12}])";
    const Model model = make_model(read(scenario_text(R"("warm_up": "24 h", "scale": 0.2, )" + rule)), 7, Compliance::kDrawn);
    const Involved involved = involved_in(model);
    const Lumping lumping{involved.cohorts, involved.entities, true, true};
    const TrafficSetup setup{model.world, model.population, model.mixing, model.mail, lumping, model.grid.slice, model.slices,
                             true,        model.botnet,     model.seed,   1,          {1}};
    const TrafficSetup before = before_start(setup, 24);
    EXPECT_EQ(std::tuple(before.first, before.slices, before.watch), std::tuple(-24, 24, false));
    EXPECT_EQ(before.people_seed, setup.seed);
    EXPECT_EQ(memory_of(model, before), memory_of(model, before));
    TrafficSetup same = before;
    same.seed = setup.seed;
    EXPECT_NE(memory_of(model, before), memory_of(model, same));
}

/// Sources judged at tick 0, and what is accepted of them.
std::vector<std::pair<std::string, double>> judged_at_start(const Run& run) {
    std::vector<std::pair<std::string, double>> verdicts;
    for (const TimedChange& timed : run.history) {
        if (timed.tick > 0 || timed.change.kind != ChangeKind::kJudge) continue;
        verdicts.emplace_back(run.model.world.entities[index(timed.change.source)].id, timed.change.verdicts.wanted.accept);
    }
    std::sort(verdicts.begin(), verdicts.end());  // pairs are judged in the order in which their mail came
    return verdicts;
}

// Orders and responses are for the time from t = 0 on.
TEST(WarmUp, KnowsNoOrders) {
    const std::string order = R"(, "orders": [{"id": "eo", "issuer": "BB", "at": "0 s", "target": {"jurisdictions": ["BB", "CC"]},
        "measures": ["close_accounts", "block_senders"], "compliance": {"probability": 1}}])";
    const auto without = judged_at_start(run(steady("3 d"), spamming()));
    EXPECT_FALSE(without.empty());
    EXPECT_EQ(judged_at_start(run(steady("3 d", order), spamming())), without);
}

/// Traffic that asks to stop in one of its slices.
class Stopping final : public TrafficModel {
public:
    Stopping(sim::StopFlag& stop, sim::Tick at) : stop_(stop), at_(at) {}
    Tallies advance(const MailView&, sim::Tick slice, const sim::StopFlag&) override {
        EXPECT_EQ(slice, done++);
        if (slice == at_) stop_.request_stop();
        return {};
    }
    void settle(Ledger&) override {}
    void save(sim::ArchiveWriter&) const override {}
    void load(sim::ArchiveReader&) override {}
    sim::Tick done = 0;

private:
    sim::StopFlag& stop_;
    sim::Tick at_;
};

TEST(WarmUp, StopsWithinASlice) {
    const Model model = make_model(read(lively()), 1, Compliance::kDrawn);
    ASSERT_EQ(model.warm_up, 60);
    Judgement judgement(model, false);
    sim::StopFlag stop;
    Stopping mail(stop, 3);
    try {
        warm_up(model, start_state(model, false), mail, judgement, stop);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kInterrupted);
    }
    EXPECT_EQ(mail.done, 4);
    for (const Traffic traffic : kModels) {
        RunOptions options = with(traffic);
        options.stop = &stop;
        const auto found = run_scenario(read(lively()), options);
        EXPECT_TRUE(found.interrupted);
        EXPECT_EQ(found.finished, 0);
        EXPECT_EQ(found.ledger.written(), 0);
        EXPECT_EQ(found.ledger.imbalance(), 0);
    }
}

std::string error_of(const std::function<void()>& work) {
    try {
        work();
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "nothing";
}

TEST(WarmUp, IsAWholeNumberOfSlices) {
    const auto error = [](const std::string& text) { return error_of([&] { (void)read(text); }); };
    const std::string rule = R"(, "blocking": [{"id": "r", "kind": "reputation", "reject": 0.5, "period": "5 h"}])";
    const std::string greylist = R"(, "blocking": [{"id": "g", "kind": "greylist"}])";
    EXPECT_EQ(error(scenario_text(R"("warm_up": "90 min")")),
              R"(small.json:/warm_up: [inconsistent 304] expected a multiple of "slice", 1 h, got 90 min)");
    EXPECT_EQ(error(scenario_text(R"("slice": "1 s", "warm_up": "14 d")", "1 d")),
              R"(small.json:/warm_up: [too_large 305] expected at most 1000000 slices, got 1209600)");
    EXPECT_EQ(
        error(scenario_text(R"("slice": "5 h")" + rule)),
        R"(small.json:/slice: [inconsistent 304] expected a slice that divides the default "warm_up", 14 d, or another "warm_up", got 5 h)");
    for (const std::string& text :
         {R"("slice": "5 h")" + greylist, R"("slice": "5 h")" + replaced(rule, R"("id")", R"("from": "5 h", "id")"),
          R"("slice": "5 h", "warm_up": "335 h")" + rule}) {
        EXPECT_EQ(error(scenario_text(text)), "nothing") << text;
    }
}

TEST(WarmUp, IsForPoliciesOfTheStartThatRemember) {
    const auto slices = [](const std::string& policies) {
        return make_model(read(scenario_text(R"("warm_up": "7 h", "blocking": [)" + policies + "]")), 1, Compliance::kDrawn).warm_up;
    };
    const std::string greylist = R"({"id": "g", "kind": "greylist"})";
    EXPECT_EQ(slices(""), 0);
    EXPECT_EQ(slices(greylist), 0);
    EXPECT_EQ(slices(R"({"id": "r", "kind": "reputation", "reject": 0.5, "from": "1 s"})"), 0);
    EXPECT_EQ(slices(greylist + R"(, {"id": "r", "kind": "reputation", "reject": 0.5})"), 7);
}

// A fork at tick 0 has the memory of its past's policies, which is not that of others.
TEST(WarmUp, OfOtherPoliciesIsNotForkedFrom) {
    const Scenario past = read(lively());
    const std::string bytes = Simulation(past, with(Traffic::kFlow)).save();
    const auto forked = [&](const std::string& text) {
        return error_of([&] {
            const Scenario other = read(text);
            (void)Simulation::resume(bytes, "x", {}, &other);
        });
    };
    EXPECT_EQ(
        forked(replaced(lively(), R"("reject": 0.3)", R"("reject": 0.2)")),
        R"(/blocking: [inconsistent 304] expected "ratio" as the run began with it, since it acts before 0 s, got another one of that name)");
    EXPECT_EQ(forked(replaced(lively(), R"("from": "1 d")", R"("from": "2 d")")), "nothing") << "it has not begun yet";
    EXPECT_EQ(forked(replaced(lively(), R"("warm_up": "60 h")", R"("warm_up": "61 h")")),
              R"(/warm_up: [inconsistent 304] expected the value that the run began with, got another one)");
}

}  // namespace
}  // namespace mailrift
