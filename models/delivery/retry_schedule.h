// When a sender tries again to deliver mail that was deferred, and when it gives up.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/time.h"

namespace mailrift {

/// By which rule the tries after the first one, which is at 0, are spaced.
enum class Spacing : std::uint8_t {
    kListed,     ///< `listed`, then steps of then_total / then_steps
    kQuadratic,  ///< the n-th at unit n^2
    kQueueScan,  ///< t' = t + clamp(t, least, most), rounded up to the next scan of the queue after t
};

/// A sender's retry schedule: plain data, times counted from the first try. A field that its spacing does not name is 0.
struct RetrySchedule {
    std::string_view name{};
    Spacing spacing = Spacing::kListed;
    std::span<const sim::Duration> listed{};  ///< kListed: published times, rising
    sim::Duration then_total{};               ///< kListed: time of `then_steps` equal steps after the last listed try
    std::int64_t then_steps = 0;              ///< kListed: 0: no try after the last listed one
    sim::Duration unit{};                     ///< kQuadratic
    sim::Duration least{}, most{};            ///< kQueueScan: bounds of the backoff
    sim::Duration scan{};                     ///< kQueueScan: time between scans, > 0; scans are at phase + k scan
    sim::Duration lifetime{};                 ///< time in the queue after which the message goes back to its writer
    bool one_after_lifetime = false;          ///< expiry is looked at after a failed try, so the last is the first one beyond `lifetime`
    std::int32_t addresses = 1;               ///< IP addresses that the measured sender was seen to use
    std::string_view source{};                ///< keys of sources.bib, separated by commas
    std::string_view assumed{};               ///< what no source says; empty if nothing
};

inline constexpr std::string_view kSendmail = "sendmail";
inline constexpr sim::Duration kShortestQueueInterval = sim::kMinute;
inline constexpr sim::Duration kLongestQueueInterval = sim::kDay * 5;

/// All schedules but sendmail's, which needs a parameter, in the order of the reference table.
[[nodiscard]] std::span<const RetrySchedule> retry_schedules();

/// The schedule of that name; null if there is none.
[[nodiscard]] const RetrySchedule* find_schedule(std::string_view name);

/// sendmail: a try at every run of the queue, until one fails more than 5 days after the first.
/// \param queue_interval time between runs, set by its administrator; 1 min..5 d.
/// \throws sim::Error kArgument outside that range.
[[nodiscard]] RetrySchedule sendmail_schedule(sim::Duration queue_interval);

/// The schedule that a provider names by `retry` and `queue_interval`.
/// \param queue_interval of sendmail, which needs one; 0 for every other.
/// \throws sim::Error kArgument for an unknown name, with the nearest one, or an interval where none belongs.
[[nodiscard]] RetrySchedule schedule_by_name(std::string_view name, sim::Duration queue_interval = {});

/// The names of all schedules, sendmail last.
[[nodiscard]] std::vector<std::string> schedule_names();

/// Offset of the try that follows `tries` failed ones, the first included; none if the sender has given up. Constant time.
/// \param tries 1 or more. \param phase of the queue scan, in [0, scan), drawn for each message; 0 for a schedule without scans.
[[nodiscard]] std::optional<sim::Duration> next_attempt(const RetrySchedule& schedule, std::size_t tries, sim::Duration phase = {});

/// The same from the offset of the last try, without a walk through those before it.
/// \param last 0 where `tries` is 1, else next_attempt(schedule, tries - 1, phase). \param phase read where `tries` is 1
[[nodiscard]] std::optional<sim::Duration> attempt_after(const RetrySchedule& schedule, std::size_t tries, sim::Duration last,
                                                         sim::Duration phase = {});

/// Offsets of all tries after the first one, rising; `phase` as in next_attempt().
[[nodiscard]] std::vector<sim::Duration> attempts(const RetrySchedule& schedule, sim::Duration phase = {});

/// When the message is given up (`expired`) if every try fails: at the last try where that one is beyond `lifetime`, else at `lifetime`.
[[nodiscard]] sim::Duration give_up(const RetrySchedule& schedule, sim::Duration phase = {});

}  // namespace mailrift
