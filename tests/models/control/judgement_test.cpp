// What receivers learn of sources: equal policies say the same, whatever their number, and each operator learns from its own mail alone.
#include "models/control/judgement.h"

#include <gtest/gtest.h>

#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::read;
using testing::scenario_text;

/// `reputation` at alpha in windows of a day, cut-off 10 %; one good message in 20 is judged bad.
std::string policy(const std::string& id, const std::string& more = "") {
    return R"({"id": ")" + id + R"(", "receiver": "alpha", "kind": "reputation", "reject": 0.1, "min_volume": 0, "window": "tumbling", )" +
           R"("period": "1 d", "false_positive": 0.05)" + more + "}";
}

Model model_of(const std::string& policies, const std::string& beta) {
    const std::string open = R"({"id": "beta", "kind": "national",)";
    const std::string world = testing::replaced(testing::hand_world(), open, open + beta);
    return make_model(read(scenario_text(R"("slice": "1 d", "blocking": [)" + policies + "]"), world), 1, Compliance::kDrawn);
}

/// Verdicts on beta at alpha after each of `days` days in which `good` wanted messages of it reached alpha, all of them its users' inboxes.
std::vector<Verdict> verdicts(const Model& model, double good, sim::Tick days) {
    const SourceTally tally{*find_entity(model.world, "beta"), *find_entity(model.world, "alpha"), {good, 0}, {good, 0}};
    Judgement judgement(model, true);
    std::vector<Verdict> found;
    for (sim::Tick day = 0; day < days; ++day) {
        judgement.learn({&tally, 1}, day);
        const std::vector<Change> changes = judgement.judge(day + 1);
        found.push_back(changes.empty() ? Verdict{} : changes.front().verdicts.wanted);
    }
    return found;
}

constexpr const char* kMany = R"("count": 1000, "representatives": 50,)";

// Two policies that ask the same of the same mail: whom the second would reject, the first has rejected.
TEST(Judgement, EqualPoliciesSayTheSame) {
    for (const char* beta : {"", kMany}) {
        const double good = *beta == 0 ? 10 : 10'000;
        const Model one = model_of(policy("one"), beta);
        const Model two = model_of(policy("one") + ", " + policy("two"), beta);
        const std::vector<Verdict> alone = verdicts(one, good, 40);
        EXPECT_EQ(verdicts(two, good, 40), alone);
        EXPECT_TRUE(std::any_of(alone.begin(), alone.end(), [](const Verdict& verdict) { return verdict.accept < 1; }));
    }
}

TEST(Judgement, EqualPoliciesSayTheSameOfReportsOfUsers) {
    const std::string inbox = R"(, "evidence": "inbox")";
    const std::vector<Verdict> alone = verdicts(model_of(policy("one", inbox), kMany), 10'000, 40);
    EXPECT_EQ(verdicts(model_of(policy("one", inbox) + ", " + policy("two", inbox), kMany), 10'000, 40), alone);
    EXPECT_NE(verdicts(model_of(policy("one"), kMany), 10'000, 40), alone) << "users and filters err apart";
}

// Where nobody errs, the filter and the users see the same split: of all that came, nothing was marked.
TEST(Judgement, FiltersAndUsersSeeOneSplit) {
    const auto volume = [](const std::string& evidence) {
        return R"({"id": "v", "receiver": "alpha", "kind": "reputation", "reject": 0, "min_volume": 10, "window": "tumbling", "period": "1 d")" +
               evidence + "}";
    };
    const std::vector<Verdict> filter = verdicts(model_of(volume(""), kMany), 10'000, 20);
    EXPECT_EQ(verdicts(model_of(volume(R"(, "evidence": "inbox")"), kMany), 10'000, 20), filter);
    EXPECT_GT(filter.front().accept, 0.2) << "about half of them sent 9 or fewer";
    EXPECT_LT(filter.front().accept, 0.8);
}

// Of what arrives, nothing is of an operator that is blocked: blocked in one window by its volume, it is forgiven in the next, and the others
// share all that came. The number of blocked operators of two windows together is at most all.
TEST(Judgement, WhatArrivesIsOfThoseWhoAreLetThrough) {
    const std::string volume =
        R"({"id": "v", "receiver": "alpha", "kind": "reputation", "reject": 0, "min_volume": 10, "window": "tumbling", "period": "1 d"})";
    const std::vector<Verdict> found = verdicts(model_of(volume, kMany), 10'000, 20);
    for (std::size_t day = 1; day < found.size(); ++day) EXPECT_GE(found[day - 1].accept + found[day].accept, 1 - 1e-12) << "day " << day;
}

}  // namespace
}  // namespace mailrift
