// Named spam senders: how much they send and when, to whom, by whose addresses, and what receivers make of it.
#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "models/traffic/spam_sender.h"
#include "models/traffic/spam_volumes.h"
#include "tests/models/documents.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::run;
using testing::scenario_text;

constexpr double kTau = 49.5;  // days; FACTS: 80 % of the old level 62 days after McColo, with 30 % left
const char* const kSwarm = R"({"id": "swarm", "kind": "botnet", "messages_per_day": 20000, "sources": 400)";
const char* const kSnow = R"({"id": "snow", "kind": "snowshoe", "messages_per_day": 6000, "sources": 300)";
const char* const kStolen =
    R"({"id": "stolen", "kind": "compromised_accounts", "provider": "beta", "accounts": 30, "messages_per_account_per_day": 100)";

std::string sender(const char* head, const std::string& more = "") { return head + (more.empty() ? more : ", " + more) + "}"; }

std::string spammed(const std::string& senders, const std::string& more = "", std::string_view horizon = "10 d") {
    return scenario_text(R"("mail": {"reply": 0}, "spam_senders": [)" + senders + "]" + (more.empty() ? more : ", " + more), horizon);
}

double spam_of(const Run& run, std::string_view source, std::optional<Outcome> outcome = {}, std::string_view receiver = "") {
    double messages = 0;
    const auto is = [&](EntityId entity, std::string_view id) { return run.model.world.entities[index(entity)].id == id; };
    for (const LedgerRow& row : run.ledger.rows()) {
        if (row.key.mail_class != MailClass::kSpam || !is(row.key.source, source)) continue;
        if ((!outcome || row.outcome == *outcome) && (receiver.empty() || is(row.key.receiver, receiver))) messages += row.messages;
    }
    return messages;
}

/// The integral of 1 - (1 - x0) exp(-t / tau) over the first `days` after a takedown.
double after(double days, double left, double tau) { return days - (1 - left) * tau * (1 - std::exp(-days / tau)); }

constexpr sim::Time day(double days) { return {static_cast<std::int64_t>(days * 86'400e6)}; }

TEST(SpamSender, ComesBackAfterATakedown) {
    SpamSender botnet;
    botnet.takedown = Takedown{day(10), 0.3, {static_cast<std::int64_t>(kTau * 86'400e6)}};
    EXPECT_EQ(level(botnet, day(9.999)), 1);
    EXPECT_DOUBLE_EQ(level(botnet, day(10)), 0.3);
    EXPECT_NEAR(level(botnet, day(72)), 0.80, 5e-5) << "62 days after it";
    EXPECT_EQ(full_days(botnet, day(8), day(10)), 2);
    EXPECT_NEAR(full_days(botnet, day(8), day(72)), 2 + after(62, 0.3, kTau), 1e-12);
    double sum = 0;
    for (int hour = 0; hour < 24 * 20; ++hour) sum += full_days(botnet, day(5 + hour / 24.0), day(5 + (hour + 1) / 24.0));
    EXPECT_NEAR(sum, 5 + after(15, 0.3, kTau), 1e-11) << "slices add up to the whole";
    botnet.takedown->left = 0;
    EXPECT_NEAR(full_days(botnet, day(10), day(10.001)) / (0.0005 * 0.001 / kTau), 1, 1e-4) << "the first minutes: t^2 / 2 tau";
}

TEST(SpamSender, SendsFromAndUntil) {
    SpamSender some;
    some.from = day(1.25);
    some.until = day(3.5);
    EXPECT_EQ(full_days(some, day(0), day(1.25)), 0);
    EXPECT_EQ(full_days(some, day(1), day(2)), 0.75);
    EXPECT_EQ(full_days(some, day(3), day(5)), 0.5);
    EXPECT_EQ(full_days(some, day(3.5), day(5)), 0);
    EXPECT_EQ(level(some, day(1.25)), 1);
    EXPECT_EQ(level(some, day(3.5)), 0);
    some.takedown = Takedown{day(0), 0.5, {86'400'000'000}};
    EXPECT_NEAR(full_days(some, day(0), day(9)), after(3.5, 0.5, 1) - after(1.25, 0.5, 1), 1e-14);
}

// O8 in whole runs: what two horizons differ by was sent between them.
TEST(SpamSenders, ATakedownIsSeenInTheLedgerAsItsClosedForm) {
    const std::string hit = sender(kSwarm, R"("takedown": {"at": "90 min", "left": 0.3, "recovery": "49.5 d"})");
    const double start = 1.5 / 24;
    double before = 0;
    for (const int days : {1, 2, 9}) {
        const double sent = spam_of(run(spammed(hit, "", std::to_string(days) + " d")), "swarm");
        const double expected = 20000 * (start + after(days - start, 0.3, kTau));
        EXPECT_NEAR(sent / expected, 1, 1e-9);
        EXPECT_GT(sent, before);
        before = sent;
        for (const Traffic traffic : {Traffic::kFlow, Traffic::kMessage}) {
            if (traffic == Traffic::kMessage && days != 2) continue;
            const auto found = run(spammed(hit, "", std::to_string(days) + " d"), testing::hand_world(), 7, traffic);
            EXPECT_NEAR(spam_of(found, "swarm"), expected, 5 * std::sqrt(expected)) << days << " days, seed 7";
            EXPECT_EQ(found.ledger.imbalance(), 0);
        }
    }
}

// The group court has all its mailboxes at big; of AA's members half, of BB's a fifth.
TEST(SpamSenders, ReachTheMailboxesOfTheirTargetsAlone) {
    const auto to = [](const std::string& targets, Traffic traffic = Traffic::kFluid) {
        return run(spammed(sender(kSnow, "\"targets\": " + targets)), testing::hand_world(), 3, traffic);
    };
    const auto court = to(R"({"groups": ["court"]})");
    EXPECT_EQ(spam_of(court, "snow", {}, "big"), spam_of(court, "snow"));
    EXPECT_NEAR(spam_of(court, "snow"), 60000, 1e-6);
    const auto both = to(R"({"groups": ["court"], "jurisdictions": ["AA"]})");
    EXPECT_NEAR(spam_of(both, "snow", {}, "big") / 60000, 600.0 / 1100, 1e-12);
    EXPECT_NEAR(spam_of(both, "snow", {}, "alpha") / 60000, 400.0 / 1100, 1e-12);
    EXPECT_EQ(spam_of(both, "snow", {}, "beta"), 0);
    const auto drawn = to(R"({"groups": ["court"], "jurisdictions": ["AA"]})", Traffic::kFlow);
    const double alpha = 60000 * 400.0 / 1100;
    EXPECT_NEAR(spam_of(drawn, "snow", {}, "alpha"), alpha, 5 * std::sqrt(alpha)) << "seed 3";
    const auto all = run(spammed(sender(kSnow)));
    EXPECT_NEAR(spam_of(all, "snow", {}, "big") / 60000, (500 + 600 + 1800 + 150) / 10150.0, 1e-12);
}

// Of a sender's targets more are closed than of all mailboxes: the court's 100 of 1,100 after 1 of 10 days.
TEST(SpamSenders, MeetClosedAccountsAmongTheirTargets) {
    const std::string closing = R"("orders": [)" + testing::order_text(R"(["close_accounts"])") + "]";
    const auto found =
        run(spammed(sender(kSnow, R"("targets": {"groups": ["court"], "jurisdictions": ["AA"]})") + ", " + sender(kSwarm), closing));
    EXPECT_NEAR(spam_of(found, "snow", Outcome::kClosedAccount) / 60000, 0.9 * 100 / 1100, 1e-12);
    EXPECT_NEAR(spam_of(found, "swarm", Outcome::kClosedAccount) / 200000, 0.9 * 100 / 10150, 1e-12);
    EXPECT_LE(found.ledger.imbalance(), 1e-12);
}

// $3 a day: 4 fresh addresses at $0.3, then mail at $7.5 a million.
TEST(SpamSenders, SendWhatTheirBudgetBuys) {
    const std::string rich = R"({"id": "rich", "kind": "snowshoe", "budget_per_day": 3, "sources": 20)";
    const auto sent = [&](const std::string& more) { return spam_of(run(spammed(rich + more + "}", "", "1 d")), "rich"); };
    EXPECT_NEAR(sent(""), 3 / 7.5 * 1e6, 1e-6);
    EXPECT_NEAR(sent(R"(, "cost_per_address": 0.3)"), 3 / 7.5 * 1e6, 1e-6) << "addresses that are never replaced cost nothing a day";
    EXPECT_NEAR(sent(R"(, "cost_per_address": 0.3, "rotation": "5 d")"), (3 - 1.2) / 7.5 * 1e6, 1e-6);
    EXPECT_NEAR(sent(R"(, "cost_per_million": 10)"), 3e5, 1e-6);
}

TEST(SpamSenders, OfAScaledRunSendAsMuchLess) {
    const auto found = run(scenario_text(R"("scale": 0.25, "spam_senders": [)" + sender(kSwarm) + ", " + sender(kStolen) + "]", "1 d"));
    EXPECT_NEAR(spam_of(found, "swarm"), 5000, 1e-8);
    EXPECT_NEAR(spam_of(found, "beta"), 750, 1e-8);
}

// With beta's own share of 0.2 and both senders there from the start, all spam is the share that was asked for; with one that comes later
// it is more.
TEST(SpamSenders, LeaveTheRestOfTheShareToTheBackground) {
    const std::string world = testing::replaced(testing::hand_world(), R"({"id": "beta",)", R"({"id": "beta", "outbound_spam": 0.2,)");
    const auto share = [&](const std::string& senders) {
        const auto found =
            run(scenario_text(R"("mail": {"reply": 0, "spam_share": 0.45}, "spam_senders": [)" + senders + "]", "1 d"), world);
        double spam = 0;
        for (const LedgerRow& row : found.ledger.rows()) spam += row.key.mail_class == MailClass::kSpam ? row.messages : 0;
        EXPECT_GT(spam_of(found, "~botnet"), 0);
        return spam / found.ledger.written();
    };
    EXPECT_NEAR(share(sender(kSwarm) + ", " + sender(kStolen)), 0.45, 1e-12);
    EXPECT_GT(share(sender(kSwarm, R"("from": "1 h")")), 0.5);
    EXPECT_GT(share(sender(kSwarm, R"("takedown": {"at": "0 s", "left": 0.1, "recovery": "1 d"})")), 0.47);
}

TEST(SpamSenders, OfMoreThanTheShareAreRefused) {
    try {
        (void)run(scenario_text(R"("mail": {"spam_share": 0.25}, "spam_senders": [)" + sender(kSwarm) + "]"));
        FAIL();
    } catch (const sim::Error& error) {
        const std::string sent = sim::format_number(20000 / (20000 + 50750.0));
        EXPECT_EQ(error.what(), "[inconsistent 304] expected a spam_share of at least what providers and spam_senders send at t = 0: " +
                                    sent + ", got 0.25");
    }
}

// Stolen accounts send as beta: their spam waits at a greylist as beta's mail does, and is blocked with it; a bot's is lost, a snowshoe's passes.
TEST(SpamSenders, TryAgainUnlessTheyAreBots) {
    const std::string all = sender(kSwarm) + ", " + sender(kSnow, R"("retry": "exchange_online")") + ", " + sender(kStolen);
    const std::string grey = spammed(all, R"("blocking": [{"id": "grey", "kind": "greylist", "delay": "5 min"}])", "2 d");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto found = run(grey, testing::hand_world(), 1, traffic);
        EXPECT_EQ(spam_of(found, "swarm", Outcome::kExpired), spam_of(found, "swarm"));
        for (const auto& [source, daily] : {std::pair{"snow", 6000.0}, std::pair{"beta", 3000.0}}) {
            const double sent = spam_of(found, source);
            EXPECT_NEAR(sent, 2 * daily, traffic == Traffic::kFluid ? 1e-9 * daily : 5 * std::sqrt(2 * daily)) << source;
            EXPECT_NEAR(spam_of(found, source, Outcome::kInbox) + spam_of(found, source, Outcome::kQueued), sent, 1e-9 * sent);
            EXPECT_GT(spam_of(found, source, Outcome::kInbox), 0.98 * sent) << source;
        }
        const double queued = spam_of(found, "snow", Outcome::kQueued);
        const double waiting = 12000 * 30.0 / (2 * 1440);  // Exchange Online tries again after 30 min
        EXPECT_NEAR(queued, waiting, traffic == Traffic::kFluid ? 1e-9 * 12000 : 5 * std::sqrt(waiting));
        EXPECT_LE(found.ledger.imbalance(), 1e-12);
    }
}

TEST(SpamSenders, SpoilTheReputationOfTheProviderWhoseAccountsTheyStole) {
    const std::string judged =
        R"("blocking": [{"id": "ratio", "kind": "reputation", "receiver": "alpha", "reject": 0.05, "min_volume": 20}])";
    const auto wanted_rejected = [](const mailrift::Run& found) {
        double messages = 0;
        for (const LedgerRow& row : found.ledger.rows()) {
            const bool beta = found.model.world.entities[index(row.key.source)].id == "beta";
            if (beta && row.key.mail_class == MailClass::kWanted && row.outcome == Outcome::kRejected) messages += row.messages;
        }
        return messages;
    };
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto clean = run(spammed("", judged, "4 d"), testing::hand_world(), 1, traffic);
        const auto spoilt = run(spammed(sender(kStolen), judged, "4 d"), testing::hand_world(), 1, traffic);
        EXPECT_EQ(wanted_rejected(clean), 0);
        EXPECT_GT(wanted_rejected(spoilt), 0);
        EXPECT_GT(spam_of(spoilt, "beta", Outcome::kRejected), 0);
    }
}

// Members who leave do not take stolen accounts along.
TEST(SpamSenders, InStolenAccountsStayWhenMembersLeave) {
    const std::string leave = R"("responses": [{"id": "leave", "kind": "migrate", "who": {"jurisdictions": ["BB", "CC"]},
        "from": ["beta"], "to": {"alpha": 1}, "plan": {"at": "1 d", "takes": "1 h"}}])";
    EXPECT_NEAR(spam_of(run(spammed(sender(kStolen), leave)), "beta"), 30000, 1e-6);
}

// An order that binds beta gives it representatives; each sends its part of what leaves by stolen accounts.
TEST(SpamSenders, OfACountedProviderSendByItsRepresentatives) {
    const std::string many =
        testing::replaced(testing::hand_world(), R"({"id": "beta",)", R"({"id": "beta", "count": 5, "representatives": 2,)");
    const std::string order =
        R"("orders": [{"id": "bb", "issuer": "BB", "at": "1 d", "target": {"groups": ["court"]}, "measures": ["block_senders"]}])";
    const auto found = run(spammed(sender(kStolen), order), many);
    EXPECT_NEAR(spam_of(found, "beta#0"), 18000, 1e-8) << "stands for 3 of 5 operators";
    EXPECT_NEAR(spam_of(found, "beta#1"), 12000, 1e-8);
    EXPECT_EQ(spam_of(found, "beta"), 0);
}

// Many sources are below a volume that they have together; a receiver learns about each of them.
TEST(SpamSenders, AreJudgedSourceBySource) {
    const auto rejected = [](const std::string& head, int min_volume, Traffic traffic) {
        const std::string blocking = R"("blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": )";
        const std::string text = spammed(sender(head.c_str()), blocking + std::to_string(min_volume) + "}]");
        const auto found = run(text, testing::trusting_world(), 1, traffic);
        return spam_of(found, "swarm", Outcome::kRejected) / spam_of(found, "swarm");
    };
    const std::string one = testing::replaced(kSwarm, "400", "1");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        EXPECT_GT(rejected(one, 500, traffic), 0.5);
        EXPECT_EQ(rejected(kSwarm, 500, traffic), 0);
        EXPECT_GT(rejected(kSwarm, 1, traffic), 0.5);
    }
}

TEST(SpamSenders, AreEntitiesWithAddresses) {
    const std::string senders = sender(kSwarm, R"("rotation": "6 h", "authenticated": 0.25, "located": {"CC": 0.7, "AA": 0.3})") + ", " +
                                sender(kSnow, R"("ranges": 9)");
    const auto model = run(spammed(senders, "", "1 h")).model;
    const Entity& swarm = model.world.entities[index(*find_entity(model.world, "swarm"))];
    EXPECT_EQ(std::tuple(swarm.count, swarm.representatives, swarm.authenticated), std::tuple(400U, 256U, 0.25));
    EXPECT_EQ(swarm.rotation, sim::kHour * 6);
    ASSERT_EQ(swarm.located.size(), 2U);
    EXPECT_EQ(swarm.located[0].jurisdiction, *find_jurisdiction(model.world, "AA"));
    EXPECT_EQ(swarm.located[0].share, 0.3);
    const Entity& snow = model.world.entities[index(*find_entity(model.world, "snow"))];
    EXPECT_EQ(std::tuple(snow.authenticated, snow.ranges, snow.rotation), std::tuple(1.0, 9U, sim::Duration{0}));
}

// A sender that sends nothing, or nothing yet, changes no byte; nor does the order of the document.
TEST(SpamSenders, OfNothingChangeNoByteNorDoesTheirOrder) {
    const std::string judged = R"("blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": 1, "from": "1 d"}])";
    const std::string silent = testing::replaced(sender(kSwarm), "20000", "0");
    const std::string later = sender(kStolen, R"("from": "2 d")");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        if (!testing::kFast && traffic == Traffic::kMessage) continue;
        const auto prints = [&](const std::string& senders) {
            const auto found = run(spammed(senders, judged, "2 d"), testing::hand_world(), 5, traffic);
            return std::pair(found.trajectory_fingerprint, found.results_fingerprint);
        };
        EXPECT_EQ(prints(""), prints(silent + ", " + later));
        EXPECT_EQ(prints(sender(kSnow)), prints(silent + ", " + sender(kSnow) + ", " + later));
        const std::string one = sender(kSwarm);
        const std::string two = sender(kSnow);
        const std::string three = sender(kStolen);
        EXPECT_EQ(prints(one + ", " + two + ", " + three), prints(three + ", " + two + ", " + one));
        EXPECT_NE(prints(one), prints(two));
    }
}

// Saved in the middle of a takedown and gone on with, a run is the straight one.
TEST(SpamSenders, GoOnFromACheckpoint) {
    const Scenario scenario = testing::read_document("golden/spammers.json");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        RunOptions options;
        options.traffic = traffic;
        Simulation first(scenario, options);
        first.advance_to(47);
        const auto resumed = Simulation::resume(first.save(), "saved", options).finish();
        const auto straight = run_scenario(scenario, options);
        EXPECT_EQ(resumed.trajectory_fingerprint, straight.trajectory_fingerprint);
        EXPECT_EQ(resumed.ledger.written(), straight.ledger.written());
    }
}

}  // namespace
}  // namespace mailrift
