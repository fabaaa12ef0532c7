// Durations as text, exactly and strictly, and the grid of slices.
#include "sim/time.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace sim {
namespace {

std::string refusal(const std::string& text, bool is_signed = false) {
    try {
        static_cast<void>(is_signed ? parse_signed_duration(text) : parse_duration(text));
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::kDuration);
        EXPECT_EQ(error.place(), Place{});
        return error.what();
    }
    return "accepted";
}

TEST(Time, AddsAndComparesWholeMicroseconds) {
    const Time noon{43'200'000'000};
    EXPECT_EQ(noon + kHour * 2, Time{50'400'000'000});
    EXPECT_EQ(noon - kMinute, Time{43'140'000'000});
    EXPECT_EQ((noon + kDay) - noon, kDay);
    EXPECT_EQ(3 * kSecond - kMillisecond + kMicrosecond, Duration{2'999'001});
    EXPECT_EQ(-kWeek, Duration{-604'800'000'000});
    EXPECT_LT(Time{1}, Time{2});
    EXPECT_GT(kHour, kMinute * 59);
    EXPECT_EQ(Time{}, Time{0});
}

TEST(Duration, ReadsEveryUnit) {
    EXPECT_EQ(parse_duration("7 us"), Duration{7});
    EXPECT_EQ(parse_duration("7 ms"), kMillisecond * 7);
    EXPECT_EQ(parse_duration("7 s"), kSecond * 7);
    EXPECT_EQ(parse_duration("7 min"), kMinute * 7);
    EXPECT_EQ(parse_duration("7 h"), kHour * 7);
    EXPECT_EQ(parse_duration("7 d"), kDay * 7);
    EXPECT_EQ(parse_duration("7 w"), kWeek * 7);
    EXPECT_EQ(parse_duration("0 s"), Duration{0});
    EXPECT_EQ(parse_duration("007 h"), kHour * 7);
}

TEST(Duration, ReadsDecimalsExactly) {
    EXPECT_EQ(parse_duration("0.1 s"), Duration{100'000});
    EXPECT_EQ(parse_duration("1.000001 s"), Duration{1'000'001});
    EXPECT_EQ(parse_duration("0.000001 s"), Duration{1});
    EXPECT_EQ(parse_duration("0.05 min"), kSecond * 3);
    EXPECT_EQ(parse_duration("1.5 h"), kMinute * 90);
    EXPECT_EQ(parse_duration("0.00001 d"), Duration{864'000});
    EXPECT_EQ(parse_duration("2.50000000000000000000000000000000 d"), kHour * 60);
    // 0.1 has no exact double: 3 x 0.1 d by doubles would be 25920000000.000004 us.
    EXPECT_EQ(parse_duration("0.3 d"), Duration{25'920'000'000});
    // 2^-9 d is 168.75 s; 2^-13 w is 73.828125 s: digits that only together make whole microseconds.
    EXPECT_EQ(parse_duration("0.001953125 d"), Duration{168'750'000});
    EXPECT_EQ(parse_duration("0.0001220703125 w"), Duration{73'828'125});
}

TEST(Duration, ReadsUpToACentury) {
    EXPECT_EQ(parse_duration("36525 d"), Duration{3'155'760'000'000'000});
    EXPECT_EQ(parse_duration("3155760000000000 us"), Duration{3'155'760'000'000'000});
    EXPECT_EQ(refusal("36525.00001 d"), R"([duration 207] expected a duration of at most 36525 d, got "36525.00001 d")");
    EXPECT_EQ(refusal("3155760000000001 us"), R"([duration 207] expected a duration of at most 36525 d, got "3155760000000001 us")");
    EXPECT_EQ(refusal("99999999999999999999999999999999 w"),
              R"([duration 207] expected a duration of at most 36525 d, got "99999999999999999999999999999999 w")");
}

TEST(Duration, RefusesPartsOfAMicrosecond) {
    EXPECT_EQ(refusal("0.5 us"), R"([duration 207] expected a duration of whole microseconds, got "0.5 us")");
    EXPECT_EQ(refusal("1.0000001 s"), R"([duration 207] expected a duration of whole microseconds, got "1.0000001 s")");
    EXPECT_EQ(refusal("0.0000000000000000000000000000001 w"),
              R"([duration 207] expected a duration of whole microseconds, got "0.0000000000000000000000000000001 w")");
}

TEST(Duration, RefusesAllOtherForms) {
    const std::string form = R"([duration 207] expected a duration such as "30 min" (number, space, us|ms|s|min|h|d|w), got )";
    const std::vector<std::string> bad{"",
                                       " ",
                                       "5",
                                       "5h",
                                       "5  h",
                                       " 5 h",
                                       "5 h ",
                                       "h",
                                       "-5 h",
                                       "+5 h",
                                       "5. h",
                                       ".5 h",
                                       "5,5 h",
                                       "1e3 h",
                                       "0x5 h",
                                       "5.5.5 h",
                                       "5 H",
                                       "5 H h",
                                       "5\th",
                                       "- 5 h",
                                       "five h",
                                       "inf h",
                                       "nan h",
                                       "5 h 3 min",
                                       "\xC2\xA0"
                                       "5 h",
                                       "5 \xC2\xB5s"};
    for (const std::string& text : bad) {
        const std::string message = refusal(text);
        EXPECT_EQ(message.substr(0, form.size()), form) << text;
    }
    EXPECT_EQ(refusal("5h"), form + R"("5h")");
    EXPECT_EQ(refusal("-5 h"), form + R"("-5 h")");
}

TEST(Duration, SuggestsTheNearestUnit) {
    EXPECT_EQ(
        refusal("30 mins"),
        R"([duration 207] expected a duration such as "30 min" (number, space, us|ms|s|min|h|d|w), got "30 mins"; did you mean "min"?)");
}

TEST(Duration, SignedOnesMayBeNegative) {
    EXPECT_EQ(parse_signed_duration("-5 h"), kHour * -5);
    EXPECT_EQ(parse_signed_duration("5.5 h"), kMinute * 330);
    EXPECT_EQ(parse_signed_duration("-0 h"), Duration{0});
    EXPECT_EQ(parse_signed_duration("-36525 d"), Duration{-3'155'760'000'000'000});
    EXPECT_EQ(refusal("-36526 d", true), R"([duration 207] expected a duration of at most 36525 d, got "-36526 d")");
    EXPECT_EQ(refusal("--5 h", true),
              R"([duration 207] expected a duration such as "30 min" (number, space, us|ms|s|min|h|d|w), got "--5 h")");
    EXPECT_EQ(refusal("-", true), R"([duration 207] expected a duration such as "30 min" (number, space, us|ms|s|min|h|d|w), got "-")");
}

TEST(Duration, IsWrittenInTheLargestUnitThatDivides) {
    EXPECT_EQ(format_duration({0}), "0 s");
    EXPECT_EQ(format_duration({1}), "1 us");
    EXPECT_EQ(format_duration(kMillisecond * 1500), "1500 ms");
    EXPECT_EQ(format_duration(kMinute * 90), "90 min");
    EXPECT_EQ(format_duration(kHour * 24), "1 d");
    EXPECT_EQ(format_duration(kDay * 14), "2 w");
    EXPECT_EQ(format_duration(kHour * -5), "-5 h");
    EXPECT_EQ(format_duration({3'155'760'000'000'000}), "36525 d");
}

TEST(Duration, ComesBackFromItsText) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("time_test"), 0, 0);
        const std::vector<Duration> units{kMicrosecond, kMillisecond, kSecond, kMinute, kHour, kDay, kWeek};
        for (const Duration unit : units) {
            const auto most = static_cast<std::uint64_t>((kDay * 36'525).us / unit.us);
            const Duration duration = unit * static_cast<std::int64_t>(uniform_below(most + 1, draws));
            EXPECT_EQ(parse_duration(format_duration(duration)), duration) << "seed " << seed;
            EXPECT_EQ(parse_signed_duration(format_duration(-duration)), -duration) << "seed " << seed;
        }
    }
}

TEST(Grid, EffectsTakePlaceAtTheFirstTickAtOrAfter) {
    constexpr Grid grid{kHour};
    EXPECT_EQ(grid.tick_at_or_after({0}), 0);
    EXPECT_EQ(grid.tick_at_or_after({1}), 1);
    EXPECT_EQ(grid.tick_at_or_after({kHour.us - 1}), 1);
    EXPECT_EQ(grid.tick_at_or_after({kHour.us}), 1);
    EXPECT_EQ(grid.tick_at_or_after({kHour.us + 1}), 2);
    EXPECT_EQ(grid.tick_at_or_after({-1}), 0);
    EXPECT_EQ(grid.tick_at_or_after({-kHour.us}), -1);
    EXPECT_EQ(grid.tick_at_or_after({-kHour.us - 1}), -1);
    EXPECT_EQ(grid.start(25), Time{} + kDay + kHour);
    EXPECT_EQ(grid.start(-336), Time{} - kDay * 14);
}

TEST(Grid, TheTickFoundIsTheFirst) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        Draws draws(seed, hash64("time_test"), 1, 0);
        const Grid grid{{static_cast<std::int64_t>(1 + uniform_below(100, draws))}};
        const Time at{static_cast<std::int64_t>(uniform_below(2'000, draws)) - 1'000};
        const Tick tick = grid.tick_at_or_after(at);
        EXPECT_GE(grid.start(tick), at) << "seed " << seed;
        EXPECT_LT(grid.start(tick - 1), at) << "seed " << seed;
    }
}

}  // namespace
}  // namespace sim
