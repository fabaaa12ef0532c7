// Responses: what people and providers do about blocked mail. The interface that each plug-in implements.
#pragma once

#include <optional>
#include <vector>

#include "models/delivery/change.h"
#include "sim/time.h"

namespace mailrift {

/// What a cohort's members saw of their wanted mail, sent and received, in the last 24 h.
struct CohortDay {
    double written = 0;  ///< messages
    double failed = 0;   ///< of them not in the inbox
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
    const std::vector<CohortDay>& last_day;  ///< by cohort; empty if no response reads_tallies
};

/// One response of a scenario. Evaluated from `first()` on, a day apart as a rule; it never changes state itself.
class Response {
public:
    virtual ~Response() = default;

    /// When it is evaluated first.
    [[nodiscard]] virtual sim::Time first() const = 0;

    /// When it is evaluated again after `now`; none: never.
    [[nodiscard]] virtual std::optional<sim::Time> next(sim::Time now) const = 0;

    /// Whether it needs to know what became of the members' mail, so that a run without traffic cannot answer.
    [[nodiscard]] virtual bool reads_tallies() const = 0;

    /// The moves that it may make, so that their seats exist from the start.
    [[nodiscard]] virtual std::vector<Destination> destinations() const = 0;

    [[nodiscard]] virtual std::vector<Reaction> react(const ResponseInput& input) const = 0;
};

/// Period of evaluation.
inline constexpr sim::Duration kDaily{86'400'000'000};

}  // namespace mailrift
