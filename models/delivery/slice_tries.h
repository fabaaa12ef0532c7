// What becomes of a message by all the tries of it that fall into one slice, in which no law changes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/delivery/attempt.h"

namespace mailrift {

/// A rejecting policy that a waiting message was let past: its uniform number for that policy is at least `probability`.
struct PassedStep {
    PolicyId policy;
    double probability = 0;
    bool operator==(const PassedStep&) const = default;
};
using Passed = std::vector<PassedStep>;  ///< by policy, each once, in the order in which they were first passed

/// Share of messages that end alike.
struct TriesEnd {
    Outcome outcome = Outcome::kInbox;  ///< kInbox, kJunk or kRejected
    Cause cause;
    double share = 0;
};

/// Share of messages that all tries left waiting.
struct TriesWait {
    Passed passed;
    PolicyId last;  ///< the policy that deferred the last try
    double share = 0;
};

struct TriesResult {
    std::vector<TriesEnd> ends;
    std::vector<TriesWait> waits;
};

/// The tries of one slice. With P the probability of passing the rejecting steps before step i, given what was passed in earlier slices (a
/// rejection is one draw a message: (1 - q)/(1 - q') where q' <= q was passed, else 1), E that one try is deferred at a step before i, and E'
/// at i or before, m tries
///   reject at i:                  P (1 - q_i) (1 - E^m), reached if not all tries stop before;
///   accept:                       P (1 - E^m) after the last step;
///   wait, i the deepest deferring step reached: P (E'^m - E^m), of which P E'^(m-1) (E' - E) are last deferred there.
/// What waits has passed the rejecting steps before i. While a greylist holds a message, the try ends at the greylist at the latest.
/// \param held tries that the greylist holds; `open` tries after them. Precondition: held + open >= 1; held is 0 without a greylist.
[[nodiscard]] TriesResult tries_in_slice(const AttemptLaw& law, const Passed& passed, std::uint32_t held, std::uint32_t open);

}  // namespace mailrift
