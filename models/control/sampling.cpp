// How sure a share is that stands for many operators of which only some were simulated.
#include "models/control/sampling.h"

#include <cassert>
#include <cmath>
#include <utility>

namespace mailrift {

// What pairs have in common where both entries are counted, and what is rejected hinges on one of the two, is not in it: then the error is too small.
SampledShare estimate(std::string source, std::string receiver, const std::vector<SampledPair>& pairs) {
    assert(pairs.size() >= 2);
    SampledShare share{std::move(source), std::move(receiver), 0, pairs.size(), 0, 0};
    for (const SampledPair& pair : pairs) {
        share.operators += pair.weight;
        share.rejected += pair.weight * pair.rejected;
    }
    share.rejected /= share.operators;
    double squares = 0;
    for (const SampledPair& pair : pairs) squares += pair.weight * (pair.rejected - share.rejected) * (pair.rejected - share.rejected);
    const auto n = static_cast<double>(pairs.size());
    const double variance = squares / share.operators * n / (n - 1);
    share.error = std::sqrt(variance / n * std::max(0.0, 1 - n / share.operators));
    return share;
}

}  // namespace mailrift
