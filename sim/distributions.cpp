// Samplers by inversion wherever possible: one draw each, and a greater parameter never gives a smaller number.
#include "sim/distributions.h"

#include <cassert>
#include <cmath>

#include "sim/math.h"

namespace sim {
namespace {

constexpr double kTwoTo64 = 0x1p64;

struct Product {
    std::uint64_t high;
    std::uint64_t low;
};

/// a * b with 128 bits, by halves: ISO C++ has no type for it.
constexpr Product multiply(std::uint64_t a, std::uint64_t b) noexcept {
    constexpr std::uint64_t kMask = 0xFFFFFFFFU;
    const std::uint64_t a0 = a & kMask, a1 = a >> 32U, b0 = b & kMask, b1 = b >> 32U;
    const std::uint64_t low = a0 * b0;
    const std::uint64_t middle = a1 * b0 + (low >> 32U);
    const std::uint64_t carry = a0 * b1 + (middle & kMask);
    return {a1 * b1 + (middle >> 32U) + (carry >> 32U), (carry << 32U) | (low & kMask)};
}

}  // namespace

double uniform01(Draws& draws) noexcept { return static_cast<double>(draws.next_u64() >> 11U) * 0x1p-53; }

double uniform01_open(Draws& draws) noexcept {
    double value = uniform01(draws);
    while (value == 0) value = uniform01(draws);
    return value;
}

double uniform(double low, double high, Draws& draws) noexcept {
    assert(low <= high);
    return low + (high - low) * uniform01(draws);
}

std::uint64_t uniform_below(std::uint64_t n, Draws& draws) noexcept {
    assert(n > 0);
    // The high half of draw * n is the result; the low halves below 2^64 mod n would make some results likelier (Lemire 2019).
    Product product = multiply(draws.next_u64(), n);
    if (product.low < n) {
        const std::uint64_t surplus = (0 - n) % n;
        while (product.low < surplus) product = multiply(draws.next_u64(), n);
    }
    return product.high;
}

double exponential(double mean, Draws& draws) noexcept {
    assert(mean >= 0);
    return mean * -log(uniform01_open(draws));
}

double normal(double mean, double sd, Draws& draws) noexcept {
    assert(sd >= 0);
    return mean + sd * normal_quantile(uniform01_open(draws));
}

double lognormal(double median, double sigma, Draws& draws) noexcept {
    assert(median >= 0 && sigma >= 0);
    return median * exp(sigma * normal_quantile(uniform01_open(draws)));
}

bool bernoulli(double p, Draws& draws) noexcept {
    assert(p >= 0 && p <= 1);
    if (p >= 1) {
        draws.next_u64();
        return true;
    }
    // The draw is the first 64 binary digits of a number in [0, 1); if they equal those of p, the next digits decide.
    for (;;) {
        const double scaled = p * kTwoTo64;
        const auto digits = static_cast<std::uint64_t>(scaled);
        const std::uint64_t draw = draws.next_u64();
        if (draw != digits) return draw < digits;
        p = scaled - static_cast<double>(digits);
        if (p <= 0) return false;
    }
}

std::size_t categorical(std::span<const double> weights, Draws& draws) noexcept {
    double total = 0;
    for (const double weight : weights) {
        assert(weight >= 0);
        total += weight;
    }
    assert(total > 0 && std::isfinite(total));
    const double target = uniform01(draws) * total;
    double sum = 0;
    std::size_t last = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] <= 0) continue;
        last = i;
        sum += weights[i];
        if (target < sum) return i;
    }
    return last;  // target rounded up to the total
}

double sample(const Distribution& distribution, Draws& draws) noexcept {
    switch (distribution.kind) {
        case DistributionKind::kConstant: break;
        case DistributionKind::kUniform: return uniform(distribution.a, distribution.b, draws);
        case DistributionKind::kExponential: return exponential(distribution.a, draws);
        case DistributionKind::kLognormal: return lognormal(distribution.a, distribution.b, draws);
    }
    draws.next_u64();
    return distribution.a;
}

double sample_of(const Distribution& distribution, std::uint64_t draw) noexcept {
    const double closed = static_cast<double>(draw >> 11U) * 0x1p-53;
    const double open = closed > 0 ? closed : 0x1p-54;
    switch (distribution.kind) {
        case DistributionKind::kConstant: break;
        case DistributionKind::kUniform: return distribution.a + (distribution.b - distribution.a) * closed;
        case DistributionKind::kExponential: return distribution.a * -log(open);
        case DistributionKind::kLognormal: return distribution.a * exp(distribution.b * normal_quantile(open));
    }
    return distribution.a;
}

double cdf(const Distribution& distribution, double x) noexcept {
    const double a = distribution.a;
    const double b = distribution.b;
    switch (distribution.kind) {
        case DistributionKind::kConstant: break;
        case DistributionKind::kUniform:
            if (x >= b) return 1;
            return x <= a ? 0 : (x - a) / (b - a);
        case DistributionKind::kExponential:
            if (a <= 0) break;
            return x <= 0 ? 0 : -expm1(-x / a);
        case DistributionKind::kLognormal:
            if (a <= 0 || b <= 0) break;
            return x <= 0 ? 0 : normal_cdf(log(x / a) / b);
    }
    return x >= a ? 1 : 0;  // all mass at one point
}

double mean(const Distribution& distribution) noexcept {
    const double a = distribution.a;
    const double b = distribution.b;
    switch (distribution.kind) {
        case DistributionKind::kUniform: return a + (b - a) / 2;
        case DistributionKind::kLognormal: return a * exp(b * b / 2);
        case DistributionKind::kConstant:
        case DistributionKind::kExponential: break;
    }
    return a;
}

}  // namespace sim
