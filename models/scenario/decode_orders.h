// From a checked scenario document to orders and responses over a population.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/blocking/policy.h"
#include "models/population/population.h"
#include "models/response/response.h"
#include "models/sanction/order.h"
#include "sim/shape_view.h"

namespace mailrift {

struct NamedResponse {
    std::string id;
    std::string kind;
    std::shared_ptr<const Response> response;
};

/// An item of `blocking`, at each of its receivers.
struct NamedPolicy {
    std::string id;
    std::vector<EntityId> receivers;  ///< gateways, providers, and where mailboxes forward to
    std::shared_ptr<const Policy> policy;
    sim::Time from;                  ///< when they begin to apply it
    std::optional<sim::Time> until;  ///< when they cease to
    std::optional<double> exempt;    ///< a source with more than this share of a receiver's wanted mail is never rejected

    /// Whether control tells it who is too large to be rejected, since it counts no wanted mail itself.
    [[nodiscard]] bool asks_for_size() const { return exempt && !policy->counts_wanted(); }

    /// Whether it is applied in slice `tick`; before 0, in a warm-up, those are that are applied at 0.
    [[nodiscard]] bool applies(const sim::Grid& grid, sim::Tick tick) const {
        const sim::Tick at = std::max(tick, sim::Tick{0});
        return grid.tick_at_or_after(from) <= at && (!until || at < grid.tick_at_or_after(*until));
    }
};

/// The cohorts that a value of who_shape() names, sorted, each once.
[[nodiscard]] std::vector<CohortId> decode_who(const sim::View& who, const World& world, const Population& population);

/// The orders of a scenario document, in its order. Targets are cohorts of `population` (whose seats need not exist yet).
[[nodiscard]] std::vector<Order> decode_orders(const sim::View& scenario, const World& world, const Population& population);

/// The responses of a scenario document, in its order.
[[nodiscard]] std::vector<NamedResponse> decode_responses(const sim::View& scenario, const World& world, const Population& population);

/// All moves that responses can make, also of those whom others bring.
[[nodiscard]] std::vector<Destination> moves_of(const std::vector<NamedResponse>& responses);

/// Whether one of these begins at t = 0 and remembers, so that a warm-up has something to teach: who a greylist knows at t = 0 is a closed form.
[[nodiscard]] bool learn_before_start(const std::vector<NamedPolicy>& policies);

/// Who judges mail: gateways, providers, and where mailboxes forward to; of them one receiver, or those that stand for it, unless it is "*".
/// Precondition: it exists.
[[nodiscard]] std::vector<EntityId> judges_at(const World& world, std::string_view receiver);

/// The inbound policies of a scenario document, in its order. Reading a scenario refuses policies of who gets no mail.
[[nodiscard]] std::vector<NamedPolicy> decode_policies(const sim::View& scenario, const World& world);

}  // namespace mailrift
