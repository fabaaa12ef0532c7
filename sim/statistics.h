// Sums, means and quantiles that do not lose digits; all in the order of adding, so that bits are reproducible.
#pragma once

#include <cmath>
#include <cstdint>
#include <span>

namespace sim {

/// A sum that carries its rounding error along (Neumaier 1974): the error is about one rounding, whatever the number of terms.
class Sum {
public:
    void add(double term) noexcept {
        const double sum = sum_ + term;
        // What was rounded off is exact when the smaller is taken from the greater.
        error_ += std::fabs(sum_) >= std::fabs(term) ? (sum_ - sum) + term : (term - sum) + sum_;
        sum_ = sum;
    }

    [[nodiscard]] double value() const noexcept { return sum_ + error_; }

    template <class Archive>
    friend void serve(Archive& archive, typename Archive::template Ref<Sum> sum) {
        archive(sum.sum_, sum.error_);
    }

private:
    double sum_ = 0;
    double error_ = 0;
};

/// Mean and variance in one pass (Welford 1962).
class Moments {
public:
    void add(double value) noexcept;

    [[nodiscard]] std::int64_t count() const noexcept { return count_; }
    [[nodiscard]] double mean() const noexcept { return mean_; }  ///< 0 without values
    [[nodiscard]] double variance() const noexcept;               ///< of the sample, divisor n - 1; 0 below two values
    [[nodiscard]] double standard_deviation() const noexcept;
    [[nodiscard]] double standard_error() const noexcept;  ///< of the mean

private:
    std::int64_t count_ = 0;
    double mean_ = 0;
    double squares_ = 0;  ///< sum of squared distances from the mean
};

/// Quantile by linear interpolation between order statistics (Hyndman and Fan 1996, type 7: the usual of R and NumPy).
/// Precondition: `sorted` ascending and not empty, 0 <= q <= 1.
[[nodiscard]] double quantile(std::span<const double> sorted, double q) noexcept;

}  // namespace sim
