// The accounts of a provider that a receiver tells apart (key `account`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "models/control/model.h"
#include "models/delivery/state.h"

namespace mailrift {

/// Accounts that are alike: they write as much and as bad mail as each other.
struct AccountGroup {
    std::vector<std::uint32_t> senders{};  ///< the named ones that send by them, by their places
    bool of_members = false;               ///< whether members write by them
    bool known = true;                     ///< whether an account comes twice; if not, it is met as a stranger
    double number = 0;                     ///< how many they are; of members who are in no other group: what is left
    std::size_t cell = 0;                  ///< the first of its cells
    std::size_t cells = 0;
    std::size_t key = 0;  ///< the first of its accounts among those that are remembered
    std::size_t keys = 0;
};

/// The accounts of one source, as one receiver remembers them. A source's mail is of cells, the smallest parts that any key tells apart: cell c is of address
/// c modulo the number of addresses, and of one account of its group. Of a group of n accounts that write to R operators, min(n R, 32 or the
/// number of addresses) are remembered, the others being like them; in expectation one.
struct Accounts {
    std::vector<AccountGroup> groups;  ///< members who send nothing else first, then spam of nobody in particular, then named senders
    std::size_t cells = 0;
    std::size_t keys = 0;

    [[nodiscard]] bool told_apart() const noexcept { return !groups.empty(); }

    /// The group of a cell.
    [[nodiscard]] const AccountGroup& group_of(std::size_t cell) const;

    /// The account of a cell, by its place among those that are remembered.
    [[nodiscard]] std::size_t key_of(std::size_t cell) const;
};

/// What one is part of, of one kind of mail of the source: of members if `spam` is false, of nobody in particular if it is true; or of a named sender.
struct MailKind {
    bool spam = false;
    std::optional<std::uint32_t> sender{};
};

/// Of a provider's pool: its members, each with an account (of a world of organisations, one for each unit of weight), by which they write alike
/// (assumed); `accounts` of named senders, which members use too where they are compromised; and accounts opened for the spam that is of nobody in
/// particular, of which none comes twice (assumed).
/// \param addresses of the source that this receiver tells apart
/// \param whole whether accounts differ by what they sent
[[nodiscard]] Accounts accounts_at(const Model& model, EntityId source, EntityId receiver, std::size_t addresses, bool whole);

/// By group, the share of the members' mail that is written by its accounts, where `members` write by this source now; sums to 1.
[[nodiscard]] std::vector<double> writing_shares(const Accounts& accounts, double members);

/// By cell, the share of mail of one kind that is of it; sums to 1.
[[nodiscard]] std::vector<double> cell_shares(const Accounts& accounts, const MailKind& kind, double members);

/// Of the mail of a cell, the share that is of the one account that is remembered, at most 1.
/// \param receivers operators of the receiver
[[nodiscard]] double own_share(const AccountGroup& group, double receivers, double members, const Accounts& accounts);

/// By entity, how many members with open accounts have their mail leave by its pool.
[[nodiscard]] std::vector<double> members_by_pool(const StateView& view, double scale);

}  // namespace mailrift
