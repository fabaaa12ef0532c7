// Sums, means and quantiles that do not lose digits.
#include "sim/statistics.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>

namespace sim {

void Moments::add(double value) noexcept {
    ++count_;
    const double before = value - mean_;
    mean_ += before / static_cast<double>(count_);
    squares_ += before * (value - mean_);
}

double Moments::variance() const noexcept { return count_ < 2 ? 0 : squares_ / static_cast<double>(count_ - 1); }

double Moments::standard_deviation() const noexcept { return std::sqrt(variance()); }

double Moments::standard_error() const noexcept { return count_ == 0 ? 0 : std::sqrt(variance() / static_cast<double>(count_)); }

double quantile(std::span<const double> sorted, double q) noexcept {
    assert(!sorted.empty() && q >= 0 && q <= 1);
    const double place = q * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace sim
