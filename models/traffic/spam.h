// Spam: what leaves providers besides wanted mail, named senders, and a background botnet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "models/delivery/change.h"
#include "models/delivery/state.h"
#include "models/traffic/audience.h"
#include "models/traffic/booking.h"
#include "models/traffic/retry_queue.h"
#include "models/traffic/setup.h"
#include "models/traffic/source_tallies.h"
#include "models/traffic/spam_volumes.h"

namespace mailrift {

/// Spam of all sources to all mailboxes alike, or of a named sender to those of its targets, at the same rate at all hours: expected counts,
/// or Poisson numbers keyed by sender, source, receiver and slice. It is never answered, and no order names its senders. Its verdicts are
/// those of its source; to an account that an order closed it ends as `closed_account`, if no policy refuses it before the recipient is
/// named. Providers send as much as their members' wanted mail makes it (spam_sent), the background botnet what it sent at t = 0, named
/// senders by their own law (full_days). Bots do not try again (assumed): what is deferred is lost (`expired`). What others send waits and
/// is tried again as their source's schedule says (RetryQueue), and is new to every greylist (assumed).
class SpamTraffic {
public:
    /// A way in which waiting spam of a stream ended.
    struct Late {
        std::uint32_t series = 0;
        Outcome outcome = Outcome::kInbox;
        Cause cause;
        auto operator<=>(const Late&) const = default;
    };

    /// \param whole whether counts are drawn
    /// \throws sim::Error kTooLarge for more spam in a slice than can be counted.
    SpamTraffic(const TrafficSetup& setup, const StateView& start, bool whole);

    [[nodiscard]] bool empty() const noexcept { return streams_.empty(); }

    /// Verdicts, volumes, and where mailboxes are, under a new state; mail moved so far is booked under the fates it had.
    void read_state(const StateView& view, std::vector<Booking>& bookings);

    /// The same after `changes`: verdicts alone change no volume, and few streams.
    void follow(const StateView& view, std::span<const Change> changes, std::vector<Booking>& bookings);

    /// Moves the spam of a slice; returns a hash of the counts.
    std::uint64_t advance(const StateView& view, sim::Tick slice, TallyBoard* board);

    /// Books all spam moved since the last booking, and what waits as queued: once, at the end.
    void book(std::vector<Booking>& bookings);

    /// Spam that is not booked yet.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    /// From one source to the mailboxes behind one chain of judges.
    struct Stream {
        EntityId source;
        bool tries_again = true;                ///< what is deferred
        std::optional<std::uint32_t> sender{};  ///< the named one, by its place; none: members of a provider, or the background botnet
        std::size_t audience = 0;
        double daily = 0;  ///< spam of the source a day now, to the whole audience; of a named sender at full volume
        Chain chain{};
        std::size_t pool = 0;
        std::uint64_t key = 0;
        std::optional<Verdict> verdict{};    ///< that `fate` and `waits` were made of
        std::map<OrderId, double> closed{};  ///< with these shares of accounts that orders closed
        Fate fate{};                         ///< of what ends in its slice
        std::vector<WaitPart> waits{};       ///< what else
        std::vector<double> shares{};        ///< of the parts of both
        std::vector<double> counts{};        ///< of the fate's parts, since the last booking
        std::optional<std::size_t> place{};  ///< on the board
    };

    /// A part of a stream that waits: to open accounts, or to those that an order closed.
    using LawName = std::pair<std::uint32_t, std::optional<OrderId>>;

    void add_streams(const Stream& like, std::uint64_t key);
    void add_senders();
    [[nodiscard]] std::size_t audience_of(const SpamSender& sender);
    void check_size(const TrafficSetup& setup) const;
    void read_verdict(const StateView& view, Stream& stream, std::vector<Booking>& bookings);
    [[nodiscard]] MailClass class_of(const Stream& stream) const;
    [[nodiscard]] Verdict verdict_on(const StateView& view, const Stream& stream) const;
    [[nodiscard]] WritingLaw law_of(const Stream& stream, const Verdict& verdict);
    [[nodiscard]] std::uint32_t number_of(const LawName& name);
    [[nodiscard]] AttemptLaw queue_law(const LawName& name, const StateView& view) const;
    std::uint64_t try_again(const StateView& view, sim::Tick slice, TallyBoard* board);
    std::uint64_t send(std::size_t series, sim::Tick slice, double mean, TallyBoard* board);
    void book(Stream& stream, std::vector<Booking>& bookings);

    const World& world_;
    MailParams mail_;
    bool whole_;
    std::uint64_t seed_;
    sim::Grid grid_;
    double days_ = 0;  ///< of a slice
    std::span<const SpamSender> senders_;
    std::vector<double> full_days_;  ///< of senders in the present slice
    sim::Tick first_ = 0;            ///< tick of slice 0
    std::vector<Stream> streams_;
    MailPools pools_;
    std::vector<Audience> audiences_;  ///< everybody first
    double background_ = 0;
    RetryPlans plans_;
    RetryQueue queue_;  ///< series: streams
    std::vector<LawName> names_;
    std::map<LawName, std::uint32_t> numbers_;
    std::vector<AttemptLaw> laws_;  ///< of the present state unless stale
    bool stale_ = false;
    std::map<Late, double> late_;
    std::vector<std::uint64_t> drawn_;  ///< of one stream, reused
};

}  // namespace mailrift
