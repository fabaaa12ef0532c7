// Changes of state, fates and the ledger, by worked examples.
#include "models/delivery/fate.h"

#include <gtest/gtest.h>

#include <limits>

#include "models/delivery/attempt.h"
#include "models/delivery/change.h"
#include "models/delivery/ledger.h"
#include "sim/error.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

/// The hand world with everybody seated; the guests can move to alpha.
class FateTest : public ::testing::Test {
protected:
    FateTest() : world_(mailrift::testing::read(mailrift::testing::scenario_text()).world) {
        population_ = build_population(world_, {{CohortId{1}, *find_entity(world_, "alpha")}});
        state_ = initial_state(world_, population_);
    }

    [[nodiscard]] StateView view() const { return {world_, population_, state_}; }
    [[nodiscard]] EntityId entity(const char* id) const { return *find_entity(world_, id); }
    [[nodiscard]] SeatId seat(std::size_t cohort, std::size_t i) const { return population_.seats_of[cohort][i]; }

    World world_;
    Population population_;
    MailState state_;
};

constexpr OrderId kOrder{3};
constexpr PolicyId kPolicy{1};

TEST_F(FateTest, WithoutOrdersAllMailIsInTheInbox) {
    const Fate fate = fate_of(view(), seat(0, 0), seat(2, 0));
    ASSERT_EQ(fate.size(), 1u);
    EXPECT_EQ(fate[0].outcome, Outcome::kInbox);
    EXPECT_EQ(fate[0].share, 1);
    EXPECT_EQ(fate[0].cause, Cause{});
}

TEST_F(FateTest, AClosedAccountNeitherWritesNorReceives) {
    apply({ChangeKind::kClose, {kOrder, entity("big"), seat(0, 0), {}}, {}, 0}, state_);
    EXPECT_EQ(fate_of(view(), seat(0, 0), seat(2, 0))[0].outcome, Outcome::kUnsent);
    EXPECT_EQ(fate_of(view(), seat(2, 0), seat(0, 0))[0].outcome, Outcome::kClosedAccount);
    EXPECT_EQ(fate_of(view(), seat(2, 0), seat(0, 0))[0].cause.order, kOrder);
    EXPECT_EQ(inbox_share(view(), seat(2, 0), seat(0, 0)), 0);
}

TEST_F(FateTest, ABlockRefusesAtTheReceiverOrAtTheSubmission) {
    const Route& way = world_.routes[index(population_.seats[index(seat(2, 0))].route)];
    apply({ChangeKind::kBlock, {kOrder, way.provider, seat(0, 0), Refuses::kFrom}, {}, 0}, state_);
    EXPECT_EQ(fate_of(view(), seat(0, 0), seat(2, 0))[0].outcome, Outcome::kRejected);
    EXPECT_EQ(fate_of(view(), seat(2, 0), seat(0, 0))[0].outcome, Outcome::kInbox);
    apply({ChangeKind::kBlock, {kOrder, way.provider, seat(0, 0), Refuses::kTo}, {}, 0}, state_);
    EXPECT_EQ(fate_of(view(), seat(2, 0), seat(0, 0))[0].outcome, Outcome::kUnsent);
}

TEST_F(FateTest, AGatewayRefusesBeforeTheProvider) {
    SeatId behind{};
    for (const SeatId s : population_.seats_of[4]) {
        if (world_.routes[index(population_.seats[index(s)].route)].gateway) behind = s;
    }
    apply({ChangeKind::kBlock, {kOrder, entity("gate"), seat(0, 0), Refuses::kFrom}, {}, 0}, state_);
    EXPECT_EQ(fate_of(view(), seat(0, 0), behind)[0].outcome, Outcome::kRejected);
}

TEST_F(FateTest, VerdictsSplitWhatOrdersLeave) {
    const EntityId source = world_.routes[index(population_.seats[index(seat(0, 0))].route)].provider;
    const EntityId receiver = world_.routes[index(population_.seats[index(seat(2, 2))].route)].provider;
    state_.verdicts.set(source, receiver, {{0.5, {{Outcome::kRejected, kPolicy, 0.2}, {Outcome::kJunk, kPolicy, 0.3}}}, {}});
    const Fate fate = fate_of(view(), seat(0, 0), seat(2, 2));
    ASSERT_EQ(fate.size(), 3u);
    EXPECT_EQ(fate[0].outcome, Outcome::kRejected);
    EXPECT_EQ(fate[0].share, 0.2);
    EXPECT_EQ(fate[0].cause.policy, kPolicy);
    EXPECT_EQ(fate[1].outcome, Outcome::kJunk);
    EXPECT_EQ(inbox_share(view(), seat(0, 0), seat(2, 2)), 0.5);
    EXPECT_EQ(state_.verdicts.at(receiver, source).accept, 1);
}

// SMTP order: what decides before RCPT comes before a closed account and an order's refusal, what decides later after them.
TEST_F(FateTest, PoliciesBeforeRcptDecideBeforeAClosedAccount) {
    const SeatId from = seat(2, 0);
    const SeatId to = seat(0, 0);
    const EntityId source = source_of(view().route(from));
    const EntityId receiver = judge_of(view().route(to));
    const std::vector<std::pair<PolicyId, Proposal>> policies{{PolicyId{0}, {0.5, 0.2, 0.1}}, {PolicyId{1}, {0, 0.4}}};
    state_.verdicts.set(source, receiver, {combine(policies, 1), {}});
    MailState closed = state_;
    apply({ChangeKind::kClose, {kOrder, entity("big"), to, {}}, {}, 0}, closed);
    MailState blocked = state_;
    apply({ChangeKind::kBlock, {kOrder, receiver, from, Refuses::kFrom}, {}, 0}, blocked);
    for (const auto& [state, end] : {std::pair{closed, Outcome::kClosedAccount}, {blocked, Outcome::kRejected}}) {
        const StateView changed{world_, population_, state};
        const Fate fate = fate_of(changed, from, to);
        ASSERT_EQ(fate.size(), 3U);
        EXPECT_EQ(fate[0], (FatePart{to, Outcome::kRejected, {{}, PolicyId{0}}, 0.2}));
        EXPECT_EQ(fate[1], (FatePart{to, Outcome::kQueued, {{}, PolicyId{0}}, 0.1}));
        EXPECT_EQ(fate[2].outcome, end);
        EXPECT_EQ(fate[2].cause, (Cause{kOrder, {}}));
        EXPECT_NEAR(fate[2].share, 0.7, 1e-15);
        EXPECT_EQ(inbox_share(changed, from, to), 0);
        const AttemptLaw law = attempt_law(receptions_of(changed, from, to)[0]);
        ASSERT_EQ(law.steps.size(), 2U) << "the policy that decides later is not asked";
        EXPECT_EQ(law.steps[0].probability, 0.2);
        EXPECT_TRUE(law.steps[1].defers);
        EXPECT_NEAR(law.steps[1].probability, 0.1 / 0.8, 1e-15);
        ASSERT_EQ(law.accepted.size(), 1U);
        EXPECT_EQ(law.accepted[0].outcome, end);
        EXPECT_EQ(law.accepted[0].share, 1);
    }
}

TEST_F(FateTest, AClosedAccountDecidesBeforeLaterPolicies) {
    const SeatId from = seat(2, 0);
    const SeatId to = seat(0, 0);
    const std::vector<std::pair<PolicyId, Proposal>> policies{{PolicyId{0}, {0.5}}, {PolicyId{1}, {0, 1}}};
    state_.verdicts.set(source_of(view().route(from)), judge_of(view().route(to)), {combine(policies, 1), {}});
    apply({ChangeKind::kClose, {kOrder, entity("big"), to, {}}, {}, 0}, state_);
    EXPECT_EQ(fate_of(view(), from, to), (Fate{{to, Outcome::kClosedAccount, {kOrder, {}}, 1}}));
    const Verdict sure = combine(std::vector<std::pair<PolicyId, Proposal>>{{PolicyId{0}, {0, 1}}}, 1);
    state_.verdicts.set(source_of(view().route(from)), judge_of(view().route(to)), {sure, {}});
    EXPECT_EQ(fate_of(view(), from, to), (Fate{{to, Outcome::kRejected, {{}, PolicyId{0}}, 1}}));
}

// Two policies one after the other: the second rejects of what the first lets pass, marked or not; shares sum to 1.
TEST(Verdict, CombinesPoliciesInTheirOrder) {
    const std::vector<std::pair<PolicyId, Proposal>> policies{{PolicyId{0}, {0.5, 0.2}}, {PolicyId{1}, {0.25, 0.4}}, {PolicyId{2}, {}}};
    const Verdict verdict = combine(policies);
    // Of 1: rejected .2, marked .5, unmarked .3. Then .8 x .4 rejected, the marked keep .6, .3 x .25 marked anew, .3 x .35 accepted.
    const std::vector<VerdictPart> expected{{Outcome::kRejected, PolicyId{0}, 0.2},
                                            {Outcome::kJunk, PolicyId{0}, 0.5 * 0.6},
                                            {Outcome::kRejected, PolicyId{1}, 0.8 * 0.4},
                                            {Outcome::kJunk, PolicyId{1}, 0.3 * 0.25}};
    ASSERT_EQ(verdict.parts.size(), expected.size());
    double sum = verdict.accept;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(verdict.parts[i].outcome, expected[i].outcome);
        EXPECT_EQ(verdict.parts[i].policy, expected[i].policy);
        EXPECT_NEAR(verdict.parts[i].share, expected[i].share, 1e-15);
        sum += verdict.parts[i].share;
    }
    EXPECT_NEAR(verdict.accept, 0.3 * 0.35, 1e-15);
    EXPECT_NEAR(sum, 1, 1e-15);
}

TEST(Verdict, CountsThePartsThatAreDecidedBeforeRcpt) {
    const std::vector<std::pair<PolicyId, Proposal>> policies{{PolicyId{0}, {0.5, 0.2}}, {PolicyId{1}, {0, 0.4}}};
    EXPECT_EQ(combine(policies).before_rcpt, 0U);
    EXPECT_EQ(combine(policies, 1).before_rcpt, 2U) << "a rejection and a mark";
    EXPECT_EQ(combine(policies, 2).before_rcpt, 3U);
    const std::vector<std::pair<PolicyId, Proposal>> all_marked_is_rejected{{PolicyId{0}, {1, 0}}, {PolicyId{1}, {0, 1}}};
    EXPECT_EQ(combine(all_marked_is_rejected, 1).before_rcpt, 0U) << "no mark is left of the first";
    EXPECT_EQ(combine(all_marked_is_rejected, 2).before_rcpt, 1U);
}

TEST(Verdict, ARejectedSourceMeetsNoLaterPolicy) {
    const std::vector<std::pair<PolicyId, Proposal>> policies{{PolicyId{0}, {0, 1}}, {PolicyId{1}, {0.5, 0.5}}};
    const Verdict verdict = combine(policies);
    ASSERT_EQ(verdict.parts.size(), 1U);
    EXPECT_EQ(verdict.parts[0].policy, PolicyId{0});
    EXPECT_EQ(verdict.accept, 0);
}

TEST_F(FateTest, ALostAddressIsTriedByThoseWhoKnowNoOther) {
    const SeatId from = seat(1, 0);
    const SeatId moved = *seat_after_move(world_, population_, from, entity("alpha"));
    apply({ChangeKind::kMove, {{}, {}, from, {}}, moved, 0.5}, state_);
    EXPECT_EQ(known_share(view(), moved), 0);
    apply({ChangeKind::kInform, {{}, {}, moved, {}}, {}, 0.2}, state_);
    EXPECT_DOUBLE_EQ(known_share(view(), moved), 0.4);
    EXPECT_EQ(inbox_share(view(), seat(2, 0), moved), 1) << "the old account is open and read";
    apply({ChangeKind::kClose, {kOrder, entity("big"), from, {}}, {}, 0}, state_);
    EXPECT_DOUBLE_EQ(inbox_share(view(), seat(2, 0), moved), 0.4);
    const Fate fate = fate_of(view(), seat(2, 0), moved);
    ASSERT_EQ(fate.size(), 2u);
    EXPECT_EQ(fate[1].to, from);
    EXPECT_EQ(fate[1].outcome, Outcome::kClosedAccount);
    EXPECT_DOUBLE_EQ(fate[1].share, 0.6);
}

TEST_F(FateTest, ChangesSayWhetherTheyChangedAnything) {
    const Change close{ChangeKind::kClose, {kOrder, entity("big"), seat(0, 0), {}}, {}, 0};
    EXPECT_TRUE(apply(close, state_));
    EXPECT_FALSE(apply(close, state_));
    EXPECT_TRUE(apply(inverse(close), state_));
    EXPECT_FALSE(apply(inverse(close), state_));
    EXPECT_TRUE(view().open(seat(0, 0)));
}

TEST_F(FateTest, TwoOrdersKeepAnAccountClosedUntilBothEnd) {
    const Change one{ChangeKind::kClose, {OrderId{0}, entity("big"), seat(0, 0), {}}, {}, 0};
    const Change two{ChangeKind::kClose, {OrderId{1}, entity("big"), seat(0, 0), {}}, {}, 0};
    apply(one, state_);
    apply(two, state_);
    apply(inverse(one), state_);
    EXPECT_FALSE(view().open(seat(0, 0)));
    apply(inverse(two), state_);
    EXPECT_TRUE(view().open(seat(0, 0)));
}

TEST_F(FateTest, AMoveOfEverybodyLeavesNobody) {
    const SeatId moved = *seat_after_move(world_, population_, seat(1, 0), entity("alpha"));
    for (const double fraction : {1.0 / 3, 1.0 / 2, 1.0}) apply({ChangeKind::kMove, {{}, {}, seat(1, 0), {}}, moved, fraction}, state_);
    EXPECT_EQ(state_.share[index(seat(1, 0))], 0);
    EXPECT_NEAR(state_.share[index(moved)], 1, 1e-15);
}

TEST(Ledger, BalancesToRoundingAndSaysWhenNot) {
    Ledger ledger;
    const LedgerKey key{EntityId{0}, EntityId{1}, MailClass::kWanted};
    ledger.add_written(key, 10);
    ledger.add_outcome(key, Outcome::kInbox, {}, 7);
    ledger.add_outcome(key, Outcome::kRejected, {kOrder, {}}, 3);
    EXPECT_EQ(ledger.imbalance(), 0);
    EXPECT_EQ(ledger.total(Outcome::kRejected), 3);
    ASSERT_EQ(ledger.rows().size(), 2u);
    EXPECT_EQ(ledger.rows()[1].cause.order, kOrder);
    ledger.check_balance(1e-12);
    ledger.add_outcome(key, Outcome::kJunk, {}, 1e-3);
    EXPECT_THROW(ledger.check_balance(1e-12), sim::Error);
}

// Three million entries of 0.1: plain sums of them, in one account and in two, are 1e-11 apart.
TEST(Ledger, ManySmallEntriesLeaveNoGap) {
    Ledger ledger;
    const LedgerKey key{id_of<EntityId>(0), id_of<EntityId>(1), MailClass::kWanted};
    constexpr int kEntries = 3'000'000;
    for (int i = 0; i < kEntries; ++i) {
        ledger.add_written(key, 0.1);
        ledger.add_outcome(key, i % 3 == 0 ? Outcome::kInbox : Outcome::kJunk, Cause{}, 0.1);
    }
    EXPECT_LE(ledger.imbalance(), 1e-15);
    EXPECT_NEAR(ledger.written(), 300'000, 300'000 * 1e-15);
}

TEST(Ledger, CountsThatAreNoNumbersDoNotBalance) {
    for (const double bad : {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        Ledger ledger;
        const LedgerKey key{EntityId{0}, EntityId{1}, MailClass::kWanted};
        ledger.add_written(key, bad);
        ledger.add_outcome(key, Outcome::kInbox, {}, bad);
        EXPECT_THROW(ledger.check_balance(1e-12), sim::Error);
    }
}

TEST(Ledger, OutcomesOfMailThatNobodyWroteAreAnImbalance) {
    Ledger ledger;
    ledger.add_outcome({EntityId{0}, EntityId{1}, MailClass::kWanted}, Outcome::kInbox, {}, 1);
    EXPECT_EQ(ledger.imbalance(), 1);
}

TEST(Outcome, HasTheReplyOfARealLog) {
    EXPECT_EQ(name_of(Outcome::kClosedAccount), "closed_account");
    EXPECT_EQ(reply_of(Outcome::kRejected), "550 5.7.1");
    EXPECT_EQ(reply_of(Outcome::kUnsent), "");
}

}  // namespace
}  // namespace mailrift
