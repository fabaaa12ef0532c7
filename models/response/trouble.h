// Senders in trouble: providers whose mail fails, and who decides at what failure something must be done about it.
#pragma once

#include <vector>

#include "models/response/registry.h"
#include "models/response/response.h"

namespace mailrift {

/// A provider is in trouble when at least `failed` of the wanted mail that its members wrote in the last `over` is not in an inbox.
struct Trouble {
    std::vector<EntityId> senders;  ///< who looks at its own mail; of counted providers each operator
    std::vector<CohortId> members;  ///< cohorts of which some are there at t = 0
    sim::Time start;                ///< from when mail counts
    double failed = 0.1;            ///< share, above 0, at most 1
    sim::Duration over;             ///< time
};

/// The keys `providers`, `start`, `failed` and `over`, and `fields` after them.
[[nodiscard]] std::vector<sim::Field> with_trouble(std::vector<sim::Field> fields);
[[nodiscard]] Trouble decode_trouble(const sim::View& view, const ResponseContext& context);

/// A response of senders that are in trouble, evaluated once a day after the first `over`.
class TroubleResponse : public Response {
public:
    explicit TroubleResponse(Trouble trouble) : trouble_(std::move(trouble)) {}

    [[nodiscard]] sim::Time first() const final { return trouble_.start + trouble_.over; }
    [[nodiscard]] std::optional<sim::Time> next(sim::Time now) const final { return now + kDaily; }
    [[nodiscard]] sim::Duration looks_back() const final { return trouble_.over; }
    [[nodiscard]] std::vector<EntityId> senders() const final { return trouble_.senders; }
    [[nodiscard]] std::vector<Reaction> react(const ResponseInput& input) const final;

protected:
    /// Cohorts of which some are, or can come to be, at a sender.
    [[nodiscard]] std::vector<CohortId> members(const std::set<Destination>& others) const;

    /// What members of a sender in trouble do who are on a seat at it.
    virtual void act(const StateView& view, SeatId seat, std::vector<Reaction>& reactions) const = 0;

    [[nodiscard]] const Trouble& trouble() const { return trouble_; }

private:
    Trouble trouble_;
};

}  // namespace mailrift
