// The normal distribution function and its inverse: one polynomial for the tail of the first, one each for centre and tail of the
// second; no iteration, so the cost is that of one exponential or logarithm.
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

#include "sim/math.h"
#include "sim/math_coefficients.h"
#include "sim/math_parts.h"

namespace sim {
namespace {

/// (x.hi + x.lo) (c[0] + c[1] t + ...) with little more error than one rounding, |c[1] t + ...| being well below c[0].
template <std::size_t n>
double product_with(Pair x, const std::array<double, n>& c, double t) noexcept {
    const Pair factor = sum_of_ordered(c[0], t * polynomial(c, t, 1));
    const Pair product = product_of(x.hi, factor.hi);
    return product.hi + (product.lo + (x.hi * factor.lo + x.lo * factor.hi));
}

/// sqrt(x.hi + x.lo) as a pair.
Pair root_of(Pair x) noexcept {
    const double root = std::sqrt(x.hi);
    const Pair square = product_of(root, root);
    return {root, ((x.hi - square.hi) - square.lo + x.lo) / (2 * root)};
}

/// The x < 0 with probability p below it, 0 < p <= 1/2 - central.
double tail_quantile(double p) noexcept {
    const Pair log_p = log_pair(p);
    const Pair s = root_of({-2 * log_p.hi, -2 * log_p.lo});
    if (s.hi < kQuantileFar) return -product_with(s, kQuantileNear, kQuantileNearScale * (s.hi - kQuantileNearMiddle));
    const double t = (s.hi - kQuantileFarMiddle) / (s.hi + kQuantileFarMiddle);
    return -product_with(s, kQuantileTail, kQuantileFarShift + kQuantileFarScale * t);
}

/// Probability of a value below -x, x >= 0: Mills' ratio times the density.
double lower_tail(double x) noexcept {
    if (x > 38.6) return 0;  // less than half the smallest positive double
    constexpr double kInverseSqrtTwoPi = 0x1.9884533d43651p-2;
    const Pair square = product_of(x, x);
    const double density = kInverseSqrtTwoPi * (exp(-square.hi / 2) * (1 - square.lo / 2));
    return density * polynomial(kCdfTail, (x - kCdfMiddle) / (x + kCdfMiddle)) / (x + kCdfOffset);
}

}  // namespace

double normal_cdf(double x) noexcept {
    if (std::isnan(x)) return std::numeric_limits<double>::quiet_NaN();
    return x < 0 ? lower_tail(-x) : 1 - lower_tail(x);
}

double normal_quantile(double p) noexcept {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (!(p >= 0 && p <= 1)) return std::numeric_limits<double>::quiet_NaN();
    const Pair q = sum_of(p, -0.5);
    if (std::fabs(q.hi) <= kQuantileCentral) {
        const double share = q.hi / kQuantileCentral;
        return product_with(q, kQuantileCentre, 2 * share * share - 1);
    }
    if (q.hi < 0) return p == 0 ? -kInfinity : tail_quantile(p);
    return p == 1 ? kInfinity : -tail_quantile(1 - p);
}

}  // namespace sim
