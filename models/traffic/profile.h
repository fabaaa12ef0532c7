// The day and week profile of writing, on the grid of slices.
#pragma once

#include <vector>

#include "sim/time.h"

namespace mailrift {

/// Mean of the hourly factors over slice `slice` in local time, by exact overlap; t = 0 is a Monday 00:00 UTC.
/// \param profile 168 factors; empty: flat, 1.
[[nodiscard]] double profile_factor(const std::vector<double>& profile, sim::Duration utc_offset, sim::Duration slice, sim::Tick tick);

}  // namespace mailrift
