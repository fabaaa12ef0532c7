// The ledger: every message written is accounted for, by source, receiver, class and outcome.
#include "models/delivery/ledger.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <tuple>

#include "models/delivery/archive.h"
#include "sim/error.h"
#include "sim/json.h"
#include "sim/prefetch.h"

namespace mailrift {

std::string_view name_of(MailClass mail_class) noexcept {
    constexpr std::array<std::string_view, 3> kNames{"wanted", "bulk", "spam"};
    return kNames[static_cast<std::size_t>(mail_class)];
}

namespace {

std::size_t hash_of(const LedgerKey& key) noexcept {
    constexpr std::uint64_t kOdd = 0x9E37'79B9'7F4A'7C15U;
    const std::uint64_t pair = (static_cast<std::uint64_t>(index(key.source)) << 32U) ^ static_cast<std::uint64_t>(index(key.receiver));
    const std::uint64_t mixed = (pair * 4 + static_cast<std::uint64_t>(key.mail_class)) * kOdd;
    return static_cast<std::size_t>(mixed ^ (mixed >> 29U));
}

}  // namespace

std::size_t Ledger::slot_of(const LedgerKey& key) const noexcept {
    const std::size_t mask = slots_.size() - 1;
    std::size_t slot = hash_of(key) & mask;
    while (slots_[slot] != kNone && accounts_[slots_[slot]].key != key) slot = (slot + 1) & mask;
    return slot;
}

void Ledger::grow() {
    constexpr std::size_t kLeast = 16;
    slots_.assign(std::max(kLeast, 2 * slots_.size()), kNone);
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t i = 0; i < accounts_.size(); ++i) {  // all keys are different ones, so nothing is compared
        std::size_t slot = hash_of(accounts_[i].key) & mask;
        while (slots_[slot] != kNone) slot = (slot + 1) & mask;
        slots_[slot] = static_cast<std::uint32_t>(i);
    }
}

void Ledger::prefetch_place(const LedgerKey& key) const noexcept {
    if (!slots_.empty()) sim::prefetch(&slots_[hash_of(key) & (slots_.size() - 1)]);
}

void Ledger::prefetch_account(const LedgerKey& key) const noexcept {
    if (slots_.empty()) return;
    const std::uint32_t place = slots_[hash_of(key) & (slots_.size() - 1)];
    if (place == kNone) return;
    sim::prefetch(&accounts_[place]);
    if (place < ends_.size()) sim::prefetch(&ends_[place]);  // where most accounts have one end, it lies about there
}

Ledger::Account& Ledger::account(const LedgerKey& key) {
    if (latest_ < accounts_.size() && accounts_[latest_].key == key) return accounts_[latest_];
    if (4 * (accounts_.size() + 1) > slots_.size()) grow();
    std::uint32_t& place = slots_[slot_of(key)];
    if (place == kNone) {
        place = static_cast<std::uint32_t>(accounts_.size());
        accounts_.push_back({key, {}, kNone});
    }
    latest_ = place;
    return accounts_[latest_];
}

void Ledger::add_written(const LedgerKey& key, double messages) {
    if (messages != 0) account(key).written.add(messages);
}

void Ledger::add_outcome(const LedgerKey& key, Outcome outcome, Cause cause, double messages) {
    if (messages == 0) return;
    std::uint32_t* at = &account(key).first;
    while (*at != kNone && !(ends_[*at].outcome == outcome && ends_[*at].cause == cause)) at = &ends_[*at].next;
    if (*at == kNone) {
        *at = static_cast<std::uint32_t>(ends_.size());  // before the push, which may move what `at` points into
        ends_.push_back({outcome, cause, {}, kNone});
        ends_.back().messages.add(messages);
    } else {
        ends_[*at].messages.add(messages);
    }
}

double Ledger::ended(const Account& account) const noexcept {
    double sum = 0;
    for (std::uint32_t i = account.first; i != kNone; i = ends_[i].next) sum += ends_[i].messages.value();
    return sum;
}

void Ledger::save(sim::ArchiveWriter& archive) const {
    archive(std::uint64_t{accounts_.size()}, std::uint64_t{ends_.size()});
    for (const Account& account : accounts_) archive(account.key, account.written, account.first);
    for (const End& end : ends_) {
        archive.choice(end.outcome, kOutcomes);
        archive(end.cause, end.messages, end.next);
    }
}

void Ledger::load(sim::ArchiveReader& archive) {
    *this = {};
    std::uint64_t accounts = 0;
    std::uint64_t ends = 0;
    archive(accounts, ends);
    const auto want_end = [&](std::uint32_t place, std::uint64_t least) {
        archive.want(place == kNone || (place >= least && place < ends), "an end of a later message", std::to_string(place));
    };
    for (std::uint64_t i = 0; i < accounts; ++i) {
        Account read{};
        archive(read.key, read.written, read.first);
        want_end(read.first, 0);
        Account& made = account(read.key);
        archive.want(accounts_.size() == i + 1, "each account once", "one that is there twice");
        made = read;
    }
    for (std::uint64_t i = 0; i < ends; ++i) {
        End end{};
        archive.choice(end.outcome, kOutcomes);
        archive(end.cause, end.messages, end.next);
        want_end(end.next, i + 1);
        ends_.push_back(end);
    }
}

std::vector<LedgerRow> Ledger::rows() const {
    std::vector<LedgerRow> rows;
    for (const Account& account : accounts_) {
        for (std::uint32_t i = account.first; i != kNone; i = ends_[i].next) {
            rows.push_back({account.key, ends_[i].outcome, ends_[i].cause, ends_[i].messages.value()});
        }
    }
    std::sort(rows.begin(), rows.end(), [](const LedgerRow& a, const LedgerRow& b) {
        return std::tie(a.key, a.outcome, a.cause) < std::tie(b.key, b.outcome, b.cause);
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
        for (std::uint32_t i = account.first; i != kNone; i = ends_[i].next) {
            sum += ends_[i].outcome == outcome ? ends_[i].messages.value() : 0;
        }
    }
    return sum;
}

double Ledger::imbalance() const {
    double worst = 0;
    for (const Account& account : accounts_) {
        const double outcomes = ended(account);
        const double written = account.written.value();
        if (!std::isfinite(written) || !std::isfinite(outcomes)) return std::numeric_limits<double>::infinity();
        const double gap = std::fabs(written - outcomes);
        worst = std::max(worst, gap == 0 ? 0 : gap / std::max(written, outcomes));
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
