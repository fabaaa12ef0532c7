// The verdict table: what each receiver does with mail of each source, orders apart.
#include "models/delivery/verdict.h"

#include <cassert>
#include <cmath>

namespace mailrift {

void VerdictTable::set(EntityId source, EntityId receiver, const Verdict& verdict) {
    assert(verdict.accept >= 0 && verdict.junk >= 0 && verdict.reject >= 0);
    assert(std::fabs(verdict.accept + verdict.junk + verdict.reject - 1) <= 1e-12);
    verdicts_[{source, receiver}] = verdict;
}

Verdict VerdictTable::at(EntityId source, EntityId receiver) const {
    if (verdicts_.empty()) return {};
    const auto found = verdicts_.find({source, receiver});
    return found == verdicts_.end() ? Verdict{} : found->second;
}

}  // namespace mailrift
