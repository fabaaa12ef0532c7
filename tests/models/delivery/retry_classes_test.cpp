// Lumping of tries into slices, against messages drawn one by one.
#include "models/delivery/retry_classes.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::size_t kMessages = 20'000;
constexpr double kMostZ = 5;

struct Case {
    std::string schedule;
    sim::Duration slice;
    sim::Duration delay;
    sim::Duration window;
};

RetrySchedule schedule_of(const std::string& name) {
    return schedule_by_name(name, name == kSendmail ? sim::kMinute * 37 : sim::Duration{});
}

/// What single messages do, drawn: per lag the tries made by then and their square, and how many are given up by then and past the greylist by then.
struct Counts {
    std::vector<double> tries, squares, ended, open;
};

Counts drawn(const Case& c, std::size_t lags) {
    const RetrySchedule schedule = schedule_of(c.schedule);
    Counts counts{std::vector<double>(lags + 1), std::vector<double>(lags + 1), std::vector<double>(lags + 1),
                  std::vector<double>(lags + 1)};
    sim::Draws draws(7, 1, sim::hash64(c.schedule), 0);
    for (std::size_t m = 0; m < kMessages; ++m) {
        const auto moment = static_cast<std::int64_t>(sim::uniform_below(static_cast<std::uint64_t>(c.slice.us), draws));
        sim::Duration phase{};
        if (schedule.scan.us > 0)
            phase.us = static_cast<std::int64_t>(sim::uniform_below(static_cast<std::uint64_t>(schedule.scan.us), draws));
        const std::vector<Try> tries = tries_in_turn(schedule, phase, 1);
        const auto opens = first_accepted(tries, 1, {c.delay, c.window, {}});
        const auto lag_of = [&](sim::Duration at) { return static_cast<std::size_t>((moment + at.us) / c.slice.us); };
        const std::size_t ends = lag_of(give_up(schedule, phase));
        std::vector<double> made(lags + 1);
        for (std::size_t n = 0; n < tries.size(); ++n) {
            const std::size_t lag = lag_of(tries[n].at);
            for (std::size_t l = lag; l <= lags; ++l) made[l] += 1;
            if (opens == n) {
                for (std::size_t l = lag; l <= lags; ++l) counts.open[l] += 1;
            }
        }
        for (std::size_t l = 0; l <= lags; ++l) {
            counts.tries[l] += made[l];
            counts.squares[l] += made[l] * made[l];
            if (l >= ends) counts.ended[l] += 1;
        }
    }
    return counts;
}

class RetryClasses : public ::testing::TestWithParam<Case> {};

TEST_P(RetryClasses, HaveTheTriesOfSingleMessages) {
    const Case& c = GetParam();
    constexpr std::size_t kLags = 130;
    const auto classes = retry_classes(schedule_of(c.schedule), c.slice, kLags, Greylist{c.delay, c.window, {}});
    const Counts counts = drawn(c, kLags);
    double shares = 0;
    for (const RetryClass& one : classes) shares += one.share;
    EXPECT_NEAR(shares, 1, 1e-12);
    const double n = kMessages;
    for (std::size_t lag = 0; lag <= kLags; ++lag) {
        double tries = 0;
        double ended = 0;
        double open = 0;
        for (const RetryClass& one : classes) {
            const std::uint32_t made = one.tries[std::min(lag, one.tries.size() - 1)];
            tries += one.share * made;
            if (one.ends <= lag) ended += one.share;
            if (one.opens < made) open += one.share;
        }
        const double mean = counts.tries[lag] / n;
        const double spread = std::sqrt(std::max(0.0, counts.squares[lag] / n - mean * mean) / n);
        EXPECT_LE(std::fabs(tries - mean), kMostZ * spread + 1e-9) << "tries until lag " << lag;
        const auto near = [&](double share, double count, const char* what) {
            EXPECT_LE(std::fabs(share - count / n), kMostZ * std::sqrt(std::max(0.0, share * (1 - share)) / n) + 1e-9)
                << what << " until lag " << lag;
        };
        near(ended, counts.ended[lag], "given up");
        near(open, counts.open[lag], "past the greylist");
    }
}

INSTANTIATE_TEST_SUITE_P(Schedules, RetryClasses,
                         ::testing::Values(Case{"postfix", sim::kHour, sim::kMinute * 5, sim::kDay * 2},
                                           Case{"postfix", sim::kHour, sim::kSecond * 400, sim::kHour * 3},
                                           Case{"postfix_old", sim::kHour, sim::kSecond * 1200, sim::kDay},
                                           Case{"sendmail", sim::kHour, sim::kMinute * 50, sim::kMinute * 60},
                                           Case{"sendmail", sim::kMinute * 30, sim::kMinute * 5, sim::kDay},
                                           Case{"exim", sim::kHour, sim::kMinute * 20, sim::kDay},
                                           Case{"gmail", sim::kHour, sim::kMinute * 5, sim::kDay},
                                           Case{"exchange_online", sim::kHour * 6, sim::kMinute * 5, sim::kDay},
                                           Case{"opensmtpd", sim::kMinute * 10, sim::kHour, sim::kDay},
                                           Case{"qq", sim::kDay, sim::kHour, sim::kDay}));

}  // namespace
}  // namespace mailrift
