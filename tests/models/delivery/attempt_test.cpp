// One try: a verdict as steps, and what a sender reaches by trying again.
#include "models/delivery/attempt.h"

#include <gtest/gtest.h>

#include "models/delivery/fate.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

/// What `law` does with one try that no greylist holds back: shares of rejected, deferred, junk and inbox.
std::array<double, 4> one_try(const AttemptLaw& law) {
    std::array<double, 4> shares{};
    double passed = 1;
    for (const AttemptStep& step : law.steps) {
        shares[step.defers ? 1 : 0] += passed * step.probability;
        passed *= 1 - step.probability;
    }
    for (const AcceptedPart& part : law.accepted) shares[part.outcome == Outcome::kJunk ? 2 : 3] += passed * part.share;
    return shares;
}

// Steps of which each takes its part of what is left give back the shares of the verdict, whatever the order of policies.
TEST(AttemptLaw, TakesAVerdictApart) {
    sim::Draws draws(1, 2, 3, 4);
    for (int round = 0; round < 100; ++round) {
        std::vector<std::pair<PolicyId, Proposal>> policies;
        for (std::uint32_t p = 0; p < 4; ++p) {
            Proposal proposal{sim::uniform(0, 0.3, draws), sim::uniform(0, 0.3, draws), sim::uniform(0, 0.3, draws)};
            proposal.greylist = p == 2;
            policies.emplace_back(PolicyId{p}, proposal);
        }
        const Verdict verdict = combine(policies);
        std::array<double, 4> expected{};
        for (const VerdictPart& part : verdict.parts) {
            expected[part.outcome == Outcome::kRejected ? 0 : part.outcome == Outcome::kQueued ? 1 : 2] += part.share;
        }
        expected[3] = verdict.accept;
        const AttemptLaw law = attempt_law(verdict);
        const std::array<double, 4> shares = one_try(law);
        for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(shares[i], expected[i], 1e-14) << i << " in round " << round;
        ASSERT_TRUE(law.greylist);
        EXPECT_EQ(law.greylist->before, 4U) << "a reject and a defer of each of the two before it";
    }
}

TEST(AttemptLaw, OfADeferralThatIsSureLeavesNothing) {
    const AttemptLaw law = attempt_law(combine(std::vector<std::pair<PolicyId, Proposal>>{{PolicyId{0}, {0, 0, 1}}}));
    ASSERT_EQ(law.steps.size(), 1U);
    EXPECT_TRUE(law.steps[0].defers);
    EXPECT_EQ(law.steps[0].probability, 1);
    EXPECT_TRUE(law.accepted.empty());
}

/// How surely mail from b to a is in the inbox within a day, if a treats it by `proposal`.
double reached(const Proposal& proposal, const Greylist& greylist, const std::string& schedule) {
    Run held = testing::run(testing::scenario_text());
    World& world = held.model.world;
    for (Entity& entity : world.entities) entity.retry = schedule;
    MailState state = initial_state(world, held.model.population);
    state.greylists.insert_or_assign(PolicyId{0}, greylist);
    const StateView view{world, held.model.population, state};
    const SeatId from = held.model.population.seats_of[0][0];
    const SeatId to = held.model.population.seats_of[1][0];
    const Verdict verdict = combine(std::vector<std::pair<PolicyId, Proposal>>{{PolicyId{0}, proposal}});
    state.verdicts.set(source_of(view.route(from)), judge_of(view.route(to)), {verdict, {}});
    return inbox_share(view, from, to);
}

// Exchange Online tries at 0, 30 min, 1:30, 2:30, ... : 25 tries in the first 24 h, the last at 23:30.
TEST(InboxShare, CountsTheTriesOfADay) {
    const Greylist none{};
    EXPECT_NEAR(reached({0, 0, 0.5}, none, "exchange_online"), 1 - std::pow(0.5, 25), 1e-15);
    EXPECT_EQ(reached({0, 0, 1}, none, "exchange_online"), 0);
    EXPECT_NEAR(reached({0.2, 0.3, 0.4}, none, "exchange_online"), 0.7 * (1 - std::pow(0.4 / 0.7, 25)) * (0.1 / 0.3), 1e-14)
        << "a rejection is for good, a mark too";
}

TEST(InboxShare, WaitsForAGreylist) {
    EXPECT_EQ(reached({0, 0, 0, true}, {sim::kMinute * 5, sim::kDay * 2, sim::kDay * 35}, "exchange_online"), 1);
    EXPECT_EQ(reached({0, 0, 0, true}, {sim::kDay * 2, sim::kDay * 3, sim::kDay * 35}, "exchange_online"), 0) << "gives up after a day";
    EXPECT_NEAR(reached({0, 0, 0.5, true}, {sim::kHour * 22, sim::kDay * 3, sim::kDay * 35}, "exchange_online"), 0.75, 1e-15)
        << "two tries pass the greylist, at 22:30 and 23:30";
}

}  // namespace
}  // namespace mailrift
