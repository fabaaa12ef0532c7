// Named senders of spam and of posts to mailing lists: by whose addresses, to whom, and how much at which time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/world/ids.h"
#include "sim/time.h"

namespace mailrift {

/// A pool by which a sender's spam leaves.
struct SpamSource {
    EntityId entity;
    double share = 1;  ///< of the sender's spam
};

/// The loss of most sources at once, such as that of a botnet's controller, and how others take their place.
struct Takedown {
    sim::Time at;
    double left = 0;         ///< x0: share of the volume that is left then, 0..1
    sim::Duration recovery;  ///< tau, above 0
};

/// A sender of spam, or of a mailing list's posts, at the same rate at all hours. Plain data.
struct SpamSender {
    std::string id;
    MailClass mail_class = MailClass::kSpam;
    std::optional<bool> authenticates{};           ///< whether its mail does; none: as that of its sources
    std::vector<SpamSource> sources;               ///< shares sum to 1
    double daily = 0;                              ///< messages a day at full volume, where everybody is simulated
    bool tries_again = true;                       ///< what is deferred
    std::string by{};                              ///< id of the accounts that send it; empty: no account sends twice
    double accounts = 0;                           ///< how many they are, alike
    bool of_members = false;                       ///< whether members write by them too
    std::optional<std::vector<CohortId>> targets;  ///< sorted; none: everybody
    sim::Time from;
    std::optional<sim::Time> until;
    std::optional<Takedown> takedown;
};

/// Share of its full volume that a sender sends at a moment: 0 before `from` and from `until` on, else x(t) = 1 - (1 - x0) exp(-(t - at) / tau) from
/// the takedown on, and 1 before it.
[[nodiscard]] double level(const SpamSender& sender, sim::Time at);

/// The integral of level() from `begin` to `end`, in closed form, in days.
[[nodiscard]] double full_days(const SpamSender& sender, sim::Time begin, sim::Time end);

}  // namespace mailrift
