// Least squares with exponentials of fixed rates: the rates are not searched for, so the problem is linear and its bits are stable.
#include "sim/exponential_fit.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/math.h"

namespace sim {
namespace {

/// Weight of the preference for small weights, relative to the scale of the values: about the rounding error of a sum of them.
constexpr double kRidge = 1e-15;

/// A power this small is 0: numbers below the normal range slow a processor down by a hundred times.
constexpr double kNegligible = 1e-290;

/// The indices that are fitted: all at first, then ever fewer, 48 for each factor e, since exponentials of these rates are smooth
/// on that scale. The error is measured at all of them.
std::vector<std::size_t> sampled(std::size_t n) {
    std::vector<std::size_t> indices;
    for (std::size_t i = 0; i < n; i += 1 + i / 48) indices.push_back(i);
    if (indices.back() + 1 < n) indices.push_back(n - 1);
    return indices;
}

double greatest(std::span<const double> values) {
    double most = 0;
    for (const double value : values) most = std::max(most, std::fabs(value));
    return most;
}

std::vector<double> spaced_rates(std::size_t n, double fastest, double slowest) {
    std::vector<double> rates(n);
    const double ratio = log(slowest / fastest) / static_cast<double>(n - 1);
    for (std::size_t j = 0; j < n; ++j) rates[j] = fastest * exp(ratio * static_cast<double>(j));
    return rates;
}

/// Compares the fit with all values. Powers are multiplied up, as in a delay line, so that their rounding is seen too.
void measure(std::span<const double> values, const FitLimits& limits, ExponentialFit& fit) {
    std::vector<double> powers(fit.terms.size(), 1.0);
    for (const double value : values) {
        double sum = 0;
        for (std::size_t j = 0; j < powers.size(); ++j) {
            sum += fit.terms[j].weight * powers[j];
            powers[j] = powers[j] < kNegligible ? 0 : powers[j] * fit.terms[j].ratio;
        }
        fit.max_error = std::max(fit.max_error, std::fabs(sum - value));
        fit.total_error += std::fabs(sum - value);
        if (fit.max_error > limits.max_error || fit.total_error > limits.total_error) return;
    }
    fit.within = true;
}

}  // namespace

std::vector<double> least_squares(std::vector<double> matrix, std::vector<double> right, std::size_t columns) {
    const std::size_t rows = right.size();
    assert(rows >= columns && matrix.size() == rows * columns);
    std::vector<double> diagonal(columns);
    for (std::size_t j = 0; j < columns; ++j) {
        double* const pivot = matrix.data() + j * rows;
        double squares = 0;
        for (std::size_t i = j; i < rows; ++i) squares += pivot[i] * pivot[i];
        diagonal[j] = pivot[j] > 0 ? -std::sqrt(squares) : std::sqrt(squares);
        if (diagonal[j] == 0) continue;
        pivot[j] -= diagonal[j];  // the column is now the vector of the reflection
        const double scale = 1 / (diagonal[j] * pivot[j]);
        for (std::size_t k = j + 1; k <= columns; ++k) {
            double* const other = k < columns ? matrix.data() + k * rows : right.data();
            double product = 0;
            for (std::size_t i = j; i < rows; ++i) product += pivot[i] * other[i];
            product *= scale;
            for (std::size_t i = j; i < rows; ++i) other[i] += product * pivot[i];
        }
    }
    std::vector<double> x(columns);
    for (std::size_t j = columns; j-- > 0;) {
        double rest = right[j];
        for (std::size_t k = j + 1; k < columns; ++k) rest -= matrix[k * rows + j] * x[k];
        x[j] = diagonal[j] == 0 ? 0 : rest / diagonal[j];
    }
    return x;
}

ExponentialFit fit_exponentials(std::span<const double> values, std::size_t n_terms, double fastest, double slowest,
                                const FitLimits& limits) {
    assert(!values.empty() && n_terms >= 2 && fastest > 0 && slowest > 0);
    ExponentialFit fit;
    const double scale = greatest(values);
    fit.within = scale == 0;
    if (scale == 0) return fit;
    const std::vector<double> rates = spaced_rates(n_terms, fastest, slowest);
    const std::vector<std::size_t> indices = sampled(values.size());
    const std::size_t rows = indices.size() + n_terms;
    std::vector<double> matrix(rows * n_terms);
    std::vector<double> right(rows);
    for (std::size_t j = 0; j < n_terms; ++j) {
        double* const column = matrix.data() + j * rows;
        for (std::size_t i = 0; i < indices.size(); ++i) column[i] = exp(-rates[j] * static_cast<double>(indices[i]));
        column[indices.size() + j] = kRidge;
    }
    for (std::size_t i = 0; i < indices.size(); ++i) right[i] = values[indices[i]] / scale;
    const std::vector<double> weights = least_squares(std::move(matrix), std::move(right), n_terms);
    for (std::size_t j = 0; j < n_terms; ++j) {
        const double ratio = exp(-rates[j]);
        fit.terms.push_back({weights[j] * scale, ratio});
        fit.amplification += std::fabs(weights[j] * scale) / (1 - ratio);
    }
    if (fit.amplification <= limits.amplification) measure(values, limits, fit);
    return fit;
}

}  // namespace sim
