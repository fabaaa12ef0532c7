// How long a greylist holds back a message whose sender tries again by a known schedule: closed forms.
#include "models/delivery/greylist_delay.h"

#include <algorithm>
#include <cassert>

#include "sim/error.h"

namespace mailrift {

std::optional<std::size_t> first_accepted(std::span<const Try> tries, std::uint32_t addresses, const Greylist& greylist) {
    std::vector<std::optional<sim::Duration>> latest_old_enough(addresses);
    std::size_t aged = 0;  // tries before this one are old enough for the present one
    for (std::size_t n = 0; n < tries.size(); ++n) {
        assert(tries[n].address < addresses);
        for (; aged < n && tries[n].at - tries[aged].at >= greylist.delay; ++aged) {
            latest_old_enough[tries[aged].address] = tries[aged].at;
        }
        const auto& earlier = latest_old_enough[tries[n].address];
        if (earlier && tries[n].at - *earlier <= greylist.window) return n;
    }
    return std::nullopt;
}

std::vector<Try> tries_in_turn(const RetrySchedule& schedule, sim::Duration phase, std::uint32_t addresses) {
    assert(addresses >= 1);
    std::vector<Try> tries{{{}, 0}};
    for (const sim::Duration at : attempts(schedule, phase)) {
        tries.push_back({at, static_cast<std::uint32_t>(tries.size() % addresses)});
    }
    return tries;
}

std::optional<sim::Duration> greylist_delay(const RetrySchedule& schedule, const Greylist& greylist, sim::Duration phase,
                                            std::uint32_t addresses) {
    const std::vector<Try> tries = tries_in_turn(schedule, phase, addresses);
    const auto accepted = first_accepted(tries, addresses, greylist);
    return accepted ? std::optional(tries[*accepted].at) : std::nullopt;
}

std::vector<double> accepted_when_drawn(const RetrySchedule& schedule, const Greylist& greylist, sim::Duration phase,
                                        std::uint32_t addresses) {
    const std::vector<Try> tries = tries_in_turn(schedule, phase, addresses);
    std::vector<double> accepted;
    double none_yet = 1;
    for (std::size_t n = 0; n < tries.size() && tries[n].at <= greylist.window; ++n) {
        if (n > 0 && tries[n].at - tries[n - 1].at < greylist.delay) {
            throw sim::Error(sim::Code::kArgument, {}, "tries at least " + sim::format_duration(greylist.delay) + " apart",
                             "one after " + sim::format_duration(tries[n].at - tries[n - 1].at));
        }
        const double repeats = std::min(1.0, static_cast<double>(n) / addresses);
        accepted.push_back(none_yet * repeats);
        none_yet *= 1 - repeats;
    }
    return accepted;
}

}  // namespace mailrift
