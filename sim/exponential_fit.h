// A smooth sequence as a sum of decaying exponentials, so that remembering it takes one number a term.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace sim {

/// One term: weight * ratio^i, 0 < ratio < 1.
struct Exponential {
    double weight = 0;
    double ratio = 0;
};

/// How far a fit may be from the values, so that it is of use.
struct FitLimits {
    double max_error = std::numeric_limits<double>::infinity();
    double total_error = std::numeric_limits<double>::infinity();
    double amplification = std::numeric_limits<double>::infinity();
};

struct ExponentialFit {
    std::vector<Exponential> terms;
    double max_error = 0;      ///< greatest |sum of the terms at i - values[i]|, measured at every i
    double total_error = 0;    ///< sum of these
    double amplification = 0;  ///< sum of |weight|/(1 - ratio): how much the rounding of remembered inputs can count
    bool within = false;       ///< whether it keeps the limits; if not, the errors are those up to where that was seen
};

/// The weights of `n_terms` exponentials that come nearest to `values` in least squares, their rates evenly spaced in the logarithm
/// from `fastest` to `slowest`; a slight preference for small weights keeps the nearly dependent terms apart.
/// Precondition: values not empty and finite, n_terms >= 2, rates positive.
[[nodiscard]] ExponentialFit fit_exponentials(std::span<const double> values, std::size_t n_terms, double fastest, double slowest,
                                              const FitLimits& limits = {});

/// The x with the least |matrix x - right|^2, by Householder reflections (Golub 1965) in one fixed order of operations.
/// \param matrix by column, shape (right.size(), columns). Precondition: right.size() >= columns.
[[nodiscard]] std::vector<double> least_squares(std::vector<double> matrix, std::vector<double> right, std::size_t columns);

}  // namespace sim
