// Key `account`: who writes by a provider's accounts is judged by what those accounts sent, not by what the provider's addresses did.
#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "models/control/accounts.h"
#include "models/control/simulation.h"
#include "tests/models/blocking/shares.h"
#include "tests/models/fast.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::replaced;
using testing::run;
using testing::share;
using testing::with_policy;

constexpr Traffic kDrawn[] = {Traffic::kFlow, Traffic::kMessage};
constexpr Traffic kAll[] = {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage};
constexpr double kMembers = 6300;  // of beta: 0.7 of BB's 3000, 0.7 of CC's 6000

std::string ratio(const std::string& key, const std::string& more) {
    return R"({"id": "ratio", "kind": "reputation", "receiver": "big", "true_positive": 1, "false_positive": 0, "key": ")" + key + "\"" +
           more + "}";
}

std::string stolen(int accounts, int daily, const std::string& more = "") {
    return R"(, "spam_senders": [{"id": "stolen", "kind": "compromised_accounts", "provider": "beta", "accounts": )" +
           std::to_string(accounts) + R"(, "messages_per_account_per_day": )" + std::to_string(daily) + more + "}]";
}

/// 1 - P(n < k) of a Poisson number.
double poisson_tail(double mean, int k) {
    double term = std::exp(-mean);
    double below = 0;
    for (int n = 0; n < k; ++n) {
        below += term;
        term *= mean / (n + 1);
    }
    return 1 - below;
}

// By address all mail of beta goes with it; by account that of thirty members does, whose share is 30 / 6300. Rates are so high that one hour of 48
// is enough to see.
TEST(Accounts, AreRefusedWithoutTheirProvider) {
    const std::string rule = R"(, "reject": 0.2, "min_volume": 20, "period": "1 h")";
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto by = [&](const std::string& key) {
            return run(with_policy(ratio(key, rule), stolen(30, 4000)), testing::hand_world(), 1, traffic);
        };
        const auto address = by("address");
        EXPECT_GT(share(address, {"beta", "big", MailClass::kSpam}, Outcome::kRejected), 0.95);
        EXPECT_GT(share(address, {"beta", "big"}, Outcome::kRejected), 0.95);
        const auto account = by("account");
        EXPECT_NEAR(share(account, {"beta", "big", MailClass::kSpam}, Outcome::kRejected), 47 / 48.0, 0.01);
        const double lost = messages(account, {"beta", "big"}, Outcome::kRejected);
        const double expected = messages(account, {"beta", "big"}) * 30 / kMembers * 47 / 48;
        EXPECT_GT(expected, 100);
        EXPECT_NEAR(lost, expected, traffic == Traffic::kFluid ? 1e-6 * expected : 5 * std::sqrt(expected));
        EXPECT_EQ(messages(account, {"alpha", "big"}, Outcome::kRejected), 0);
    }
}

/// Shares of the second of two days, in which an account is refused if it brought something to be refused for on the first, as a mean over seeds.
struct SecondDay {
    double spam = 0;
    double wanted = 0;
};
SecondDay second_day(const std::string& policy, const std::string& more, Traffic traffic, std::uint64_t seeds) {
    SecondDay mean;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const auto two = run(with_policy(policy, more), testing::hand_world(), seed, traffic);
        mean.spam += 2 * share(two, {"beta", "big", MailClass::kSpam}, Outcome::kRejected) / static_cast<double>(seeds);
        mean.wanted += 2 * share(two, {"beta", "big"}, Outcome::kRejected) / static_cast<double>(seeds);
    }
    return mean;
}

// A Poisson number a day of each account: with mean m, the share of accounts with v messages or more is the tail of the law. 32 accounts a run are
// remembered, so the error over n runs is sqrt(q (1 - q) / (32 n)).
TEST(Accounts, AreRefusedAsTheirOwnVolumeHasIt) {
    constexpr int kLeast = 40;
    const std::string rule = R"(, "reject": 0.5, "min_volume": 40, "period": "1 d", "window": "tumbling")";
    const std::uint64_t seeds = testing::kFast ? 20 : 6;
    for (const Traffic traffic : kDrawn) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const std::string world = testing::hand_world();
        const auto free = run(with_policy(ratio("account", R"(, "reject": 1, "min_volume": 1e9)"), stolen(1000, 100)), world, 1, traffic);
        const double spam = messages(free, {"beta", "big", MailClass::kSpam}) / 2 / 1000;
        const double wanted = messages(free, {"beta", "big"}) / 2 / kMembers;
        const double expected = poisson_tail(spam + wanted, kLeast);
        EXPECT_GT(expected, 0.1);
        EXPECT_LT(expected, 0.9);
        const double error = std::sqrt(expected * (1 - expected) / (32 * static_cast<double>(seeds)));
        const SecondDay refused = second_day(ratio("account", rule), stolen(1000, 100), traffic, seeds);
        EXPECT_NEAR(refused.spam, expected, 5 * error);
        EXPECT_NEAR(refused.wanted, expected * 1000 / kMembers, 5 * error * 1000 / kMembers + 0.002);
    }
}

// One message in twenty of the innocent is taken for spam, and one is enough: of those who write m a day to the receiver the share 1 - exp(-m / 20) is
// refused on the next. By address everybody is.
TEST(Accounts, OfTheInnocentAreRefusedByMistake) {
    const std::string rule = R"(, "reject": 1e-6, "min_volume": 1, "period": "1 d", "window": "tumbling")";
    const std::uint64_t seeds = testing::kFast ? 20 : 6;
    for (const Traffic traffic : kDrawn) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto policy = [&](const std::string& key) {
            return replaced(ratio(key, rule), R"("false_positive": 0)", R"("false_positive": 0.05)");
        };
        const auto by_address = run(with_policy(policy("address")), testing::hand_world(), 1, traffic);
        EXPECT_NEAR(2 * share(by_address, {"beta", "big"}, Outcome::kRejected), 1, 0.05);
        const double daily = messages(by_address, {"beta", "big"}) / 2 / kMembers;
        const double expected = 1 - std::exp(-daily * 0.05);
        EXPECT_GT(expected, 0.05);
        const double error = std::sqrt(expected * (1 - expected) / (32 * static_cast<double>(seeds)));
        EXPECT_NEAR(second_day(policy("account"), "", traffic, seeds).wanted, expected, 5 * error);
    }
}

// Accounts opened for spam, and whoever sends by addresses of their own, come as strangers each time.
TEST(Accounts, ThatComeOnceAreNeverKnown) {
    const std::string world = replaced(testing::hand_world(), R"({"id": "beta", )", R"({"id": "beta", "outbound_spam": 0.25, )");
    const std::string rule = R"(, "reject": 0.2, "min_volume": 5, "period": "1 h")";
    const std::string snow = R"(, "spam_senders": [{"id": "snow", "kind": "snowshoe", "sources": 4, "messages_per_day": 10000}])";
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto rejected = [&](const std::string& key, const std::string& source) {
            return messages(run(with_policy(ratio(key, rule), snow), world, 1, traffic), {source, "big", MailClass::kSpam},
                            Outcome::kRejected);
        };
        EXPECT_GT(rejected("address", "beta"), 1000);
        EXPECT_GT(rejected("address", "snow"), 1000);
        EXPECT_EQ(rejected("account", "beta"), 0);
        EXPECT_EQ(rejected("account", "snow"), 0);
    }
}

// A mailing list writes by one account: its posts are refused, the mail of members of its provider is not.
TEST(Accounts, OfMailingListsAreTheirOwn) {
    const std::string list =
        R"(, "mailing_lists": [{"id": "talk", "provider": "beta", "subscribers": {"jurisdictions": ["AA"]}, "posts_per_day": 50,
        "spam_share": 0.6}])";
    const std::string rule = R"(, "reject": 0.5, "min_volume": 20, "period": "1 h")";
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto account = run(with_policy(ratio("account", rule), list), testing::hand_world(), 1, traffic);
        EXPECT_NEAR(share(account, {"beta", "big", MailClass::kBulk}, Outcome::kRejected), 47 / 48.0, 0.01);
        EXPECT_NEAR(share(account, {"beta", "big", MailClass::kSpam}, Outcome::kRejected), 47 / 48.0, 0.01);
        EXPECT_EQ(messages(account, {"beta", "big"}, Outcome::kRejected), 0);
    }
}

// A limit that no member comes near and every stolen account passes. By address it is that of all together. Mail that members write is deferred by the
// mean of all accounts at each try, so what owners wait for is less than their share.
TEST(Accounts, HaveALimitEach) {
    const auto policy = [](const std::string& key) {
        return R"({"id": "limit", "kind": "rate_limit", "receiver": "big", "limit": 10, "key": ")" + key + "\"}";
    };
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto held_back = [&](const std::string& key, MailClass mail_class) {
            const auto held = run(with_policy(policy(key), stolen(30, 4000)), testing::hand_world(), 1, traffic);
            return share(held, {"beta", "big", mail_class}, Outcome::kQueued);
        };
        EXPECT_GT(held_back("address", MailClass::kWanted), 0.5);
        const double spam = held_back("account", MailClass::kSpam);
        EXPECT_GT(spam, 0.5);
        EXPECT_LT(held_back("account", MailClass::kWanted), spam * 30 / kMembers);
        if (traffic == Traffic::kFluid) {
            EXPECT_GT(held_back("account", MailClass::kWanted), 0);
        }
    }
}

// Other policies of the receiver go on to ask about the address, of a counted provider operator by operator: a rule by account that never acts, or has not
// begun, leaves every count as it is.
TEST(Accounts, LeaveOtherKeysAlone) {
    const std::string world =
        replaced(testing::hand_world(), R"({"id": "beta", )", R"({"id": "beta", "count": 50, "representatives": 8, )");
    const std::string address = ratio("address", R"(, "reject": 0.28, "min_volume": 20, "period": "1 h")");
    const auto silent = [](const std::string& more) {
        return replaced(ratio("account", R"(, "reject": 0.2, "min_volume": 1e9)" + more), "\"ratio\"", "\"silent\"");
    };
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const std::string thief = stolen(30, 1600);
        const auto alone = run(with_policy(address, thief), world, 1, traffic);
        const double refused = messages(alone, {"beta", "big"}, Outcome::kRejected);
        if (traffic != Traffic::kFluid) {  // where some operators are refused, and others are not
            EXPECT_GT(refused, 100);
            EXPECT_LT(refused, 0.95 * messages(alone, {"beta", "big"}));
        }
        const auto both = run(with_policy(address + ", " + silent(""), thief), world, 1, traffic);
        EXPECT_NEAR(messages(both, {"beta", "big"}, Outcome::kRejected), refused, 1e-9 * refused);
        const auto later = run(with_policy(address + ", " + silent(R"(, "from": "47 h")"), thief), world, 1, traffic);
        const auto after =
            run(with_policy(address + ", " + replaced(silent(R"(, "from": "47 h")"), "account", "address"), thief), world, 1, traffic);
        EXPECT_NEAR(messages(later, {"beta", "big"}, Outcome::kRejected), messages(after, {"beta", "big"}, Outcome::kRejected),
                    1e-9 * refused);
    }
}

// Of those who write by beta the share q is refused on the second of two days, and 32 of 6300 tell how many that are: the error is that of 32 of them.
TEST(Accounts, AreASampleWithAnErrorThatIsTold) {
    const std::string rule = R"(, "reject": 1e-6, "min_volume": 1, "period": "1 d", "window": "tumbling")";
    const std::string policy = replaced(ratio("account", rule), R"("false_positive": 0)", R"("false_positive": 0.1)");
    for (const Traffic traffic : kDrawn) {
        const auto found = run(with_policy(policy), testing::hand_world(), 3, traffic);
        const auto is_pair = [](const SampledShare& share) { return share.source == "beta" && share.receiver == "big"; };
        const auto share = std::find_if(found.samples.begin(), found.samples.end(), is_pair);
        ASSERT_NE(share, found.samples.end());
        EXPECT_EQ(share->simulated, 32U);
        EXPECT_NEAR(share->operators, kMembers, 1e-6);
        const double of_time = 24 / 47.0;  // since the first verdict, after an hour
        const double q = share->rejected / of_time;
        EXPECT_GT(q, 0.1);
        EXPECT_NEAR(share->error, of_time * std::sqrt(q * (1 - q) / 31) * std::sqrt(1 - 32 / kMembers), 1e-12);
    }
    EXPECT_TRUE(run(with_policy(policy, stolen(30, 100)), testing::hand_world(), 3, Traffic::kFluid).samples.empty()) << "all fare alike";
    const std::string sure = ratio("account", R"(, "reject": 0.5, "min_volume": 20, "period": "1 h")");
    const auto all = run(with_policy(sure, stolen(30, 4000)), testing::hand_world(), 3, Traffic::kFlow);
    for (const SampledShare& share : all.samples) EXPECT_EQ(share.error, 0) << "30 of 30, and of the others none";
    EXPECT_FALSE(all.samples.empty());
}

// Four members are four accounts, each with all of its mail, which comes near the limit in none of the models; by a gateway's address nobody is known.
TEST(Accounts, AreAsManyAsMembers) {
    std::string few = replaced(testing::hand_world(), R"({"id": "beta", )", R"({"id": "few", "kind": "isp"}, {"id": "beta", )");
    few = replaced(few, R"("AA": {"routes": {"big": 0.5, "search": 0.1, "alpha": 0.4}})",
                   R"("AA": {"routes": {"big": 0.496, "search": 0.1, "alpha": 0.4, "few": 0.004}})");
    const auto limit = [](const std::string& receiver) {
        return R"({"id": "limit", "kind": "rate_limit", "receiver": ")" + receiver + R"(", "limit": 0.6, "key": "account"})";
    };
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto waits = [&](const std::string& policy) {
            const auto held = run(with_policy(policy), few, 1, traffic);
            return messages(held, {"few", "big"}, Outcome::kQueued) / messages(held, {"few", "big"});
        };
        EXPECT_LT(waits(limit("big")), 0.03) << "20 a day of each to all";
        if (traffic != Traffic::kMessage) {  // where a few people may have few contacts there
            EXPECT_GT(waits(replaced(limit("big"), "account", "address")), 0.05) << "80 a day of all";
        }
        const auto behind = run(with_policy(replaced(limit("beta"), "0.6", "20")), few, 1, traffic);
        EXPECT_EQ(messages(behind, {"big", "beta"}, Outcome::kQueued), 0) << "some of it by a gateway's address";
    }
}

// A run can be forked where a rule by account begins, and goes on from a checkpoint as it would have; behind a gateway, too.
TEST(Accounts, CanBeForkedAndResumed) {
    const std::string address = ratio("address", R"(, "reject": 0.2, "min_volume": 20, "period": "1 h")");
    const std::string later =
        replaced(ratio("account", R"(, "reject": 0.2, "min_volume": 5, "from": "1 d", "period": "6 h")"), "\"ratio\"", "\"later\"");
    const std::string gate = R"({"id": "rate", "kind": "rate_limit", "receiver": "gate", "limit": 3, "key": "account", "from": "30 h"})";
    const std::string list =
        R"(, "mailing_lists": [
        {"id": "stolen", "provider": "beta", "subscribers": {"jurisdictions": ["AA"]}, "posts_per_day": 5},
        {"id": "talk", "provider": "beta", "subscribers": {"groups": ["court", "guests"]}, "posts_per_day": 7}])";
    const Scenario base = testing::read(with_policy(address, stolen(30, 200) + list));
    const Scenario whole = testing::read(with_policy(address + ", " + later + ", " + gate, stolen(30, 200) + list));
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        RunOptions options;
        options.traffic = traffic;
        const auto straight = run_scenario(whole, options);
        RunOptions branching = options;
        branching.futures = {whole};
        Simulation simulation(base, branching);
        simulation.advance_to(24);
        EXPECT_EQ(Simulation::resume(simulation.save(), "x", {}, &whole).finish().trajectory_fingerprint, straight.trajectory_fingerprint);
        for (const sim::Tick tick : {12, 25, 40}) {
            Simulation other(whole, options);
            other.advance_to(tick);
            EXPECT_EQ(Simulation::resume(other.save(), "x", {}).finish().trajectory_fingerprint, straight.trajectory_fingerprint) << tick;
        }
    }
}

// A list and a thief of one name are two; and a tenth of everybody has a tenth of the stolen accounts, however few.
TEST(Accounts, AreCountedByWhoseTheyAreAndByScale) {
    const std::string rule = ratio("account", R"(, "reject": 0.5, "min_volume": 10, "period": "1 h")");
    const std::string list =
        R"(, "mailing_lists": [{"id": "stolen", "provider": "beta", "subscribers": {"jurisdictions": ["AA"]}, "posts_per_day": 50}])";
    const auto both = run(with_policy(rule, stolen(3, 4000) + list));
    EXPECT_EQ(messages(both, {"beta", "big", MailClass::kBulk}, Outcome::kRejected), 0);
    EXPECT_GT(share(both, {"beta", "big", MailClass::kSpam}, Outcome::kRejected), 0.9);
    const auto small = run(with_policy(rule, stolen(3, 4000) + R"(, "scale": 0.1)"));
    EXPECT_NEAR(share(small, {"beta", "big"}, Outcome::kRejected), share(both, {"beta", "big"}, Outcome::kRejected), 1e-9);
}

// Who refuses accounts judges appeals by what these sent: that of a provider is not bad enough. Of whom the address alone is refused, the address
// appeals, as it does where no rule by account stands beside.
TEST(Accounts, AppealForThemselves) {
    const std::string law = R"(, {"id": "law", "kind": "due_process", "receiver": "big", "notice": "0 h", "appeal": "6 h", "accuracy": )";
    const std::string rules = ratio("account", R"(, "reject": 0.2, "min_volume": 20, "period": "1 h")") + law + R"(1, "guilty": 0.5})";
    const std::string silent = replaced(ratio("account", R"(, "reject": 0.2, "min_volume": 1e9)"), "\"ratio\"", "\"silent\"");
    const std::string by_address =
        ratio("address", R"(, "reject": 0.2, "min_volume": 20, "period": "1 h")") + law + R"(0.5, "guilty": 0.9})";
    const std::string world =
        replaced(testing::hand_world(), R"({"id": "beta", )", R"({"id": "beta", "count": 50, "representatives": 8, )");
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto found = run(with_policy(rules, stolen(3, 2000)), testing::hand_world(), 1, traffic);
        EXPECT_LT(messages(found, {"beta", "big", MailClass::kSpam}) / messages(found, {"beta", "big"}), 0.5) << "of all mail of beta";
        EXPECT_GT(share(found, {"beta", "big", MailClass::kSpam}, Outcome::kRejected), 0.9) << "of theirs it is most";
        const auto alone = run(with_policy(by_address, stolen(30, 4000)), world, 2, traffic);
        const auto beside = run(with_policy(silent + ", " + by_address, stolen(30, 4000)), world, 2, traffic);
        const double refused = messages(alone, {"beta", "big"}, Outcome::kRejected);
        EXPECT_GT(refused, 100);
        EXPECT_NEAR(messages(beside, {"beta", "big"}, Outcome::kRejected), refused,
                    traffic == Traffic::kFluid ? 1e-9 * refused : 0.01 * refused);
    }
}

// Of 210 members of alpha who become 1560 (three in four of those whom CC has on big move there), thirty owners are fewer.
TEST(Accounts, AreFewerOfMore) {
    const std::string world =
        replaced(replaced(testing::hand_world(), R"("alpha": 0.4}})", R"("alpha": 0.01, "beta": 0.39}})"),
                 R"("big": 0.2, "alpha": 0.1, "beta": 0.7)", R"("big": 0.2, "alpha": 0.0666666666666667, "beta": 0.7333333333333333)");
    const std::string thief = replaced(stolen(30, 4000), "beta", "alpha");
    const std::string rule = ratio("account", R"(, "reject": 0.5, "min_volume": 20, "period": "1 h")");
    const std::string move =
        R"(, "responses": [{"id": "come", "kind": "migrate", "who": {"jurisdictions": ["CC"]}, "to": {"alpha": 0.75, "beta": 0.25}, "plan": {"at": "1 d", "takes": "1 h"}}])";
    for (const Traffic traffic : kAll) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const auto stay = run(with_policy(rule, thief), world, 1, traffic);
        const auto come = run(with_policy(rule, thief + move), world, 1, traffic);
        const double written = messages(stay, {"alpha", "big"});
        const double before = messages(stay, {"alpha", "big"}, Outcome::kRejected) / written;
        const double later = messages(come, {"alpha", "big"}) - written / 2;
        EXPECT_GT(later, written / 2) << "many came";
        const double expected = before * written * 23 / 47 + 30 / 1560.0 * later;
        EXPECT_NEAR(messages(come, {"alpha", "big"}, Outcome::kRejected), expected, (traffic == Traffic::kFluid ? 0.03 : 0.2) * expected);
    }
}

// Of what is seen for the first time in the last slice nothing is told.
TEST(Accounts, AreNoSampleInOneSlice) {
    for (const Traffic traffic : kDrawn)
        EXPECT_TRUE(run(with_policy(ratio("account", R"(, "reject": 0.5)"), stolen(30, 100), "1 h"), testing::hand_world(), 1, traffic)
                        .samples.empty());
}

TEST(Accounts, OfOrganisationsAreNotKnown) {
    const std::string world = replaced(testing::hand_world(), R"("unit": "users")", R"("unit": "organisations", "weight": "equal")");
    try {
        static_cast<void>(testing::read(with_policy(ratio("account", R"(, "reject": 0.1)")), world));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_NE(std::string(error.what()).find("/blocking/0/key: "), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find("a world of users or mailboxes"), std::string::npos) << error.what();
    }
}

TEST(Accounts, HaveCellsForEachAddress) {
    const Model model =
        make_model(testing::read(with_policy(ratio("account", R"(, "reject": 0.5)"), stolen(5, 100))), 1, Compliance::kDrawn);
    const EntityId beta = *find_entity(model.world, "beta");
    const EntityId big = *find_entity(model.world, "big");
    const Accounts one = accounts_at(model, beta, big, 1, kMembers, true);
    ASSERT_EQ(one.groups.size(), 3U);
    EXPECT_EQ(one.groups[0].keys, 5U);
    EXPECT_EQ(one.groups[1].keys, 32U);
    EXPECT_EQ(one.groups[2].keys, 1U);
    EXPECT_EQ(one.key_of.size(), 38U);
    const Accounts many = accounts_at(model, beta, big, 12, kMembers, true);
    EXPECT_EQ(many.groups[0].keys, 4U) << "which divides twelve";
    EXPECT_EQ(many.groups[0].cells, 12U) << "each by three addresses";
    EXPECT_EQ(many.key_of[many.groups[0].cell + 7], many.groups[0].key + 3);
    EXPECT_EQ(many.groups[1].keys, 24U) << "two at each address";
    EXPECT_EQ(accounts_at(model, beta, big, 1, 7, true).groups[1].keys, 2U) << "of seven members, five of whom lost theirs";
    for (const MailKind& kind : {MailKind{}, MailKind{MailClass::kSpam, Holder::kNobody}, MailKind{MailClass::kSpam, Holder::kStolen, 0}}) {
        double sum = 0;
        for (const double part : cell_shares(many, kind, kMembers)) sum += part;
        EXPECT_NEAR(sum, 1, 1e-12);
    }
    EXPECT_NEAR(own_share(many, many.groups[1], 1, kMembers), 24 / (kMembers - 5), 1e-12);
    EXPECT_NEAR(own_share(many, many.groups[0], 1, kMembers), 4 / 5.0, 1e-12);
    EXPECT_EQ(own_share(one, one.groups[0], 1, kMembers), 1);
}

}  // namespace
}  // namespace mailrift
