// The ledger: every message written is accounted for, by source, receiver, class and outcome.
#include "models/delivery/ledger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "sim/error.h"
#include "sim/json.h"

namespace mailrift {

std::string_view name_of(MailClass mail_class) noexcept {
    constexpr std::array<std::string_view, 3> kNames{"wanted", "bulk", "spam"};
    return kNames[static_cast<std::size_t>(mail_class)];
}

std::size_t Ledger::Hash::operator()(const LedgerKey& key) const noexcept {
    constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15U;
    const std::uint64_t pair = (static_cast<std::uint64_t>(index(key.source)) << 32U) ^ static_cast<std::uint64_t>(index(key.receiver));
    const std::uint64_t mixed = (pair * 4 + static_cast<std::uint64_t>(key.mail_class)) * kOdd;
    return static_cast<std::size_t>(mixed ^ (mixed >> 29U));
}

Ledger::Account& Ledger::account(const LedgerKey& key) {
    if (latest_ < accounts_.size() && accounts_[latest_].key == key) return accounts_[latest_];
    const auto [found, is_new] = index_of_.try_emplace(key, accounts_.size());
    if (is_new) accounts_.push_back({key, {}, {}});
    latest_ = found->second;
    return accounts_[latest_];
}

void Ledger::add_written(const LedgerKey& key, double messages) {
    if (messages != 0) account(key).written.add(messages);
}

void Ledger::add_outcome(const LedgerKey& key, Outcome outcome, std::optional<OrderId> order, double messages) {
    if (messages == 0) return;
    std::vector<End>& ends = account(key).ends;
    const auto found = std::find_if(ends.begin(), ends.end(), [&](const End& end) { return end.outcome == outcome && end.order == order; });
    End& end = found != ends.end() ? *found : ends.emplace_back(End{outcome, order, {}});
    end.messages.add(messages);
}

std::vector<LedgerRow> Ledger::rows() const {
    std::vector<LedgerRow> rows;
    for (const Account& account : accounts_) {
        for (const End& end : account.ends) rows.push_back({account.key, end.outcome, end.order, end.messages.value()});
    }
    std::sort(rows.begin(), rows.end(), [](const LedgerRow& a, const LedgerRow& b) {
        return std::tie(a.key, a.outcome, a.order) < std::tie(b.key, b.outcome, b.order);
    });
    return rows;
}

double Ledger::written() const {
    double sum = 0;
    for (const Account& account : accounts_) sum += account.written.value();
    return sum;
}

double Ledger::total(Outcome outcome) const {
    double sum = 0;
    for (const Account& account : accounts_) {
        for (const End& end : account.ends) sum += end.outcome == outcome ? end.messages.value() : 0;
    }
    return sum;
}

double Ledger::imbalance() const {
    double worst = 0;
    for (const Account& account : accounts_) {
        double ended = 0;
        for (const End& end : account.ends) ended += end.messages.value();
        const double written = account.written.value();
        if (!std::isfinite(written) || !std::isfinite(ended)) return std::numeric_limits<double>::infinity();
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
