// Logarithm, exponential, sine and cosine, log-factorial: argument reduction, then a Taylor series of the small rest. The leading
// terms are kept as pairs, so that only the last addition rounds; the coefficients are the plain fractions of the series.
#include "sim/math.h"

#include <bit>
#include <cmath>
#include <limits>

#include "sim/math_parts.h"

namespace sim {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kTiny = 0x1p-54;  // below it 1 + x is 1, and log1p, expm1 and sin differ from x by less than half an ulp

/// 2 pi as a pair.
constexpr Pair kTwoPi{0x1.921fb54442d18p+2, 0x1.1a62633145c07p-52};

/// 2/3, 2/5, 2/7, ...: log((1 + s)/(1 - s)) = 2 s + s^3 (2/3 + s^2 2/5 + ...).
constexpr auto kAtanh = [] {
    std::array<double, 10> c{};
    for (std::size_t n = 0; n < c.size(); ++n) c[n] = 2.0 / static_cast<double>(2 * n + 3);
    return c;
}();

constexpr auto kSin = inverse_factorials<8>(3, 2, -1);  // (a - sin a)/a^3, by a^2
constexpr auto kCos = inverse_factorials<8>(4, 2, -1);  // (cos a - 1 + a^2/2)/a^4, by a^2

/// The nearest whole number; of two equally near either. Precondition: |x| < 2^62.
std::int64_t nearest(double x) noexcept { return static_cast<std::int64_t>(x + std::copysign(0.5, x)); }

/// 2^k. Precondition: -1022 <= k <= 1023.
double power_of_two(std::int64_t k) noexcept { return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52U); }

/// x = m 2^k with m in [sqrt(1/2), sqrt(2)].
struct Scaled {
    double m;
    std::int64_t k;
};

Scaled scaled(double x) noexcept {
    std::int64_t k = 0;
    if (x < std::numeric_limits<double>::min()) {  // subnormal
        x *= 0x1p54;
        k = -54;
    }
    // Counted from sqrt(1/2) instead of 1, the bits of the exponent are k: no branch on m, which half of all arguments would miss.
    constexpr std::uint64_t kLeast = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1);
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const std::int64_t exponent = static_cast<std::int64_t>(bits - kLeast) >> 52;
    return {std::bit_cast<double>(bits - (static_cast<std::uint64_t>(exponent) << 52U)), k + exponent};
}

/// log((1 + f) 2^k) for f = f.hi + f.lo in [sqrt(1/2) - 1, sqrt(2) - 1]: with s = f/(2 + f), 1 + f = (1 + s)/(1 - s) and |s| < 0.172.
Pair log_scaled(Pair f, std::int64_t k) noexcept {
    const Pair divisor = sum_of_ordered(2, f.hi);
    const double s = f.hi / divisor.hi;
    const Pair back = product_of(s, divisor.hi);
    const double s_rest = ((f.hi - back.hi) - back.lo + (f.lo - s * (divisor.lo + f.lo))) / divisor.hi;
    const double square = s * s;
    const auto exponent = static_cast<double>(k);
    const Pair sum = sum_of_ordered(exponent * kLog2Upper, 2 * s);
    return {sum.hi, sum.lo + (2 * s_rest + (s * square * polynomial(kAtanh, square) + exponent * kLog2Lower))};
}

}  // namespace

Pair log_pair(double x) noexcept {
    const Scaled parts = scaled(x);
    const Pair result = log_scaled({parts.m - 1, 0}, parts.k);
    return sum_of_ordered(result.hi, result.lo);
}

double log(double x) noexcept {
    if (!(x > 0)) return x == 0 ? -kInfinity : kNaN;
    if (x == kInfinity) return x;
    const Pair result = log_pair(x);
    return result.hi + result.lo;
}

double log1p(double x) noexcept {
    if (!(x > -1)) return x == -1 ? -kInfinity : kNaN;
    if (x == kInfinity || std::fabs(x) < kTiny) return x;
    Pair result;
    if (x > -0.25 && x < 0.375) {
        result = log_scaled({x, 0}, 0);
    } else {
        const Pair sum = sum_of(1, x);
        const Scaled parts = scaled(sum.hi);
        // The rounding error of 1 + x, scaled alike; where the scale would underflow it is far too small to count.
        const double rest = parts.k < 1000 ? sum.lo * power_of_two(-parts.k) : 0;
        result = log_scaled({parts.m - 1, rest}, parts.k);
    }
    return result.hi + result.lo;
}

double exp(double x) noexcept {
    if (std::isnan(x)) return kNaN;
    if (x > 709.8) return kInfinity;
    if (x < -745.2) return 0;
    const std::int64_t k = nearest(x * kInverseLog2);
    const double value = one_and(exponent_of(x, static_cast<double>(k)));
    // In two steps, because 2^k alone may be out of range although the result is not.
    const std::int64_t half = k / 2;
    return value * power_of_two(half) * power_of_two(k - half);
}

double expm1(double x) noexcept {
    if (std::fabs(x) < kTiny || std::isnan(x)) return std::isnan(x) ? kNaN : x;
    if (x > 40) return exp(x) - 1;
    if (x < -40) return -1;
    const std::int64_t k = nearest(x * kInverseLog2);
    const Exponent e = exponent_of(x, static_cast<double>(k));
    if (k == 0) return e.r.hi + (e.r.lo + e.tail);
    const double scale = power_of_two(k);
    const Pair ends = sum_of(scale, -1);
    const Pair sum = sum_of(ends.hi, scale * e.r.hi);
    return sum.hi + (sum.lo + (ends.lo + scale * (e.r.lo + e.tail)));
}

SinCos sincos(double turns) noexcept {
    const double fraction = std::fabs(turns) < 0x1p53 ? turns - static_cast<double>(nearest(turns)) : 0;
    const std::int64_t quarter = nearest(4 * fraction);
    const double rest = fraction - static_cast<double>(quarter) / 4;  // exact, at most 1/8
    const Pair product = product_of(rest, kTwoPi.hi);
    const double a = product.hi;
    const double a_rest = product.lo + rest * kTwoPi.lo;
    const double square = a * a;
    const double sin = a + (a_rest * (1 - square / 2) - a * square * polynomial(kSin, square));
    const Pair cos_head = sum_of_ordered(1, -square / 2);
    const double cos = cos_head.hi + (cos_head.lo + (square * square * polynomial(kCos, square) - a * a_rest));
    switch (quarter & 3) {
        case 0: return {sin, cos};
        case 1: return {cos, -sin};
        case 2: return {-sin, -cos};
        default: return {-cos, sin};
    }
}

double log_factorial(std::uint64_t n) noexcept {
    if (n <= 22) {  // n! is exact up to there
        double factorial = 1;
        for (std::uint64_t k = 2; k <= n; ++k) factorial *= static_cast<double>(k);
        return log(factorial);
    }
    // Stirling's series: n (log n - 1) + log(2 pi n)/2 + 1/(12 n) - 1/(360 n^3) + 1/(1260 n^5) - 1/(1680 n^7).
    constexpr std::array kStirling{1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680};
    constexpr double kHalfLogTwoPi = 0x1.d67f1c864beb5p-1;
    const auto x = static_cast<double>(n);
    const Pair log_n = log_pair(x);
    const Pair factor = sum_of_ordered(log_n.hi, -1);
    const Pair head = product_of(x, factor.hi);
    const double series = polynomial(kStirling, 1 / (x * x)) / x;
    return head.hi + (head.lo + (x * (factor.lo + log_n.lo) + (log_n.hi / 2 + (kHalfLogTwoPi + series))));
}

}  // namespace sim
