// Durations as text: exact decimal arithmetic, so that "0.1 s" is 100000 us and nothing is rounded.
#include "sim/time.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "sim/error.h"

namespace sim {
namespace {

struct Unit {
    std::string_view name;
    std::int64_t us;
};

constexpr std::array kUnits{
    Unit{"w", kWeek.us},   Unit{"d", kDay.us},          Unit{"h", kHour.us},         Unit{"min", kMinute.us},
    Unit{"s", kSecond.us}, Unit{"ms", kMillisecond.us}, Unit{"us", kMicrosecond.us},
};

constexpr std::string_view kForm = R"(a duration such as "30 min" (number, space, us|ms|s|min|h|d|w))";

[[noreturn]] void refuse(std::string_view expected, std::string_view text, std::string nearest = "") {
    throw Error(Code::kDuration, {}, std::string(expected), in_quotes(text), std::move(nearest));
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Where the digits that begin at `from` end.
std::size_t end_of_digits(std::string_view text, std::size_t from) {
    while (from < text.size() && is_digit(text[from])) ++from;
    return from;
}

std::int64_t unit_of(std::string_view name, std::string_view text) {
    for (const Unit& unit : kUnits) {
        if (unit.name == name) return unit.us;
    }
    std::vector<std::string> names;
    for (const Unit& unit : kUnits) names.emplace_back(unit.name);
    refuse(kForm, text, nearest_name(name, names));
}

/// Microseconds in `digits` units; what is beyond a century is cut off there, before it can overflow.
std::int64_t whole_part(std::string_view digits, std::int64_t unit) {
    std::int64_t units = 0;
    for (const char c : digits) units = std::min(units * 10 + (c - '0'), kCentury.us + 1);
    return units > kCentury.us / unit ? kCentury.us + 1 : units * unit;
}

/// Microseconds in 0.`digits` units, from the last digit to the first: sum = (sum + digit units)/10. A remainder in one step can
/// never be made good by a later one, which adds whole numbers only.
std::int64_t fraction_part(std::string_view digits, std::int64_t unit, std::string_view text) {
    std::int64_t us = 0;
    for (std::size_t i = digits.size(); i-- > 0;) {
        us += (digits[i] - '0') * unit;
        if (us % 10 != 0) refuse("a duration of whole microseconds", text);
        us /= 10;
    }
    return us;
}

/// The duration written in `text` from `begin` on; messages quote all of it.
std::int64_t parse_from(std::string_view text, std::size_t begin) {
    const std::size_t point = end_of_digits(text, begin);
    if (point == begin) refuse(kForm, text);
    std::size_t end = point;
    if (end < text.size() && text[end] == '.') {
        end = end_of_digits(text, point + 1);
        if (end == point + 1) refuse(kForm, text);
    }
    if (end >= text.size() || text[end] != ' ') refuse(kForm, text);
    const std::int64_t unit = unit_of(text.substr(end + 1), text);
    std::int64_t us = whole_part(text.substr(begin, point - begin), unit);
    if (end > point) us += fraction_part(text.substr(point + 1, end - point - 1), unit, text);
    if (us > kCentury.us) refuse("a duration of at most " + format_duration(kCentury), text);
    return us;
}

}  // namespace

Duration parse_duration(std::string_view text) { return {parse_from(text, 0)}; }

Duration parse_signed_duration(std::string_view text) {
    if (!text.empty() && text.front() == '-') return {-parse_from(text, 1)};
    return {parse_from(text, 0)};
}

std::string format_duration(Duration duration) {
    if (duration.us == 0) return "0 s";
    const auto divides = [&](const Unit& unit) { return duration.us % unit.us == 0; };
    const Unit& unit = *std::find_if(kUnits.begin(), kUnits.end(), divides);
    return std::to_string(duration.us / unit.us) + " " + std::string(unit.name);
}

}  // namespace sim
