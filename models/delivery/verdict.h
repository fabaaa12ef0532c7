// The verdict table: what each receiver does with mail of each source, orders apart.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/world/ids.h"

namespace mailrift {

/// What one policy does with one try of a source: probabilities that exclude each other; the rest is accepted.
struct Proposal {
    double junk = 0;
    double reject = 0;
    double defer = 0;       ///< drawn anew at each try, where the others are drawn once a message
    bool greylist = false;  ///< defers first tries of unknown (source, sender, recipient); what it accepts goes by the other numbers
    double discard = 0;     ///< accepted and dropped, without a bounce
    double accept = 0;      ///< not in combine(): later policies before stage `data` have no say, which control takes into account
    bool operator==(const Proposal&) const = default;
};

/// Mail that one policy marks as junk, discards, rejects or defers (kQueued), as a share of all tries of a source.
struct VerdictPart {
    Outcome outcome = Outcome::kRejected;
    PolicyId policy;
    double share = 0;
    bool operator==(const VerdictPart&) const = default;
};

/// A greylist among the policies of a verdict.
struct GreylistPart {
    PolicyId policy;
    std::size_t before = 0;  ///< how many parts are decided before it
    bool operator==(const GreylistPart&) const = default;
};

/// What a receiver does with one try of a source that a greylist, if there is one, lets pass: probabilities that sum to 1.
struct Verdict {
    double accept = 1;
    std::vector<VerdictPart> parts;          ///< those that no policy accepts, in the order in which policies decide; none with share 0
    std::optional<GreylistPart> greylist{};  ///< if the receiver has one
    std::size_t before_rcpt = 0;             ///< how many parts are decided before the recipient is named (connect, helo, mail)
    bool operator==(const Verdict&) const = default;
};

/// Whether a part of a verdict is accepted by the server: what is not goes back, or stays in the sender's queue.
[[nodiscard]] constexpr bool is_accepted(Outcome outcome) noexcept { return outcome == Outcome::kJunk || outcome == Outcome::kDiscarded; }

/// What a receiver does with wanted mail and with spam of one source: the same, unless a content filter tells them apart.
struct Verdicts {
    Verdict wanted;
    std::optional<Verdict> spam;  ///< none: as wanted mail

    /// Of what the source sends on for others (models/delivery/chain.h), where it matters whether that authenticates: wanted mail that does, wanted
    /// mail that does not, spam that does, spam that does not. Empty: as its own.
    std::vector<Verdict> passed_on{};

    /// Of named senders whose accounts are judged by themselves, by their places, in order; others: as the rest of their class.
    std::vector<std::pair<std::uint32_t, Verdict>> by_sender{};
    bool operator==(const Verdicts&) const = default;

    [[nodiscard]] const Verdict& of(MailClass mail_class) const { return mail_class == MailClass::kSpam && spam ? *spam : wanted; }
};

/// What lists say of a message: of each list whether it is on it.
using ListAnswer = std::vector<std::pair<EntityId, bool>>;

/// The verdicts on mail of which lists say the same.
struct GivenAnswer {
    ListAnswer listed;
    double probability = 0;  ///< share of the source's mail, 0..1
    Verdicts verdicts;
    bool operator==(const GivenAnswer&) const = default;
};

/// Leaves out parts of which nothing is left.
void drop_empty(Verdict& verdict);

/// The verdict of a receiver's policies, in their order, with independent probabilities: the first reject, defer or discard decides, junk marks
/// and goes on. With u_i the share that reaches policy i unmarked and m_i that marked before, policy i rejects (u_i + m_i) reject_i, defers and
/// discards likewise, and marks u_i junk_i. Precondition: at most one greylist.
/// \param before_rcpt how many of the policies decide before the recipient is named
[[nodiscard]] Verdict combine(std::span<const std::pair<PolicyId, Proposal>> policies, std::size_t before_rcpt = 0);

/// Verdicts by (source, receiver); a pair that nobody judged meets what the receiver does with strangers, which is to accept unless told
/// otherwise. Ordered, so that no result depends on a hash.
class VerdictTable {
public:
    /// Returns whether the verdicts were others.
    /// \param by_answer the same by the answers of lists that another server asks about the same message; the verdicts are their mean. Empty: there
    ///        are none, or all mail of the source gets one answer
    bool set(EntityId source, EntityId receiver, const Verdicts& verdicts, const std::vector<GivenAnswer>& by_answer = {});

    [[nodiscard]] const Verdict& at(EntityId source, EntityId receiver, MailClass mail_class = MailClass::kWanted) const;
    [[nodiscard]] const Verdicts& both(EntityId source, EntityId receiver) const;
    [[nodiscard]] std::span<const GivenAnswer> by_answer(EntityId source, EntityId receiver) const;

    /// What `receiver` does with sources that nobody judged yet.
    void set_strangers(EntityId receiver, const Verdicts& verdicts) { strangers_[receiver] = verdicts; }

private:
    std::map<EntityId, Verdicts> strangers_;
    std::map<std::pair<EntityId, EntityId>, Verdicts> verdicts_;
    std::map<std::pair<EntityId, EntityId>, std::vector<GivenAnswer>> by_answer_;  ///< where there are any
};

}  // namespace mailrift
