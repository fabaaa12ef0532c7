// Inversion where counts are small, transformed rejection where they are not; probabilities in Loader's saddle-point form.
#include "sim/counts.h"

#include <cassert>
#include <cmath>
#include <cstddef>
#include <vector>

#include "sim/counts_parts.h"
#include "sim/distributions.h"
#include "sim/math.h"

namespace sim {
namespace {

constexpr double kSmall = kLeastRejectionMean;  // the constants of BTRS hold above it too
constexpr double kTwoPi = 0x1.921fb54442d18p+2;

/// log(k!) less Stirling's log(sqrt(2 pi k) (k / e)^k). Precondition: k > 0.
double stirling_error(double k) noexcept {
    constexpr double kSeries = 16;
    if (k < kSeries) return log_factorial(static_cast<std::uint64_t>(k)) - (0.5 * log(kTwoPi * k) + k * (log(k) - 1));
    const double square = k * k;
    return (1.0 / 12 - (1.0 / 360 - (1.0 / 1260 - (1.0 / 1680 - 1.0 / 1188 / square) / square) / square) / square) / k;
}

/// x log(x / mean) + mean - x, also where x is near the mean.
double deviance(double x, double mean) noexcept {
    constexpr double kNear = 0.1;
    const double distance = x - mean;
    if (std::fabs(distance) >= kNear * (x + mean)) return x * log(x / mean) - distance;
    const double v = distance / (x + mean);
    double sum = distance * v;
    double term = 2 * x * v;
    for (int odd = 3;; odd += 2) {
        term *= v * v;
        const double next = sum + term / odd;
        if (next == sum) return sum;
        sum = next;
    }
}

/// The first k at which the sum of probabilities exceeds the uniform number u: p0 is that of 0, ratio(k) that of k to k - 1.
template <class Ratio>
std::uint64_t invert(double u, double p0, const Ratio& ratio, std::uint64_t most) noexcept {
    double rest = u;
    double p = p0;
    std::uint64_t k = 0;
    while (rest >= p && k < most) {
        rest -= p;
        ++k;
        p *= ratio(static_cast<double>(k));
    }
    return k;
}

/// A candidate of transformed rejection: u in [-1/2, 1/2), its distance from the ends, and the number that decides.
struct Candidate {
    double u;
    double us;
    double v;
};

Candidate candidate(Draws& draws) noexcept {
    const double u = uniform01(draws) - 0.5;
    const double v = uniform01_open(draws);
    return {u, 0.5 - std::fabs(u), v};
}

std::uint64_t binomial_by_rejection(std::uint64_t n, double p, Draws& draws) noexcept {
    const auto trials = static_cast<double>(n);
    const BtrsConstants constants = btrs_constants(trials, p);
    const double inside = btrs_inside(constants);
    const double mode = std::floor((trials + 1) * p);
    for (;;) {
        const auto [u, us, v] = candidate(draws);
        if (us == 0) continue;
        const double k = std::floor(btrs_candidate(constants, u, us));
        if (k < 0 || k > trials) continue;
        const auto count = static_cast<std::uint64_t>(k);
        if (us >= kLeastInsideUs && v <= inside) return count;
        const RoughTest rough = rough_binomial_test(constants, us, v, k, mode, trials, p);
        if (rough.is_valid != 0 && std::fabs(rough.excess) > rough.margin) {
            if (rough.excess < 0) return count;
            continue;
        }
        const double least = log_binomial_pmf(count, n, p) - log_binomial_pmf(static_cast<std::uint64_t>(mode), n, p);
        if (log(v * constants.alpha / (constants.a / (us * us) + constants.b)) <= least) return count;
    }
}

}  // namespace

double log_poisson_pmf(std::uint64_t k, double mean) noexcept {
    assert(mean > 0);
    if (k == 0) return -mean;
    const auto x = static_cast<double>(k);
    return -stirling_error(x) - deviance(x, mean) - 0.5 * log(kTwoPi * x);
}

double log_binomial_pmf(std::uint64_t k, std::uint64_t n, double p) noexcept {
    assert(k <= n && p > 0 && p < 1);
    const auto trials = static_cast<double>(n);
    if (k == 0) return trials * log1p(-p);
    if (k == n) return trials * log(p);
    const auto x = static_cast<double>(k);
    const double y = trials - x;
    return stirling_error(trials) - stirling_error(x) - stirling_error(y) - deviance(x, trials * p) - deviance(y, trials * (1 - p)) +
           0.5 * log(trials / (kTwoPi * x * y));
}

std::uint64_t poisson(double mean, Draws& draws) noexcept {
    assert(mean >= 0 && mean <= kMostCount);
    if (mean < kSmall) return poisson_by_inversion(mean, uniform01(draws));
    const PtrsConstants constants = ptrs_constants(mean);
    const double inside = ptrs_inside(constants);
    const double inverse_alpha = ptrs_inverse_alpha(constants.b);
    for (;;) {
        const auto [u, us, v] = candidate(draws);
        if (us == 0) continue;
        const double k = std::floor(ptrs_candidate(constants, u, us, mean));
        if (k < 0) continue;
        const auto count = static_cast<std::uint64_t>(k);
        if (us >= kLeastInsideUs && v <= inside) return count;
        const RoughTest rough = rough_test(constants, us, v, k, mean);
        if (rough.is_valid != 0 && std::fabs(rough.excess) > rough.margin) {
            if (rough.excess < 0) return count;
            continue;
        }
        if (log(v * inverse_alpha / (constants.a / (us * us) + constants.b)) <= log_poisson_pmf(count, mean)) return count;
    }
}

std::uint64_t poisson_by_inversion(double mean, double u) noexcept {
    assert(mean >= 0 && mean < kSmall);
    if (u < 1 - mean) return 0;  // e^-m >= 1 - m: most small means need no exponential
    return invert(
        u, exp(-mean), [mean](double k) { return mean / k; }, kMostInverted);
}

std::uint64_t binomial(std::uint64_t n, double p, Draws& draws) noexcept {
    assert(p >= 0 && p <= 1 && static_cast<double>(n) <= kMostCount);
    if (is_inverted(n, p)) return binomial_by_inversion(n, p, uniform01(draws));
    return p > 0.5 ? n - binomial_by_rejection(n, 1 - p, draws) : binomial_by_rejection(n, p, draws);
}

bool is_inverted(std::uint64_t n, double p) noexcept { return static_cast<double>(n) * (p > 0.5 ? 1 - p : p) < kSmall; }

std::uint64_t binomial_by_inversion(std::uint64_t n, double p, double u) noexcept {
    if (p > 0.5) return n - binomial_by_inversion(n, 1 - p, u);
    const auto trials = static_cast<double>(n);
    if (u < 1 - trials * p) return 0;  // (1 - p)^n >= 1 - n p
    const double odds = p / (1 - p);
    return invert(
        u, exp(trials * log1p(-p)), [trials, odds](double k) { return (trials - k + 1) / k * odds; }, n);
}

void multinomial(std::uint64_t n, std::span<const double> weights, std::span<std::uint64_t> counts, Draws& draws) {
    assert(weights.size() == counts.size());
    std::vector<double> rest(weights.size() + 1);  // sums from the end, so that small weights last keep their digits
    for (std::size_t i = weights.size(); i > 0; --i) rest[i - 1] = rest[i] + weights[i - 1];
    assert(n == 0 || rest[0] > 0);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        if (weights[i] == 0 || n == 0) {
            counts[i] = 0;
        } else {
            counts[i] = rest[i + 1] == 0 ? n : binomial(n, weights[i] / rest[i], draws);
            n -= counts[i];
        }
    }
}

}  // namespace sim
