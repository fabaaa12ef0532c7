// A causal convolution for many parallel series: what comes due now from all that was put in before.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace sim {

/// Linear memory of `series` parallel series. In slice t, due()[i] = sum over d >= 1 of K_d input_{t-d}[i]; push() ends the slice.
///
/// The kernel says all that the line is asked for: a line takes at most kernel.size() inputs (pad with zeros for more).
class DelayLine {
public:
    /// \param kernel    K_0, K_1, ...; K_0 is not used: what comes due in its own slice is the caller's
    /// \param tolerance greatest error of a K_d, as a share of the sum of all |K_d|
    explicit DelayLine(std::vector<double> kernel, std::size_t series, double tolerance = 1e-13);

    /// What comes due in the present slice, by series. Valid until the next push() or move().
    [[nodiscard]] std::span<const double> due() const noexcept { return due_; }

    /// Puts in the values of the present slice, by series, and goes on to the next.
    void push(std::span<const double> input);

    /// Moves a share (0..1) of all that series `from` still has coming, in this slice and later, to series `to`.
    void move(std::size_t from, std::size_t to, double fraction);

    [[nodiscard]] std::size_t lags() const noexcept { return kernel_.size() - 1; }  ///< greatest d of the kernel
    [[nodiscard]] double max_error() const noexcept { return max_error_; }          ///< measured: greatest |K_d used - K_d|

private:
    std::vector<double> kernel_;
    std::size_t series_;
    double max_error_ = 0;
    std::vector<double> inputs_;  ///< of the last lags() slices, [slice mod lags][series]
    std::size_t now_ = 0;
    std::vector<double> due_;
};

}  // namespace sim
