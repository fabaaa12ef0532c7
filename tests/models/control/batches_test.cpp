// Policies that judge all keys of a receiver at once: what they are told, that they equal the built-in rule they imitate, and what is refused.
#include "models/blocking/batch_policy.h"

#include <gtest/gtest.h>

#include "models/control/judgement.h"
#include "models/control/simulation.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::read;
using testing::replaced;
using testing::scenario_text;

constexpr Traffic kModels[] = {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage};

/// Rejects keys with at least `cut_off` of their counted mail bad, one message or more, and keeps what it was told.
class Ratio final : public BatchPolicy {
public:
    explicit Ratio(double cut_off, sim::Duration period = sim::kDay) : cut_off_(cut_off), period_(period) {}

    [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
    [[nodiscard]] sim::Duration period() const override { return period_; }
    [[nodiscard]] Judge judge() const override { return {Evidence::kAttempts, 0.9, 0.02}; }
    [[nodiscard]] std::vector<Proposal> propose_all(const Batch& batch) const override {
        std::vector<Proposal> proposals(batch.sources.size());
        for (std::size_t k = 0; k < proposals.size(); ++k) {
            const double counted = batch.good[k] + batch.bad[k];
            const bool past = counted >= 1 - 1e-12 && batch.bad[k] >= cut_off_ * counted * (1 - 1e-12);
            proposals[k].reject = past ? 1 : 0;
            told.emplace_back(std::string(batch.receiver) + " " + std::string(batch.sources[k]) + " " + std::to_string(batch.keys[k]) +
                              " " + std::to_string(batch.addresses[k]));
        }
        if (fails_on_day > 0 && batch.at == sim::Time{sim::kDay.us * static_cast<std::int64_t>(fails_on_day)})
            throw std::runtime_error("it fails");
        return proposals;
    }

    mutable std::vector<std::string> told{};
    std::size_t fails_on_day = 0;

private:
    double cut_off_;
    sim::Duration period_;
};

RunOptions with(Traffic traffic, std::shared_ptr<const BatchPolicy> policy = nullptr, const std::string& receiver = "*") {
    RunOptions options;
    options.traffic = traffic;
    if (policy) options.policies.push_back({"ratio", receiver, {}, std::move(policy)});
    return options;
}

std::string small(const std::string& blocking = "") {
    return scenario_text(R"("scale": 0.2, "mail": {"messages_per_day": 6, "reply": 0.4, "spam_share": 0.2})" +
                             (blocking.empty() ? "" : R"(, "blocking": [)" + blocking + "]"),
                         "5 d");
}

std::string built_in(double cut_off) {
    return R"({"id": "ratio", "kind": "reputation", "reject": )" + std::to_string(cut_off) +
           R"(, "min_volume": 0, "window": "tumbling", "period": "1 d", "true_positive": 0.9, "false_positive": 0.02})";
}

void expect_equal(const Run& a, const Run& b) {
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint);
    const auto rows = a.ledger.rows();
    const auto others = b.ledger.rows();
    ASSERT_EQ(rows.size(), others.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].messages, others[i].messages) << i;
        EXPECT_EQ(rows[i].outcome, others[i].outcome) << i;
    }
}

template <class Work>
std::string error_of(const Work& work) {
    try {
        work();
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "nothing";
}

TEST(Batches, EqualTheBuiltInRuleBitForBit) {
    for (const Traffic traffic : kModels) {
        if (traffic == Traffic::kMessage && !testing::kFast) continue;
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto own = run_scenario(read(small()), with(traffic, std::make_shared<Ratio>(0.02)));
        const auto built = run_scenario(read(small(built_in(0.02))), with(traffic));
        expect_equal(own, built);
        const auto never = run_scenario(read(small()), with(traffic, std::make_shared<Ratio>(2)));
        EXPECT_NE(never.trajectory_fingerprint, own.trajectory_fingerprint) << "it blocked somebody";
        expect_equal(never, run_scenario(read(small(built_in(1))), with(traffic)));
        if (traffic == Traffic::kFluid) continue;  // which sums source by source as soon as anybody judges
        EXPECT_EQ(never.trajectory_fingerprint, run_scenario(read(small()), with(traffic)).trajectory_fingerprint);
    }
}

/// Alpha's counts of one day in which 90 wanted messages and 10 spam came from beta, a crowd, and 300 wanted messages of big, which takes fresh
/// addresses every 12 h. The judge misses nothing.
TEST(Batches, AreToldCountsSharesAndOperators) {
    class Exact final : public BatchPolicy {
    public:
        [[nodiscard]] Stage stage() const override { return Stage::kConnect; }
        [[nodiscard]] sim::Duration period() const override { return sim::kDay; }
        [[nodiscard]] std::vector<Proposal> propose_all(const Batch& batch) const override {
            last = batch;
            return std::vector<Proposal>(batch.sources.size());
        }
        mutable Batch last{};
    };
    const std::string beta = R"({"id": "beta", "kind": "national",)";
    const std::string world = replaced(hand_world(), beta, beta + R"( "count": 10, "representatives": 5,)");
    const auto exact = std::make_shared<Exact>();
    Model model = make_model(read(scenario_text(R"("slice": "12 h")"), world), 1, Compliance::kDrawn);
    model.world.entities[index(*find_entity(model.world, "big"))].rotation = sim::kHour * 12;
    const GivenPolicy given{"exact", "alpha", {}, exact};
    add_policies({&given, 1}, {}, model);
    const EntityId alpha = *find_entity(model.world, "alpha");
    const SourceTally slice[] = {{*find_entity(model.world, "big"), alpha, {150, 0}, {150, 0}, {150, 0}},
                                 {*find_entity(model.world, "beta"), alpha, {45, 5}, {45, 5}, {60, 10}}};
    Judgement judgement(model, false);
    for (sim::Tick tick = 0; tick < 4; ++tick) {
        judgement.learn(slice, tick);
        static_cast<void>(judgement.judge(tick + 1));
    }
    const Batch& batch = exact->last;  // of the second day alone
    EXPECT_EQ(batch.receiver, "alpha");
    EXPECT_EQ(batch.at.us, 2 * sim::kDay.us);
    EXPECT_EQ(batch.sources, (std::vector<std::string_view>{"beta", "big"}));
    EXPECT_EQ(batch.keys, (std::vector<std::int64_t>{0, 0}));
    EXPECT_EQ(batch.addresses, (std::vector<std::int64_t>{0, 4}));
    EXPECT_NEAR(batch.good[0], 9, 1e-12) << "one operator of ten";
    EXPECT_NEAR(batch.bad[0], 1, 1e-12);
    EXPECT_NEAR(batch.offered[0], 14, 1e-12);
    EXPECT_NEAR(batch.operators[0], 10, 1e-12);
    EXPECT_EQ(batch.operators[1], 1);
    EXPECT_NEAR(batch.share[0] * 10 + batch.share[1], 1, 1e-12);
}

TEST(Batches, ComeInTheOrderOfIds) {
    const auto told = std::make_shared<Ratio>(0.02);
    const auto other = std::make_shared<Ratio>(0.02);
    const std::string alpha = R"(  {"id": "alpha", "kind": "national", "control": [{"jurisdiction": "AA", "via": "operator"}]},)";
    const std::string first = R"( "providers": [)";
    const std::string moved = replaced(replaced(hand_world(), alpha, ""), first, first + alpha);
    const auto a = run_scenario(read(small()), with(Traffic::kFlow, told));
    const auto b = run_scenario(read(small(), moved), with(Traffic::kFlow, other));
    EXPECT_EQ(told->told, other->told);
    EXPECT_EQ(a.trajectory_fingerprint, b.trajectory_fingerprint);
    ASSERT_FALSE(told->told.empty());
    EXPECT_EQ(told->told.front(), "alpha alpha 0 0");
}

TEST(Batches, WhatCannotBeIsRefused) {
    const auto error = [](const std::string& scenario, const std::string& receiver, sim::Duration period = sim::kDay) {
        return error_of([&] { Simulation(read(scenario), with(Traffic::kFluid, std::make_shared<Ratio>(1, period), receiver)); });
    };
    EXPECT_EQ(error(small(built_in(1)), "*"), "/policies/ratio: [repeated_id 302] expected an id that no other policy has, got \"ratio\"");
    EXPECT_EQ(
        error(small(), "alpah"),
        "/policies/ratio/receiver: [reference 301] expected a provider or gateway of the world, or \"*\", got \"alpah\"; did you mean \"alpha\"?");
    EXPECT_EQ(error(small(), "*", sim::kMinute * 90),
              "/policies/ratio/period: [inconsistent 304] expected a multiple of \"slice\", 1 h, got 90 min");
    RunOptions none = with(Traffic::kNone, std::make_shared<Ratio>(1));
    EXPECT_NE(error_of([&] { Simulation(read(small()), none); }).find("expected a traffic model, because a response or a policy reads"),
              std::string::npos);
    RunOptions futures = with(Traffic::kFluid, std::make_shared<Ratio>(1));
    futures.futures.push_back(read(small()));
    EXPECT_NE(error_of([&] { Simulation(read(small()), futures); }).find("expected a run without futures"), std::string::npos);
}

TEST(Batches, AreNotSavedAndAFailureEndsTheSimulation) {
    const auto policy = std::make_shared<Ratio>(0.02);
    policy->fails_on_day = 2;
    Simulation simulation(read(small()), with(Traffic::kFlow, policy));
    simulation.advance_to(47);
    EXPECT_EQ(
        error_of([&] { static_cast<void>(simulation.save()); }),
        "[inconsistent 304] expected a run whose policies are all its scenario's, got the policy \"ratio\" of the calling program, which no "
        "file can hold");
    simulation.advance_to(48);
    EXPECT_THROW(simulation.advance_to(60), std::runtime_error);
    EXPECT_EQ(simulation.tick(), 48);
    EXPECT_EQ(
        error_of([&] { simulation.advance_to(60); }),
        "[inconsistent 304] expected a simulation that stands between two slices, got one that ended within one, when a policy failed or was "
        "interrupted");
}

}  // namespace
}  // namespace mailrift
