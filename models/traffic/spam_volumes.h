// How much spam leaves providers, named senders and the background botnet.
#pragma once

#include <span>
#include <vector>

#include "models/delivery/state.h"
#include "models/traffic/mail_params.h"
#include "models/traffic/spam_sender.h"

namespace mailrift {

/// Spam a day in the whole world, by source; that of named senders apart.
struct SpamVolumes {
    std::vector<double> by_entity;  ///< messages a day that leave each entity's pool: what its users do not write themselves
    double background = 0;          ///< messages a day of the background botnet
};

/// Spam at t = 0. Of the mail that members of provider p write, w messages a day by its own pool or by a relay's, the share o
/// (`outbound_spam` of p) of what leaves by that pool is spam: w o / (1 - o) messages. With `spam_share` s, all spam is s / (1 - s) times all
/// wanted mail at t = 0, and the background botnet sends what providers, and named senders at their level of t = 0, do not.
/// \throws sim::Error kInconsistent if they send more than that.
[[nodiscard]] SpamVolumes spam_volumes(const World& world, const Population& population, const MailParams& mail,
                                       std::span<const SpamSender> senders = {});

/// Spam of providers in the present state: w is what members write there now, by where they sit; nothing of closed accounts.
[[nodiscard]] std::vector<double> spam_sent(const StateView& view, const MailParams& mail);

}  // namespace mailrift
