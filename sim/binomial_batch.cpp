// Many binomial counts, in the steps of poisson_batch.cpp; small means one by one.
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
    std::array<std::uint64_t, kChunk> count;   ///< the candidate, from the second block on
    std::array<std::uint64_t, kChunk> entity;
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

/// Fills `flag` with the verdict of `binomial` on the candidate: 1 if it is taken, 2 if rejected, 0 if that is too near to say.
[[gnu::always_inline]] inline void test(Lanes& lanes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const Candidate c = candidate(lanes.trials[i], lanes.p[i], lanes.first[i], lanes.second[i]);
        const double mode = whole(floor_of((c.trials + 1) * c.p));
        const RoughTest test = rough_binomial_test(btrs_constants(c.trials, c.p), c.us, c.v, whole(floor_of(c.x)), mode, c.trials, c.p);
        const std::uint64_t outside = is_outside(c);
        const std::uint64_t accepted = (outside ^ 1U) | (test.is_valid & is_less(test.excess, -test.margin));
        const std::uint64_t rejected = outside & test.is_valid & is_less(test.margin, test.excess);
        lanes.flag[i] = ((c.out_of_range ^ 1U) & accepted) | (((c.out_of_range ^ 1U) & rejected) << 1U);
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

/// The counts of one chunk.
class Chunk {
public:
    Chunk(std::uint64_t seed, std::uint64_t stream, std::uint32_t tick, Vectors vectors) noexcept
        : seed_(seed), stream_(stream), tick_(tick), vectors_(vectors) {
#if defined(__x86_64__)
        if (vectors == Vectors::kAvx2) {
            take_inside_ = take_inside_avx2;
            test_ = test_avx2;
        }
#endif
    }

    void draw(std::span<const std::uint64_t> trials, std::span<const double> p, std::span<const std::uint64_t> entities,
              std::span<std::uint64_t> counts) noexcept {
        std::size_t n = trials.size();
        for (std::size_t i = 0; i < n; ++i) lanes_.place[i] = static_cast<std::uint32_t>(i);
        blocks(entities, 0);
        take_inside_(trials.data(), p.data(), lanes_, counts.data(), n);
        n = keep_open(trials, p, counts, n);
        for (std::uint32_t block = 1; n > 0; ++block) {
            test_(lanes_, n);
            n = keep_rejected(trials, p, entities, counts, n);
            blocks({lanes_.entity.data(), n}, block);
            take_inside_(lanes_.trials.data(), lanes_.p.data(), lanes_, lanes_.count.data(), n);
            for (std::size_t j = 0; j < n; ++j) counts[lanes_.place[j]] = lanes_.count[j];
            n = keep_open(trials, p, counts, n);
        }
    }

private:
    void blocks(std::span<const std::uint64_t> entities, std::uint32_t block) noexcept {
        const std::size_t n = entities.size();
        draw_blocks(seed_, stream_, entities, tick_, block, {lanes_.first.data(), n}, {lanes_.second.data(), n}, vectors_);
    }

    /// Inverts small means; moves the others that are flagged together, and returns how many there are.
    std::size_t keep_open(std::span<const std::uint64_t> trials, std::span<const double> p, std::span<std::uint64_t> counts,
                          std::size_t n) noexcept {
        std::size_t open = 0;
        for (std::size_t j = 0; j < n; ++j) {
            if (lanes_.flag[j] == 0) continue;
            const std::uint32_t i = lanes_.place[j];
            if (is_inverted(trials[i], p[i])) {
                counts[i] = binomial_by_inversion(trials[i], p[i], unit_from_bits(lanes_.first[j]));
                continue;
            }
            lanes_.place[open] = i;
            lanes_.trials[open] = trials[i];
            lanes_.p[open] = p[i];
            lanes_.first[open] = lanes_.first[j];
            lanes_.second[open] = lanes_.second[j];
            ++open;
        }
        return open;
    }

    /// Leaves what is unknown to `binomial`, moves the rejected together and returns how many there are.
    std::size_t keep_rejected(std::span<const std::uint64_t> trials, std::span<const double> p, std::span<const std::uint64_t> entities,
                              std::span<std::uint64_t> counts, std::size_t n) noexcept {
        std::size_t rejected = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const std::uint32_t i = lanes_.place[j];
            if (lanes_.flag[j] == 0) {
                Draws draws(seed_, stream_, entities[i], tick_);
                counts[i] = binomial(trials[i], p[i], draws);
            }
            lanes_.place[rejected] = i;
            lanes_.trials[rejected] = trials[i];
            lanes_.p[rejected] = p[i];
            lanes_.entity[rejected] = entities[i];
            rejected += lanes_.flag[j] >> 1U;
        }
        return rejected;
    }

    std::uint64_t seed_;
    std::uint64_t stream_;
    std::uint32_t tick_;
    Vectors vectors_;
    TakeInside take_inside_ = take_inside_plainly;
    Test test_ = test_plainly;
    Lanes lanes_;
};

bool are_laws(std::span<const std::uint64_t> trials, std::span<const double> p) noexcept {
    return std::all_of(trials.begin(), trials.end(), [](std::uint64_t n) { return static_cast<double>(n) <= kMostCount; }) &&
           std::all_of(p.begin(), p.end(), [](double share) { return share >= 0 && share <= 1; });
}

}  // namespace

void binomial_many(std::span<const std::uint64_t> trials, std::span<const double> p, std::uint64_t seed, std::uint64_t stream,
                   std::span<const std::uint64_t> entities, std::uint32_t tick, std::span<std::uint64_t> counts, Vectors vectors) noexcept {
    assert(trials.size() == entities.size() && p.size() == entities.size() && counts.size() == entities.size());
    assert(are_laws(trials, p));
    Chunk chunk(seed, stream, tick, vectors);
    for (std::size_t start = 0; start < trials.size(); start += kChunk) {
        const std::size_t n = std::min(kChunk, trials.size() - start);
        chunk.draw(trials.subspan(start, n), p.subspan(start, n), entities.subspan(start, n), counts.subspan(start, n));
    }
}

}  // namespace sim
