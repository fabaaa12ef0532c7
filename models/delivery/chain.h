// The chain of servers that decide on a message one after the other: a gateway, the provider behind it, and where its mailbox forwards to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "models/delivery/state.h"

namespace mailrift {

/// The place in a chain of where a mailbox forwards to.
inline constexpr std::size_t kForwardedTo = 2;

/// One of a chain.
struct Hop {
    EntityId judge;
    std::size_t place = 0;           ///< 0: who talks to the sender's server; 1: the provider behind it; kForwardedTo
    std::optional<EntityId> seen{};  ///< the source that it judges the mail by; none: the sender's own
    bool marked_too = false;         ///< whether what those before it marked as junk comes to it, too
};

/// At most three: no memory to ask for.
class Hops {
public:
    void push_back(const Hop& hop) { items_[size_++] = hop; }
    [[nodiscard]] const Hop* begin() const noexcept { return items_.data(); }
    [[nodiscard]] const Hop* end() const noexcept { return items_.data() + size_; }

private:
    std::array<Hop, 3> items_{};
    std::size_t size_ = 0;
};

/// Those who decide on mail along a chain, in turn: who talks to the sender's server sees its address; a provider behind a gateway sees the
/// gateway's, unless it `trusts_gateway` and reads the sender's from the gateway's header; where a mailbox forwards to, the forwarder's pool is
/// seen (RFC 7960 section 3.1), whoever wrote.
///
/// A chain answers as one server, so what a later one refuses or defers comes back to the sender's queue (assumed; a server that accepted mail first
/// would send a bounce, or queue it itself). A gateway's mark of junk is kept and goes on to the provider; what a forwarder marks stays there.
[[nodiscard]] Hops hops_of(const World& world, const Chain& chain);

/// The verdict of two in turn: the second decides on the share a that the first lets into the inbox, and with `marked_too` on the share j that it marks,
/// which stays marked: rejected and discarded is p_1 + (a + j) p_2 of each, accepted a a_2. What the second defers is tried again along the
/// whole chain, and all that the first takes, s = 1 - r_1 - d_1, waits alike: d_1 + s d_2 is deferred at a try, so that in the end j / s of what is
/// taken is marked, however often it waited (marked mail of a forwarder, which would not wait, is late by that). Of two greylists the first holds mail
/// back: what it let pass was tried before (assumed of the second, whose delay may be longer).
/// \param place of the second in the chain
[[nodiscard]] Verdict in_turn(const Verdict& first, const Verdict& second, std::size_t place, bool marked_too);

/// Adds a verdict on `weight` of mail to those on the rest, part by part.
void add_verdict(const Verdict& one, double weight, Verdict& sum);

/// Whether two of a chain judge mail of `source` by one address, so that a list gives both one answer: the sender's own, or that of one operator.
/// Of a counted entry that sends and sends on, these are two operators.
[[nodiscard]] bool see_the_same(const World& world, const Hop& a, const Hop& b, EntityId source);

/// Whether anybody but the first of a chain has policies.
[[nodiscard]] bool later_ones_judge(const MailState& state, const Chain& chain);

/// What mail of `source` meets along a chain. Policies of later hops carry their place (at_hop). They decide independently of each other, but for
/// the lists that several of them ask about one address: given the answer, they do, and the verdict is the mean over answers.
/// \param authenticates whether it does where a server sends for others, as a mailing list; none: as the source's own mail
/// \param sender the named one that sends it, by its place; none: members, or spam of nobody in particular
[[nodiscard]] Verdict verdict_along(const StateView& view, EntityId source, const Chain& chain, MailClass mail_class = MailClass::kWanted,
                                    std::optional<bool> authenticates = {}, std::optional<std::uint32_t> sender = {});

}  // namespace mailrift
