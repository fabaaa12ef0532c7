// Spam senders in documents: defaults, and what is refused with which message.
#include "models/scenario/spam_shape.h"

#include <gtest/gtest.h>

#include "tests/models/tools.h"

namespace mailrift {
namespace {

std::string error_of(const std::string& sender) {
    try {
        (void)testing::read(testing::scenario_text("\"spam_senders\": [" + sender + "]"));
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "no error";
}

std::string botnet(const std::string& more) { return R"({"id": "swarm", "kind": "botnet", "sources": 9, )" + more + "}"; }

const std::string kPlace = "small.json:/spam_senders/0";

TEST(SpamSenderShape, AVolumeOrABudget) {
    EXPECT_EQ(error_of(botnet(R"("messages_per_day": 5)")), "no error");
    EXPECT_EQ(error_of(botnet(R"("budget_per_day": 5)")), "no error");
    const std::string expected =
        kPlace + R"(: [inconsistent 304] expected exactly one of the keys "messages_per_day" and "budget_per_day", got )";
    EXPECT_EQ(error_of(botnet(R"("budget_per_day": 5, "messages_per_day": 5)")), expected + "both");
    EXPECT_EQ(error_of(botnet(R"("from": "1 d")")), expected + "neither");
}

TEST(SpamSenderShape, PricesAreOfABudget) {
    for (const char* price : {"cost_per_million", "cost_per_address"}) {
        EXPECT_EQ(error_of(botnet(R"("messages_per_day": 5, ")" + std::string(price) + R"(": 2)")),
                  kPlace + "/" + price + R"(: [inconsistent 304] expected the key "budget_per_day" beside a price, got none)");
    }
}

// beta has 0.7 of the 3,000 of BB and of the 6,000 of CC.
TEST(SpamSenderShape, NoMoreAccountsThanMembers) {
    const auto stolen = [](int accounts) {
        return R"({"id": "s", "kind": "compromised_accounts", "provider": "beta", "messages_per_account_per_day": 5, "accounts": )" +
               std::to_string(accounts) + "}";
    };
    EXPECT_EQ(error_of(stolen(6300)), "no error");
    EXPECT_EQ(error_of(stolen(6301)),
              kPlace + "/accounts: [inconsistent 304] expected at most as many accounts as the provider has members, 6300, got 6301");
}

TEST(SpamSenderShape, ABudgetMustBuyMail) {
    const std::string expected = kPlace + "/budget_per_day: [inconsistent 304] expected a budget that buys mail: more than ";
    EXPECT_EQ(error_of(botnet(R"("budget_per_day": 4.5, "cost_per_address": 1, "rotation": "2 d")")),
              expected + "4.5 a day, for fresh addresses, got 4.5");
    EXPECT_EQ(error_of(botnet(R"("budget_per_day": 4.6, "cost_per_address": 1, "rotation": "2 d")")), "no error");
    EXPECT_EQ(error_of(botnet(R"("budget_per_day": 0)")), expected + "0 a day, for fresh addresses, got 0");
}

TEST(SpamSenderShape, ANameThatNobodyHas) {
    for (const char* id : {"beta", "gate"}) {
        EXPECT_EQ(error_of(testing::replaced(botnet(R"("messages_per_day": 5)"), "swarm", id)),
                  kPlace + "/id: [repeated_id 302] expected a name that is not yet in operators, got \"" + id + "\"");
    }
    EXPECT_EQ(error_of(botnet(R"("messages_per_day": 5)") + ", " + botnet(R"("messages_per_day": 6)")),
              "small.json:/spam_senders/1/id: [repeated_id 302] expected each name in spam_senders once, got \"swarm\" a second time, "
              "first at " +
                  kPlace + "/id");
}

TEST(SpamSenderShape, KeysOfItsKindAlone) {
    const std::string stolen =
        R"({"id": "s", "kind": "compromised_accounts", "provider": "beta", "accounts": 3, "messages_per_account_per_day": 5)";
    EXPECT_EQ(error_of(stolen + "}"), "no error");
    EXPECT_NE(error_of(stolen + R"(, "sources": 3})").find(kPlace + "/sources: [unknown_key 203]"), std::string::npos);
    EXPECT_NE(error_of(stolen + R"(, "messages_per_day": 3})").find(kPlace + "/messages_per_day: [unknown_key 203]"), std::string::npos);
    EXPECT_NE(error_of(botnet(R"("messages_per_day": 5, "retry": "exim")")).find(kPlace + "/retry: [unknown_key 203]"), std::string::npos);
}

TEST(SpamSenderShape, ValuesThatFitTogether) {
    const std::string snow = R"({"id": "snow", "kind": "snowshoe", "messages_per_day": 5, "sources": 9, )";
    EXPECT_EQ(error_of(snow + R"("ranges": 10})"),
              kPlace + "/ranges: [inconsistent 304] expected at most as many ranges as sources, 9, got 10");
    EXPECT_EQ(error_of(snow + R"("from": "2 d", "until": "2 d"})"),
              kPlace + "/until: [inconsistent 304] expected an end after \"from\", 2 d, got 2 d");
    EXPECT_EQ(error_of(snow + R"("located": {"AA": 0.5, "BB": 0.25}})"),
              kPlace + "/located: [inconsistent 304] expected shares that sum to 1, got a sum of 0.75");
    EXPECT_EQ(error_of(snow + R"("targets": {"jurisdictions": ["US"]}})"),
              kPlace + "/targets: [inconsistent 304] expected targets with mail users, got nobody");
    EXPECT_EQ(error_of(snow + R"("retry": "sendmail"})").substr(0, 46), kPlace + "/retry: [choice 205]");
}

// `missing` adds operators that no document names.
TEST(SpamSenderShape, ANameOfAnOperatorThatTheModelAdds) {
    const std::string world =
        testing::replaced(testing::hand_world(), R"("AA": {"routes": {"big": 0.5,)", R"("AA": {"unknown": 0.1, "routes": {"big": 0.4,)");
    const std::string sender = testing::replaced(botnet(R"("messages_per_day": 5)"), "swarm", "unmeasured");
    try {
        (void)testing::run(testing::scenario_text(R"("missing": "worst", "spam_senders": [)" + sender + "]", "1 h"), world);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "/spam_senders: [repeated_id 302] expected a spam sender with a name of its own, got \"unmeasured\"");
    }
}

TEST(SpamSenderShape, ProvidersAuthenticateAllUnlessTheWorldSaysLess) {
    const std::string world = testing::replaced(testing::hand_world(), R"({"id": "beta",)", R"({"id": "beta", "authenticated": 0.75,)");
    const World read = testing::read(testing::scenario_text(), world).world;
    EXPECT_EQ(read.entities[index(*find_entity(read, "beta"))].authenticated, 0.75);
    EXPECT_EQ(read.entities[index(*find_entity(read, "alpha"))].authenticated, 1);
}

}  // namespace
}  // namespace mailrift
