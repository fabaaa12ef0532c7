// What a policy judges: a sender that takes fresh addresses escapes only the keys that change with them.
#include <gtest/gtest.h>

#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::share;
using testing::Which;
using testing::with_policy;

constexpr Traffic kModels[] = {Traffic::kFluid, Traffic::kFlow};

std::string ratio(const std::string& key, const std::string& more = "") {
    return R"({"id": "ratio", "kind": "reputation", "receiver": "big", "reject": 0.5, "min_volume": 20, "period": "1 h", "true_positive": 1, "false_positive": 0, "key": ")" +
           key + "\"" + more + "}";
}

/// Two addresses, of which each sends some 300 spam an hour to big's users and takes six hours until the next one.
std::string sender(const std::string& kind) {
    return R"(, "spam_senders": [{"id": "rented", "sources": 2, "rotation": "6 h", "messages_per_day": 48000, "authenticated": 0.75, )" +
           kind + "}]";
}

double refused(const std::string& key, const std::string& kind, Traffic traffic) {
    const auto run = testing::run(with_policy(ratio(key), sender(kind)), testing::hand_world(), 1, traffic);
    return share(run, {"rented", "big", MailClass::kSpam}, Outcome::kRejected);
}

// Addresses begin at 0, 2, 8, .. 44 h and at 0, 5, .. 47 h, nine each, and each is free for its first hour. A range or a domain is for one
// hour alone.
TEST(Keys, WhoeverRotatesEscapesOnlyWhatChanges) {
    for (const Traffic traffic : kModels) {
        SCOPED_TRACE(static_cast<int>(traffic));
        const double by_address = 39 / 48.0;
        const double by_one = 47 / 48.0;
        EXPECT_NEAR(refused("address", R"("kind": "snowshoe", "ranges": 1)", traffic), by_address, 0.01);
        EXPECT_NEAR(refused("hosting", R"("kind": "snowshoe", "ranges": 1)", traffic), by_address, 0.01) << "stands at nobody's";
        EXPECT_NEAR(refused("prefix", R"("kind": "snowshoe", "ranges": 1)", traffic), by_one, 0.01) << "stays in its range";
        EXPECT_NEAR(refused("prefix", R"("kind": "snowshoe")", traffic), by_one, 0.01) << "each in its own";
        EXPECT_NEAR(refused("prefix", R"("kind": "botnet")", traffic), by_address, 0.01) << "bots are anywhere";
        EXPECT_NEAR(refused("domain", R"("kind": "snowshoe")", traffic), 0.75 * by_one, 0.01) << "of what authenticates";
        EXPECT_NEAR(refused("domain", R"("kind": "botnet")", traffic), 0.75 * by_one, 0.01);
    }
}

// Policies of one receiver count each by its own key, in whatever order they stand: of a thousand addresses, none sends as much as all together.
TEST(Keys, EachPolicyCountsByItsOwn) {
    const std::string many = R"(, "spam_senders": [{"id": "rented", "kind": "snowshoe", "sources": 1000, "messages_per_day": 48000}])";
    const std::string by_domain = testing::replaced(ratio("domain"), R"("min_volume": 20)", R"("min_volume": 200)");
    const std::string by_address =
        testing::replaced(testing::replaced(ratio("address"), "\"ratio\"", "\"silent\""), R"("min_volume": 20)", R"("min_volume": 200)");
    for (const Traffic traffic : kModels) {
        const auto refused = [&](const std::string& policies) {
            const auto run = testing::run(with_policy(policies, many), testing::hand_world(), 1, traffic);
            return share(run, {"rented", "big", MailClass::kSpam}, Outcome::kRejected);
        };
        EXPECT_EQ(refused(by_address), 0);
        const double alone = refused(by_domain);
        EXPECT_GT(alone, 0.9);
        EXPECT_EQ(refused(by_address + ", " + by_domain), alone);
        EXPECT_EQ(refused(by_domain + ", " + by_address), alone);
    }
}

// Of one range with two addresses twice as much is seen as of each: a volume that neither reaches alone.
TEST(Keys, ARangeIsJudgedByAllOfItsAddresses) {
    for (const Traffic traffic : kModels) {
        const auto with_volume = [&](const std::string& key, const std::string& ranges, double volume) {
            const std::string policy = testing::replaced(ratio(key, R"(, "window": "tumbling")"), R"("min_volume": 20)",
                                                         R"("min_volume": )" + std::to_string(volume));
            const auto run =
                testing::run(with_policy(policy, sender(R"("kind": "snowshoe", "ranges": )" + ranges)), testing::hand_world(), 1, traffic);
            return share(run, {"rented", "big", MailClass::kSpam}, Outcome::kRejected);
        };
        EXPECT_EQ(with_volume("address", "1", 450), 0);
        EXPECT_GT(with_volume("prefix", "1", 450), 0.4) << "an hour is judged, and the next one refused";
        EXPECT_EQ(with_volume("prefix", "2", 450), 0);
        EXPECT_EQ(with_volume("prefix", "1", 750), 0);
        EXPECT_EQ(with_volume("domain", "2", 570), 0) << "three quarters of 600";
        EXPECT_GT(with_volume("domain", "2", 400), 0.3);
    }
}

// Who has as many ranges and domains as addresses, all authenticated, is judged the same by each.
TEST(Keys, AreTheSameForOperatorsOfProviders) {
    const std::string world = testing::replaced(
        testing::replaced(testing::hand_world(), R"({"id": "beta", )", R"({"id": "beta", "count": 30, "outbound_spam": 0.5, )"),
        R"({"id": "alpha", )", R"({"id": "alpha", "outbound_spam": 0.4, )");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto by = [&](const std::string& key) {
            return testing::run(with_policy(testing::replaced(ratio(key), R"("reject": 0.5)", R"("reject": 0.45)")), world, 3, traffic);
        };
        const auto address = by("address");
        EXPECT_GT(share(address, {"beta", "big"}, Outcome::kRejected), 0);
        for (const char* key : {"prefix", "domain"}) EXPECT_EQ(by(key).trajectory_fingerprint, address.trajectory_fingerprint) << key;
    }
}

}  // namespace
}  // namespace mailrift
