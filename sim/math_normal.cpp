// The normal distribution function and its inverse.
#include <cmath>
#include <limits>

#include "sim/math.h"

namespace sim {
namespace {

constexpr double kInverseSqrtTwoPi = 0.39894228040143267794;

double density(double x) noexcept { return kInverseSqrtTwoPi * exp(-x * x / 2); }

/// Probability of a value between 0 and x: density times the sum of x^(2n+1)/(1 3 5 ... (2n+1)).
double from_zero(double x) noexcept {
    double term = x;
    double sum = x;
    for (int n = 3; std::fabs(term) > 1e-17 * std::fabs(sum); n += 2) sum += term *= x * x / n;
    return density(x) * sum;
}

/// Probability of a value above x > 0, by Laplace's continued fraction.
double above(double x) noexcept {
    double fraction = x;
    for (int n = 200; n > 0; --n) fraction = x + n / fraction;
    return density(x) / fraction;
}

}  // namespace

double normal_cdf(double x) noexcept {
    if (std::fabs(x) < 2) return 0.5 + from_zero(x);
    return x < 0 ? above(-x) : 1 - above(x);
}

double normal_quantile(double p) noexcept {
    if (!(p > 0 && p < 1)) {
        if (p == 0 || p == 1) return p == 0 ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
        return std::numeric_limits<double>::quiet_NaN();
    }
    if (p == 0.5) return 0;
    if (p > 0.5) return -normal_quantile(1 - p);
    const double t = std::sqrt(-2 * log(p));
    double x = (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) - t;
    for (int step = 0; step < 3; ++step) {
        const double error = (normal_cdf(x) - p) / density(x);
        x -= error / (1 + x * error / 2);
    }
    return x;
}

}  // namespace sim
