// One blocklist gives one answer to all who ask about a message: at one server, and at several on its way.
#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "models/delivery/chain.h"
#include "tests/models/blocking/shares.h"
#include "tests/models/fast.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::Which;
using testing::with_policy;

const Which kBots{"~botnet", "beta", MailClass::kSpam};

/// World "hand" with the lists "a" and "b", all of beta's mailboxes behind `gate`, which it trusts, and more keys of alpha and beta.
std::string listed_world(const std::string& alpha = "", const std::string& beta = R"("trusts_gateway": true, )") {
    std::string world = testing::replaced(testing::hand_world(), R"("alpha": 0.1, "beta": 0.7)", R"("alpha": 0.8)");
    world = testing::replaced(world, R"({"provider": "beta", "share": 0.5})", R"({"provider": "alpha", "share": 0.5})");
    world = testing::replaced(world, R"("suppliers": [)",
                              R"("suppliers": [{"id": "a", "layer": "blocklist"}, {"id": "b", "layer": "blocklist"}, )");
    world = testing::replaced(world, R"({"id": "alpha", )", R"({"id": "alpha", )" + alpha);
    return testing::replaced(world, R"({"id": "beta", )", R"({"id": "beta", )" + beta);
}

std::string asks(const std::string& id, const std::string& receiver, const std::string& list, const std::string& action = "reject") {
    return R"({"id": ")" + id + R"(", "kind": "blocklist", "receiver": ")" + receiver + R"(", "list": ")" + list + R"(", "action": ")" +
           action + "\"}";
}

std::string filter(const std::string& id, const std::string& receiver, double rejects) {
    return R"({"id": ")" + id + R"(", "kind": "content_filter", "receiver": ")" + receiver + R"(", "action": "reject", "true_positive": )" +
           std::to_string(rejects) + R"(, "false_positive": )" + std::to_string(rejects) + "}";
}

/// 0.3 of the botnet's spam is on list "a", 0.6 on list "b".
const std::string kLists =
    R"(, "blocklists": [{"id": "a", "background": 0.3, "trap_rate": 0}, {"id": "b", "background": 0.6, "trap_rate": 0}])";

Run run_of(const std::string& policies, Traffic traffic = Traffic::kFluid, const std::string& world = listed_world(),
           const std::string& more = kLists) {
    return testing::run(with_policy(policies, more), world, 3, traffic);
}

/// Shares of mail with three ends, in every traffic model.
void expect_ends(const std::string& policies, double inbox, double junk, double rejected, const std::string& world = listed_world()) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto run = run_of(policies, traffic, world);
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(0.25 / messages(run, kBots));
        const auto where = [&] { return policies + " in traffic " + std::to_string(static_cast<int>(traffic)); };
        EXPECT_NEAR(share(run, kBots, Outcome::kInbox), inbox, slack) << where();
        EXPECT_NEAR(share(run, kBots, Outcome::kJunk), junk, slack) << where();
        EXPECT_NEAR(share(run, kBots, Outcome::kRejected), rejected, slack) << where();
    }
}

TEST(SharedLists, OnePolicyAloneTakesTheListedShare) { expect_ends(asks("gate", "gate", "a"), 0.7, 0, 0.3); }

TEST(SharedLists, ASecondPolicyOfTheServerGetsTheSameAnswer) {
    expect_ends(asks("one", "gate", "a") + ", " + asks("two", "gate", "a"), 0.7, 0, 0.3);
    expect_ends(asks("one", "gate", "a") + ", " + asks("two", "gate", "a", "junk"), 0.7, 0, 0.3);
    expect_ends(asks("one", "gate", "a", "junk") + ", " + asks("two", "gate", "a"), 0.7, 0, 0.3);
    expect_ends(asks("one", "gate", "a", "junk") + ", " + asks("two", "gate", "a", "junk"), 0.7, 0.3, 0);
}

TEST(SharedLists, ListsAreIndependentOfEachOther) {
    expect_ends(asks("one", "gate", "a") + ", " + asks("two", "gate", "b"), 0.7 * 0.4, 0, 1 - 0.7 * 0.4);
    expect_ends(asks("one", "gate", "a") + ", " + asks("two", "beta", "b"), 0.7 * 0.4, 0, 1 - 0.7 * 0.4);
    const std::string both = ", " + asks("b1", "gate", "b", "junk") + ", " + asks("b2", "beta", "b", "junk");
    expect_ends(asks("a1", "gate", "a") + ", " + asks("a2", "beta", "a") + both, 0.7 * 0.4, 0.7 * 0.6, 0.3);
}

// 1 - p passes two servers that ask one list, not (1 - p)^2; what else they do is independent of it.
TEST(SharedLists, ALaterServerGetsTheSameAnswer) {
    const std::string gate = asks("gate", "gate", "a");
    expect_ends(gate + ", " + asks("beta", "beta", "a"), 0.7, 0, 0.3);
    expect_ends(asks("all", "*", "a"), 0.7, 0, 0.3);
    expect_ends(gate + ", " + asks("beta", "beta", "a", "junk"), 0.7, 0, 0.3);
    expect_ends(asks("gate", "gate", "a", "junk") + ", " + asks("beta", "beta", "a"), 0.7, 0, 0.3);
    expect_ends(asks("gate", "gate", "a", "junk") + ", " + asks("beta", "beta", "a", "junk"), 0.7, 0.3, 0);
    const std::string filters = ", " + filter("f1", "gate", 0.2) + ", " + filter("f2", "beta", 0.5);
    expect_ends(gate + ", " + asks("beta", "beta", "a") + filters, 0.7 * 0.8 * 0.5, 0, 1 - 0.7 * 0.8 * 0.5);
    expect_ends(gate + ", " + asks("one", "beta", "a", "junk") + ", " + asks("two", "beta", "a"), 0.7, 0, 0.3);
}

// A provider that does not trust its gateway asks about the gateway's address, which nobody lists.
TEST(SharedLists, AnotherAddressHasAnAnswerOfItsOwn) {
    const std::string both = asks("gate", "gate", "a") + ", " + asks("beta", "beta", "a");
    expect_ends(both, 0.7, 0, 0.3, listed_world("", ""));
    const std::string wrong = R"(, "blocklists": [{"id": "a", "trap_rate": 0, "mistakes": 0.1, "expiry": "5 d"}])";
    const double p = 0.5 / 1.5;  // m L / (1 + m L) of all operators are listed by mistake
    const Which mail{"alpha", "beta", MailClass::kWanted};
    EXPECT_NEAR(share(run_of(both, Traffic::kFluid, listed_world("", ""), wrong), mail, Outcome::kInbox), (1 - p) * (1 - p), 1e-12);
    EXPECT_NEAR(share(run_of(both, Traffic::kFluid, listed_world(), wrong), mail, Outcome::kInbox), 1 - p, 1e-12);
}

// Who rejects what: the first, by its policy alone; so the second's is not in the ledger.
TEST(SharedLists, WhoAsksFirstRejects) {
    const auto run = run_of(asks("gate", "gate", "a") + ", " + asks("beta", "beta", "a"));
    for (const LedgerRow& row : run.ledger.rows()) EXPECT_NE(row.cause.policy, PolicyId{1});
}

// Of 60 operators behind alpha's entry some are listed by mistake: those are refused at both servers.
TEST(SharedLists, AnOperatorIsListedOrNotWhoeverAsks) {
    const std::string wrong = R"(, "blocklists": [{"id": "a", "trap_rate": 0, "mistakes": 0.2, "delay": "0 s", "expiry": "300 d"}])";
    const std::string world = listed_world(R"("count": 60, "representatives": 60, )");
    const std::string both = asks("gate", "gate", "a") + ", " + asks("beta", "beta", "a");
    for (const Traffic traffic : {Traffic::kFlow, Traffic::kMessage}) {
        const auto run = run_of(both, traffic, world, wrong);
        StateReplay replay(run);
        const EntityId alpha = *find_entity(run.model.world, "alpha");
        const StateView view = replay.at(run.model.slices - 1);
        const EntityId gate = *find_entity(run.model.world, "gate");
        const EntityId beta = *find_entity(run.model.world, "beta");
        const double passed = view.state.verdicts.at(alpha, gate).accept;
        EXPECT_NEAR(passed * 60, std::round(passed * 60), 1e-9);
        EXPECT_GT(passed, 0);
        EXPECT_LT(passed, 1);
        const Verdict along = verdict_along(view, alpha, {gate, beta});
        EXPECT_NEAR(along.accept, passed, 1e-12) << "k of n operators";
        ASSERT_EQ(along.parts.size(), 1U);
        EXPECT_EQ(along.parts[0].policy, PolicyId{0});
    }
}

// What is vouched for at one server is at the other: with a share p vouched for and r of the rest listed, p + (1 - p) (1 - r) passes.
TEST(SharedLists, VouchingHoldsAtBoth) {
    const std::string lists =
        R"(, "blocklists": [{"id": "a", "zone": "allow", "known": ["alpha"], "trap_rate": 0, "mistakes": 0.25, "expiry": "4 d"},
            {"id": "b", "trap_rate": 0, "mistakes": 1, "expiry": "1 d"}])";
    const auto at = [](const std::string& server) {
        return asks("good-" + server, server, "a", "accept") + ", " + asks("bad-" + server, server, "b");
    };
    const Which mail{"alpha", "beta", MailClass::kWanted};
    const double p = 0.5;  // not taken off the list by mistake
    const double r = 0.5;  // on list "b" by mistake
    EXPECT_NEAR(share(run_of(at("gate"), Traffic::kFluid, listed_world(), lists), mail, Outcome::kInbox), p + (1 - p) * (1 - r), 1e-12);
    const auto run = run_of(at("gate") + ", " + at("beta"), Traffic::kFluid, listed_world(), lists);
    EXPECT_NEAR(share(run, mail, Outcome::kInbox), p + (1 - p) * (1 - r), 1e-12);
}

// A list of domains has the 0.4 of alpha's mail on it that authenticates. The rest is greylisted and comes again: the list says the same.
TEST(SharedLists, MailThatComesAgainGetsTheSameAnswer) {
    const std::string list =
        R"(, "blocklists": [{"id": "a", "zone": "domain", "trap_rate": 0, "closure": {"at": "0 h", "answer": "wildcard"}}])";
    const std::string world = listed_world(R"("authenticated": 0.4, )");
    const std::string grey = R"(, {"id": "grey", "kind": "greylist", "receiver": "beta", "delay": "5 min", "memory": "5 min"})";
    const Which mail{"alpha", "beta", MailClass::kWanted};
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto plain = run_of(asks("gate", "gate", "a") + ", " + asks("beta", "beta", "a"), traffic, world, list);
        const auto greylisted = run_of(asks("gate", "gate", "a") + ", " + asks("beta", "beta", "a") + grey, traffic, world, list);
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(0.25 / messages(plain, mail));
        EXPECT_NEAR(share(plain, mail, Outcome::kRejected), 0.4, slack);
        EXPECT_NEAR(share(plain, mail, Outcome::kInbox), 0.6, slack);
        EXPECT_NEAR(share(greylisted, mail, Outcome::kRejected), 0.4, slack);
        EXPECT_GT(share(greylisted, mail, Outcome::kInbox), 0.55) << "but for what waits at the end";
    }
}

/// From the second day on beta asks, too, of `horizon` "2 d".
Scenario asks_from(const std::string& from) {
    const std::string second = testing::replaced(asks("beta", "beta", "a"), R"("id": "beta")", R"("id": "beta", "from": ")" + from + "\"");
    return testing::read(with_policy(asks("gate", "gate", "a", "junk") + ", " + second, kLists), listed_world());
}

// Until beta asks, 0.3 is marked; then it is refused. A run that is forked at that day, or saved at any, is the whole run.
TEST(SharedLists, AnswersAreSharedFromTheDayOnOnWhichBothAsk) {
    const Scenario past = asks_from("4 d");
    const Scenario future = asks_from("1 d");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto with = [&](const Scenario& other) {
            RunOptions options;
            options.traffic = traffic;
            options.futures = {other};
            return options;
        };
        const auto whole = Simulation(future, with(past)).finish();
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(0.25 / messages(whole, kBots));
        EXPECT_NEAR(share(whole, kBots, Outcome::kJunk), 0.15, slack);
        EXPECT_NEAR(share(whole, kBots, Outcome::kRejected), 0.15, slack);
        for (const sim::Tick tick : {10, 24}) {
            Simulation simulation(past, with(future));
            simulation.advance_to(tick);
            const auto forked = Simulation::resume(simulation.save(), "x", {}, &future).finish();
            EXPECT_EQ(forked.results_fingerprint, whole.results_fingerprint) << tick;
            EXPECT_EQ(forked.trajectory_fingerprint, whole.trajectory_fingerprint) << tick;
        }
        Simulation begun(future, with(past));
        begun.advance_to(30);
        EXPECT_EQ(Simulation::resume(begun.save(), "x", {}).finish().results_fingerprint, whole.results_fingerprint);
    }
}

// Of three lists that both ask and two that one asks alone, each says one thing of a message; of more than four together the first four.
TEST(SharedLists, SeveralListsAreToldApart) {
    std::string world = listed_world();
    std::string lists = R"(, "blocklists": [)";
    std::string policies;
    double passes = 1;
    for (int i = 0; i < 6; ++i) {
        const std::string id = "l" + std::to_string(i);
        world = testing::replaced(world, R"("suppliers": [)", R"("suppliers": [{"id": ")" + id + R"(", "layer": "blocklist"}, )");
        lists += (i == 0 ? "" : ", ") + (R"({"id": ")" + id) + R"(", "background": 0.1, "trap_rate": 0})";
        policies += (i == 0 ? "" : ", ") + asks("g" + std::to_string(i), "gate", id) + ", " + asks("b" + std::to_string(i), "beta", id);
        passes *= i < 4 ? 0.9 : 0.81;
        const auto run = run_of(policies, Traffic::kFluid, world, lists + "]");
        EXPECT_NEAR(share(run, kBots, Outcome::kInbox), passes, 1e-12) << i;
    }
}

}  // namespace
}  // namespace mailrift
