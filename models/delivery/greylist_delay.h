// How long a greylist holds back a message whose sender tries again by a known schedule: closed forms.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/delivery/retry_schedule.h"
#include "sim/time.h"

namespace mailrift {

/// The rule of a receiver for the first message of a key (source, sender, recipient).
struct Greylist {
    sim::Duration delay;     ///< g: an earlier try of the same key must lie at least this far back
    sim::Duration window;    ///< w: and at most this far; >= delay
    sim::Duration memory{};  ///< for how long after its last accepted mail a key is accepted at once
};

/// One try: when, counted from the first, and from which of the sender's addresses.
struct Try {
    sim::Duration at;
    std::uint32_t address = 0;
};

/// Index of the first accepted try: the first n with an earlier try of the same address at least `delay` and at most `window` before;
/// none if no try is accepted. Linear time.
///
/// Only the latest try that is old enough can count: any earlier one is older still. With one address and intervals below `window` this is
/// the first try at or after `delay`.
/// \param tries in rising time, the first one included; the address of each is below `addresses`.
[[nodiscard]] std::optional<std::size_t> first_accepted(std::span<const Try> tries, std::uint32_t addresses, const Greylist& greylist);

/// All tries of a schedule, the first one at 0 included, from `addresses` addresses in turn: try n from address n mod `addresses`.
[[nodiscard]] std::vector<Try> tries_in_turn(const RetrySchedule& schedule, sim::Duration phase, std::uint32_t addresses);

/// Delay of the message under the greylist if the key holds the full address and the sender's addresses take turns; none: it is given up.
///
/// With m addresses a repeat comes after m tries, so the accepted try is the first n >= m whose tries n - m, n - 2 m, ... have one in
/// [t_n - w, t_n - g]. A key that holds a network (IPv4 /24, IPv6 /64) in which all addresses lie is m = 1.
/// \param addresses 1 or more.
[[nodiscard]] std::optional<sim::Duration> greylist_delay(const RetrySchedule& schedule, const Greylist& greylist, sim::Duration phase = {},
                                                          std::uint32_t addresses = 1);

/// Probability that the n-th try is the accepted one, if the address of each try is drawn alike and independently from `addresses`: for all
/// tries until `window` after the first, index 0 being the first. What is missing to 1 is accepted later or given up.
///
/// p_n = (n / m) prod_{k < n} (1 - k / m), the birthday problem: exact where tries lie at least `delay` apart, so that every earlier one is
/// old enough, and as long as none is accepted all addresses differ.
/// \throws sim::Error kArgument if two of these tries are closer: draw the addresses there, and use first_accepted().
[[nodiscard]] std::vector<double> accepted_when_drawn(const RetrySchedule& schedule, const Greylist& greylist, sim::Duration phase,
                                                      std::uint32_t addresses);

}  // namespace mailrift
