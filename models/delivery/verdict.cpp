// The verdict table: what each receiver does with mail of each source, orders apart.
#include "models/delivery/verdict.h"

#include <algorithm>
#include <cassert>

namespace mailrift {

void drop_empty(Verdict& verdict) {
    const auto empty = [](const VerdictPart& part) { return part.share <= 0; };
    const auto count_kept = [&](std::size_t before) {
        const auto first = verdict.parts.begin();
        return before - static_cast<std::size_t>(std::count_if(first, first + static_cast<std::ptrdiff_t>(before), empty));
    };
    if (verdict.greylist) verdict.greylist->before = count_kept(verdict.greylist->before);
    verdict.before_rcpt = count_kept(verdict.before_rcpt);
    std::erase_if(verdict.parts, empty);
}

Verdict combine(std::span<const std::pair<PolicyId, Proposal>> policies, std::size_t before_rcpt) {
    Verdict verdict;
    double passed = 1;        // of all mail, past the policies so far
    double unmarked = 1;      // of it
    std::size_t decided = 0;  // policies
    for (const auto& [policy, proposal] : policies) {
        const double decides = proposal.reject + proposal.defer + proposal.discard;
        assert(std::min({proposal.junk, proposal.reject, proposal.defer, proposal.discard}) >= 0 && proposal.junk + decides <= 1 + 1e-12);
        if (proposal.greylist) {
            assert(!verdict.greylist);
            verdict.greylist = {policy, verdict.parts.size()};
        }
        for (VerdictPart& part : verdict.parts) {
            if (part.outcome == Outcome::kJunk) part.share *= 1 - decides;
        }
        if (proposal.reject > 0 && passed > 0) verdict.parts.push_back({Outcome::kRejected, policy, passed * proposal.reject});
        if (proposal.defer > 0 && passed > 0) verdict.parts.push_back({Outcome::kQueued, policy, passed * proposal.defer});
        if (proposal.discard > 0 && passed > 0) verdict.parts.push_back({Outcome::kDiscarded, policy, passed * proposal.discard});
        if (proposal.junk > 0 && unmarked > 0) verdict.parts.push_back({Outcome::kJunk, policy, unmarked * proposal.junk});
        passed *= 1 - decides;
        unmarked *= 1 - decides - proposal.junk;
        if (++decided == before_rcpt) verdict.before_rcpt = verdict.parts.size();
    }
    drop_empty(verdict);
    verdict.accept = unmarked;
    return verdict;
}

bool VerdictTable::set(EntityId source, EntityId receiver, const Verdicts& verdicts, const std::vector<GivenAnswer>& given) {
    const std::span<const GivenAnswer> before = by_answer(source, receiver);
    if (both(source, receiver) == verdicts && std::equal(before.begin(), before.end(), given.begin(), given.end())) return false;
    verdicts_[{source, receiver}] = verdicts;
    if (given.empty()) {
        by_answer_.erase({source, receiver});
    } else {
        by_answer_[{source, receiver}] = given;
    }
    return true;
}

std::span<const GivenAnswer> VerdictTable::by_answer(EntityId source, EntityId receiver) const {
    const auto found = by_answer_.find({source, receiver});
    if (found == by_answer_.end()) return {};
    return found->second;
}

const Verdict& VerdictTable::at(EntityId source, EntityId receiver, MailClass mail_class) const {
    return both(source, receiver).of(mail_class);
}

const Verdicts& VerdictTable::both(EntityId source, EntityId receiver) const {
    static const Verdicts kAccepted;
    const auto found = verdicts_.find({source, receiver});
    if (found != verdicts_.end()) return found->second;
    const auto stranger = strangers_.find(receiver);
    return stranger == strangers_.end() ? kAccepted : stranger->second;
}

}  // namespace mailrift
