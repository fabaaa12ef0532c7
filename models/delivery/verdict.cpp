// The verdict table: what each receiver does with mail of each source, orders apart.
#include "models/delivery/verdict.h"

#include <cassert>

namespace mailrift {

Verdict combine(std::span<const std::pair<PolicyId, Proposal>> policies) {
    Verdict verdict;
    double passed = 1;    // of all mail, past the policies so far
    double unmarked = 1;  // of it
    for (const auto& [policy, proposal] : policies) {
        assert(proposal.junk >= 0 && proposal.reject >= 0 && proposal.junk + proposal.reject <= 1 + 1e-12);
        for (VerdictPart& part : verdict.parts) {
            if (part.outcome == Outcome::kJunk) part.share *= 1 - proposal.reject;
        }
        if (proposal.reject > 0 && passed > 0) verdict.parts.push_back({Outcome::kRejected, policy, passed * proposal.reject});
        if (proposal.junk > 0 && unmarked > 0) verdict.parts.push_back({Outcome::kJunk, policy, unmarked * proposal.junk});
        passed *= 1 - proposal.reject;
        unmarked *= 1 - proposal.reject - proposal.junk;
    }
    std::erase_if(verdict.parts, [](const VerdictPart& part) { return part.share <= 0; });
    verdict.accept = unmarked;
    return verdict;
}

bool VerdictTable::set(EntityId source, EntityId receiver, const Verdict& verdict) {
    if (at(source, receiver) == verdict) return false;
    if (verdict.parts.empty()) {
        verdicts_.erase({source, receiver});
    } else {
        verdicts_[{source, receiver}] = verdict;
    }
    return true;
}

const Verdict& VerdictTable::at(EntityId source, EntityId receiver) const {
    static const Verdict kAccepted;
    const auto found = verdicts_.find({source, receiver});
    return found == verdicts_.end() ? kAccepted : found->second;
}

}  // namespace mailrift
