// Simulated time: whole microseconds, strict durations as text, and the fixed grid of slices.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace sim {

/// A length of time in whole microseconds; may be negative.
struct Duration {
    std::int64_t us = 0;

    auto operator<=>(const Duration&) const = default;
};

/// A point in simulated time: microseconds since the start of the run.
struct Time {
    std::int64_t us = 0;

    auto operator<=>(const Time&) const = default;
};

[[nodiscard]] constexpr Duration operator-(Duration a) noexcept { return {-a.us}; }
[[nodiscard]] constexpr Duration operator+(Duration a, Duration b) noexcept { return {a.us + b.us}; }
[[nodiscard]] constexpr Duration operator-(Duration a, Duration b) noexcept { return {a.us - b.us}; }
[[nodiscard]] constexpr Duration operator*(Duration a, std::int64_t factor) noexcept { return {a.us * factor}; }
[[nodiscard]] constexpr Duration operator*(std::int64_t factor, Duration a) noexcept { return a * factor; }
[[nodiscard]] constexpr Time operator+(Time a, Duration b) noexcept { return {a.us + b.us}; }
[[nodiscard]] constexpr Time operator-(Time a, Duration b) noexcept { return {a.us - b.us}; }
[[nodiscard]] constexpr Duration operator-(Time a, Time b) noexcept { return {a.us - b.us}; }

inline constexpr Duration kMicrosecond{1};
inline constexpr Duration kMillisecond{1'000};
inline constexpr Duration kSecond{1'000'000};
inline constexpr Duration kMinute = kSecond * 60;
inline constexpr Duration kHour = kMinute * 60;
inline constexpr Duration kDay = kHour * 24;
inline constexpr Duration kWeek = kDay * 7;
inline constexpr Duration kCentury = kDay * 36'525;  ///< 100 Julian years: the longest duration that is read

/// Reads "30 min": a decimal number without sign and exponent, one space, and one of us, ms, s, min, h, d, w.
/// \throws Error (kDuration, without place) unless that is a whole number of microseconds and at most kCentury.
[[nodiscard]] Duration parse_duration(std::string_view text);

/// As parse_duration(), but a minus sign may stand first: "-5 h".
[[nodiscard]] Duration parse_signed_duration(std::string_view text);

/// The duration as a whole number of the largest unit that divides it, such as "90 min" or "-5 h"; "0 s" for none.
/// parse_signed_duration() gives the same duration back.
[[nodiscard]] std::string format_duration(Duration duration);

/// Number of a slice, and of the moment at which it begins; slice 0 begins at time 0.
using Tick = std::int64_t;

/// The fixed grid on which state changes: tick k is at k slices. Precondition: slice > 0.
struct Grid {
    Duration slice;

    [[nodiscard]] constexpr Time start(Tick tick) const noexcept { return {tick * slice.us}; }

    /// The first tick at or after `at`, which may lie before 0.
    [[nodiscard]] constexpr Tick tick_at_or_after(Time at) const noexcept {
        const Tick towards_zero = at.us / slice.us;
        return towards_zero * slice.us < at.us ? towards_zero + 1 : towards_zero;
    }
};

}  // namespace sim
