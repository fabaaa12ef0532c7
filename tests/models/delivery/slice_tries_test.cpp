// The tries of one slice, against messages tried one by one.
#include "models/delivery/slice_tries.h"

#include <cmath>
#include <map>
#include <tuple>

#include <gtest/gtest.h>

#include "sim/distributions.h"

namespace mailrift {
namespace {

constexpr std::size_t kMessages = 200'000;
constexpr double kMostZ = 5;

PolicyId policy(std::uint32_t number) { return PolicyId{number}; }

/// Two rejecting and two deferring steps around a greylist, then junk.
AttemptLaw law_with(bool greylist) {
    AttemptLaw law;
    law.steps = {{policy(0), false, 0.2}, {policy(1), true, 0.6}, {policy(2), false, 0.3}, {policy(3), true, 0.5}, {policy(4), false, 0.1}};
    if (greylist) law.greylist = GreylistPart{policy(5), 3};
    law.accepted = {{Outcome::kJunk, {{}, policy(6)}, 0.25}, {Outcome::kInbox, {}, 0.75}};
    return law;
}

/// Outcome, policy that caused it or deferred last, rejecting steps passed (waiting mail alone).
using Kind = std::tuple<Outcome, std::uint32_t, std::size_t>;

/// One message: its uniform numbers for rejecting steps hold for all tries, those for deferring ones do not.
Kind try_one(const AttemptLaw& law, const Passed& passed, std::uint32_t held, std::uint32_t open, sim::Draws& draws) {
    std::map<std::uint32_t, double> numbers;
    for (const AttemptStep& step : law.steps) {
        double least = 0;
        for (const PassedStep& p : passed) least = p.policy == step.policy ? p.probability : least;
        numbers[step.policy.value] = least + (1 - least) * sim::uniform01(draws);
    }
    std::uint32_t last = 0;
    std::size_t deepest = 0;
    for (std::uint32_t n = 0; n < held + open; ++n) {
        bool stopped = false;
        for (std::size_t i = 0; i <= law.steps.size() && !stopped; ++i) {
            if (law.greylist && law.greylist->before == i && n < held) {
                last = law.greylist->policy.value;
                deepest = std::max(deepest, i);
                stopped = true;
                continue;
            }
            if (i == law.steps.size()) break;
            const AttemptStep& step = law.steps[i];
            if (step.defers) {
                if (sim::uniform01(draws) >= step.probability) continue;
                last = step.policy.value;
                deepest = std::max(deepest, i);
                stopped = true;
            } else if (numbers[step.policy.value] < step.probability) {
                return {Outcome::kRejected, step.policy.value, 0};
            }
        }
        if (stopped) continue;
        const bool junk = sim::uniform01(draws) < law.accepted.front().share;
        return {junk ? Outcome::kJunk : Outcome::kInbox, junk ? 6 : 0, 0};
    }
    std::size_t rejecting = passed.size();
    for (std::size_t i = 0; i < deepest; ++i) {
        if (law.steps[i].defers) continue;
        bool known = false;
        for (const PassedStep& p : passed) known = known || p.policy == law.steps[i].policy;
        rejecting += known ? 0 : 1;
    }
    return {Outcome::kQueued, last, rejecting};
}

void expect_like_single_messages(const AttemptLaw& law, const Passed& passed, std::uint32_t held, std::uint32_t open) {
    std::map<Kind, double> found;
    sim::Draws draws(11, held, open, 0);
    for (std::size_t m = 0; m < kMessages; ++m) found[try_one(law, passed, held, open, draws)] += 1.0 / kMessages;
    std::map<Kind, double> expected;
    const TriesResult result = tries_in_slice(law, passed, held, open);
    for (const TriesEnd& end : result.ends) expected[{end.outcome, end.cause.policy ? end.cause.policy->value : 0, 0}] += end.share;
    for (const TriesWait& wait : result.waits) expected[{Outcome::kQueued, wait.last.value, wait.passed.size()}] += wait.share;
    double sum = 0;
    for (const auto& [kind, share] : expected) {
        sum += share;
        EXPECT_LE(std::fabs(found[kind] - share), kMostZ * std::sqrt(share * (1 - share) / kMessages))
            << name_of(std::get<0>(kind)) << " by " << std::get<1>(kind) << ", " << held << " held and " << open << " open tries";
    }
    EXPECT_NEAR(sum, 1, 1e-12);
    for (const auto& [kind, share] : found) EXPECT_TRUE(expected.contains(kind)) << name_of(std::get<0>(kind)) << ", share " << share;
}

TEST(SliceTries, EndLikeSingleMessages) {
    for (const std::uint32_t tries : {1U, 2U, 5U}) expect_like_single_messages(law_with(false), {}, 0, tries);
}

TEST(SliceTries, ARejectionIsOneDrawForAllTries) {
    const Passed passed{{policy(0), 0.1}, {policy(2), 0.9}};  // below and above what is rejected now
    for (const std::uint32_t tries : {1U, 3U}) expect_like_single_messages(law_with(false), passed, 0, tries);
    for (const TriesEnd& end : tries_in_slice(law_with(false), passed, 0, 3).ends) {
        EXPECT_FALSE(end.outcome == Outcome::kRejected && end.cause.policy == policy(2));
    }
}

TEST(SliceTries, AGreylistHoldsTheFirstOnes) {
    for (const auto& [held, open] : {std::pair{2U, 0U}, {1U, 1U}, {2U, 3U}}) {
        expect_like_single_messages(law_with(true), {}, held, open);
    }
    expect_like_single_messages(law_with(true), {}, 0, 2);  // of somebody whom it knows
}

}  // namespace
}  // namespace mailrift
