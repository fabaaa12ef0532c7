// A source of which nothing is known but what a test says.
#pragma once

#include "models/blocking/policy.h"

namespace mailrift::testing {

inline const SourceFacts kSomebody{"somebody", 1, {}};

/// A key with that share of the receiver's wanted mail.
inline KeyFacts with_share(double share) { return {kSomebody, share}; }

/// Likewise of a stranger.
inline KeyFacts nobody() { return {kSomebody}; }

}  // namespace mailrift::testing
