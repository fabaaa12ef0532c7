// The verdict table: what each receiver does with mail of each source, orders apart.
#pragma once

#include <map>
#include <span>
#include <utility>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/world/ids.h"

namespace mailrift {

/// What one policy does with one message of a source: probabilities of two outcomes that exclude each other; the rest is accepted.
struct Proposal {
    double junk = 0;
    double reject = 0;
    bool operator==(const Proposal&) const = default;
};

/// Mail that one policy marks as junk or rejects, as a share of all of a source.
struct VerdictPart {
    Outcome outcome = Outcome::kRejected;
    PolicyId policy;
    double share = 0;
    bool operator==(const VerdictPart&) const = default;
};

/// What a receiver does with one message of a source: probabilities that sum to 1.
struct Verdict {
    double accept = 1;
    std::vector<VerdictPart> parts;  ///< those that no policy accepts; none with share 0
    bool operator==(const Verdict&) const = default;
};

/// The verdict of a receiver's policies, in their order, with independent probabilities: the first reject decides, junk marks and goes
/// on. With u_i the share that reaches policy i unmarked and m_i that marked before, policy i rejects (u_i + m_i) reject_i and marks
/// u_i junk_i.
[[nodiscard]] Verdict combine(std::span<const std::pair<PolicyId, Proposal>> policies);

/// Verdicts by (source, receiver); a pair that nobody judged is accepted. Ordered, so that no result depends on a hash.
class VerdictTable {
public:
    /// Returns whether the verdict was another one.
    bool set(EntityId source, EntityId receiver, const Verdict& verdict);

    [[nodiscard]] const Verdict& at(EntityId source, EntityId receiver) const;

    [[nodiscard]] bool empty() const noexcept { return verdicts_.empty(); }

private:
    std::map<std::pair<EntityId, EntityId>, Verdict> verdicts_;
};

}  // namespace mailrift
