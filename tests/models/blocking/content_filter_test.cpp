// The content filter: its published errors are what becomes of mail, and what it refuses is still evidence.
#include "models/blocking/content_filter.h"

#include <cmath>

#include <gtest/gtest.h>

#include "tests/models/blocking/facts.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::messages;
using testing::share;
using testing::Which;
using testing::with_policy;

const Which kWanted{"", "big", MailClass::kWanted};
const Which kSpam{"", "big", MailClass::kSpam};

std::string filter(const std::string& action, const std::string& errors = R"("true_positive": 0.9, "false_positive": 0.02)") {
    return R"({"id": "filter", "kind": "content_filter", "receiver": "big", "action": ")" + action + R"(", )" + errors + "}";
}

TEST(ContentFilter, TellsClassesApartByItsErrors) {
    const ContentFilter rule({0.9, 0.02, Outcome::kDiscarded});
    EXPECT_EQ(rule.of_class({}, MailClass::kSpam).discard, 0.9);
    EXPECT_EQ(rule.of_class({}, MailClass::kWanted).discard, 0.02);
    EXPECT_EQ(rule.of_class({}, MailClass::kBulk).discard, 0.02) << "bulk mail is wanted";
}

TEST(ContentFilter, ItsErrorsAreWhatBecomesOfMail) {
    for (const auto& [action, outcome] :
         {std::pair("junk", Outcome::kJunk), std::pair("reject", Outcome::kRejected), std::pair("discard", Outcome::kDiscarded)}) {
        const auto run = testing::run(with_policy(filter(action)));
        EXPECT_NEAR(share(run, kWanted, outcome), 0.02, 1e-12) << action;
        EXPECT_NEAR(share(run, kWanted, Outcome::kInbox), 0.98, 1e-12);
        EXPECT_NEAR(share(run, kSpam, outcome), 0.9, 1e-12);
        EXPECT_NEAR(share(run, {"", "alpha", MailClass::kSpam}, Outcome::kInbox), 1, 1e-12) << "who has no filter";
    }
}

TEST(ContentFilter, DrawsTheSameSharesOfWholeMessages) {
    for (const Traffic traffic : {Traffic::kFlow, Traffic::kMessage}) {
        const auto run = testing::run(with_policy(filter("discard")), testing::hand_world(), 3, traffic);
        for (const auto& [which, p] : {std::pair(kWanted, 0.02), std::pair(kSpam, 0.9)}) {
            const double n = messages(run, which);
            ASSERT_GT(n, 1000);
            EXPECT_LE(std::abs(messages(run, which, Outcome::kDiscarded) - n * p), 5 * std::sqrt(n * p * (1 - p)));
        }
    }
}

// A filter that refuses at `data` has seen the message: a ratio of its verdicts blocks the source as much as where it only marks.
TEST(ContentFilter, WhatItRefusesIsEvidence) {
    const std::string ratio =
        R"({"id": "ratio", "kind": "reputation", "receiver": "big", "reject": 0.05, "min_volume": 10, "false_positive": 0.1}, )";
    const auto marks = testing::run(with_policy(ratio + filter("junk")));
    const auto refuses = testing::run(with_policy(ratio + filter("reject")));
    EXPECT_EQ(share(marks, kWanted, Outcome::kInbox), share(refuses, kWanted, Outcome::kInbox));
    EXPECT_LT(share(refuses, kWanted, Outcome::kInbox), 0.6) << "a day at least is blocked";
}

// With a greylist before it the two are independent: what passes is filtered.
TEST(ContentFilter, GoesWithAGreylist) {
    const std::string both = R"({"id": "grey", "kind": "greylist", "receiver": "big"}, )" + filter("reject");
    const auto run = testing::run(with_policy(both));
    EXPECT_NEAR(share(run, kSpam, Outcome::kExpired), 1, 1e-12) << "bots do not try again";
    const double decided = messages(run, kWanted) - messages(run, kWanted, Outcome::kQueued);
    EXPECT_NEAR(messages(run, kWanted, Outcome::kRejected) / decided, 0.02, 1e-12);
}

}  // namespace
}  // namespace mailrift
