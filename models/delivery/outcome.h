// What becomes of a message, and the SMTP reply by which a mail log would show it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "models/world/ids.h"

namespace mailrift {

enum class MailClass : std::uint8_t { kWanted, kBulk, kSpam };

/// What has become of a message: how it ended, or that it waits.
enum class Outcome : std::uint8_t {
    kInbox,
    kJunk,
    kDiscarded,
    kRejected,
    kClosedAccount,
    kUnresolved,
    kExpired,
    kUnsent,
    kQueued,  ///< of a try: deferred; of a message: in its sender's queue, to be tried again
};
inline constexpr std::size_t kOutcomes = 9;

/// Who caused an outcome: an order, a receiver's policy, or neither.
struct Cause {
    std::optional<OrderId> order;
    std::optional<PolicyId> policy;
    auto operator<=>(const Cause&) const = default;
};

/// The name of an outcome in every table and document.
[[nodiscard]] constexpr std::string_view name_of(Outcome outcome) noexcept {
    constexpr std::array<std::string_view, kOutcomes> kNames{"inbox",      "junk",    "discarded", "rejected", "closed_account",
                                                             "unresolved", "expired", "unsent",    "queued"};
    return kNames[static_cast<std::size_t>(outcome)];
}

/// The reply of the receiving server (RFC 5321) with its enhanced status code (RFC 3463, RFC 7505); empty where no server replied.
[[nodiscard]] constexpr std::string_view reply_of(Outcome outcome) noexcept {
    constexpr std::array<std::string_view, kOutcomes> kReplies{"250 2.0.0", "250 2.0.0", "250 2.0.0", "550 5.7.1", "550 5.2.1",
                                                               "550 5.1.2", "4.4.7",     "",          "450 4.2.0"};
    return kReplies[static_cast<std::size_t>(outcome)];
}

}  // namespace mailrift
