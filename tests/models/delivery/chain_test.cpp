// Mail that several servers decide on in turn: a gateway, the provider behind it, and where a mailbox forwards to.
#include "models/delivery/chain.h"

#include <cmath>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/control/life_history.h"
#include "models/delivery/attempt.h"
#include "models/delivery/fate.h"
#include "models/traffic/source_tallies.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::Which;
using testing::with_policy;

constexpr PolicyId kFirst{0};
constexpr PolicyId kSecond{1};

double sum(const Verdict& verdict) {
    double all = verdict.accept;
    for (const VerdictPart& part : verdict.parts) all += part.share;
    return all;
}

// A gateway rejects 0.1 and marks 0.3; the provider behind it marks 0.2 and rejects 0.4 of what comes: of marked mail, too.
TEST(Chain, TheProviderDecidesOnWhatTheGatewayLetsPass) {
    const Verdict gateway{0.6, {{Outcome::kRejected, kFirst, 0.1}, {Outcome::kJunk, kFirst, 0.3}}, {}, 1};
    const Verdict provider{0.4, {{Outcome::kJunk, kSecond, 0.2}, {Outcome::kRejected, kSecond, 0.4}}, GreylistPart{kSecond, 1}, 2};
    const Verdict both = in_turn(gateway, provider, 1, true);
    EXPECT_NEAR(both.accept, 0.24, 1e-15);
    ASSERT_EQ(both.parts.size(), 4U);
    EXPECT_EQ(both.parts[0], (VerdictPart{Outcome::kRejected, kFirst, 0.1}));
    EXPECT_NEAR(both.parts[1].share, 0.3 * 0.6, 1e-15);
    EXPECT_EQ(both.parts[2].policy, at_hop(kSecond, 1));
    EXPECT_NEAR(both.parts[2].share, 0.6 * 0.2, 1e-15);
    EXPECT_NEAR(both.parts[3].share, 0.9 * 0.4, 1e-15);
    EXPECT_EQ(both.before_rcpt, 1U) << "what the provider decides comes after the recipient was named to the gateway";
    EXPECT_EQ(both.greylist, (GreylistPart{at_hop(kSecond, 1), 3}));
    EXPECT_NEAR(sum(both), 1, 1e-15);
    const Verdict forwarded = in_turn(gateway, provider, 2, false);
    EXPECT_NEAR(forwarded.parts[1].share, 0.3, 1e-15) << "junk stays with the forwarder";
    EXPECT_NEAR(forwarded.parts[3].share, 0.6 * 0.4, 1e-15);
    EXPECT_NEAR(sum(forwarded), 1, 1e-15);
}

// A forwarder marks 0.3 and drops 0.1, and the target defers half of what comes at each try: in the end 0.3 is marked and 0.1 dropped all the same.
TEST(Chain, WaitingChangesNoShareOfWhatIsTaken) {
    const Verdict forwarder{0.6, {{Outcome::kDiscarded, kFirst, 0.1}, {Outcome::kJunk, kFirst, 0.3}}, {}, 0};
    const Verdict target{0.5, {{Outcome::kQueued, kSecond, 0.5}}, {}, 1};
    for (const bool marked_too : {false, true}) {
        const Verdict both = in_turn(forwarder, target, 2, marked_too);
        EXPECT_NEAR(sum(both), 1, 1e-15);
        const AttemptLaw law = attempt_law(both);
        ASSERT_EQ(law.steps.size(), 1U);
        EXPECT_NEAR(law.steps[0].probability, 0.5, 1e-15);
        ASSERT_EQ(law.accepted.size(), 3U);
        EXPECT_NEAR(law.accepted[0].share, 0.1, 1e-15);
        EXPECT_NEAR(law.accepted[1].share, 0.3, 1e-15);
        EXPECT_NEAR(law.accepted[2].share, 0.6, 1e-15);
    }
}

TEST(Chain, LeavesOutWhatNothingIsLeftOf) {
    const Verdict marks_all{0, {{Outcome::kJunk, kFirst, 1}}, {}, 1};
    const Verdict rejects_all{0, {{Outcome::kRejected, kSecond, 1}}, {}, 0};
    const Verdict both = in_turn(marks_all, rejects_all, 1, true);
    ASSERT_EQ(both.parts.size(), 1U);
    EXPECT_EQ(both.parts[0], (VerdictPart{Outcome::kRejected, at_hop(kSecond, 1), 1}));
    EXPECT_EQ(both.before_rcpt, 0U);
    EXPECT_EQ(in_turn(marks_all, rejects_all, 2, false).parts, marks_all.parts);
}

/// World "hand" with all of beta's mailboxes behind `gate`, and more keys of beta.
std::string guarded(const std::string& more = "") {
    std::string world = testing::replaced(testing::hand_world(), R"("alpha": 0.1, "beta": 0.7)", R"("alpha": 0.8)");
    world = testing::replaced(world, R"({"provider": "beta", "share": 0.5})", R"({"provider": "alpha", "share": 0.5})");
    return testing::replaced(world, R"({"id": "beta", )", R"({"id": "beta", )" + more);
}

std::string filter(const std::string& id, const std::string& receiver, double share) {
    return R"({"id": ")" + id + R"(", "kind": "content_filter", "receiver": ")" + receiver +
           R"(", "action": "reject", "true_positive": 0, "false_positive": )" + std::to_string(share) + "}";
}

// 0.2 is rejected at the gateway and 0.3 of the rest behind it, each by its own policy.
TEST(Chain, BothFiltersActOnMailBehindAGateway) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto run =
            testing::run(with_policy(filter("outer", "gate", 0.2) + ", " + filter("inner", "beta", 0.3)), guarded(), 3, traffic);
        const Which mail{"", "beta", MailClass::kWanted};
        const double n = messages(run, mail);
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(0.25 / n);
        EXPECT_NEAR(share(run, mail, Outcome::kRejected), 1 - 0.8 * 0.7, slack);
        double inner = 0;
        for (const LedgerRow& row : run.ledger.rows()) {
            if (row.cause.policy && row.key.mail_class == MailClass::kWanted) inner += index(*row.cause.policy) == 1 ? row.messages : 0;
        }
        EXPECT_NEAR(inner / n, 0.8 * 0.3, slack);
    }
}

// One rule of both servers is one policy of the ledger, and acts twice.
TEST(Chain, ARuleOfEverybodyActsAtBoth) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kMessage}) {
        const auto run = testing::run(with_policy(filter("all", "*", 0.2)), guarded(), 3, traffic);
        const Which mail{"", "beta", MailClass::kWanted};
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 5 * std::sqrt(0.25 / messages(run, mail));
        EXPECT_NEAR(share(run, mail, Outcome::kRejected), 1 - 0.8 * 0.8, slack);
        EXPECT_NEAR(share(run, {"", "alpha", MailClass::kWanted}, Outcome::kRejected), 0.2, traffic == Traffic::kFluid ? 1e-12 : 0.02);
        std::size_t rows = 0;
        for (const LedgerRow& row : run.ledger.rows()) {
            const bool is_pair = run.model.world.entities[index(row.key.source)].id == "big" &&
                                 run.model.world.entities[index(row.key.receiver)].id == "beta";
            rows += is_pair && row.outcome == Outcome::kRejected && row.key.mail_class == MailClass::kWanted ? 1 : 0;
        }
        EXPECT_EQ(rows, 1U);
    }
}

constexpr const char* kRatio =
    R"({"id": "ratio", "kind": "reputation", "receiver": "beta", "reject": 0.2, "min_volume": 1, "window": "tumbling",
    "period": "1 d", "true_positive": 1, "false_positive": 0})";

// Bots send 0.4 of all mail, so the gateway's address has a ratio of 0.4: whoever does not trust it blocks it, and everybody's mail with it.
TEST(Chain, WithoutTrustTheGatewaysAddressIsJudged) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto blind = testing::run(with_policy(kRatio), guarded(), 3, traffic);
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 0.02;
        EXPECT_NEAR(share(blind, {"", "beta", MailClass::kWanted}, Outcome::kRejected), 0.5, slack) << "the second of two days";
        const auto trusting = testing::run(with_policy(kRatio), guarded(R"("trusts_gateway": true, )"), 3, traffic);
        EXPECT_EQ(messages(trusting, {"", "beta", MailClass::kWanted}, Outcome::kRejected), 0);
        EXPECT_EQ(messages(trusting, {"~botnet", "beta", MailClass::kSpam}, Outcome::kRejected), 0) << "of which no address comes twice";
    }
}

// A gateway's address is not the writer's, so SPF fails behind one that is not trusted: what is left is the writer's signature.
TEST(Chain, BehindAGatewayASignatureAuthenticates) {
    const std::string rule = R"({"id": "auth", "kind": "authentication", "receiver": "beta"})";
    const auto refused = [&](const std::string& keys) {
        const std::string world =
            testing::replaced(guarded(keys), R"({"id": "alpha", )", R"({"id": "alpha", "authenticated": 0.9, "dkim_signed": 0.4, )");
        return share(testing::run(with_policy(rule), world), {"alpha", "beta", MailClass::kWanted}, Outcome::kRejected);
    };
    EXPECT_NEAR(refused(""), 0.6, 1e-12);
    EXPECT_NEAR(refused(R"("trusts_gateway": true, )"), 0.1, 1e-12);
}

/// World "hand" whose mailboxes at alpha send everything on to big.
std::string forwarding() {
    std::string world =
        testing::replaced(testing::hand_world(), R"({"big": 0.5, "search": 0.1, "alpha": 0.4})",
                          R"([{"provider": "big", "share": 0.6}, {"provider": "alpha", "share": 0.4, "forward_to": "big"}])");
    return testing::replaced(world, R"({"big": 0.2, "alpha": 0.1, "beta": 0.7})",
                             R"([{"provider": "big", "share": 0.3}, {"provider": "beta", "share": 0.7}])");
}

std::string ratio_at_big(double theta) {
    return with_policy(R"({"id": "ratio", "kind": "reputation", "receiver": "big", "min_volume": 1, "window": "tumbling", "period": "1 d",
        "true_positive": 1, "false_positive": 0, "reject": )" +
                       std::to_string(theta) + "}");
}

// What alpha sends to big is its members' mail and all that came to them: with s spam and w wanted mail forwarded and m of its own, its ratio is
// s / (s + w + m), though nothing that its members write is spam. At or above theta big blocks it: its members' mail, and what it forwards.
TEST(Forwarding, SpoilsTheRatioOfWhoForwards) {
    const auto open = testing::run(ratio_at_big(1), forwarding());
    const double s = messages(open, {"", "alpha", MailClass::kSpam});
    const double w = messages(open, {"", "alpha", MailClass::kWanted});
    const double m = messages(open, {"alpha", "big", MailClass::kWanted});
    const double ratio = s / (s + w + m);
    EXPECT_GT(ratio, 0.1);
    EXPECT_EQ(messages(open, {"alpha", "", MailClass::kSpam}), 0);
    EXPECT_EQ(share(open, {"", "alpha", MailClass::kWanted}, Outcome::kInbox), 1);
    const auto above = testing::run(ratio_at_big(1.001 * ratio), forwarding());
    EXPECT_EQ(share(above, {"alpha", "big", MailClass::kWanted}, Outcome::kInbox), 1);
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const double near = traffic == Traffic::kFluid ? 0.999 : 0.9;
        const auto run = testing::run(ratio_at_big(near * ratio), forwarding(), 3, traffic);
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 0.03;
        EXPECT_NEAR(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kRejected), 0.5, slack) << "the second of two days";
        EXPECT_NEAR(share(run, {"", "alpha", MailClass::kWanted}, Outcome::kRejected), 0.5, slack) << "forwarded, and sent back";
        EXPECT_EQ(messages(run, {"beta", "big", MailClass::kWanted}, Outcome::kRejected), 0);
    }
}

// What the forwarder's own filter takes out does not leave from its pool.
TEST(Forwarding, SendsOnWhatIsInTheInboxAlone) {
    const std::string own =
        R"({"id": "own", "kind": "content_filter", "receiver": "alpha", "action": "junk", "true_positive": 1, "false_positive": 0}, )";
    const std::string text = testing::replaced(ratio_at_big(0.01), R"("blocking": [)", R"("blocking": [)" + own);
    const auto run = testing::run(text, forwarding());
    EXPECT_EQ(share(run, {"~botnet", "alpha", MailClass::kSpam}, Outcome::kJunk), 1);
    EXPECT_EQ(share(run, {"", "alpha", MailClass::kWanted}, Outcome::kInbox), 1);
    EXPECT_EQ(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kInbox), 1);
}

// SPF is of the server that sends: forwarded mail passes by its writer's DKIM signature alone, whatever the forwarder's own mail does.
TEST(Forwarding, KeepsDkimAndBreaksSpf) {
    const std::string rule = R"({"id": "auth", "kind": "authentication", "receiver": "big")";
    const auto at = [&](const std::string& keys, const std::string& more, Traffic traffic) {
        std::string world = testing::replaced(forwarding(), R"({"id": "beta", )", R"({"id": "beta", "dkim_signed": 0.3, )");
        world = testing::replaced(world, R"({"id": "alpha", )", R"({"id": "alpha", )" + keys);
        return testing::run(with_policy(rule + more + "}"), world, 3, traffic);
    };
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const double slack = traffic == Traffic::kFluid ? 1e-12 : 0.05;
        const auto plain = at(R"("authenticated": 0.9, )", "", traffic);
        EXPECT_NEAR(share(plain, {"beta", "alpha", MailClass::kWanted}, Outcome::kRejected), 0.7, slack);
        EXPECT_EQ(share(plain, {"big", "alpha", MailClass::kWanted}, Outcome::kInbox), 1) << "which signs all";
        EXPECT_NEAR(share(plain, {"alpha", "big", MailClass::kWanted}, Outcome::kRejected), 0.1, slack) << "its own";
        EXPECT_EQ(share(plain, {"~botnet", "alpha", MailClass::kSpam}, Outcome::kRejected), 1);
        const auto rewriting = at(R"("srs": true, )", "", traffic);
        EXPECT_NEAR(share(rewriting, {"beta", "alpha", MailClass::kWanted}, Outcome::kRejected), 0.7, slack)
            << "DMARC asks for the writer's domain";
        const auto lenient = at(R"("srs": true, )", R"(, "aligned": false)", traffic);
        EXPECT_EQ(share(lenient, {"beta", "alpha", MailClass::kWanted}, Outcome::kInbox), 1);
        EXPECT_EQ(share(lenient, {"~botnet", "alpha", MailClass::kSpam}, Outcome::kInbox), 1) << "and whose spam it is, nobody sees";
        EXPECT_EQ(share(at("", R"(, "aligned": false)", traffic), {"~botnet", "alpha", MailClass::kSpam}, Outcome::kRejected), 1);
    }
}

// A mixture of two verdicts keeps the order of decisions: a filter behind the rule sees what the rule let pass.
TEST(Forwarding, MixesVerdictsPartByPart) {
    const std::string rules =
        R"({"id": "auth", "kind": "authentication", "receiver": "big", "enforced": 0.5}, )" + filter("late", "big", 0.2);
    const std::string world = testing::replaced(forwarding(), R"({"id": "beta", )", R"({"id": "beta", "dkim_signed": 0.3, )");
    const auto run = testing::run(with_policy(rules), world);
    const Which mail{"beta", "alpha", MailClass::kWanted};
    const double passes = 0.3 + 0.7 * 0.5;
    EXPECT_NEAR(share(run, mail, Outcome::kInbox), passes * 0.8, 1e-12);
    double late = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        const bool is_meant =
            run.model.world.entities[index(row.key.source)].id == "beta" && run.model.world.entities[index(row.key.receiver)].id == "alpha";
        if (is_meant && row.key.mail_class == MailClass::kWanted && row.cause.policy == PolicyId{1}) late += row.messages;
    }
    EXPECT_NEAR(late / messages(run, mail), passes * 0.2, 1e-12);
}

TEST(Forwarding, IsToAnotherProvider) {
    const std::string world = testing::replaced(forwarding(), R"("forward_to": "big")", R"("forward_to": "alpha")");
    try {
        static_cast<void>(testing::read(testing::scenario_text(), world));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_NE(std::string(error.what()).find("/markets/AA/routes/1/forward_to"), std::string::npos) << error.what();
    }
}

// Who refused a message is told, and can be asked for, wherever it was refused.
TEST(Forwarding, IsTracedToWhoRefusedIt) {
    const Scenario scenario = testing::read(with_policy(filter("late", "big", 0.5)), forwarding());
    HistoryQuery query;
    query.number = 5;
    query.receiver = "alpha";
    query.policy = "late";
    const auto histories = life_histories(scenario, {}, query);
    ASSERT_EQ(histories.size(), 5U);
    for (const LifeHistory& history : histories) EXPECT_EQ(history.steps.back().entity, "big");
}

// Where it is forwarded to may be bound by an order, too.
TEST(Forwarding, AnOrderBindsWhereItEnds) {
    const std::string order =
        R"("orders": [{"id": "eo", "issuer": "US", "at": "0 s", "target": {"groups": ["guests"]}, "measures": ["block_senders"],
        "compliance": {"probability": 1}}])";
    const auto run = testing::run(testing::scenario_text(order, "1 d"), forwarding());
    EXPECT_NEAR(testing::reach_at_end(run, "guests", "AA"), 0, 1e-12) << "all of AA reads at big";
    const auto direct = testing::run(testing::scenario_text(order, "1 d"));
    EXPECT_NEAR(testing::reach_at_end(direct, "guests", "AA"), 0.4, 1e-12) << "alpha does not obey";
}

std::string list_at_alpha(const std::string& more = "") {
    return R"(, "mailing_lists": [{"id": "talk", "provider": "alpha", "subscribers": {"jurisdictions": ["BB"]}, "subscribed": 0.5,
        "posts_per_day": 10, "spam_share": 0.2)" +
           more + "}]";
}

// Each post goes to every subscriber: 10 a day to half of 3,000, a fifth of them spam, from the server of the list.
TEST(MailingList, SendsEachPostToAllSubscribers) {
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto run = testing::run(with_policy(filter("nothing", "big", 0), list_at_alpha()), testing::hand_world(), 3, traffic);
        const double n = 2 * 10 * 1500;
        const double slack = traffic == Traffic::kFluid ? 1e-9 : 5 * std::sqrt(n);
        EXPECT_NEAR(messages(run, {"alpha", "", MailClass::kBulk}), 0.8 * n, slack);
        EXPECT_NEAR(messages(run, {"alpha", "", MailClass::kSpam}), 0.2 * n, slack);
        EXPECT_NEAR(messages(run, {"alpha", "beta", MailClass::kBulk}), 0.7 * 0.8 * n, slack) << "as BB's mailboxes are";
        EXPECT_EQ(messages(run, {"alpha", "search", MailClass::kBulk}), 0) << "where none of them is";
    }
}

// A list that leaves the writer in From breaks SPF and DKIM of the writer's domain; one that writes itself there does not.
TEST(MailingList, AuthenticatesUnderItsOwnName) {
    const auto refused = [](const std::string& rule, const std::string& list) {
        const auto run =
            testing::run(with_policy(R"({"id": "auth", "kind": "authentication", "receiver": "big")" + rule + "}", list_at_alpha(list)));
        EXPECT_EQ(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kInbox), 1) << "its members' own mail";
        EXPECT_EQ(share(run, {"alpha", "big", MailClass::kSpam}, Outcome::kRejected),
                  share(run, {"alpha", "big", MailClass::kBulk}, Outcome::kRejected));
        return share(run, {"alpha", "big", MailClass::kBulk}, Outcome::kRejected);
    };
    EXPECT_EQ(refused("", ""), 0);
    EXPECT_EQ(refused("", R"(, "rewrites_from": false)"), 1);
    EXPECT_EQ(refused(R"(, "aligned": false)", R"(, "rewrites_from": false)"), 0) << "its envelope is its own";
}

// Spam in posts is the list's server's: s of s + b posts and m messages of its members.
TEST(MailingList, SpoilsTheRatioOfItsServer) {
    const auto open = testing::run(testing::replaced(ratio_at_big(1), "]", "]" + list_at_alpha()));
    const double s = messages(open, {"alpha", "big", MailClass::kSpam});
    const double ratio =
        s / (s + messages(open, {"alpha", "big", MailClass::kBulk}) + messages(open, {"alpha", "big", MailClass::kWanted}));
    for (const bool above : {false, true}) {
        const auto run = testing::run(testing::replaced(ratio_at_big(ratio * (above ? 1.001 : 0.999)), "]", "]" + list_at_alpha()));
        EXPECT_NEAR(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kRejected), above ? 0 : 0.5, 1e-12);
    }
}

TEST(MailingList, NeedsSubscribers) {
    try {
        static_cast<void>(testing::read(with_policy(filter("nothing", "big", 0), testing::replaced(list_at_alpha(), "BB", "US"))));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_NE(std::string(error.what()).find("/mailing_lists/0/subscribers"), std::string::npos) << error.what();
    }
}

TEST(Forwarding, CountsEveryJudgeThatMailCameTo) {
    World world;
    world.entities.resize(4);
    const EntityId source{0};
    const Chain chain{EntityId{1}, EntityId{2}, EntityId{3}, EntityId{2}};
    TallyBoard board(world, {{}, true, {false, true, true, true}});
    const std::size_t place = board.place(source, chain);
    ASSERT_EQ(board.rows().size(), 3U);
    EXPECT_EQ(board.rows()[1].source, EntityId{1}) << "a provider that does not trust its gateway";
    EXPECT_EQ(board.rows()[2].source, EntityId{2}) << "the forwarder's own pool";
    board.add(place, MailClass::kSpam, {{}, Outcome::kInbox, {}, 1}, 8);
    board.add(place, MailClass::kSpam, {{}, Outcome::kRejected, {{}, at_hop(kFirst, 2)}, 1}, 4);
    board.add(place, MailClass::kSpam, {{}, Outcome::kJunk, {{}, kFirst}, 1}, 2);
    board.add(place, MailClass::kSpam, {{}, Outcome::kRejected, {OrderId{0}, {}}, 1}, 1);
    const auto spam = [&](std::size_t row) {
        return std::vector<double>{board.rows()[row].reached[1], board.rows()[row].inbox[1], board.rows()[row].offered[1],
                                   board.rows()[row].passed_on[1]};
    };
    EXPECT_EQ(spam(0), (std::vector<double>{14, 8, 14, 0}));
    EXPECT_EQ(spam(1), (std::vector<double>{14, 8, 14, 14})) << "a gateway's junk comes on";
    EXPECT_EQ(spam(2), (std::vector<double>{8, 8, 12, 12})) << "rejected before the message was seen";
}

}  // namespace
}  // namespace mailrift
