// Many Poisson counts: draw a block of random numbers for each, take what needs no test, test the rest, and draw again for those that
// fail. A step is a loop without branches, which the compiler turns into vectors; what it cannot decide for certain, `poisson` does.
#include "sim/poisson_batch.h"

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

constexpr std::size_t kChunk = 512;   // entities a turn: the arrays of Lanes fit in the first-level cache
constexpr std::size_t kGroup = 8;     // lanes that are inverted together
constexpr double kMostMean = 0x1p51;  // above, `floor_of` would not do

/// Numbers of entities side by side.
struct Lanes {
    std::array<double, kChunk> mean;
    std::array<std::uint64_t, kChunk> first;   ///< the random bits that give u
    std::array<std::uint64_t, kChunk> second;  ///< and those that give v
    std::array<std::uint64_t, kChunk> count;   ///< the candidate, from the second block on
    std::array<std::uint64_t, kChunk> flag;    ///< what a step says of it
    std::array<std::uint64_t, kChunk> entity;
    std::array<std::uint32_t, kChunk> place;  ///< whose it is
};

/// One candidate and what the steps ask of it.
struct Candidate {
    double u;  ///< in [0, 1)
    double us;
    double v;
    double x;
    std::uint64_t out_of_range;  ///< 1 if one of the functions below would not hold
};

[[gnu::always_inline]] inline Candidate candidate(const PtrsConstants& constants, double mean, std::uint64_t first,
                                                  std::uint64_t second) noexcept {
    const double u = unit_from_bits(first);
    const double v = unit_from_bits(second);
    const double us = 0.5 - std::fabs(u - 0.5);
    const double x = ptrs_candidate(constants, u - 0.5, us, mean);
    const std::uint64_t out =
        is_less(mean, kLeastRejectionMean) | is_less(kMostMean, mean) | is_less(v, 0x1p-53) | is_less(us, 0x1p-53) | is_less(0x1p52 - 1, x);
    return {u, us, v, x, out};
}

/// Fills `counts`, and `flag` with 1 where they are not yet known to be right: neither inside nor nothing, of a small mean.
[[gnu::always_inline]] inline void take_inside(const double* means, Lanes& lanes, std::uint64_t* counts, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double mean = means[i];
        const PtrsConstants constants = ptrs_constants(mean);
        const Candidate c = candidate(constants, mean, lanes.first[i], lanes.second[i]);
        const std::uint64_t is_nothing = is_less(mean, kLeastRejectionMean) & is_less(c.u, 1 - mean);
        const std::uint64_t is_outside = is_less(c.us, kLeastInsideUs) | is_hardly_inside(constants, c.v);
        counts[i] = floor_of(c.x) & (is_nothing - 1);
        lanes.flag[i] = (c.out_of_range | is_less(c.x, 0) | is_outside) & (is_nothing ^ 1U);
    }
}

/// Fills `flag` with the verdict of `poisson` on the candidate: 1 if it is taken, 2 if rejected, 0 if that is too near to say.
[[gnu::always_inline]] inline void test(Lanes& lanes, std::size_t n) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double mean = lanes.mean[i];
        const PtrsConstants constants = ptrs_constants(mean);
        const Candidate c = candidate(constants, mean, lanes.first[i], lanes.second[i]);
        const RoughTest test = rough_test(constants, c.us, c.v, whole(floor_of(c.x)), mean);
        const std::uint64_t is_known = c.out_of_range ^ 1U;
        const std::uint64_t negative = is_less(c.x, 0);
        const std::uint64_t is_outside = is_less(c.us, kLeastInsideUs) | is_less(ptrs_inside(constants), c.v);
        const std::uint64_t accepted = (negative ^ 1U) & ((is_outside ^ 1U) | (test.is_valid & is_less(test.excess, -test.margin)));
        const std::uint64_t rejected = negative | (is_outside & test.is_valid & is_less(test.margin, test.excess));
        lanes.flag[i] = (is_known & accepted) | ((is_known & rejected) << 1U);
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
using TakeInside = void (*)(const double*, Lanes&, std::uint64_t*, std::size_t) noexcept;
using Test = void (*)(Lanes&, std::size_t) noexcept;

void take_inside_plainly(const double* means, Lanes& lanes, std::uint64_t* counts, std::size_t n) noexcept {
    take_inside(means, lanes, counts, n);
}
void test_plainly(Lanes& lanes, std::size_t n) noexcept { test(lanes, n); }
void invert_plainly(SmallLanes& lanes, std::size_t n) noexcept { invert(lanes, n); }
#if defined(__x86_64__)
[[gnu::target("avx2")]] void invert_avx2(SmallLanes& lanes, std::size_t n) noexcept { invert(lanes, n); }
[[gnu::target("avx2")]] void take_inside_avx2(const double* means, Lanes& lanes, std::uint64_t* counts, std::size_t n) noexcept {
    take_inside(means, lanes, counts, n);
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
            invert_ = invert_avx2;
        }
#endif
    }

    void draw(std::span<const double> means, std::span<const std::uint64_t> entities, std::span<std::uint64_t> counts) noexcept {
        std::size_t n = means.size();
        for (std::size_t i = 0; i < n; ++i) lanes_.place[i] = static_cast<std::uint32_t>(i);
        blocks(entities, 0);
        take_inside_(means.data(), lanes_, counts.data(), n);
        n = keep_open(means, n);
        invert_small(counts);
        for (std::uint32_t block = 1; n > 0; ++block) {
            test_(lanes_, n);
            n = keep_rejected(means, entities, counts, n);
            blocks({lanes_.entity.data(), n}, block);
            take_inside_(lanes_.mean.data(), lanes_, lanes_.count.data(), n);
            for (std::size_t j = 0; j < n; ++j) counts[lanes_.place[j]] = lanes_.count[j];
            n = keep_open(means, n);
        }
    }

private:
    void blocks(std::span<const std::uint64_t> entities, std::uint32_t block) noexcept {
        const std::size_t n = entities.size();
        draw_blocks(seed_, stream_, entities, tick_, block, {lanes_.first.data(), n}, {lanes_.second.data(), n}, vectors_);
    }

    /// Moves those that are flagged together, the small means apart, and returns how many of the others there are.
    std::size_t keep_open(std::span<const double> means, std::size_t n) noexcept {
        std::size_t flagged = 0;
        for (std::size_t j = 0; j < n; ++j) {
            flagged_[flagged] = static_cast<std::uint32_t>(j);
            flagged += lanes_.flag[j];
        }
        std::size_t open = 0;
        smalls_ = 0;
        for (std::size_t f = 0; f < flagged; ++f) {
            const std::uint32_t j = flagged_[f];
            const std::uint32_t i = lanes_.place[j];
            const double mean = means[i];
            const std::uint64_t is_small = is_less(mean, kLeastRejectionMean);
            small_.mean[smalls_] = mean;
            small_.rest[smalls_] = unit_from_bits(lanes_.first[j]);
            small_.place[smalls_] = i;
            smalls_ += is_small;
            lanes_.place[open] = i;
            lanes_.mean[open] = mean;
            lanes_.first[open] = lanes_.first[j];
            lanes_.second[open] = lanes_.second[j];
            open += is_small ^ 1U;
        }
        return open;
    }

    /// Draws the counts of small means.
    void invert_small(std::span<std::uint64_t> counts) noexcept {
        fill_group(smalls_);
        invert_(small_, smalls_);
        for (std::size_t j = 0; j < smalls_; ++j) counts[small_.place[j]] = small_.count[j];
    }

    /// Lanes behind the last, so that its group is full: they stop at once.
    void fill_group(std::size_t small) noexcept {
        for (std::size_t l = 0; l < kGroup; ++l) {
            small_.mean[small + l] = 1;
            small_.rest[small + l] = 0;
            small_.p[small + l] = 1;
        }
    }

    /// Leaves what is unknown to `poisson`, moves the rejected together and returns how many there are.
    std::size_t keep_rejected(std::span<const double> means, std::span<const std::uint64_t> entities, std::span<std::uint64_t> counts,
                              std::size_t n) noexcept {
        std::size_t rejected = 0;
        for (std::size_t j = 0; j < n; ++j) {
            const std::uint32_t i = lanes_.place[j];
            if (lanes_.flag[j] == 0) {
                Draws draws(seed_, stream_, entities[i], tick_);
                counts[i] = poisson(means[i], draws);
            }
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
    std::size_t smalls_ = 0;  ///< how many of small_ are in use
    std::array<std::uint32_t, kChunk> flagged_;
};

/// 1 if the mean is outside of [0, kMostCount] or not a number.
std::uint64_t is_no_mean(double mean) noexcept {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(mean + 0.0);  // the sum has no -0
    return (std::bit_cast<std::uint64_t>(kMostCount) - bits) >> 63U | bits >> 63U;
}

bool are_means(std::span<const double> means) noexcept {
    std::uint64_t wrong = 0;
    for (const double mean : means) wrong |= is_no_mean(mean);
    return wrong == 0;
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
