// Integer time in microseconds, durations as text, and the fixed grid of slices.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

/// A length of time in whole microseconds; signed.
struct Duration {
    std::int64_t us = 0;
    auto operator<=>(const Duration&) const = default;
};

/// Simulated time in microseconds since the start of the run.
struct Time {
    std::int64_t us = 0;
    auto operator<=>(const Time&) const = default;
};

inline constexpr Duration kSecond{1'000'000};
inline constexpr Duration kMinute{60'000'000};
inline constexpr Duration kHour{3'600'000'000};
inline constexpr Duration kDay{86'400'000'000};
inline constexpr Duration kCentury{3'155'760'000'000'000};  ///< 100 Julian years: the longest duration that is read

[[nodiscard]] constexpr Time operator+(Time time, Duration duration) noexcept { return {time.us + duration.us}; }
[[nodiscard]] constexpr Time operator-(Time time, Duration duration) noexcept { return {time.us - duration.us}; }
[[nodiscard]] constexpr Duration operator-(Time later, Time earlier) noexcept { return {later.us - earlier.us}; }
[[nodiscard]] constexpr Duration operator+(Duration a, Duration b) noexcept { return {a.us + b.us}; }
[[nodiscard]] constexpr Duration operator-(Duration a, Duration b) noexcept { return {a.us - b.us}; }
[[nodiscard]] constexpr Duration operator*(Duration duration, std::int64_t factor) noexcept { return {duration.us * factor}; }

/// Reads "30 min": a decimal number, one space, a unit of us, ms, s, min, h, d, w. No sign, no exponent.
/// \throws Error (kDuration) if the text is anything else, is no whole number of microseconds, or is longer than 100 years.
[[nodiscard]] Duration parse_duration(std::string_view text);

/// As parse_duration(), with an optional minus sign: "-5 h".
[[nodiscard]] Duration parse_signed_duration(std::string_view text);

/// The shortest text with a whole number that reads back to the same duration: the largest unit that divides it.
[[nodiscard]] std::string format_duration(Duration duration);

/// Number of a slice, or of the tick at which it begins.
using Tick = std::int64_t;

/// The fixed grid on which state changes: tick k is at k x slice. Precondition: slice > 0.
struct Grid {
    Duration slice;

    [[nodiscard]] constexpr Time start(Tick tick) const noexcept { return {tick * slice.us}; }

    /// The first tick at or after a time >= 0.
    [[nodiscard]] constexpr Tick tick_at_or_after(Time time) const noexcept {
        return time.us / slice.us + (time.us % slice.us != 0 ? 1 : 0);
    }
};

}  // namespace sim
