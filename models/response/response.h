// Responses: what people and providers do about blocked mail. The interface that each plug-in implements.
#pragma once

#include <optional>
#include <set>
#include <vector>

#include "models/delivery/change.h"
#include "sim/time.h"

namespace mailrift {

/// What became of wanted mail in a time.
struct MailRecord {
    double written = 0;  ///< messages
    double failed = 0;   ///< of them not in the inbox

    /// Share that failed, 0..1; 0 where nothing was written.
    [[nodiscard]] double failed_share() const { return written > 0 ? failed / written : 0; }
};

/// A change that a response wants, `after` the evaluation (0: at once). The fraction of a kInform is of those that the kMove before it moves.
struct Reaction {
    Change change;
    sim::Duration after;
};

/// What a response may read.
struct ResponseInput {
    sim::Time now;
    const StateView& view;
    const std::vector<MailRecord>& last_day;  ///< by cohort: its members' mail of 24 h, sent and received; empty unless it reads_tallies
    const std::vector<MailRecord>& sent;  ///< by entity: what the members of its `senders` sent while it looks_back; empty unless it does
};

/// One response of a scenario. Evaluated from `first()` on, a day apart as a rule; it never changes state itself.
class Response {
public:
    virtual ~Response() = default;

    /// When it is evaluated first.
    [[nodiscard]] virtual sim::Time first() const = 0;

    /// When it is evaluated again after `now`; none: never.
    [[nodiscard]] virtual std::optional<sim::Time> next(sim::Time now) const = 0;

    /// Whether it needs to know what became of its cohorts' mail, so that a run without traffic cannot answer.
    [[nodiscard]] virtual bool reads_tallies() const { return false; }

    /// Over which time it wants to know what became of mail that members of its `senders` sent; 0: it does not.
    [[nodiscard]] virtual sim::Duration looks_back() const { return {0}; }

    /// Providers that decide for themselves: of counted ones each operator.
    [[nodiscard]] virtual std::vector<EntityId> senders() const { return {}; }

    /// The moves that it may make, so that their seats exist from the start.
    /// \param others those that all responses together make, as far as they are known: whom they bring may have to be moved on
    [[nodiscard]] virtual std::vector<Destination> destinations(const std::set<Destination>& others) const = 0;

    [[nodiscard]] virtual std::vector<Reaction> react(const ResponseInput& input) const = 0;
};

/// Period of evaluation.
inline constexpr sim::Duration kDaily{86'400'000'000};

}  // namespace mailrift
