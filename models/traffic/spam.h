// Spam: what leaves providers besides wanted mail, and a background botnet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/delivery/state.h"
#include "models/traffic/booking.h"
#include "models/traffic/retry_queue.h"
#include "models/traffic/setup.h"
#include "models/traffic/source_tallies.h"

namespace mailrift {

/// Spam a day in the whole world, by source.
struct SpamVolumes {
    std::vector<double> by_entity;  ///< messages a day that leave each entity's pool: what its users do not write themselves
    double background = 0;          ///< messages a day of the background botnet
};

/// Spam at t = 0. Of the mail that members of provider p write, w messages a day by its own pool or by a relay's, the share o (`outbound_spam` of p) of
/// what leaves by that pool is spam: w o / (1 - o) messages. With `spam_share` s, all spam is s / (1 - s) times all wanted mail at t = 0, and the
/// background botnet sends what providers do not.
/// \throws sim::Error kInconsistent if providers send more than that.
[[nodiscard]] SpamVolumes spam_volumes(const World& world, const Population& population, const MailParams& mail);

/// The same of providers in the present state: w is what members write there now, by where they sit; nothing of closed accounts.
[[nodiscard]] std::vector<double> spam_sent(const StateView& view, const MailParams& mail);

/// Spam of all sources to all mailboxes alike, at the same rate at all hours: expected counts, or Poisson numbers keyed by source, receiver and
/// slice. It is never answered, and no order names its senders. Its verdicts are those of its source; to an account that an order closed it ends as
/// `closed_account`, if no policy refuses it before the recipient is named. Providers send as much as their members' wanted mail makes it
/// (spam_sent), the botnet what it sent at t = 0. Bots do not try again (assumed): what is deferred is lost (`expired`). What providers send waits and is
/// tried again as their wanted mail is (RetryQueue), and is new to every greylist (assumed).
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

    /// Moves the spam of a slice; returns a hash of the counts.
    std::uint64_t advance(const StateView& view, sim::Tick slice, TallyBoard* board);

    /// Books all spam moved since the last booking, and what waits as queued: once, at the end.
    void book(std::vector<Booking>& bookings);

    /// Spam that is not booked yet.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    /// From one source to the mailboxes of one provider behind one judge.
    struct Stream {
        EntityId source;
        EntityId receiver;
        EntityId judge;
        double daily = 0;  ///< spam of the source a day now, to all mailboxes
        std::size_t pool = 0;
        std::uint64_t key = 0;
        bool tries_again = true;           ///< what is deferred
        Fate fate;                         ///< of what ends in its slice
        std::vector<WaitPart> waits;       ///< what else
        std::vector<double> shares;        ///< of the parts of both
        std::vector<double> counts;        ///< of the fate's parts, since the last booking
        std::optional<std::size_t> place;  ///< on the board
    };

    /// A part of a stream that waits: to open accounts, or to those that an order closed.
    using LawName = std::pair<std::uint32_t, std::optional<OrderId>>;

    void add_source(EntityId source, bool tries_again);
    void read_mailboxes(const StateView& view);
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
    double days_ = 0;  ///< of a slice
    std::vector<Stream> streams_;
    std::vector<std::pair<EntityId, EntityId>> pools_;  ///< provider and judge of each kind of mailbox
    std::vector<std::size_t> pool_of_route_;
    std::vector<double> mailboxes_;                  ///< share of all, by pool
    std::vector<std::map<OrderId, double>> closed_;  ///< by pool: share of its mailboxes that an order closed (the first of several)
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
