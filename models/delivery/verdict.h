// The verdict table: what each receiver does with mail of each source, orders apart.
#pragma once

#include <map>
#include <utility>

#include "models/world/ids.h"

namespace mailrift {

/// Probabilities of what a receiver does with one message of a source; they sum to 1.
struct Verdict {
    double accept = 1;
    double junk = 0;
    double reject = 0;
};

/// Verdicts by (source, receiver); a pair that nobody judged is accepted. Ordered, so that no result depends on a hash.
class VerdictTable {
public:
    /// Precondition: the probabilities lie in 0..1 and sum to 1 within 1e-12.
    void set(EntityId source, EntityId receiver, const Verdict& verdict);

    [[nodiscard]] Verdict at(EntityId source, EntityId receiver) const;

    [[nodiscard]] bool empty() const noexcept { return verdicts_.empty(); }

private:
    std::map<std::pair<EntityId, EntityId>, Verdict> verdicts_;
};

}  // namespace mailrift
