// Notice and appeal: for how long a refusal waits, and who is let in again.
#include "models/blocking/due_process.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::with_policy;

TEST(DueProcess, SparesUnderNoticeAndAfterARightDecision) {
    const Review review{sim::kHour * 12, sim::kDay, 0.9, 0.1};
    const auto spared = [&](std::optional<int> hours, double spam) {
        return review.spared(hours ? std::optional(sim::kHour * *hours) : std::nullopt, spam, testing::nobody());
    };
    EXPECT_EQ(spared(std::nullopt, 0), 0);
    EXPECT_EQ(spared(0, 1), 1);
    EXPECT_EQ(spared(11, 0), 1);
    EXPECT_EQ(spared(12, 0), 0);
    EXPECT_EQ(spared(35, 0), 0);
    EXPECT_EQ(spared(36, 0.1), 0.9);
    EXPECT_NEAR(spared(36, 0.2), 0.1, 1e-15);
}

constexpr const char* kDeny = R"({"id": "deny", "kind": "default_deny", "receiver": "big", "success": 0})";
constexpr const char* kLaw =
    R"({"id": "law", "kind": "due_process", "receiver": "big", "notice": "12 h", "appeal": "1 d", "accuracy": 0.9, "guilty": 0.1})";

/// World "hand" where half of what leaves alpha is spam.
std::string spammy_world() {
    const std::string id = R"({"id": "alpha", )";
    return testing::replaced(testing::hand_world(), id, id + R"("outbound_spam": 0.5, )");
}

// Who is refused for ever without such a law is under notice in slice 0 and for 12 slices from its end on, refused for 24, and for the last 11 as decided.
TEST(DueProcess, ARefusalWaitsForNoticeAndEndsWithAnAppeal) {
    const std::string both = std::string(kDeny) + ", " + kLaw;
    const auto run = testing::run(with_policy(both), spammy_world());
    EXPECT_NEAR(share(run, {"beta", "big", MailClass::kWanted}, Outcome::kRejected), (24 + 11 * 0.1) / 48, 1e-12) << "innocent";
    EXPECT_NEAR(share(run, {"alpha", "big", MailClass::kWanted}, Outcome::kRejected), (24 + 11 * 0.9) / 48, 1e-12) << "guilty";
    EXPECT_EQ(share(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 0) << "what notice costs";
    const auto without = testing::run(with_policy(kDeny), spammy_world());
    EXPECT_EQ(share(without, {"beta", "big", MailClass::kWanted}, Outcome::kRejected), 1);
}

TEST(DueProcess, DecidesForEachOperatorOnce) {
    const std::string id = R"({"id": "beta", )";
    const std::string world = testing::replaced(testing::hand_world(), id, id + R"("count": 500, "representatives": 500, )");
    const auto run = testing::run(with_policy(std::string(kDeny) + ", " + kLaw), world, 2, Traffic::kFlow);
    double last = 0;
    for (const TimedChange& timed : run.history) {
        if (timed.change.kind == ChangeKind::kJudge && run.model.world.entities[index(timed.change.source)].id == "beta")
            last = timed.change.verdicts.wanted.accept;
    }
    EXPECT_NEAR(last, 0.9, 5 * std::sqrt(0.09 / 500));
    EXPECT_LT(last, 1);
}

TEST(DueProcess, LeavesTheContentFilterAlone) {
    const std::string filter =
        R"({"id": "filter", "kind": "content_filter", "receiver": "big", "action": "reject", "false_positive": 0.25})";
    const auto with = testing::run(with_policy(filter + ", " + kLaw));
    EXPECT_NEAR(share(with, {"beta", "big", MailClass::kWanted}, Outcome::kRejected), 0.25, 1e-12);
}

TEST(DueProcess, IsOneAtAReceiver) {
    const std::string second = testing::replaced(kLaw, "\"law\"", "\"other\"");
    try {
        static_cast<void>(testing::read(with_policy(kLaw + (", " + second))));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_NE(std::string(error.what()).find("/blocking/1/receiver"), std::string::npos) << error.what();
    }
}

}  // namespace
}  // namespace mailrift
