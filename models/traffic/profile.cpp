// The day and week profile of writing, on the grid of slices.
#include "models/traffic/profile.h"

#include <algorithm>
#include <cassert>

namespace mailrift {
namespace {

constexpr std::int64_t kHour = 3'600'000'000;
constexpr std::int64_t kWeekHours = 168;

}  // namespace

double profile_factor(const std::vector<double>& profile, sim::Duration utc_offset, sim::Duration slice, sim::Tick tick) {
    if (profile.empty()) return 1;
    assert(profile.size() == static_cast<std::size_t>(kWeekHours));
    const std::int64_t week = kWeekHours * kHour;
    std::int64_t begin = (tick * slice.us + utc_offset.us) % week;
    if (begin < 0) begin += week;
    const std::int64_t end = begin + slice.us;
    double sum = 0;
    for (std::int64_t at = begin; at < end;) {
        const std::int64_t next = std::min(end, (at / kHour + 1) * kHour);
        sum += profile[static_cast<std::size_t>(at / kHour % kWeekHours)] * static_cast<double>(next - at);
        at = next;
    }
    return sum / static_cast<double>(slice.us);
}

}  // namespace mailrift
