// Spam: what leaves providers besides wanted mail, and a background botnet.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "models/delivery/state.h"
#include "models/traffic/booking.h"
#include "models/traffic/setup.h"
#include "models/traffic/source_tallies.h"

namespace mailrift {

/// Spam a day in the whole world, by source.
struct SpamVolumes {
    std::vector<double> by_entity;  ///< messages a day that leave each entity's pool
    double background = 0;          ///< messages a day of the background botnet
};

/// Of provider p, whose members write w messages a day, the share o of what leaves is spam: w o / (1 - o) messages. With `spam_share` s, all spam is
/// s / (1 - s) times all wanted mail at t = 0, and the background botnet sends what providers do not.
/// \throws sim::Error kInconsistent if providers send more than that.
[[nodiscard]] SpamVolumes spam_volumes(const World& world, const Population& population, const MailParams& mail);

/// Spam of all sources to all mailboxes alike, at the same rate at all hours: expected counts, or Poisson numbers keyed by source, receiver and
/// slice. It is never answered, and no order names its senders. Its verdicts are those of its source; to an account that an order closed it ends as
/// `closed_account`, if no policy refuses it before the recipient is named. Bots do not try again (assumed): what is deferred is lost (`expired`).
/// What providers send and a policy defers stays `queued`, and greylists let it pass: its tries are not simulated.
class SpamTraffic {
public:
    /// \param whole whether counts are drawn
    SpamTraffic(const TrafficSetup& setup, bool whole);

    [[nodiscard]] bool empty() const noexcept { return streams_.empty(); }

    /// Verdicts, and where mailboxes are, under a new state; mail moved so far is booked under the fates it had.
    void read_state(const StateView& view, std::vector<Booking>& bookings);

    /// Moves the spam of a slice; returns a hash of the counts.
    std::uint64_t advance(sim::Tick slice, TallyBoard* board);

    /// Books all spam moved since the last booking.
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
        double daily = 0;  ///< spam of the source a day, to all mailboxes
        std::size_t pool = 0;
        std::uint64_t key = 0;
        bool tries_again = true;  ///< what is deferred
        Fate fate;
        std::vector<double> shares;        ///< of its parts
        std::vector<double> counts;        ///< of its parts, since the last booking
        std::optional<std::size_t> place;  ///< on the board
    };

    void add_source(EntityId source, double daily, const TrafficSetup& setup);
    void book(Stream& stream, std::vector<Booking>& bookings);

    bool whole_;
    std::uint64_t seed_;
    double days_ = 0;  ///< of a slice
    std::vector<Stream> streams_;
    std::vector<std::pair<EntityId, EntityId>> pools_;  ///< provider and judge of each kind of mailbox
    std::vector<std::size_t> pool_of_route_;
    std::vector<double> mailboxes_;                  ///< share of all, by pool
    std::vector<std::map<OrderId, double>> closed_;  ///< by pool: share of its mailboxes that an order closed (the first of several)
};

}  // namespace mailrift
