// Policies that look a source up: where it lies, whether it authenticates, whether anybody registered it.
#include <cmath>

#include <gtest/gtest.h>

#include "models/blocking/authentication.h"
#include "models/blocking/default_deny.h"
#include "models/blocking/geo_block.h"
#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::Which;
using testing::with_policy;

TEST(Authentication, RefusesWhatDoesNotPass) {
    const SourceFacts half{"half", 0.5, {}};
    EXPECT_EQ(Authentication(false, 1).propose({}, {half}), (Proposal{0, 0.5}));
    EXPECT_EQ(Authentication(true, 0.5).propose({}, {half}), (Proposal{0.25}));
    const auto run = testing::run(with_policy(R"({"id": "auth", "kind": "authentication", "receiver": "big", "enforced": 0.75})"));
    EXPECT_NEAR(share(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 0.75, 1e-12);
    EXPECT_NEAR(share(run, {"", "big", MailClass::kWanted}, Outcome::kInbox), 1, 1e-12);
}

TEST(GeoBlock, RefusesTheShareThatLiesThere) {
    const SourceFacts spread{"spread", 1, {{"AA", 0.3}, {"BB", 0.2}, {"CC", 0.5}}};
    EXPECT_NEAR(GeoBlock({"AA", "BB"}, {}, false).propose({}, {spread}).reject, 0.5, 1e-12);
    EXPECT_EQ(GeoBlock({"AA"}, {"spread"}, false).propose({}, {spread}), Proposal{});
    EXPECT_EQ(GeoBlock({"DD"}, {}, true).propose({}, {spread}), Proposal{});
}

// In world "hand" alpha is run from AA, beta from BB; bots are where mail users are: 1,000 of 10,150 in AA, 3,000 in BB.
TEST(GeoBlock, MeetsSourcesWhereTheirOperatorsSitAndBotsWherePeopleAre) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const std::string policy =
            R"({"id": "geo", "kind": "geo_block", "receiver": "big", "jurisdictions": ["AA", "BB"], "unblocked": ["beta"]})";
        const auto run = testing::run(with_policy(policy), testing::hand_world(), 1, traffic);
        EXPECT_EQ(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kRejected), 1);
        EXPECT_EQ(share(run, {"beta", "big", MailClass::kWanted}, Outcome::kInbox), 1);
        EXPECT_EQ(share(run, {"search", "big", MailClass::kWanted}, Outcome::kInbox), 1);
        const Which bots{"~botnet", "big", MailClass::kSpam};
        const double p = 4000 / 10150.0;
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(p * (1 - p) / messages(run, bots));
        EXPECT_NEAR(share(run, bots, Outcome::kRejected), p, slack);
    }
}

std::string deny(const std::string& more) { return R"({"id": "deny", "kind": "default_deny", "receiver": "big")" + more + "}"; }

// Mail of 48 equal hours: all is refused in the first one and in `delay` after it, and then what was not registered.
TEST(DefaultDeny, LetsInWhoWasRegisteredAfterTheDelay) {
    const auto run = testing::run(with_policy(deny(R"(, "delay": "11 h", "success": 0.75, "registered": ["search"])")));
    EXPECT_NEAR(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kRejected), (12 + 36 * 0.25) / 48, 1e-12);
    EXPECT_NEAR(share(run, {"search", "big", MailClass::kWanted}, Outcome::kInbox), 1, 1e-12);
    EXPECT_NEAR(share(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 1, 1e-12) << "a bot never comes twice";
}

// Of many operators each is heard or not: the share is binomial, and stays what it is.
TEST(DefaultDeny, HearsEachOperatorOnce) {
    const std::string world = testing::replaced(testing::hand_world(), R"({"id": "alpha", "kind": "national",)",
                                                R"({"id": "alpha", "kind": "self_hosted", "count": 400, "representatives": 400,)");
    const auto run =
        testing::run(with_policy(deny(R"(, "delay": "0 s", "success": 0.75)"), R"(, "slice": "1 d")", "40 d"), world, 5, Traffic::kFlow);
    double last = 1;
    for (const TimedChange& timed : run.history) {
        if (timed.change.kind != ChangeKind::kJudge || run.model.world.entities[index(timed.change.source)].id != "alpha") continue;
        EXPECT_GE(timed.change.verdicts.wanted.accept, 1 - last) << "nobody is turned away later";
        last = 1 - timed.change.verdicts.wanted.accept;
    }
    EXPECT_NEAR(last, 0.25, 5 * std::sqrt(0.25 * 0.75 / 400));
}

// Whoever wrote before t = 0 was registered then: the refusal with which receivers meet strangers is lifted, pair by pair.
TEST(DefaultDeny, KnowsAfterAWarmUpWhoWroteInIt) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const std::string text = testing::replaced(with_policy(deny(R"(, "success": 1)")), R"("warm_up": "0 d")", R"("warm_up": "2 d")");
        const auto run = testing::run(text, testing::hand_world(), 1, traffic);
        EXPECT_EQ(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kInbox), 1);
        EXPECT_EQ(share(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 1);
    }
}

TEST(DefaultDeny, AnswersNothingBeforeTheFirstTry) {
    const DefaultDeny rule({{}, sim::kHour, 1});
    std::array<double, 1> key{};
    rule.observe({}, sim::kDay, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()).reject, 1);
    rule.observe({0, 0, 3}, sim::kHour, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()).reject, 1);
    rule.observe({}, sim::kHour, key);
    EXPECT_EQ(rule.propose(key, testing::nobody()).reject, 0);
}

}  // namespace
}  // namespace mailrift
