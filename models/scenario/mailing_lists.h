// Mailing lists in a scenario document: how they look, and the mail that they send.
#pragma once

#include <vector>

#include "models/population/population.h"
#include "models/traffic/spam_sender.h"
#include "sim/shape.h"
#include "sim/shape_view.h"

namespace mailrift {

/// An item of `mailing_lists`. Refers to names that the scenario's world declares.
[[nodiscard]] sim::Shape mailing_list_shape();

/// Adds what the lists of a scenario document send: `posts_per_day` times the subscribers among its targets, the share `spam_share` of it as spam, the
/// rest as bulk mail, from the provider's own pool; as independent messages at a steady rate (assumed: a post's copies would leave together). The order stays that of ids. A list that does not write its own address into the header From
/// breaks what would authenticate its writers: SPF is of the list's server, and DKIM does not outlast a changed subject or a footer (RFC 7960
/// section 3.2).
void add_mailing_lists(const sim::View& scenario, const World& world, const Population& population, std::vector<SpamSender>& senders);

}  // namespace mailrift
