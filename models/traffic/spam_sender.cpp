// Named spam senders: by whose addresses, to whom, and how much at which time.
#include "models/traffic/spam_sender.h"

#include <algorithm>

#include "sim/math.h"

namespace mailrift {
namespace {

double days(std::int64_t us) { return static_cast<double>(us) / 86'400e6; }

}  // namespace

double level(const SpamSender& sender, sim::Time at) {
    if (at < sender.from || (sender.until && at >= *sender.until)) return 0;
    if (!sender.takedown || at < sender.takedown->at) return 1;
    const Takedown& loss = *sender.takedown;
    return 1 - (1 - loss.left) * sim::exp(-days(at.us - loss.at.us) / days(loss.recovery.us));
}

double full_days(const SpamSender& sender, sim::Time begin, sim::Time end) {
    begin = std::max(begin, sender.from);
    if (sender.until) end = std::min(end, *sender.until);
    if (begin >= end) return 0;
    if (!sender.takedown || sender.takedown->at >= end) return days(end.us - begin.us);
    const Takedown& loss = *sender.takedown;
    const sim::Time since = std::max(begin, loss.at);
    const double tau = days(loss.recovery.us);
    const double then = 1 - level(sender, since);
    const double missing = then * tau * -sim::expm1(-days(end.us - since.us) / tau);
    return days(end.us - begin.us) - missing;
}

}  // namespace mailrift
