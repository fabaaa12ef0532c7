// Greylist delays: the published table, rotating addresses, windows, and a brute-force second method.
#include "models/delivery/greylist_delay.h"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/random.h"

namespace mailrift {
namespace {

constexpr Greylist kPostgrey{sim::kSecond * 300, sim::kDay * 2};

constexpr sim::Duration at(std::int64_t minutes, std::int64_t seconds) { return sim::kMinute * minutes + sim::kSecond * seconds; }

std::optional<sim::Duration> delay_of(const std::string& name, const Greylist& greylist = kPostgrey, std::uint32_t addresses = 1) {
    return greylist_delay(*find_schedule(name), greylist, {}, addresses);
}

TEST(GreylistDelay, IsTheDerivedTableForFiveMinutesAndOneKey) {
    const std::vector<std::pair<std::string, sim::Duration>> table{
        {"gmail", at(6, 2)},   {"yahoo", at(5, 39)}, {"hotmail", at(5, 6)}, {"qq", at(5, 5)},       {"mail_ru", at(19, 15)},
        {"yandex", at(6, 53)}, {"gmx", at(5, 1)},    {"aol", at(5, 32)},    {"mail_com", at(5, 2)}, {"india_com", at(6, 21)},
    };
    for (const auto& [name, delay] : table) EXPECT_EQ(delay_of(name), delay) << name;
}

TEST(GreylistDelay, OfMailServers) {
    EXPECT_EQ(delay_of("postfix"), at(5, 0));  // a try exactly at the delay is accepted
    EXPECT_EQ(greylist_delay(*find_schedule("postfix"), kPostgrey, sim::kSecond * 299), at(9, 59));
    EXPECT_EQ(delay_of("exim"), at(15, 0));
    EXPECT_EQ(delay_of("opensmtpd"), at(6, 40));
    EXPECT_EQ(delay_of("exchange_online"), at(30, 0));
    EXPECT_EQ(greylist_delay(sendmail_schedule(sim::kHour), kPostgrey, at(4, 59)), at(64, 59));
}

// The published number of addresses, in turn: the address of the first try comes again at try m.
TEST(GreylistDelay, WithRotationIsThatOfTheFirstRepeat) {
    EXPECT_EQ(delay_of("gmail", kPostgrey, 7), at(309, 5));
    EXPECT_EQ(delay_of("mail_ru", kPostgrey, 7), at(187, 53));
    EXPECT_EQ(delay_of("qq", kPostgrey, 2), at(5, 11));
    EXPECT_EQ(delay_of("mail_com", kPostgrey, 2), at(12, 37));
    EXPECT_EQ(delay_of("gmx", kPostgrey, 3), at(23, 50));
    EXPECT_EQ(delay_of("aol", kPostgrey, 5), std::nullopt);  // five tries from five addresses, and then it gave up
}

TEST(GreylistDelay, AWallOfSixHours) {
    const Greylist wall{sim::kHour * 6, sim::kDay * 2};
    EXPECT_EQ(delay_of("gmail", wall), at(434, 46));
    EXPECT_EQ(delay_of("hotmail", wall), at(362, 11));
    EXPECT_EQ(delay_of("yandex", wall), at(369, 21));
    EXPECT_EQ(delay_of("qq", wall), std::nullopt);  // the two senders that the paper saw not deliver
    EXPECT_EQ(delay_of("aol", wall), std::nullopt);
}

// spamd's 25 min and 4 h: with a try each day, none has an earlier one in the window.
TEST(GreylistDelay, NeedsATryInTheWindow) {
    const Greylist spamd{sim::kMinute * 25, sim::kHour * 4};
    EXPECT_EQ(greylist_delay(sendmail_schedule(sim::kDay), spamd), std::nullopt);
    EXPECT_EQ(greylist_delay(sendmail_schedule(sim::kHour * 4), spamd), sim::kHour * 4);
    EXPECT_EQ(greylist_delay(sendmail_schedule(sim::kHour * 4), spamd, {}, 2), std::nullopt);
    EXPECT_EQ(delay_of("opensmtpd", {sim::kMinute * 10, sim::kMinute * 15}), std::nullopt);  // 6:40, then 20:00 and more apart
    EXPECT_EQ(delay_of("opensmtpd", {sim::kMinute * 10, sim::kMinute * 20}), at(26, 40));    // from 6:40, not from the first try
}

/// The rule word by word, without a thought for speed.
std::optional<std::size_t> brute_force(const std::vector<Try>& tries, const Greylist& greylist) {
    for (std::size_t n = 0; n < tries.size(); ++n) {
        for (std::size_t j = 0; j < n; ++j) {
            const sim::Duration before = tries[n].at - tries[j].at;
            if (tries[n].address == tries[j].address && before >= greylist.delay && before <= greylist.window) return n;
        }
    }
    return std::nullopt;
}

TEST(FirstAccepted, IsThatOfTheBruteForceForDrawnTriesAndAddresses) {
    std::size_t accepted = 0, refused = 0;
    for (std::uint64_t seed = 1; seed <= 3000; ++seed) {
        sim::Draws draws(seed, 1, 2, 3);
        const auto below = [&](std::uint64_t n) { return sim::uniform_below(n, draws); };
        const auto addresses = static_cast<std::uint32_t>(1 + below(8));
        const sim::Duration delay{static_cast<std::int64_t>(below(40))};
        const Greylist greylist{delay, delay + sim::Duration{static_cast<std::int64_t>(below(40))}};
        std::vector<Try> tries{{}};
        const std::size_t count = below(25);
        for (std::size_t n = 0; n < count; ++n) {
            const sim::Duration step{static_cast<std::int64_t>(1 + below(30))};
            tries.push_back({tries.back().at + step, static_cast<std::uint32_t>(below(addresses))});
        }
        const auto expected = brute_force(tries, greylist);
        ++(expected ? accepted : refused);
        EXPECT_EQ(first_accepted(tries, addresses, greylist), expected) << "seed " << seed;
    }
    EXPECT_GT(accepted, 500u);
    EXPECT_GT(refused, 500u);
}

TEST(GreylistDelay, IsThatOfTheBruteForceForEverySchedule) {
    for (const RetrySchedule& schedule : retry_schedules()) {
        for (const sim::Duration delay : {sim::kMinute, sim::kMinute * 5, sim::kMinute * 25, sim::kHour, sim::kHour * 6, sim::kDay}) {
            for (const sim::Duration window : {delay, delay * 2, sim::kDay * 2}) {
                for (const std::uint32_t addresses : {1u, 2u, 3u, 7u, 40u}) {
                    const std::vector<Try> tries = tries_in_turn(schedule, {}, addresses);
                    const auto expected = brute_force(tries, {delay, window});
                    const auto found = greylist_delay(schedule, {delay, window}, {}, addresses);
                    const auto time = expected ? std::optional(tries[*expected].at) : std::nullopt;
                    EXPECT_EQ(found, time) << schedule.name << " " << addresses;
                }
            }
        }
    }
}

/// Every sequence of addresses of `count` tries, each as likely as any other: the share accepted at each try.
std::vector<double> enumerated(std::vector<Try> tries, std::uint32_t addresses, const Greylist& greylist) {
    std::vector<double> accepted(tries.size());
    const auto sequences = static_cast<std::uint64_t>(std::pow(addresses, tries.size()));
    for (std::uint64_t code = 0; code < sequences; ++code) {
        std::uint64_t rest = code;
        for (Try& one : tries) {
            one.address = static_cast<std::uint32_t>(rest % addresses);
            rest /= addresses;
        }
        if (const auto n = brute_force(tries, greylist)) accepted[*n] += 1.0 / static_cast<double>(sequences);
    }
    return accepted;
}

TEST(AcceptedWhenDrawn, IsThatOfAllSequences) {
    for (const std::uint32_t addresses : {1u, 2u, 3u, 4u}) {
        const RetrySchedule& gmail = *find_schedule("gmail");
        const std::vector<double> drawn = accepted_when_drawn(gmail, kPostgrey, {}, addresses);
        std::vector<Try> tries = tries_in_turn(gmail, {}, addresses);
        tries.resize(7);
        const std::vector<double> expected = enumerated(tries, addresses, kPostgrey);
        ASSERT_GE(drawn.size(), expected.size());
        for (std::size_t n = 0; n < expected.size(); ++n) EXPECT_NEAR(drawn[n], expected[n], 1e-12) << addresses << " " << n;
    }
}

// By hand: with two addresses the second try repeats the first by chance 1/2, and the third repeats one of two for sure.
TEST(AcceptedWhenDrawn, TwoAddresses) {
    const std::vector<double> drawn = accepted_when_drawn(*find_schedule("gmx"), kPostgrey, {}, 2);
    EXPECT_EQ(drawn[0], 0);
    EXPECT_EQ(drawn[1], 0.5);
    EXPECT_EQ(drawn[2], 0.5);
    EXPECT_EQ(drawn[3], 0);
}

// Tries at 0, 6:40, 26:40, 60:00 and 106:40: what lies beyond the window has no closed form.
TEST(AcceptedWhenDrawn, EndsWithTheWindow) {
    const RetrySchedule& opensmtpd = *find_schedule("opensmtpd");
    EXPECT_EQ(accepted_when_drawn(opensmtpd, {sim::kMinute * 5, sim::kMinute * 60}, {}, 9).size(), 4u);
    EXPECT_EQ(accepted_when_drawn(opensmtpd, {sim::kMinute * 5, sim::kMinute * 59}, {}, 9).size(), 3u);
}

TEST(AcceptedWhenDrawn, IsRefusedWhereTriesLieTooClose) {
    try {
        (void)accepted_when_drawn(*find_schedule("qq"), kPostgrey, {}, 2);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "[argument 404] expected tries at least 5 min apart, got one after 6 s");
    }
}

}  // namespace
}  // namespace mailrift
