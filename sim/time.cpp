// Integer time in microseconds, durations as text, and the fixed grid of slices.
#include "sim/time.h"

#include <array>
#include <cstddef>

#include "sim/error.h"

namespace sim {
namespace {

struct TimeUnit {
    std::string_view name;
    std::int64_t us;
};

constexpr std::array<TimeUnit, 7> kUnits{{{"us", 1},
                                          {"ms", 1'000},
                                          {"s", kSecond.us},
                                          {"min", kMinute.us},
                                          {"h", kHour.us},
                                          {"d", kDay.us},
                                          {"w", 7 * kDay.us}}};

constexpr const char* kExpected = "a duration such as \"30 min\" (number, space, us|ms|s|min|h|d|w)";

[[noreturn]] void refuse(std::string_view text, const char* expected = kExpected) {
    constexpr std::size_t kShown = 40;
    const bool cut = text.size() > kShown;
    throw Error(Code::kDuration, {}, expected, "\"" + std::string(text.substr(0, kShown)) + (cut ? "...\"" : "\""));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whole and fractional digits of a plain decimal number.
struct Decimal {
    std::string_view whole;
    std::string_view fraction;
};

Decimal split_number(std::string_view number, std::string_view text) {
    const std::size_t point = number.find('.');
    const Decimal parts{number.substr(0, point), point == std::string_view::npos ? std::string_view() : number.substr(point + 1)};
    if (parts.whole.empty() || (point != std::string_view::npos && parts.fraction.empty())) refuse(text);
    for (const char c : parts.whole) {
        if (!is_digit(c)) refuse(text);
    }
    for (const char c : parts.fraction) {
        if (!is_digit(c)) refuse(text);
    }
    return parts;
}

/// Integer arithmetic throughout: "0.1 s" is exactly 100,000 us.
std::int64_t in_microseconds(const Decimal& number, std::int64_t unit, std::string_view text) {
    constexpr const char* kTooLong = "a duration of at most 100 years";
    std::int64_t us = 0;
    for (const char c : number.whole) {
        us = us * 10 + (c - '0') * unit;
        if (us > kCentury.us * 10) refuse(text, kTooLong);
    }
    std::int64_t step = unit;
    for (const char c : number.fraction) {
        if (c != '0' && step % 10 != 0) refuse(text, "a duration of whole microseconds");
        step /= 10;
        us += (c - '0') * step;
    }
    if (us > kCentury.us) refuse(text, kTooLong);
    return us;
}

}  // namespace

Duration parse_duration(std::string_view text) {
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) refuse(text);
    const std::string_view name = text.substr(space + 1);
    for (const TimeUnit& unit : kUnits) {
        if (unit.name == name) return {in_microseconds(split_number(text.substr(0, space), text), unit.us, text)};
    }
    refuse(text);
}

Duration parse_signed_duration(std::string_view text) {
    if (text.empty() || text.front() != '-') return parse_duration(text);
    return {-parse_duration(text.substr(1)).us};
}

std::string format_duration(Duration duration) {
    if (duration.us == 0) return "0 s";
    for (std::size_t i = kUnits.size(); i-- > 0;) {
        if (duration.us % kUnits[i].us == 0) return std::to_string(duration.us / kUnits[i].us) + " " + std::string(kUnits[i].name);
    }
    return {};
}

}  // namespace sim
