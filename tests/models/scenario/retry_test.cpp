// The retry schedule of a provider: by name, by default, and what is refused.
#include <string>

#include <gtest/gtest.h>

#include "models/delivery/retry_schedule.h"
#include "models/scenario/world_shape.h"
#include "sim/shape_docs.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::hand_world;
using mailrift::testing::read;
using mailrift::testing::replaced;
using mailrift::testing::scenario_text;

/// World "hand" with keys added to its provider `alpha`.
std::string with_alpha(const std::string& keys) {
    return replaced(hand_world(), R"({"id": "alpha", )", R"({"id": "alpha", )" + keys + ", ");
}

Entity entity(const std::string& world, const std::string& id) {
    const World decoded = read(scenario_text(), world).world;
    return decoded.entities[index(*find_entity(decoded, id))];
}

std::string error_of(const std::string& keys) {
    try {
        (void)read(scenario_text(), with_alpha(keys));
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(ProviderRetry, IsPostfixIfNotWritten) {
    EXPECT_EQ(entity(hand_world(), "alpha").retry, "postfix");
    EXPECT_EQ(entity(hand_world(), "alpha").queue_interval, sim::Duration{});
    EXPECT_EQ(Entity{}.retry, "postfix");
}

TEST(ProviderRetry, MayBeEverySchedule) {
    for (const RetrySchedule& schedule : retry_schedules()) {
        const std::string name(schedule.name);
        EXPECT_EQ(entity(with_alpha(R"("retry": ")" + name + "\""), "alpha").retry, name);
    }
    const Entity alpha = entity(with_alpha(R"("retry": "sendmail", "queue_interval": "30 min")"), "alpha");
    EXPECT_EQ(alpha.retry, kSendmail);
    EXPECT_EQ(alpha.queue_interval, sim::kMinute * 30);
}

TEST(ProviderRetry, SuggestsTheNearestName) {
    const std::string text = error_of(R"("retry": "mailru")");
    EXPECT_NE(text.find("hand.json:/providers/2/retry: [choice 205] expected one of \"postfix\", \"postfix_old\", \"exim\", "),
              std::string::npos)
        << text;
    EXPECT_NE(text.find(", \"sendmail\", got \"mailru\"; did you mean \"mail_ru\"?"), std::string::npos) << text;
}

TEST(ProviderRetry, HasAnIntervalWithSendmailAlone) {
    const std::string expected =
        "hand.json:/providers/2: [inconsistent 304] expected the key \"queue_interval\" with retry \"sendmail\" and no other, got ";
    EXPECT_EQ(error_of(R"("retry": "sendmail")"), expected + "none");
    EXPECT_EQ(error_of(R"("retry": "exim", "queue_interval": "1 h")"), expected + "one with retry \"exim\"");
    EXPECT_EQ(error_of(R"("queue_interval": "1 h")"), expected + "one with retry \"postfix\"");
    const std::string range = error_of(R"("retry": "sendmail", "queue_interval": "30 s")");
    EXPECT_NE(range.find("/providers/2/queue_interval: [range 202]"), std::string::npos) << range;
}

// What the reader takes is what sendmail_schedule() takes.
TEST(ProviderRetry, ReadsEveryIntervalThatSendmailMayHave) {
    for (const auto* const interval : {"1 min", "5 d"}) {
        const Entity alpha = entity(with_alpha(std::string(R"("retry": "sendmail", "queue_interval": ")") + interval + "\""), "alpha");
        EXPECT_FALSE(attempts(sendmail_schedule(alpha.queue_interval)).empty()) << interval;
    }
}

TEST(ProviderRetry, StandsInSchemaAndTable) {
    for (const std::string& text : {sim::json_schema(world_shape(), "t", "i"), sim::reference_table(world_shape())}) {
        for (const auto* const word : {"queue_interval", "exchange_online", "sendmail"})
            EXPECT_NE(text.find(word), std::string::npos) << word;
    }
}

}  // namespace
}  // namespace mailrift
