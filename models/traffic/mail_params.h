// How much wanted mail there is, and when it is written.
#pragma once

#include <optional>
#include <vector>

#include "models/population/contact_graph.h"
#include "models/population/senders.h"
#include "sim/distributions.h"

namespace mailrift {

struct MailParams {
    double messages_per_day = 5;       ///< wanted mail that a member writes in a day when everything is delivered
    double reply = 0.3;                ///< probability that a delivered wanted message is answered, 0..0.95
    sim::Distribution reply_delay;     ///< from delivery to the answer, in seconds
    std::optional<double> spam_share;  ///< of all mail at t = 0, 0 .. below 1; none: what providers send, no background
    std::vector<double> profile;       ///< 168 hourly factors from Monday 00:00 local time, mean 1
    double scale = 1;                  ///< share of users, and so of all mail, that is simulated, above 0 and at most 1
    ContactGraphParams contacts{};     ///< to whom a person writes: `message` builds the graph, greylists in the others know its rates
    SenderParams senders{};            ///< how unequal persons' rates are
};

}  // namespace mailrift
