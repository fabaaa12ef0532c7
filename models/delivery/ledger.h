// The ledger: every message written is accounted for, by source, receiver, class and outcome.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/delivery/outcome.h"
#include "models/world/ids.h"
#include "sim/archive.h"
#include "sim/statistics.h"

namespace mailrift {

[[nodiscard]] std::string_view name_of(MailClass mail_class) noexcept;

/// Between whom mail went.
struct LedgerKey {
    EntityId source;    ///< the pool that sends: the relay of the route, or the provider
    EntityId receiver;  ///< the mailbox provider that the address names, also where a gateway, the `receiver` of policies, judges its mail
    MailClass mail_class = MailClass::kWanted;
    auto operator<=>(const LedgerKey&) const = default;
};

struct LedgerRow {
    LedgerKey key;
    Outcome outcome = Outcome::kInbox;
    Cause cause;  ///< who caused the outcome, if anybody
    double messages = 0;
};

/// Counts of messages (expected counts in `fluid`) since t = 0.
class Ledger {
public:
    void add_written(const LedgerKey& key, double messages);
    void add_outcome(const LedgerKey& key, Outcome outcome, Cause cause, double messages);

    /// Asks for the memory that adding to `key` will read, as a hint: first where its account is looked for, some time later the account.
    void prefetch_place(const LedgerKey& key) const noexcept;
    void prefetch_account(const LedgerKey& key) const noexcept;

    /// All outcomes with a count, in the order of (source, receiver, class, outcome, cause).
    [[nodiscard]] std::vector<LedgerRow> rows() const;

    [[nodiscard]] double written() const;               ///< all messages written
    [[nodiscard]] double total(Outcome outcome) const;  ///< all messages that ended so

    /// The greatest |written - sum of outcomes| / written over all keys: at most 1e-12 in `fluid`; infinite
    /// if a sum is not finite.
    [[nodiscard]] double imbalance() const;

    /// \throws sim::Error (kUnbalanced) if imbalance() is above `tolerance`; every run ends with this check.
    void check_balance(double tolerance) const;

    /// All sums to the bit, in the order of their first message.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    static constexpr std::uint32_t kNone = 0xFFFF'FFFFU;
    struct End {
        Outcome outcome;
        Cause cause;
        sim::Sum messages;
        std::uint32_t next = kNone;  ///< of the same account
    };
    struct Account {
        LedgerKey key;
        sim::Sum written;
        std::uint32_t first = kNone;  ///< its ends, in the order of their first message: few, so searched from the front
    };
    Account& account(const LedgerKey& key);
    void grow();
    [[nodiscard]] std::size_t slot_of(const LedgerKey& key) const noexcept;
    [[nodiscard]] double ended(const Account& account) const noexcept;

    std::vector<Account> accounts_;  ///< in the order of their first message, so that sums are repeatable
    std::vector<End> ends_;          ///< of all accounts: no allocation for each
    std::size_t latest_ = 0;         ///< what was written is often followed by what became of it
    std::vector<std::uint32_t>
        slots_;  ///< places in `accounts_` by hash, linear probing, at most a quarter full; its size is a power of two
};

}  // namespace mailrift
