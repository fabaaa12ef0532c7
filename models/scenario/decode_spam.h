// From a checked scenario document to named spam senders, and the entities that they send by.
#pragma once

#include <vector>

#include "models/population/population.h"
#include "models/traffic/spam_sender.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace mailrift {

/// Refuses targets that have no mail users, since no spam would go there.
/// \throws sim::Error kInconsistent.
void check_spam_targets(const sim::View& scenario, const World& world, const sim::Places& places);

/// The pools by which mail of a provider's own servers leaves: its own, or those of its representatives, in proportion to the operators for which
/// each stands.
[[nodiscard]] std::vector<SpamSource> own_pools(const World& world, const std::string& provider);

/// Refuses more compromised accounts than a provider has members at t = 0, where the world counts users or mailboxes.
/// \throws sim::Error kInconsistent.
void check_spam_accounts(const sim::View& scenario, const World& world, const sim::Places& places);

/// Refuses policies that judge by account in a world of organisations, of whose accounts nothing is known.
/// \throws sim::Error kInconsistent.
void check_account_keys(const sim::View& scenario, const World& world, const sim::Places& places);

/// The spam senders that send before `end`, in the order of their ids. Those with addresses of their own become entities, at the end of `world`; a
/// provider's accounts send by its own pool, or by those of its representatives, in proportion to the operators for which each stands.
/// \throws sim::Error kRepeatedId for the name of an entity that is in no document.
[[nodiscard]] std::vector<SpamSender> decode_spam_senders(const sim::View& scenario, World& world, const Population& population,
                                                          sim::Time end);

}  // namespace mailrift
