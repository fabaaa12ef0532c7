// A scenario made ready to run: unknown shares resolved, seats laid out, orders and responses bound to them, compliance drawn.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/blocking/listing.h"
#include "models/sanction/compliance.h"
#include "models/scenario/decode_orders.h"
#include "models/scenario/lists.h"
#include "models/scenario/scenario.h"
#include "models/traffic/spam_sender.h"
#include "sim/time.h"

namespace mailrift {

/// Everything about a run that does not change while it goes on.
struct Model {
    World world;  ///< no unknown shares; counted entities that an order can bind replaced by representatives
    Population population;
    Eigen::MatrixXd mixing;                       ///< M, shape (n_cohorts, n_cohorts)
    std::vector<Order> orders;                    ///< targets: those that the order can reach
    std::vector<std::vector<CohortId>> shielded;  ///< by order: targets against which it is void
    std::vector<Obedience> obedience;
    std::vector<NamedResponse> responses;
    std::vector<NamedPolicy> policies;
    std::vector<ListRule> lists;
    std::optional<EntityId> botnet;        ///< the entity that background spam comes from
    std::vector<SpamSender> spam_senders;  ///< those that send before the end, in the order of their ids
    MailParams mail;
    sim::Grid grid;
    sim::Tick slices = 0;
    sim::Tick warm_up = 0;  ///< slices before t = 0; 0 where no policy that begins at 0 remembers anything
    std::uint64_t seed = 1;
    Compliance compliance = Compliance::kDrawn;
};

inline constexpr std::size_t kModelBytes = std::size_t{1} << 30U;

/// \param family scenarios on the same world, whose orders and responses need entities and seats too; all of them have equal worlds and populations;
///               empty: the scenario alone
/// \throws sim::Error (kTooLarge) before it would take more than `memory_bytes`.
[[nodiscard]] Model make_model(const Scenario& scenario, std::uint64_t seed, Compliance compliance, std::size_t memory_bytes = kModelBytes,
                               std::span<const Scenario> family = {});

/// Cohorts and entities that the run can treat unlike others: whomever the measures of an order that somebody obeys before the end can hit, those who
/// can move; entities that obey.
struct Involved {
    std::vector<bool> cohorts;
    std::vector<bool> entities;
};
[[nodiscard]] Involved involved_in(const Model& model);

}  // namespace mailrift
