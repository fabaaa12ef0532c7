// Many Poisson counts: draw a block of random numbers for each, take what needs no test, test the rest, and draw again for those that
// fail. A step is a loop without branches, which the compiler turns into vectors; what it cannot decide for certain, `poisson` does.
#include "sim/poisson_batch.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>

#include "sim/counts.h"
#include "sim/poisson_parts.h"
#include "sim/random.h"

namespace sim {
namespace {

constexpr std::size_t kChunk = 512;   // entities a turn: the arrays of Lanes fit in the first-level cache
constexpr std::size_t kGroup = 8;     // lanes that are inverted together
constexpr double kMostMean = 0x1p51;  // above, `floor_of` would not do

/// Numbers of entities side by side.
struct Lanes {
    std::array<double, kChunk> mean;
    std::array<std::uint64_t, kChunk> first;   ///< the random bits that give u
    std::array<std::uint64_t, kChunk> second;  ///< and those that give v
    std::array<std::uint64_t, kChunk> count;   ///< the candidate
    std::array<std::uint64_t, kChunk> flag;    ///< what a step says of it
    std::array<std::uint64_t, kChunk> entity;
    std::array<std::uint32_t, kChunk> place;  ///< whose it is
};

/// One candidate and what the steps ask of it.
struct Candidate {
    double us;
    double v;
    double x;
    std::uint64_t out_of_range;  ///< 1 if one of the functions below would not hold
};

[[gnu::always_inline]] inline Candidate candidate(const PtrsConstants& constants, double mean, std::uint64_t first,
                                                  std::uint64_t second) noexcept {
    const double u = unit_from_bits(first) - 0.5;
    const double v = unit_from_bits(second);
    const double us = 0.5 - std::fabs(u);
    const double x = ptrs_candidate(constants, u, us, mean);
    const std::uint64_t out =
        is_less(mean, kLeastRejectionMean) | is_less(kMostMean, mean) | is_less(v, 0x1p-53) | is_less(us, 0x1p-53) | is_less(0x1p52 - 1, x);
    return {us, v, x, out};
}

/// 1 if the candidate must be tested, 0 if it is taken without.
[[gnu::always_inline]] inline std::uint64_t needs_test(const PtrsConstants& constants, const Candidate& c) noexcept {
    return is_less(c.us, kLeastInsideUs) | is_less(constants.inside, c.v);
}

/// Fills `count`, and `flag` with 1 where it is not yet known to be right: neither inside nor nothing, of a small mean.
[[gnu::always_inline]] inline void take_inside(const double* mean, Lanes& lanes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const PtrsConstants constants = ptrs_constants(mean[i]);
        const Candidate c = candidate(constants, mean[i], lanes.first[i], lanes.second[i]);
        const std::uint64_t is_nothing = is_less(mean[i], kLeastRejectionMean) & is_less(unit_from_bits(lanes.first[i]), 1 - mean[i]);
        lanes.count[i] = floor_of(c.x) & (is_nothing - 1);
        lanes.flag[i] = (c.out_of_range | is_less(c.x, 0) | needs_test(constants, c)) & (is_nothing ^ 1U);
    }
}

/// Fills `count`, and `flag` with the verdict of `poisson` on it: 1 if it is taken, 2 if rejected, 0 if that is too near to say.
[[gnu::always_inline]] inline void test(Lanes& lanes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double mean = lanes.mean[i];
        const PtrsConstants constants = ptrs_constants(mean);
        const Candidate c = candidate(constants, mean, lanes.first[i], lanes.second[i]);
        lanes.count[i] = floor_of(c.x);
        const double k = whole(lanes.count[i]);
        const RoughTest test = rough_test(constants, c.us, c.v, k, mean);
        const std::uint64_t tested = needs_test(constants, c);
        const std::uint64_t accepted = (tested ^ 1U) | (test.is_valid & is_less(test.excess, -test.margin));
        const std::uint64_t rejected = tested & test.is_valid & is_less(test.margin, test.excess);
        const std::uint64_t negative = is_less(c.x, 0);
        const std::uint64_t is_known = c.out_of_range ^ 1U;
        lanes.flag[i] = (is_known & (negative ^ 1U) & accepted) | ((is_known & (negative | rejected)) << 1U);
    }
}

/// Numbers of entities whose mean is small.
struct SmallLanes {
    std::array<double, kChunk + kGroup> mean;
    std::array<double, kChunk + kGroup> rest;  ///< of the uniform number, less the probabilities passed
    std::array<double, kChunk + kGroup> p;     ///< the probability reached
    std::array<std::uint64_t, kChunk + kGroup> count;
    std::array<std::uint32_t, kChunk + kGroup> place;
};

/// Inversion as in `poisson_by_inversion`, group by group until each lane of a group has stopped.
[[gnu::always_inline]] inline void invert(SmallLanes& lanes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) lanes.p[i] = exp_of_minus(lanes.mean[i]);
    for (std::size_t start = 0; start < n; start += kGroup) {
        std::array<double, kGroup> mean, rest, p;
        std::array<std::uint64_t, kGroup> count{}, going;
        for (std::size_t l = 0; l < kGroup; ++l) {
            mean[l] = lanes.mean[start + l];
            rest[l] = lanes.rest[start + l];
            p[l] = lanes.p[start + l];
            going[l] = ~std::uint64_t{0};
        }
        for (int k = 1; k <= kMostInverted; ++k) {
            std::uint64_t any = 0;
            for (std::size_t l = 0; l < kGroup; ++l) {
                going[l] &= is_less(rest[l], p[l]) - 1;  // all bits, or none
                any |= going[l];
                rest[l] -= std::bit_cast<double>(std::bit_cast<std::uint64_t>(p[l]) & going[l]);
                count[l] -= going[l];
                p[l] *= mean[l] / k;
            }
            if (any == 0) break;
        }
        for (std::size_t l = 0; l < kGroup; ++l) lanes.count[start + l] = count[l];
    }
}

using Invert = void (*)(SmallLanes&, std::size_t) noexcept;
using TakeInside = void (*)(const double*, Lanes&, std::size_t) noexcept;
using Test = void (*)(Lanes&, std::size_t) noexcept;

void take_inside_plainly(const double* mean, Lanes& lanes, std::size_t n) noexcept { take_inside(mean, lanes, n); }
void test_plainly(Lanes& lanes, std::size_t n) noexcept { test(lanes, n); }
void invert_plainly(SmallLanes& lanes, std::size_t n) noexcept { invert(lanes, n); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void invert_avx2(SmallLanes& lanes, std::size_t n) noexcept { invert(lanes, n); }
[[gnu::target("avx2")]] void take_inside_avx2(const double* mean, Lanes& lanes, std::size_t n) noexcept { take_inside(mean, lanes, n); }
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
            invert_ = invert_avx2;
        }
#endif
    }

    void draw(std::span<const double> means, std::span<const std::uint64_t> entities, std::span<std::uint64_t> counts) noexcept {
        const std::size_t n = means.size();
        blocks(entities, 0);
        take_inside_(means.data(), lanes_, n);
        for (std::size_t i = 0; i < n; ++i) counts[i] = lanes_.count[i];
        std::size_t left = invert_small(means, counts, collect_open(n));
        for (std::uint32_t block = 1; left > 0; ++block) {
            test_(lanes_, left);
            left = keep_rejected(means, entities, counts, left);
            blocks({lanes_.entity.data(), left}, block);
        }
    }

private:
    void blocks(std::span<const std::uint64_t> entities, std::uint32_t block) noexcept {
        const std::size_t n = entities.size();
        draw_blocks(seed_, stream_, entities, tick_, block, {lanes_.first.data(), n}, {lanes_.second.data(), n}, vectors_);
    }

    /// The places that are flagged, and their number.
    std::size_t collect_open(std::size_t n) noexcept {
        std::size_t open = 0;
        for (std::size_t i = 0; i < n; ++i) {
            lanes_.place[open] = static_cast<std::uint32_t>(i);
            open += lanes_.flag[i];
        }
        return open;
    }

    /// Draws the counts of small means; moves the others' numbers together and returns how many there are.
    std::size_t invert_small(std::span<const double> means, std::span<std::uint64_t> counts, std::size_t open) noexcept {
        std::size_t left = 0;
        std::size_t small = 0;
        for (std::size_t j = 0; j < open; ++j) {
            const std::uint32_t i = lanes_.place[j];
            const double mean = means[i];
            const double u = unit_from_bits(lanes_.first[i]);
            const std::uint64_t is_small = is_less(mean, kLeastRejectionMean);
            small_.mean[small] = mean;
            small_.rest[small] = u;
            small_.place[small] = i;
            small += is_small;
            lanes_.place[left] = i;
            lanes_.mean[left] = mean;
            lanes_.first[left] = lanes_.first[i];
            lanes_.second[left] = lanes_.second[i];
            left += is_small ^ 1U;
        }
        fill_group(small);
        invert_(small_, small);
        for (std::size_t j = 0; j < small; ++j) counts[small_.place[j]] = small_.count[j];
        return left;
    }

    /// Lanes behind the last, so that its group is full: they stop at once.
    void fill_group(std::size_t small) noexcept {
        for (std::size_t l = 0; l < kGroup; ++l) {
            small_.mean[small + l] = 1;
            small_.rest[small + l] = 0;
            small_.p[small + l] = 1;
        }
    }

    /// Writes the counts that are accepted, leaves what is unknown to `poisson`, and moves the rejected together.
    std::size_t keep_rejected(std::span<const double> means, std::span<const std::uint64_t> entities, std::span<std::uint64_t> counts,
                              std::size_t left) noexcept {
        std::size_t rejected = 0;
        for (std::size_t j = 0; j < left; ++j) {
            const std::uint32_t i = lanes_.place[j];
            if (lanes_.flag[j] == 0) {
                Draws draws(seed_, stream_, entities[i], tick_);
                counts[i] = poisson(means[i], draws);
                continue;
            }
            counts[i] = lanes_.count[j];  // of a rejected one written again later
            lanes_.place[rejected] = i;
            lanes_.mean[rejected] = lanes_.mean[j];
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
    Invert invert_ = invert_plainly;
    Lanes lanes_;
    SmallLanes small_;
};

bool are_means(std::span<const double> means) noexcept {
    bool all = true;
    for (const double mean : means) all &= (mean >= 0) & (mean <= kMostCount);
    return all;
}

}  // namespace

void poisson_many(std::span<const double> means, std::uint64_t seed, std::uint64_t stream, std::span<const std::uint64_t> entities,
                  std::uint32_t tick, std::span<std::uint64_t> counts, Vectors vectors) noexcept {
    assert(means.size() == entities.size() && counts.size() == entities.size());
    assert(are_means(means));
    Chunk chunk(seed, stream, tick, vectors);
    for (std::size_t start = 0; start < means.size(); start += kChunk) {
        const std::size_t n = std::min(kChunk, means.size() - start);
        chunk.draw(means.subspan(start, n), entities.subspan(start, n), counts.subspan(start, n));
    }
}

}  // namespace sim
