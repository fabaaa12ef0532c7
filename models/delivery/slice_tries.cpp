// What becomes of a message by all the tries of it that fall into one slice, in which no law changes.
#include "models/delivery/slice_tries.h"

#include <algorithm>
#include <cassert>

namespace mailrift {
namespace {

/// e^m, 1 for m = 0 whatever e is; by squaring, so that the bits are the same everywhere.
double power(double e, std::uint32_t m) {
    double result = 1;
    for (; m > 0; m >>= 1U, e *= e) {
        if (m % 2 == 1) result *= e;
    }
    return result;
}

const PassedStep* find(const Passed& passed, PolicyId policy) {
    const auto found = std::find_if(passed.begin(), passed.end(), [&](const PassedStep& step) { return step.policy == policy; });
    return found == passed.end() ? nullptr : &*found;
}

/// Probability of passing a rejecting step, given what was passed before.
double pass_of(const AttemptStep& step, const Passed& passed) {
    const PassedStep* const before = find(passed, step.policy);
    const double least = before == nullptr ? 0 : before->probability;
    return step.probability <= least ? 1 : (1 - step.probability) / (1 - least);
}

/// What is passed by whoever is past the steps before `depth`.
Passed passed_until(const AttemptLaw& law, std::size_t depth, Passed passed) {
    for (std::size_t i = 0; i < depth; ++i) {
        const AttemptStep& step = law.steps[i];
        if (step.defers) continue;
        const auto found = std::find_if(passed.begin(), passed.end(), [&](const PassedStep& p) { return p.policy == step.policy; });
        if (found == passed.end()) {
            passed.push_back({step.policy, step.probability});
        } else {
            found->probability = std::max(found->probability, step.probability);
        }
    }
    return passed;
}

/// A place where tries can be deferred: a step, or the greylist.
struct Deferral {
    PolicyId policy;
    double probability;  ///< that one try is deferred just there
};

class Tries {
public:
    Tries(const AttemptLaw& law, const Passed& passed, double share, std::uint32_t tries, TriesResult& result)
        : law_(law), passed_(passed), share_(share), tries_(tries), result_(result) {}

    /// \param held the last of these places is the greylist
    void run(bool held) {
        const std::size_t steps = held ? law_.greylist->before : law_.steps.size();
        for (std::size_t i = 0; i < steps; ++i) {
            const AttemptStep& step = law_.steps[i];
            if (step.defers) {
                defer(i, step.policy, step.probability);
            } else {
                const double pass = pass_of(step, passed_);
                end({Outcome::kRejected, {{}, step.policy}, reached() * (1 - pass)});
                share_ *= pass;
            }
        }
        if (held) return defer(steps, law_.greylist->policy, 1);
        for (const AcceptedPart& part : law_.accepted) end({part.outcome, part.cause, reached() * part.share});
    }

private:
    [[nodiscard]] double reached() const { return share_ * (1 - power(deferred_, tries_)); }

    void end(const TriesEnd& part) {
        if (part.share > 0) result_.ends.push_back(part);
    }

    void defer(std::size_t depth, PolicyId policy, double probability) {
        const double before = deferred_;
        deferred_ = probability >= 1 ? 1 : 1 - (1 - before) * (1 - probability);
        places_.push_back({policy, deferred_ - before});
        const Passed passed = passed_until(law_, depth, passed_);
        const double deepest = power(deferred_, tries_ - 1);
        for (const Deferral& last : places_) {
            const bool here = &last == &places_.back();
            const double share = share_ * last.probability * (here ? deepest : deepest - power(before, tries_ - 1));
            if (share > 0) result_.waits.push_back({passed, last.policy, share});
        }
    }

    const AttemptLaw& law_;
    const Passed& passed_;
    double share_;
    std::uint32_t tries_;
    TriesResult& result_;
    double deferred_ = 0;  ///< probability that one try is deferred so far
    std::vector<Deferral> places_;
};

}  // namespace

TriesResult tries_in_slice(const AttemptLaw& law, const Passed& passed, std::uint32_t held, std::uint32_t open) {
    assert(held + open >= 1 && (held == 0 || law.greylist));
    TriesResult result;
    if (held == 0) {
        Tries(law, passed, 1, open, result).run(false);
        return result;
    }
    Tries(law, passed, 1, held, result).run(true);
    if (open == 0) return result;
    const std::vector<TriesWait> waits = std::exchange(result.waits, {});
    for (const TriesWait& wait : waits) Tries(law, wait.passed, wait.share, open, result).run(false);
    return result;
}

}  // namespace mailrift
