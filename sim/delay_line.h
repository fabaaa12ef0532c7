// A causal convolution for many parallel series: what comes due now from all that was put in before.
#pragma once

#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "sim/archive.h"
#include "sim/exponential_fit.h"

namespace sim {

/// Linear memory of `series` parallel series. In slice t, due()[i] = sum over d >= 1 of K_d input_{t-d}[i]; push() ends the slice.
///
/// The latest inputs are kept and weighted exactly; of older ones only sums remain, one for each of 16 to 40 exponentials fitted to
/// the kernel's tail. The number of those kept is doubled until the fit holds, at worst to all (a kernel with a step in it).
/// So a slice costs some 60 multiplications a series instead of one a lag, and the memory needed does not grow with time.
///
/// The kernel says all that the line is asked for: it takes at most kernel.size() - 1 inputs (pad with zeros for more).
class DelayLine {
public:
    /// \param kernel    K_0, K_1, ..., finite; K_0 is not used: what comes due in its own slice is the caller's
    /// \param tolerance greatest error of a K_d, as a share of the sum of all |K_d|; the sum of the errors stays within ten times
    ///                  that, and so does the error of due() as a share of that sum times the greatest |input|
    /// \param most_bytes its memory may take; it is known only after the fit
    /// \throws Error kTooLarge before it would take more.
    explicit DelayLine(std::vector<double> kernel, std::size_t series, double tolerance = 1e-13,
                       std::size_t most_bytes = std::numeric_limits<std::size_t>::max());

    /// What comes due in the present slice, by series. Valid until the next push() or move().
    [[nodiscard]] std::span<const double> due() const noexcept { return due_; }

    /// Puts in the values of the present slice, by series, and goes on to the next.
    void push(std::span<const double> input);

    /// Moves a share (0..1) of all that series `from` still has coming, in this slice and later, to series `to`.
    void move(std::size_t from, std::size_t to, double fraction);

    /// What was put in so far, into a line of an equal kernel.
    void save(ArchiveWriter& archive) const;
    void load(ArchiveReader& archive);

    [[nodiscard]] std::size_t lags() const noexcept { return lags_; }           ///< greatest d with K_d other than 0, or 1
    [[nodiscard]] std::size_t exact_lags() const noexcept { return kept_; }     ///< inputs that are kept
    [[nodiscard]] std::size_t terms() const noexcept { return terms_.size(); }  ///< exponentials for the others
    [[nodiscard]] double max_error() const noexcept { return max_error_; }      ///< measured: greatest |K_d used - K_d|
    [[nodiscard]] double total_error() const noexcept { return total_error_; }  ///< measured: sum of these

private:
    /// Series that are computed side by side, two in a register: all that such a block remembers lies together in memory, one row
    /// for each input kept, then one for each term.
    static constexpr std::size_t kWidth = 4;
    using Row = std::array<double, kWidth>;

    void check_memory(std::size_t most_bytes) const;
    void choose_fit(std::span<const double> kernel, double tolerance);
    bool try_fit(std::span<const double> tail, double allowed);
    void push_block(Row* rows, const double* input, double* due, const double* weights) const noexcept;
    void push_two_blocks(Row* rows, const double* input, double* due, const double* weights) const noexcept;
    [[nodiscard]] std::size_t rows() const noexcept { return kept_ + terms_.size(); }  ///< of a block

    std::size_t series_;
    std::size_t most_inputs_ = 1;  ///< for which the kernel says what comes due
    std::size_t lags_ = 1;
    std::size_t kept_ = 1;
    std::vector<Exponential> terms_;
    double max_error_ = 0;
    double total_error_ = 0;
    std::vector<double> weights_;  ///< K_kept .. K_1, K_kept .. K_2: from any place on, those of the rows when that one is the oldest
    std::size_t slot_ = 0;         ///< row of the oldest input, which the next one replaces
    std::size_t inputs_ = 0;       ///< so far
    std::vector<Row> memory_;      ///< [block][row]
    std::vector<double> due_;      ///< by series
};

}  // namespace sim
