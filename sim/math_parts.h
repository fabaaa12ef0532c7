// What the elementary functions are made of: sums and products with their rounding errors, polynomials, and log as a pair.
#pragma once

#include <array>
#include <cstddef>

namespace sim {

/// The unevaluated sum hi + lo, lo being below the last digit of hi or about there.
struct Pair {
    double hi = 0;
    double lo = 0;
};

/// a + b exactly, if |a| >= |b| or a = 0 (Dekker 1971). Needs a compiler that neither contracts nor reorders.
[[nodiscard]] constexpr Pair sum_of_ordered(double a, double b) noexcept {
    const double sum = a + b;
    return {sum, b - (sum - a)};
}

/// a + b exactly (Knuth 1969).
[[nodiscard]] constexpr Pair sum_of(double a, double b) noexcept {
    const double sum = a + b;
    const double b_part = sum - a;
    return {sum, (a - (sum - b_part)) + (b - b_part)};
}

/// The upper 26 bits of a (Veltkamp 1968). Precondition: |a| < 2^996.
[[nodiscard]] constexpr double upper_half(double a) noexcept {
    const double scaled = a * 134217729.0;  // 2^27 + 1
    return scaled - (scaled - a);
}

/// a * b exactly (Dekker 1971), unless it over- or underflows.
[[nodiscard]] constexpr Pair product_of(double a, double b) noexcept {
    const double product = a * b;
    const double a1 = upper_half(a), a0 = a - a1, b1 = upper_half(b), b0 = b - b1;
    return {product, ((a1 * b1 - product) + a1 * b0 + a0 * b1) + a0 * b0};
}

/// c[first] + c[first + 1] x + ... by two Horner chains, over even and odd powers, which the processor runs side by side.
template <std::size_t n>
[[nodiscard]] constexpr double polynomial(const std::array<double, n>& c, double x, std::size_t first = 0) noexcept {
    const double square = x * x;
    double last = c[n - 1];
    double before = c[n - 2];
    std::size_t i = n - 2;
    for (; i >= first + 2; i -= 2) {
        last = last * square + c[i - 1];
        before = before * square + c[i - 2];
    }
    return i == first ? before + x * last : c[first] + x * (before + x * last);
}

/// log 2 in two parts; the upper has 42 bits, so that its product with an exponent is exact.
inline constexpr double kLog2Upper = 0x1.62e42fefa38p-1;
inline constexpr double kLog2Lower = 0x1.ef35793c7673p-45;
inline constexpr double kInverseLog2 = 0x1.71547652b82fep+0;

/// sign^i/(first + i step)!; each factorial is exact, being below 2^53.
template <std::size_t n>
[[nodiscard]] constexpr std::array<double, n> inverse_factorials(std::size_t first, std::size_t step, int sign) {
    std::array<double, n> c{};
    for (std::size_t i = 0; i < n; ++i) {
        double factorial = 1;
        for (std::size_t k = 2; k <= first + i * step; ++k) factorial *= static_cast<double>(k);
        c[i] = (i % 2 == 1 ? sign : 1) / factorial;
    }
    return c;
}

inline constexpr auto kExp = inverse_factorials<13>(2, 1, 1);  // (e^r - 1 - r)/r^2

/// e^x = 2^k (1 + r + tail), r a pair and tail about r^2/2.
struct Exponent {
    Pair r;
    double tail = 0;
};

/// From k, the whole number nearest to x kInverseLog2.
[[nodiscard]] constexpr Exponent exponent_of(double x, double k) noexcept {
    const Pair r = sum_of(x - k * kLog2Upper, -k * kLog2Lower);  // the first difference is exact
    return {r, r.lo * r.hi + r.hi * r.hi * polynomial(kExp, r.hi)};
}

/// 1 + r + tail.
[[nodiscard]] constexpr double one_and(const Exponent& e) noexcept {
    const Pair sum = sum_of_ordered(1, e.r.hi);
    return sum.hi + (sum.lo + (e.r.lo + e.tail));
}

/// log(x) to about 2^-58 of itself. Precondition: x finite and positive.
[[nodiscard]] Pair log_pair(double x) noexcept;

}  // namespace sim
