// Inbound policies: what a receiver does with mail of a source, by what it has seen of it. The interface that each plug-in implements.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

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
};

/// Mail of one key in one slice, judged.
struct JudgedCounts {
    double good = 0;  ///< messages
    double bad = 0;
};

/// One policy of a receiver. It keeps nothing itself: what is remembered of a key are `memory()` numbers, all 0 at first, which control keeps.
class Policy {
public:
    virtual ~Policy() = default;

    [[nodiscard]] virtual Stage stage() const = 0;

    /// How often verdicts are made; a multiple of the slice.
    [[nodiscard]] virtual sim::Duration period() const = 0;

    [[nodiscard]] virtual Judge judge() const = 0;

    /// How many numbers are remembered of a key.
    [[nodiscard]] virtual std::size_t memory() const = 0;

    /// Remembers one slice of one key; or several in which nothing came, as one of their length.
    virtual void observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const = 0;

    /// What to do with mail of the key during the next period; called at the end of each, so it may begin a new window. With a memory of
    /// zeros: what to do with a key that was never seen.
    /// \param share the key's part of wanted() of all keys of this receiver, 0..1; 0 where the policy does not compare() and nobody is exempt
    [[nodiscard]] virtual Proposal propose(std::span<double> key, double share) const = 0;

    /// Whether it proposes by a key's share of the receiver's wanted mail.
    [[nodiscard]] virtual bool compares() const { return false; }

    /// Messages of a key that are remembered as wanted; of a policy that counts none: 0.
    [[nodiscard]] virtual double wanted(std::span<const double> /*key*/) const { return 0; }

    /// The rule for tries of unknown (source, sender, recipient), of a policy that proposes to greylist.
    [[nodiscard]] virtual std::optional<Greylist> greylist() const { return std::nullopt; }

    /// Whether it can defer mail, to be tried again.
    [[nodiscard]] virtual bool defers() const { return greylist().has_value(); }

    /// The reply to what it defers (RFC 5321, RFC 3463).
    [[nodiscard]] virtual std::string_view defer_reply() const { return "421 4.7.0"; }
};

}  // namespace mailrift
