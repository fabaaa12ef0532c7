// Spam: how much of it there is, what receivers do with it, and where it ends.
#include "models/traffic/spam.h"

#include <cmath>

#include <gtest/gtest.h>

#include "models/delivery/greylist_delay.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::run;
using testing::scenario_text;

/// The hand world with spam from beta.
std::string spamming(const std::string& share) {
    return testing::replaced(testing::hand_world(), R"({"id": "beta", "kind": "national",)",
                             R"({"id": "beta", "kind": "national", "trusts_gateway": true, "outbound_spam": )" + share + ",");
}

double spam_of(const Run& run, std::string_view source, std::optional<Outcome> outcome = {}) {
    double messages = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        if (row.key.mail_class == MailClass::kSpam && run.model.world.entities[index(row.key.source)].id == source &&
            (!outcome || row.outcome == *outcome))
            messages += row.messages;
    }
    return messages;
}

TEST(Spam, IsAShareOfWhatLeavesAProvider) {
    const auto found = run(scenario_text(R"("mail": {"reply": 0})"), spamming("0.2"));
    double wanted = 0;
    for (const LedgerRow& row : found.ledger.rows()) {
        if (row.key.mail_class == MailClass::kWanted && found.model.world.entities[index(row.key.source)].id == "beta")
            wanted += row.messages;
    }
    EXPECT_NEAR(spam_of(found, "beta") / (spam_of(found, "beta") + wanted), 0.2, 1e-12);
    EXPECT_LE(found.ledger.imbalance(), 1e-12);
}

TEST(Spam, ABackgroundBotnetSendsWhatIsMissing) {
    const auto found = run(scenario_text(R"("mail": {"reply": 0, "spam_share": 0.45})"), spamming("0.2"));
    double spam = 0;
    for (const LedgerRow& row : found.ledger.rows()) spam += row.key.mail_class == MailClass::kSpam ? row.messages : 0;
    EXPECT_NEAR(spam / found.ledger.written(), 0.45, 1e-12);
    EXPECT_GT(spam_of(found, "~botnet"), spam_of(found, "beta"));
}

TEST(Spam, MoreThanTheShareSaysIsRefused) {
    try {
        (void)run(scenario_text(R"("mail": {"spam_share": 0.05})"), spamming("0.5"));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kInconsistent);
    }
}

// A provider with much spam is blocked by all, with its wanted mail; in fluid and in flow alike, since no count is near the cut-off. Blocked, it is not
// seen any more, and forgiven when its counts have decayed to the volume.
TEST(Spam, ASpammingProviderIsBlockedWithItsWantedMail) {
    const std::string scenario = scenario_text(
        R"("warm_up": "0 d", "mail": {"reply": 0}, "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": 1000, "half_life": "2 d"}])");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto found = run(scenario, spamming("0.6"), 1, traffic);
        EXPECT_GT(spam_of(found, "beta", Outcome::kRejected), 0);
        EXPECT_GT(spam_of(found, "beta", Outcome::kInbox), 0) << "in the first period, and after it was forgiven";
        double wanted = 0;
        bool by_policy = true;
        for (const LedgerRow& row : found.ledger.rows()) {
            if (row.key.mail_class != MailClass::kWanted || row.outcome != Outcome::kRejected) continue;
            wanted += row.messages;
            by_policy = by_policy && row.cause.policy == PolicyId{0} && found.model.world.entities[index(row.key.source)].id == "beta";
        }
        EXPECT_GT(wanted, 0);
        EXPECT_TRUE(by_policy);
    }
    const auto fluid = run(scenario, spamming("0.6"));
    const auto flow = run(scenario, spamming("0.6"), testing::hand_world().size(), Traffic::kFlow);
    EXPECT_NEAR(spam_of(fluid, "beta", Outcome::kRejected) / spam_of(fluid, "beta"),
                spam_of(flow, "beta", Outcome::kRejected) / spam_of(flow, "beta"), 0.01);
}

// A counted source is many operators: each sends its part, so none reaches a volume that all of them together have.
TEST(Spam, OperatorsOfACountedProviderAreBelowAVolumeThatTheyHaveTogether) {
    const auto scenario = [](int min_volume) {
        return scenario_text(
            R"("warm_up": "0 d", "mail": {"reply": 0}, "blocking": [{"id": "ratio", "kind": "reputation", "reject": 0.3, "min_volume": )" +
            std::to_string(min_volume) + "}]");
    };
    const std::string many =
        testing::replaced(spamming("0.6"), R"("outbound_spam": 0.6,)", R"("outbound_spam": 0.6, "count": 1000, "representatives": 20,)");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        EXPECT_GT(spam_of(run(scenario(1000), spamming("0.6"), 1, traffic), "beta", Outcome::kRejected), 0);
        EXPECT_EQ(spam_of(run(scenario(1000), many, 1, traffic), "beta", Outcome::kRejected), 0);
        EXPECT_GT(spam_of(run(scenario(1), many, 1, traffic), "beta", Outcome::kRejected), 0) << "each is past the ratio";
    }
}

// Spam goes to all 10,150 mailboxes alike; the court's 100 are closed after 1 of 10 days.
TEST(Spam, ToClosedAccountsIsNotInTheInbox) {
    const std::string closing = R"("mail": {"reply": 0}, "orders": [)" + testing::order_text(R"(["close_accounts"])") + "]";
    const auto found = run(scenario_text(closing), spamming("0.6"));
    const double closed = spam_of(found, "beta", Outcome::kClosedAccount);
    EXPECT_NEAR(closed / spam_of(found, "beta"), 0.9 * 100 / 10150, 1e-12);
    EXPECT_NEAR(spam_of(found, "beta", Outcome::kInbox) + closed, spam_of(found, "beta"), 1e-9 * closed);
    for (const LedgerRow& row : found.ledger.rows()) {
        if (row.outcome == Outcome::kClosedAccount) {
            EXPECT_EQ(row.cause, (Cause{OrderId{0}, {}}));
        }
    }
    const auto flow = run(scenario_text(closing), spamming("0.6"), 1, Traffic::kFlow);
    EXPECT_NEAR(spam_of(flow, "beta", Outcome::kClosedAccount), closed, 5 * std::sqrt(closed));
    EXPECT_EQ(flow.ledger.imbalance(), 0);
}

/// Mail of all classes from beta to accounts that an order closed.
double to_closed_accounts(const Run& run) {
    double messages = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        const bool from_beta = run.model.world.entities[index(row.key.source)].id == "beta";
        if (from_beta && row.outcome == Outcome::kClosedAccount) messages += row.messages;
    }
    return messages;
}

// A source that is blocked at the connection names no recipient: from day 1 on nobody tells it that an account is closed.
TEST(Spam, OfABlockedSourceMeetsNoClosedAccount) {
    const std::string closing = R"("mail": {"reply": 0}, "orders": [)" + testing::order_text(R"(["close_accounts"])") + "]";
    const std::string blocking =
        R"(, "warm_up": "0 d", "blocking": [{"id": "ratio", "kind": "reputation", "receiver": "big", "reject": 0.3, "min_volume": 1}])";
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto open = run(scenario_text(closing, "4 d"), spamming("0.6"), 1, traffic);
        EXPECT_GT(to_closed_accounts(open), spam_of(open, "beta", Outcome::kClosedAccount)) << "wanted mail too";
        EXPECT_GT(spam_of(open, "beta", Outcome::kClosedAccount), 0);
        const auto found = run(scenario_text(closing + blocking, "4 d"), spamming("0.6"), 1, traffic);
        EXPECT_EQ(to_closed_accounts(found), 0);
        EXPECT_GT(spam_of(found, "beta", Outcome::kRejected), 0);
    }
}

// Members who leave take their provider's spam along; what is left is still the share of what its members write.
TEST(Spam, FollowsTheMembersOfAProvider) {
    const std::string leave = R"("mail": {"reply": 0}, "responses": [{"id": "leave", "kind": "migrate", "who": {"jurisdictions": ["BB"]},
        "from": ["beta"], "to": {"alpha": 1}, "plan": {"at": "5 d", "takes": "1 h"}}])";
    const auto stays = run(scenario_text(R"("mail": {"reply": 0})"), spamming("0.2"));
    const auto leaves = run(scenario_text(leave), spamming("0.2"));
    // Of beta's 6,300 members (2,100 in BB, 4,200 in CC) those in BB are gone for half of the time.
    EXPECT_NEAR(spam_of(leaves, "beta") / spam_of(stays, "beta"), 1 - 0.5 * 2100 / 6300, 0.01);
    EXPECT_EQ(spam_of(leaves, "alpha"), 0);
}

// Spam leaves by the pool by which the members' mail leaves.
TEST(Spam, LeavesByTheRelayOfItsRoute) {
    const std::string relayed =
        testing::replaced(testing::replaced(spamming("0.2"), R"("suppliers": [)", R"("suppliers": [{"id": "relay", "layer": "gateway"}, )"),
                          R"({"provider": "beta", "share": 0.5})", R"({"provider": "beta", "outbound": "relay", "share": 0.5})");
    const auto found = run(scenario_text(R"("mail": {"reply": 0})"), relayed);
    double wanted = 0;
    for (const LedgerRow& row : found.ledger.rows()) {
        const bool by_relay = found.model.world.entities[index(row.key.source)].id == "relay";
        if (row.key.mail_class == MailClass::kWanted && by_relay) wanted += row.messages;
    }
    EXPECT_GT(wanted, 0);
    EXPECT_NEAR(spam_of(found, "relay") / (spam_of(found, "relay") + wanted), 0.2, 1e-12);
}

TEST(Spam, ThatCannotBeCountedIsRefused) {
    try {
        (void)run(scenario_text(R"("mail": {"spam_share": 0.9999999999999, "messages_per_day": 10000})"), spamming("0.2"), 1,
                  Traffic::kFlow);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kTooLarge) << error.what();
    }
}

TEST(Spam, IsSeenByTheFingerprint) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto of = [&](const char* share) { return run(scenario_text(), spamming(share), 1, traffic).trajectory_fingerprint; };
        EXPECT_NE(of("0.2"), of("0.3"));
        EXPECT_EQ(of("0.2"), of("0.2"));
    }
}

// Nobody knows the senders of spam: a greylist holds it until the queue of its provider tries again, 15 min after the first try with Exchange
// Online, and loses that of bots.
TEST(Spam, OfAProviderWaitsAtAGreylistAndThatOfBotsIsLost) {
    const std::string world = testing::replaced(spamming("0.2"), R"({"id": "beta",)", R"({"id": "beta", "retry": "exchange_online",)");
    const std::string grey =
        R"("mail": {"reply": 0, "spam_share": 0.5}, "blocking": [{"id": "grey", "kind": "greylist", "delay": "5 min"}])";
    const auto delay = greylist_delay(*find_schedule("exchange_online"), {sim::kMinute * 5, sim::kDay, {}});
    ASSERT_TRUE(delay);
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto found = run(scenario_text(grey), world, 1, traffic);
        EXPECT_EQ(spam_of(found, "~botnet", Outcome::kExpired), spam_of(found, "~botnet"));
        const double all = spam_of(found, "beta");
        const double waiting = all * static_cast<double>(delay->us) / (10 * 86'400e6);
        EXPECT_NEAR(spam_of(found, "beta", Outcome::kQueued), waiting, traffic == Traffic::kFluid ? 1e-9 * all : 5 * std::sqrt(waiting));
        EXPECT_NEAR(spam_of(found, "beta", Outcome::kInbox) + spam_of(found, "beta", Outcome::kQueued), all, 1e-9 * all);
        EXPECT_LE(found.ledger.imbalance(), 1e-12);
    }
}

}  // namespace
}  // namespace mailrift
