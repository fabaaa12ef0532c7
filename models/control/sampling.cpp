// How sure a share is that stands for many operators of which only some were simulated.
#include "models/control/sampling.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>
#include <utility>

namespace mailrift {
namespace {

/// Of the weighted mean of all, what one stratum adds.
double variance_of(std::span<const SampledPair> pairs, double all) {
    if (pairs.size() < 2) return 0;
    double weight = 0;
    double mean = 0;
    for (const SampledPair& pair : pairs) {
        weight += pair.weight;
        mean += pair.weight * pair.rejected;
    }
    mean /= weight;
    double squares = 0;
    for (const SampledPair& pair : pairs) squares += pair.weight * (pair.rejected - mean) * (pair.rejected - mean);
    const auto n = static_cast<double>(pairs.size());
    const double variance = squares / weight * n / (n - 1);
    return weight / all * (weight / all) * (variance / n * std::max(0.0, 1 - n / weight));
}

}  // namespace

// What pairs have in common where both entries are counted, and what is rejected hinges on one of the two, is not in it: then the error is too small.
SampledShare estimate(std::string source, std::string receiver, const std::vector<SampledPair>& pairs) {
    assert(pairs.size() >= 2);
    SampledShare share{std::move(source), std::move(receiver), 0, pairs.size(), 0, 0};
    for (const SampledPair& pair : pairs) {
        share.operators += pair.weight;
        share.rejected += pair.weight * pair.rejected;
    }
    share.rejected /= share.operators;
    double variance = 0;
    for (auto begin = pairs.begin(); begin != pairs.end();) {
        const auto end = std::find_if(begin, pairs.end(), [&](const SampledPair& pair) { return pair.stratum != begin->stratum; });
        variance += variance_of(std::span(begin, end), share.operators);
        begin = end;
    }
    share.error = std::sqrt(variance);
    return share;
}

}  // namespace mailrift
