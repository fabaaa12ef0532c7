// What became of mail in a run, as shares of what was written.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "models/control/run.h"
#include "tests/models/tools.h"

namespace mailrift::testing {

/// Which mail is meant: "" stands for any.
struct Which {
    std::string source;
    std::string receiver;
    MailClass mail_class = MailClass::kWanted;
};

/// Messages of which all ended so; no outcome: all that were written.
inline double messages(const Run& run, const Which& which, std::optional<Outcome> outcome = std::nullopt) {
    double sum = 0;
    const auto named = [&](const std::string& name, EntityId id) { return name.empty() || run.model.world.entities[index(id)].id == name; };
    for (const LedgerRow& row : run.ledger.rows()) {
        const bool meant =
            named(which.source, row.key.source) && named(which.receiver, row.key.receiver) && row.key.mail_class == which.mail_class;
        if (meant && (!outcome || *outcome == row.outcome)) sum += row.messages;
    }
    return sum;
}

inline double share(const Run& run, const Which& which, Outcome outcome) { return messages(run, which, outcome) / messages(run, which); }

/// A scenario of one policy in hourly slices, without answers; mail is the same at all hours.
inline std::string with_policy(const std::string& policy, const std::string& more = "", std::string_view horizon = "2 d") {
    return scenario_text(
        R"("mail": {"reply": 0, "messages_per_day": 20, "spam_share": 0.4}, "warm_up": "0 d", "blocking": [)" + policy + "]" + more,
        horizon);
}

}  // namespace mailrift::testing
