// How ids, changes of state and what becomes of mail stand in an archive.
#pragma once

#include "models/delivery/change.h"
#include "models/delivery/ledger.h"
#include "models/delivery/outcome.h"
#include "models/delivery/verdict.h"
#include "models/world/ids.h"
#include "sim/archive.h"

namespace mailrift {

/// Slots of sim::ArchiveReader::expect: kinds of ids that an archive holds. Orders and responses can lie elsewhere in the scenario that a run goes on with.
enum ArchiveSlot : std::uint8_t { kEntitySlot, kCohortSlot, kSeatSlot, kOrderSlot, kPolicySlot, kResponseSlot };

template <class Tag>
constexpr std::size_t slot_of();
template <>
constexpr std::size_t slot_of<EntityTag>() {
    return kEntitySlot;
}
template <>
constexpr std::size_t slot_of<CohortTag>() {
    return kCohortSlot;
}
template <>
constexpr std::size_t slot_of<SeatTag>() {
    return kSeatSlot;
}
template <>
constexpr std::size_t slot_of<OrderTag>() {
    return kOrderSlot;
}
template <>
constexpr std::size_t slot_of<PolicyTag>() {
    return kPolicySlot;
}

inline constexpr std::size_t kMailClasses = 3;
inline constexpr std::size_t kRefusals = 2;
inline constexpr std::size_t kMostHops = 3;
inline constexpr std::size_t kChangeKinds = 7;

template <class Tag>
void serve(sim::ArchiveWriter& archive, const Id<Tag>& id) {
    archive.index(slot_of<Tag>(), id.value);
}
template <class Tag>
void serve(sim::ArchiveReader& archive, Id<Tag>& id) {
    archive.index(slot_of<Tag>(), id.value);
}

/// A policy's place in the list, and in the chain of those who decide.
inline void serve(sim::ArchiveWriter& archive, const PolicyId& id) {
    archive.index(kPolicySlot, without_hop(id).value);
    archive.choice(hop_of(id), kMostHops);
}
inline void serve(sim::ArchiveReader& archive, PolicyId& id) {
    std::uint32_t place = 0;
    std::size_t hop = 0;
    archive.index(kPolicySlot, place);
    archive.choice(hop, kMostHops);
    id = at_hop(PolicyId{place}, hop);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Cause> cause) {
    archive(cause.order, cause.policy);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<LedgerKey> key) {
    archive(key.source, key.receiver);
    archive.choice(key.mail_class, kMailClasses);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<VerdictPart> part) {
    archive.choice(part.outcome, kOutcomes);
    archive(part.policy, part.share);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<GreylistPart> part) {
    archive(part.policy, part.before);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Verdict> verdict) {
    archive(verdict.accept, verdict.parts, verdict.greylist, verdict.before_rcpt);
    if constexpr (Archive::kReads) {
        const bool fits = !verdict.greylist || verdict.greylist->before <= verdict.parts.size();
        archive.want(fits, "a greylist among the parts of its verdict", "one behind them");
        archive.want(verdict.before_rcpt <= verdict.parts.size(), "at most all parts of a verdict", "more");
    }
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Verdicts> verdicts) {
    archive(verdicts.wanted, verdicts.spam, verdicts.passed_on, verdicts.by_sender);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<GivenAnswer> given) {
    archive(given.listed, given.probability, given.verdicts);
    if constexpr (Archive::kReads) archive.want(given.probability >= 0 && given.probability <= 1, "a probability in 0..1", "another");
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Proposal> proposal) {
    archive(proposal.junk, proposal.reject, proposal.defer, proposal.greylist, proposal.discard, proposal.accept);
}

/// Only the fields that the kind names: the others' defaults need not be places in any list.
template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Change> change) {
    archive.choice(change.kind, kChangeKinds);
    switch (change.kind) {
        case ChangeKind::kClose:
        case ChangeKind::kReopen:
        case ChangeKind::kBlock:
        case ChangeKind::kUnblock:
            archive(change.block.order, change.block.at, change.block.seat);
            archive.choice(change.block.refuses, kRefusals);
            break;
        case ChangeKind::kMove: archive(change.block.seat, change.to, change.fraction); break;
        case ChangeKind::kInform: archive(change.block.seat, change.fraction); break;
        case ChangeKind::kJudge: archive(change.source, change.receiver, change.verdicts, change.by_answer); break;
    }
    if constexpr (Archive::kReads) archive.want(change.fraction >= 0 && change.fraction <= 1, "a fraction in 0..1", "another");
}

}  // namespace mailrift
