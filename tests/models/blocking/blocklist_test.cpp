// Blocklists in runs: whom they list, who follows, to whom a listing spreads, and how a list ends.
#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/blocking/shares.h"
#include "tests/models/fast.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::Which;
using testing::with_policy;

/// alpha and beta stand at hoster "vps", search at "cloud", both of them at network "net"; the list is published from BB.
std::string listed_world(const std::string& alpha = R"("outbound_spam": 0.5, )") {
    std::string world = testing::replaced(
        testing::hand_world(), R"("suppliers": [)",
        R"("suppliers": [{"id": "list", "layer": "blocklist", "control": [{"jurisdiction": "BB", "via": "operator"}]}, {"id": "net", "layer": "network"},
           {"id": "vps", "layer": "hosting", "depends_on": [{"layer": "network", "suppliers": ["net"]}]},
           {"id": "cloud", "layer": "hosting", "depends_on": [{"layer": "network", "suppliers": ["net"]}]}, )");
    const auto at = [&](const std::string& provider, const std::string& supplier, const std::string& more = "") {
        const std::string id = R"({"id": ")" + provider + R"(", )";
        world = testing::replaced(world, id, id + R"("depends_on": [{"layer": "hosting", "suppliers": [")" + supplier + R"("]}], )" + more);
    };
    at("alpha", "vps", alpha);
    at("beta", "vps");
    at("search", "cloud");
    return world;
}

Run run_of(const std::string& list, Traffic traffic = Traffic::kFluid, const std::string& world = listed_world(),
           const std::string& receiver = "big") {
    const std::string policy = R"({"id": "asks", "kind": "blocklist", "list": "list", "receiver": ")" + receiver + R"("})";
    return testing::run(with_policy(policy, R"(, "blocklists": [{"id": "list", "background": 0.25)" + list + "}]"), world, 1, traffic);
}

double refused(const Run& run, const std::string& source) { return share(run, {source, "big", MailClass::kWanted}, Outcome::kRejected); }

// alpha's members write 14,000 messages a day, as much spam leaves it: at 0.0072 hits a spam 4.2 hits an hour, so 10 hits within 3 hours after the third one.
TEST(Blocklist, ListsWhoHitsItsTraps) {
    const std::string list = R"(, "trap_rate": 0.0072, "threshold": 10, "window": "3 h", "delay": "5 h")";
    const auto run = run_of(list);
    EXPECT_NEAR(refused(run, "alpha"), (48 - 3 - 5) / 48.0, 1e-12);
    EXPECT_EQ(refused(run, "beta"), 0);
    EXPECT_NEAR(share(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 0.25, 1e-12);
    EXPECT_EQ(share(run, {"alpha", "beta", MailClass::kWanted}, Outcome::kInbox), 1) << "who does not subscribe";
    EXPECT_EQ(refused(run_of(R"(, "trap_rate": 0.0072, "threshold": 14, "window": "3 h")"), "alpha"), 0);
    if (testing::kFast) {
        EXPECT_NEAR(refused(run_of(list, Traffic::kMessage), "alpha"), 40 / 48.0, 0.12) << "hits are rare: some hours sooner or later";
    }
}

TEST(Blocklist, AllWhoSubscribeAreToldTheSame) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto run = run_of(R"(, "trap_rate": 0.001)", traffic, listed_world(), "*");
        std::map<sim::Tick, std::map<EntityId, Verdicts>> told;
        for (const TimedChange& timed : run.history) {
            if (timed.change.kind == ChangeKind::kJudge && run.model.world.entities[index(timed.change.source)].id == "alpha")
                told[timed.tick][timed.change.receiver] = timed.change.verdicts;
        }
        ASSERT_FALSE(told.empty());
        for (const auto& [tick, verdicts] : told) {
            EXPECT_EQ(verdicts.size(), 5u) << tick;
            for (const auto& [receiver, verdict] : verdicts) EXPECT_EQ(verdict, verdicts.begin()->second);
        }
    }
}

// One operator listed at the hoster is enough here for all of its sources, two for all at the network above it.
TEST(Blocklist, SpreadsFromAddressesToNeighboursToTheNetwork) {
    const std::string hits = R"(, "trap_rate": 0.1, "delay": "0 s", "escalation": [{"to": ")";
    const auto level = [&](const std::string& to, int threshold, const std::string& after) {
        return hits + to + R"(", "threshold": )" + std::to_string(threshold) + R"(, "after": ")" + after + R"("}])";
    };
    auto run = run_of(level("neighbourhood", 1, "10 h"));
    EXPECT_NEAR(refused(run, "alpha"), 47 / 48.0, 1e-12);
    EXPECT_NEAR(refused(run, "beta"), 37 / 48.0, 1e-12) << "after ten hours of silence";
    EXPECT_EQ(refused(run, "search"), 0);
    run = run_of(level("supplier", 1, "0 s"));
    EXPECT_NEAR(refused(run, "search"), 47 / 48.0, 1e-12);
    run = run_of(level("supplier", 2, "0 s"));
    EXPECT_EQ(refused(run, "beta"), 0) << "one alone";
}

TEST(Blocklist, EndsSilentlyOrListsEverybody) {
    const auto silent = run_of(R"(, "trap_rate": 0.1, "delay": "0 s", "closure": {"at": "12 h"})");
    EXPECT_NEAR(refused(silent, "alpha"), 11 / 48.0, 1e-12);
    EXPECT_NEAR(share(silent, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 0.25 * 12 / 48, 1e-12);
    const auto wildcard = run_of(R"(, "trap_rate": 0, "closure": {"at": "12 h", "answer": "wildcard"})");
    for (const char* source : {"alpha", "beta", "search", "big"}) EXPECT_NEAR(refused(wildcard, source), 36 / 48.0, 1e-12) << source;
    EXPECT_NEAR(share(wildcard, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), (0.25 * 12 + 36) / 48, 1e-12);
}

TEST(Blocklist, ListsTheInnocentByMistakeAndLetsThemGo) {
    const std::string many = R"("count": 1000, "representatives": 500, )";
    const std::string list =
        R"(, "trap_rate": 0, "mistakes": 1, "delay": "0 s", "expiry": "1 d", "removal": {"delay": "6 h", "success": 1})";
    const double p = 0.25 / 1.25;  // m L / (1 + m L), L = 6 h
    EXPECT_NEAR(refused(run_of(list, Traffic::kFluid, listed_world(many)), "alpha"), p, 1e-12) << "in the stationary state";
    const auto run = run_of(list, Traffic::kFlow, listed_world(many));
    double last = 0;
    for (const TimedChange& timed : run.history) {
        if (timed.change.kind == ChangeKind::kJudge && run.model.world.entities[index(timed.change.source)].id == "alpha")
            last = 1 - timed.change.verdicts.wanted.accept;
    }
    EXPECT_NEAR(last, p, 5 * std::sqrt(p * (1 - p) / 500));
}

// An order that binds a list reaches all who ask it, and all who share the target's pool; those who do not ask are not reached.
TEST(Blocklist, ARareMistakeIsNoShareOfASingleSource) {
    const std::string list = R"(, "trap_rate": 0, "mistakes": 0.01, "expiry": "7 d")";
    EXPECT_NEAR(refused(run_of(list), "alpha"), 0.07 / 1.07, 1e-12);
    double all = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
        const std::string policy = R"({"id": "asks", "kind": "blocklist", "list": "list", "receiver": "big"})";
        const auto run =
            testing::run(with_policy(policy, R"(, "blocklists": [{"id": "list")" + list + "}]"), listed_world(), seed, Traffic::kFlow);
        all += refused(run, "search");
    }
    EXPECT_EQ(all, 0) << "five times two days without a mistake (probability 0.9)";
}

// Without removal the alternating renewal's share: a mistake while it is listed changes nothing.
TEST(Blocklist, MistakesListTheRenewalShareWithoutRemovalToo) {
    const std::string many = R"("count": 1000, "representatives": 1000, )";
    const std::string list = R"(, "trap_rate": 0, "mistakes": 2, "delay": "0 s", "expiry": "12 h", "window": "1 h")";
    EXPECT_NEAR(refused(run_of(list, Traffic::kFluid, listed_world(many)), "alpha"), 0.5, 1e-12);
    const std::string policy = R"({"id": "asks", "kind": "blocklist", "list": "list", "receiver": "big"})";
    const auto run =
        testing::run(with_policy(policy, R"(, "blocklists": [{"id": "list")" + list + "}]", "20 d"), listed_world(many), 1, Traffic::kFlow);
    EXPECT_NEAR(refused(run, "alpha"), 0.5, 0.02) << "of 20 days, the first of them while listings begin; whole hours";
}

TEST(Blocklist, CanBeCompelled) {
    const auto order = [](const std::string& layers) {
        return R"(, "blocklists": [{"id": "list"}], "orders": [{"id": "eo", "issuer": "AB", "at": "1 d", "target": {"groups": ["court"]}, "measures": ["blocklist_target"], )" +
               layers + R"("compliance": {"probability": 1}}])";
    };
    const std::string policy = R"({"id": "asks", "kind": "blocklist", "list": "list", "receiver": "alpha"})";
    const auto run = testing::run(with_policy(policy, order(R"("layers": ["blocklist"], )")), listed_world(""));
    EXPECT_NEAR(share(run, {"big", "alpha", MailClass::kWanted}, Outcome::kRejected), 0.5, 1e-9)
        << "the second day, of all who send by big";
    EXPECT_EQ(share(run, {"big", "beta", MailClass::kWanted}, Outcome::kInbox), 1);
    EXPECT_EQ(share(run, {"search", "alpha", MailClass::kWanted}, Outcome::kInbox), 1);
    EXPECT_EQ(testing::reach_at_end(run, "court", "AA"), 0.6) << "AA is on alpha with 0.4";
    const auto unbound = testing::run(with_policy(policy, order("")), listed_world(""));
    EXPECT_EQ(share(unbound, {"big", "alpha", MailClass::kWanted}, Outcome::kInbox), 1);
}

TEST(Blocklist, MustBeOneOfTheLists) {
    try {
        static_cast<void>(testing::read(
            with_policy(R"({"id": "asks", "kind": "blocklist", "list": "lits"})", R"(, "blocklists": [{"id": "list"}])"), listed_world()));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_NE(std::string(error.what()).find("/blocking/0/list"), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("\"list\""), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace mailrift
