// Lists: a day worked by hand, and the renewal formulas of delay, lifetime and listed share.
#include "models/blocking/listing.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/counts.h"
#include "sim/random.h"

namespace mailrift {
namespace {

ListRule rule_of(double threshold, int window, int delay, int expiry) {
    ListRule rule;
    rule.id = "list";
    rule.threshold = threshold;
    rule.window = sim::kHour * window;
    rule.delay = sim::kHour * delay;
    rule.expiry = sim::kHour * expiry;
    return rule;
}

// Three hits in four hours list; subscribers know two hours later; six hours without a hit end it.
TEST(Listing, AHandWorkedDay) {
    const ListRule rule = rule_of(3, 4, 2, 6);
    Listing listing;
    std::string published;
    for (sim::Tick hour = 0; hour < 24; ++hour) {
        published += is_published(rule, listing, hour, sim::kHour) ? '1' : '0';
        const bool hit = hour == 0 || hour == 5 || hour == 6 || hour == 8 || hour == 10;
        take_hits(rule, hit ? 1 : 0, false, hour, sim::kHour, listing);
    }
    // Hours 5, 6 and 8 lie within four: listed at 9, told at 11. The last hit is that of hour 10, known at 11: over at 17, told at 19.
    EXPECT_EQ(published, "000000000001111111100000");
    EXPECT_EQ(listing.listings, 1u);
}

TEST(Listing, ARequestThatIsHeardEndsIt) {
    ListRule rule = rule_of(1, 1, 1, 100);
    rule.removal = sim::kHour * 5;
    Listing listing;
    take_hits(rule, 1, false, 0, sim::kHour, listing);
    EXPECT_EQ(answer_at(rule, listing, sim::kHour), 1 + 1 + 5);
    remove(7, listing);
    EXPECT_TRUE(is_published(rule, listing, 7, sim::kHour)) << "subscribers know an hour later";
    EXPECT_FALSE(is_published(rule, listing, 8, sim::kHour));
    EXPECT_EQ(answer_at(rule, listing, sim::kHour), std::nullopt);
    take_hits(rule, 0, true, 8, sim::kHour, listing);
    EXPECT_TRUE(is_published(rule, listing, 10, sim::kHour)) << "by mistake";
    EXPECT_EQ(listing.listings, 2u);
}

// Poisson hits, rate h a slice, threshold 1: listed are 1 - exp(-h e) of the time; the first listing comes after 1 / (1 - exp(-h)) slices; a listing
// ends e slices after the first gap of e slices without a hit: (exp(h e) - 1) / (1 - exp(-h)) slices on average (that of patterns: e empty slices in a row).
TEST(Listing, DelayLifetimeAndShareAreThoseOfTheRenewalFormulas) {
    constexpr int kSources = 4000;
    constexpr sim::Tick kSlices = 400;
    constexpr int kExpiry = 12;
    constexpr int kDelay = 3;
    const double h = 0.1;
    const ListRule rule = rule_of(1, 1, kDelay, kExpiry);
    double listed = 0;
    double waited = 0;
    double lasted = 0;
    double lasted_squared = 0;
    double ended = 0;
    for (std::uint64_t source = 0; source < kSources; ++source) {
        Listing listing;
        sim::Draws draws(1, 2, source, 0);
        std::optional<sim::Tick> first;
        std::optional<sim::Tick> end;
        for (sim::Tick t = 0; t < kSlices; ++t) {
            if (is_published(rule, listing, t, sim::kHour)) {
                if (!first) first = t;
            } else if (first && !end) {
                end = t;
            }
            if (t >= 100) listed += is_published(rule, listing, t, sim::kHour) ? 1 : 0;
            take_hits(rule, static_cast<double>(sim::poisson(h, draws)), false, t, sim::kHour, listing);
        }
        ASSERT_TRUE(first);
        waited += static_cast<double>(*first);
        if (!end) continue;
        const auto spell = static_cast<double>(*end - *first);
        lasted += spell;
        lasted_squared += spell * spell;
        ++ended;
    }
    const double p = 1 - std::exp(-h * kExpiry);
    const double busy = (std::exp(h * kExpiry) - 1) / (1 - std::exp(-h));
    EXPECT_NEAR(listed / kSources / 300, p, 5 * std::sqrt(p * (1 - p) / kSources / (300.0 / (4 * kExpiry))));
    const double hit = 1 - std::exp(-h);
    EXPECT_NEAR(waited / kSources, 1 / hit + kDelay, 5 * std::sqrt((1 - hit) / (hit * hit) / kSources));
    EXPECT_GT(ended, 0.999 * kSources);
    const double spread = std::sqrt(lasted_squared / ended - lasted / ended * lasted / ended);
    EXPECT_NEAR(lasted / ended, busy, 5 * spread / std::sqrt(ended));
}

}  // namespace
}  // namespace mailrift
