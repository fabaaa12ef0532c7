// How far drawn numbers are from a law: distances in standard deviations, for tests with fixed seeds.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <vector>

namespace sim::test {

/// Greatest Kolmogorov-Smirnov statistic sqrt(n) D that is allowed: exceeded with probability 5.7e-7 = P(|z| > 5), from Kolmogorov's
/// 2 exp(-2 x^2). With n = 1e6 a distribution function that is off by 0.4 % anywhere is found.
inline constexpr double kMostKs = 2.75;

/// sqrt(n) times the greatest distance between the empirical distribution function and `cdf`.
inline double ks_statistic(std::vector<double> values, const std::function<double(double)>& cdf) {
    std::sort(values.begin(), values.end());
    const auto n = static_cast<double>(values.size());
    double most = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double expected = cdf(values[i]);
        most = std::max({most, std::fabs(static_cast<double>(i + 1) / n - expected), std::fabs(expected - static_cast<double>(i) / n)});
    }
    return most * std::sqrt(n);
}

/// Chi-square of counts against probabilities, as a number of standard deviations from its mean; all probabilities positive.
/// With n draws in k bins, |z| <= 5 finds a relative error e that is in all bins if n e^2 > 5 sqrt(2 k) + what chance adds:
/// for n = 1e6 and k = 50 about 0.8 %, or 6 % in a single bin.
inline double chi_square_z(const std::vector<std::size_t>& counts, const std::vector<double>& probabilities) {
    double n = 0;
    for (const std::size_t count : counts) n += static_cast<double>(count);
    double sum = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double expected = n * probabilities[i];
        const double distance = static_cast<double>(counts[i]) - expected;
        sum += distance * distance / expected;
    }
    const double freedom = static_cast<double>(counts.size()) - 1;
    return (sum - freedom) / std::sqrt(2 * freedom);
}

/// Chi-square over `bins` bins that are equally likely under `cdf`.
inline double equal_bins_z(const std::vector<double>& values, const std::function<double(double)>& cdf, std::size_t bins = 50) {
    std::vector<std::size_t> counts(bins);
    for (const double value : values) {
        const auto bin = static_cast<std::size_t>(cdf(value) * static_cast<double>(bins));
        ++counts[std::min(bin, bins - 1)];
    }
    return chi_square_z(counts, std::vector<double>(bins, 1 / static_cast<double>(bins)));
}

/// Standard deviations between a binomial count and its mean.
inline double binomial_z(std::size_t count, std::size_t n, double p) {
    const double mean = static_cast<double>(n) * p;
    return (static_cast<double>(count) - mean) / std::sqrt(mean * (1 - p));
}

}  // namespace sim::test
