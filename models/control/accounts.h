// The accounts of a provider that a receiver tells apart (key `account`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/control/model.h"
#include "models/delivery/state.h"

namespace mailrift {

/// Whose an account is.
enum class Holder : std::uint8_t {
    kMember,  ///< of a member, who alone writes by it
    kStolen,  ///< of a member, who writes by it beside a thief
    kList,    ///< of a mailing list
    kNobody,  ///< opened for one message, so that a receiver meets it as a stranger
};

/// Accounts that are alike: they write as much and as bad mail as each other.
struct AccountGroup {
    Holder holder = Holder::kMember;
    std::vector<std::uint32_t> senders{};  ///< the named ones that send by them, by their places
    double number = 0;                     ///< how many they are at t = 0, >= 0
    double share = 0;                      ///< of what members write at t = 0, 0..1
    std::size_t cell = 0;                  ///< the first of its cells
    std::size_t cells = 0;
    std::size_t key = 0;  ///< the first of its accounts among those that are remembered
    std::size_t keys = 0;
};

/// The accounts of one source, as one receiver remembers them. A row's mail is of cells, the smallest parts that any key tells apart: cell c is of address
/// c modulo the number K of addresses, and of one account of its group. Of a group of n accounts that write to R operators floor(min(n R, max(32, K)))
/// are remembered, the others being like them: as many fewer as it takes for their number to be a multiple or a divisor of K. In expectation it is one.
struct Accounts {
    std::vector<AccountGroup> groups;     ///< empty: not told apart
    std::vector<std::uint32_t> key_of;    ///< by cell: its account
    std::vector<std::uint32_t> group_of;  ///< by cell
    std::size_t keys = 0;
    double members = 0;  ///< at t = 0

    [[nodiscard]] bool told_apart() const noexcept { return !groups.empty(); }
};

/// Which mail of a source.
struct MailKind {
    MailClass mail_class = MailClass::kWanted;
    Holder by = Holder::kMember;  ///< kMember: what members write, by their own accounts and by stolen ones
    std::uint32_t sender = 0;     ///< if by kStolen or kList: the named one that sends it, by its place
};

/// Whose the accounts of a named sender are, if it has any.
[[nodiscard]] inline Holder holder_of(const SpamSender& sender) { return sender.of_members ? Holder::kStolen : Holder::kList; }

/// Of a provider's pool: one account a member (of a world of mailboxes, a mailbox), by which they write alike (assumed), the `accounts` of
/// named senders among them, one account a mailing list, and nobody's for spam that is of no named sender and for what the pool sends on for others.
/// Of what members write stolen accounts have the share that they are of all: of those at t = 0, since their owners leave as others do, or of those now, if
/// they are more. As many are remembered as there are at t = 0: of a pool that loses nearly all of its members each has less than an account's mail.
/// \param addresses K, of the source that this receiver tells apart
/// \param members who have their mail leave by the pool at t = 0
/// \param whole whether accounts differ by what they sent
[[nodiscard]] Accounts accounts_at(const Model& model, EntityId source, EntityId receiver, std::size_t addresses, double members,
                                   bool whole);

/// The share of what members write that a group does, where `members` have their mail leave by the pool now, 0..1.
[[nodiscard]] double writing_share(const Accounts& accounts, const AccountGroup& group, double members);

/// By cell, the share of mail of one kind that is of it; sums to 1.
[[nodiscard]] std::vector<double> cell_shares(const Accounts& accounts, const MailKind& kind, double members);

/// Of the mail of one remembered account and of those that it stands for, the share that is its own, 0..1.
/// \param receivers operators of the receiver
/// \param members who have their mail leave by the pool now
[[nodiscard]] double own_share(const Accounts& accounts, const AccountGroup& group, double receivers, double members);

/// By entity, how many members with open accounts have their mail leave by its pool.
[[nodiscard]] std::vector<double> members_by_pool(const StateView& view, double scale);

}  // namespace mailrift
