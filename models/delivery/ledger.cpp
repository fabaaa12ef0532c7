// The ledger: every message written is accounted for, by source, receiver, class and outcome.
#include "models/delivery/ledger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "sim/error.h"
#include "sim/json.h"

namespace mailrift {

std::string_view name_of(MailClass mail_class) noexcept {
    constexpr std::array<std::string_view, 3> kNames{"wanted", "bulk", "spam"};
    return kNames[static_cast<std::size_t>(mail_class)];
}

void Ledger::add_written(const LedgerKey& key, double messages) {
    if (messages != 0) accounts_[key].written += messages;
}

void Ledger::add_outcome(const LedgerKey& key, Outcome outcome, std::optional<OrderId> order, double messages) {
    if (messages != 0) accounts_[key].outcomes[{outcome, order}] += messages;
}

std::vector<LedgerRow> Ledger::rows() const {
    std::vector<LedgerRow> rows;
    for (const auto& [key, account] : accounts_) {
        for (const auto& [end, messages] : account.outcomes) rows.push_back({key, end.outcome, end.order, messages});
    }
    return rows;
}

double Ledger::written() const {
    double sum = 0;
    for (const auto& entry : accounts_) sum += entry.second.written;
    return sum;
}

double Ledger::total(Outcome outcome) const {
    double sum = 0;
    for (const auto& entry : accounts_) {
        for (const auto& [end, messages] : entry.second.outcomes) {
            if (end.outcome == outcome) sum += messages;
        }
    }
    return sum;
}

double Ledger::imbalance() const {
    double worst = 0;
    for (const auto& entry : accounts_) {
        double ended = 0;
        for (const auto& outcome : entry.second.outcomes) ended += outcome.second;
        const double written = entry.second.written;
        const double gap = std::fabs(written - ended);
        worst = std::max(worst, gap == 0 ? 0 : gap / std::max(written, ended));
    }
    return worst;
}

void Ledger::check_balance(double tolerance) const {
    const double found = imbalance();
    if (found <= tolerance) return;
    throw sim::Error(sim::Code::kUnbalanced, {}, "a ledger that balances to " + sim::format_number(tolerance) + " of written",
                     "an imbalance of " + sim::format_number(found));
}

}  // namespace mailrift
