// Inbound policies: what a receiver does with mail of a source, by what it has seen of it. The interface that each plug-in implements.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/delivery/greylist_delay.h"
#include "models/delivery/verdict.h"
#include "sim/time.h"

namespace mailrift {

/// At which point of the SMTP transaction a policy decides; policies of one receiver run in this order.
enum class Stage : std::uint8_t { kConnect, kMailFrom, kRcpt, kData };

/// Which mail a receiver's judge sees.
enum class Evidence : std::uint8_t {
    kAttempts,  ///< its content filter: all that reached `data`, so none of a source that is rejected
    kInbox,     ///< its users' reports: what is in the inbox
};

/// Who tells good mail from bad, and how often it errs.
struct Judge {
    Evidence evidence = Evidence::kAttempts;
    double true_positive = 1;   ///< probability that spam is judged bad, 0..1
    double false_positive = 0;  ///< probability that wanted mail is judged bad, 0..1
    bool operator==(const Judge&) const = default;
};

/// What a policy judges: a sender that changes it comes as a stranger.
enum class Key : std::uint8_t {
    kAddress,  ///< a sending operator's pool, whose addresses lie in one network (IPv4 /24, IPv6 /64; assumed)
    kPrefix,   ///< that network: a spam sender's addresses in one of its `ranges`, which fresh addresses do not leave; else as the address
    kDomain,   ///< what its mail authenticates as: one domain an operator, one a spam sender; mail that does not authenticate has none
    kHosting,  ///< all sources at one hosting supplier; a source at none is judged by its address
    kAccount,  ///< the account that writes, one of a provider's; whoever sends by addresses of their own uses none twice (assumed)
};

/// Mail of one key in one slice, judged.
struct JudgedCounts {
    double good = 0;  ///< messages
    double bad = 0;
    double offered = 0;  ///< messages at their first try, whatever policies did; 0 unless the policy reads_offered()
};

/// A jurisdiction, by its code, and the share of a source's addresses that lie in it.
struct Located {
    std::string code;
    double share = 0;
};

/// What anybody can look up of a source.
struct SourceFacts {
    std::string id;                ///< of the operator
    double authenticated = 1;      ///< share of its mail that passes SPF, DKIM and DMARC, 0..1
    std::vector<Located> located;  ///< shares sum to at most 1
    bool spf_of_server =
        false;  ///< whether SPF passes for the sending server's domain where the writer's does not: mail forwarded with SRS
};

/// What a policy is asked about, besides what it remembers.
struct KeyFacts {
    const SourceFacts& source;
    double share =
        0;  ///< the key's part of wanted() of all keys of this receiver, 0..1; 0 where the policy does not compare() and nobody is exempt
    bool hosted = false;  ///< whether the key is a hosting supplier's
    double listed = 0;    ///< share of the key's mail whose address is on the list that the policy subscribes to
    std::optional<double>
        chance{};  ///< a number of this key and policy, uniform in 0..1 and the same all run; none: not read, or expectations are asked for

    /// 1 with probability p and else 0, always the same; or p itself, where expectations are asked for.
    [[nodiscard]] double happens(double p) const { return chance ? (*chance < p ? 1 : 0) : p; }
};

/// What a receiver owes those whom its policies would refuse.
struct Review {
    sim::Duration notice;  ///< until a refusal takes effect
    sim::Duration appeal;  ///< from then until the appeal is decided
    double accuracy = 1;   ///< probability that the decision is right, 0..1
    double guilty = 0;     ///< share of spam above which it is right to refuse a source, 0..1

    /// Share of a key's mail that is spared what policies propose, 0..1.
    /// \param refused_for how long they have proposed to refuse it; none: they do not
    [[nodiscard]] double spared(std::optional<sim::Duration> refused_for, double spam_share, const KeyFacts& facts) const;
};

class BatchPolicy;

/// One policy of a receiver. It keeps nothing itself: what is remembered of a key are `memory()` numbers, all 0 at first, which control keeps.
class Policy {
public:
    virtual ~Policy() = default;

    [[nodiscard]] virtual Stage stage() const = 0;

    /// How often verdicts are made; a multiple of the slice. 0: at every slice.
    [[nodiscard]] virtual sim::Duration period() const = 0;

    [[nodiscard]] virtual Key key() const { return Key::kAddress; }

    [[nodiscard]] virtual Judge judge() const { return {}; }

    /// How many numbers are remembered of a key.
    [[nodiscard]] virtual std::size_t memory() const { return 0; }

    /// Remembers one slice of one key; or several in which nothing came, as one of their length.
    virtual void observe(const JudgedCounts& /*counts*/, sim::Duration /*slice*/, std::span<double> /*key*/) const {}

    /// What to do with mail of the key during the next period; called at the end of each, so it may begin a new window. With a memory of
    /// zeros: what to do with a key that was never seen.
    [[nodiscard]] virtual Proposal propose(std::span<double> key, const KeyFacts& facts) const = 0;

    /// Itself, if it judges all keys of a receiver at once; then propose() speaks of keys that were never seen alone.
    [[nodiscard]] virtual const BatchPolicy* in_batches() const { return nullptr; }

    /// Whether it tells mail of one source that authenticates from mail that does not; such a policy has no memory.
    [[nodiscard]] virtual bool reads_authentication() const { return false; }

    /// Whether what it proposes for a key that was never seen depends on the source.
    [[nodiscard]] virtual bool knows_source() const { return false; }

    /// What a proposal means for mail of a class. Only a content filter tells classes apart.
    [[nodiscard]] virtual Proposal of_class(const Proposal& proposal, MailClass /*mail_class*/) const { return proposal; }
    [[nodiscard]] virtual bool knows_class() const { return false; }

    /// Whether JudgedCounts::offered is wanted.
    [[nodiscard]] virtual bool reads_offered() const { return false; }

    /// Whether it asks KeyFacts what happens() by chance.
    [[nodiscard]] virtual bool reads_chance() const { return false; }

    /// The blocklist that it subscribes to, by id; empty: none. It then proposes one action, with the share KeyFacts::listed.
    [[nodiscard]] virtual std::string_view list() const { return {}; }

    /// What it demands of the receiver's other policies, if it regulates them.
    [[nodiscard]] virtual std::optional<Review> review() const { return std::nullopt; }

    /// Whether it proposes by a key's share of the receiver's wanted mail.
    [[nodiscard]] virtual bool compares() const { return false; }

    /// Whether it counts wanted mail by key, so that it knows itself who is large (`exempt`).
    [[nodiscard]] virtual bool counts_wanted() const { return false; }

    /// Messages of a key that are remembered as wanted; of a policy that counts none: 0.
    [[nodiscard]] virtual double wanted(std::span<const double> /*key*/) const { return 0; }

    /// The rule for tries of unknown (source, sender, recipient), of a policy that proposes to greylist.
    [[nodiscard]] virtual std::optional<Greylist> greylist() const { return std::nullopt; }

    /// Whether it can defer mail, to be tried again.
    [[nodiscard]] virtual bool defers() const { return greylist().has_value(); }

    /// The replies to what it defers and rejects (RFC 5321, RFC 3463).
    [[nodiscard]] virtual std::string_view defer_reply() const { return "421 4.7.0"; }
    [[nodiscard]] virtual std::string_view reject_reply() const { return "550 5.7.1"; }
};

}  // namespace mailrift
