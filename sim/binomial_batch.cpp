// Many binomial counts: a candidate for each and a test of those that need one, in vectors; the rest by `binomial`.
#include "sim/binomial_batch.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstddef>

#include "sim/counts.h"
#include "sim/counts_parts.h"
#include "sim/random.h"

namespace sim {
namespace {

constexpr std::size_t kChunk = 512;                             // entities a turn
constexpr std::uint64_t kMostTrials = std::uint64_t{1} << 51U;  // above, `floor_of` would not do

/// Numbers of entities side by side.
struct Lanes {
    std::array<std::uint64_t, kChunk> trials;
    std::array<double, kChunk> p;
    std::array<std::uint64_t, kChunk> first;   ///< the random bits that give u
    std::array<std::uint64_t, kChunk> second;  ///< and those that give v
    std::array<std::uint64_t, kChunk> count;
    std::array<std::uint64_t, kChunk> flag;   ///< what a step says of the count
    std::array<std::uint32_t, kChunk> place;  ///< whose it is
};

/// A candidate, which counts the rarer outcome.
struct Candidate {
    double trials;
    double p;  ///< of the rarer outcome
    double u;  ///< in [0, 1)
    double us;
    double v;
    double x;
    std::uint64_t is_swapped;    ///< all bits if the rarer outcome is failure, else none
    std::uint64_t is_large;      ///< 1 if there are too many trials
    std::uint64_t out_of_range;  ///< 1 if BTRS or one of its steps would not hold, or the candidate is none
};

[[gnu::always_inline]] inline Candidate candidate(std::uint64_t n, double share, std::uint64_t first, std::uint64_t second) noexcept {
    const double trials = whole(n);
    const std::uint64_t is_swapped = 0 - is_less(0.5, share);
    const auto p =
        std::bit_cast<double>((std::bit_cast<std::uint64_t>(1 - share) & is_swapped) | (std::bit_cast<std::uint64_t>(share) & ~is_swapped));
    const double u = unit_from_bits(first);
    const double v = unit_from_bits(second);
    const double us = 0.5 - std::fabs(u - 0.5);
    const double x = btrs_candidate(btrs_constants(trials, p), u - 0.5, us);
    const std::uint64_t is_large = (kMostTrials - n) >> 63U;
    const std::uint64_t out = is_large | is_less(trials * p, kLeastRejectionMean) | is_less(v, 0x1p-53) | is_less(us, 0x1p-53) |
                              is_less(x, 0) | is_less(trials, x);
    return {trials, p, u, us, v, x, is_swapped, is_large, out};
}

[[gnu::always_inline]] inline std::uint64_t is_outside(const Candidate& c) noexcept {
    return is_less(c.us, kLeastInsideUs) | is_less(btrs_inside(btrs_constants(c.trials, c.p)), c.v);
}

/// Fills `counts`, and `flag` with 1 where they are not yet known to be right: neither inside nor nothing, of a small mean.
[[gnu::always_inline]] inline void take_inside(const std::uint64_t* trials, const double* p, Lanes& lanes, std::uint64_t* counts,
                                               std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const Candidate c = candidate(trials[i], p[i], lanes.first[i], lanes.second[i]);
        const double mean = c.trials * c.p;
        const std::uint64_t is_nothing = (c.is_large ^ 1U) & is_less(mean, kLeastRejectionMean) & is_less(c.u, 1 - mean);
        const std::uint64_t rarer = floor_of(c.x) & (is_nothing - 1);
        counts[i] = ((trials[i] - rarer) & c.is_swapped) | (rarer & ~c.is_swapped);
        lanes.flag[i] = (c.out_of_range | is_outside(c)) & (is_nothing ^ 1U);
    }
}

/// Fills `count`, and `flag` with 1 where `binomial` is certain to take it.
[[gnu::always_inline]] inline void test(Lanes& lanes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const Candidate c = candidate(lanes.trials[i], lanes.p[i], lanes.first[i], lanes.second[i]);
        const std::uint64_t rarer = floor_of(c.x);
        const double mode = whole(floor_of((c.trials + 1) * c.p));
        const RoughTest test = rough_binomial_test(btrs_constants(c.trials, c.p), c.us, c.v, whole(rarer), mode, c.trials, c.p);
        lanes.count[i] = ((lanes.trials[i] - rarer) & c.is_swapped) | (rarer & ~c.is_swapped);
        lanes.flag[i] = (c.out_of_range ^ 1U) & ((is_outside(c) ^ 1U) | (test.is_valid & is_less(test.excess, -test.margin)));
    }
}

using TakeInside = void (*)(const std::uint64_t*, const double*, Lanes&, std::uint64_t*, std::size_t) noexcept;
using Test = void (*)(Lanes&, std::size_t) noexcept;

void take_inside_plainly(const std::uint64_t* trials, const double* p, Lanes& lanes, std::uint64_t* counts, std::size_t n) noexcept {
    take_inside(trials, p, lanes, counts, n);
}
void test_plainly(Lanes& lanes, std::size_t n) noexcept { test(lanes, n); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void take_inside_avx2(const std::uint64_t* trials, const double* p, Lanes& lanes, std::uint64_t* counts,
                                              std::size_t n) noexcept {
    take_inside(trials, p, lanes, counts, n);
}
[[gnu::target("avx2")]] void test_avx2(Lanes& lanes, std::size_t n) noexcept { test(lanes, n); }
#endif

/// Moves those that are flagged together, and returns how many there are.
std::size_t keep_open(std::span<const std::uint64_t> trials, std::span<const double> p, Lanes& lanes) noexcept {
    std::size_t open = 0;
    for (std::size_t i = 0; i < trials.size(); ++i) {
        lanes.place[open] = static_cast<std::uint32_t>(i);
        open += lanes.flag[i];
    }
    for (std::size_t j = 0; j < open; ++j) {
        const std::uint32_t i = lanes.place[j];
        lanes.trials[j] = trials[i];
        lanes.p[j] = p[i];
        lanes.first[j] = lanes.first[i];
        lanes.second[j] = lanes.second[i];
    }
    return open;
}

bool are_laws(std::span<const std::uint64_t> trials, std::span<const double> p) noexcept {
    return std::all_of(trials.begin(), trials.end(), [](std::uint64_t n) { return static_cast<double>(n) <= kMostCount; }) &&
           std::all_of(p.begin(), p.end(), [](double share) { return share >= 0 && share <= 1; });
}

}  // namespace

void binomial_many(std::span<const std::uint64_t> trials, std::span<const double> p, std::uint64_t seed, std::uint64_t stream,
                   std::span<const std::uint64_t> entities, std::uint32_t tick, std::span<std::uint64_t> counts, Vectors vectors) noexcept {
    assert(trials.size() == entities.size() && p.size() == entities.size() && counts.size() == entities.size());
    assert(are_laws(trials, p));
    TakeInside take_inside_of = take_inside_plainly;
    Test test_of = test_plainly;
#if defined(__x86_64__)
    if (vectors == Vectors::kAvx2) {
        take_inside_of = take_inside_avx2;
        test_of = test_avx2;
    }
#endif
    Lanes lanes;
    for (std::size_t start = 0; start < trials.size(); start += kChunk) {
        const std::size_t n = std::min(kChunk, trials.size() - start);
        draw_blocks(seed, stream, entities.subspan(start, n), tick, 0, {lanes.first.data(), n}, {lanes.second.data(), n}, vectors);
        take_inside_of(&trials[start], &p[start], lanes, &counts[start], n);
        const std::size_t open = keep_open(trials.subspan(start, n), p.subspan(start, n), lanes);
        test_of(lanes, open);
        for (std::size_t j = 0; j < open; ++j) {
            const std::size_t i = start + lanes.place[j];
            counts[i] = lanes.count[j];
            if (lanes.flag[j] != 0) continue;
            Draws draws(seed, stream, entities[i], tick);
            counts[i] = binomial(trials[i], p[i], draws);
        }
    }
}

}  // namespace sim
