// How a blocklist lists: hits of its traps, publication, expiry, removal, mistakes, escalation and closure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/world/ids.h"
#include "sim/time.h"

namespace mailrift {

/// To whom a listing spreads.
enum class Spread : std::uint8_t {
    kNeighbourhood,  ///< all sources at the same hosting supplier
    kSupplier,       ///< all sources at hosting suppliers of the same network supplier (one hop further)
};

/// One level of escalation.
struct Escalation {
    Spread to = Spread::kNeighbourhood;
    double threshold = 5;    ///< listed operators at which it spreads, >= 1
    sim::Duration after;     ///< for so long their number must have stayed there ("silence")
    sim::Duration expiry{};  ///< once it spread: from the last slice in which they were so many until it ends
};

/// What a list says.
enum class Zone : std::uint8_t {
    kAddress,  ///< who is bad, by address: of a fresh one nothing is known
    kDomain,   ///< who is bad, by what mail authenticates as: one domain an operator, one a spam sender, whatever addresses they use
    kAllow,    ///< who is good, by address: those that it knows, while they do not hit traps
};

/// What its operator does with it at the end.
enum class Closure : std::uint8_t {
    kSilent,    ///< it lists nobody any more
    kWildcard,  ///< it answers "listed" to everything
};

/// From `from` on listed, before `to`; times of knowledge, not of publication.
struct Spell {
    sim::Tick from = 0;
    std::optional<sim::Tick> to;
};

/// All sources at a supplier, of one level: the spells in which the listing has spread to them.
struct SpreadTo {
    std::vector<Spell> spells{};
    sim::Tick last = 0;  ///< when their number was at the threshold last
};

/// A list: what it publishes at t follows from what it knew at t - delay.
struct ListRule {
    EntityId list;  ///< the supplier that publishes it
    std::string id;
    Zone zone = Zone::kAddress;
    std::vector<std::string> known{};  ///< of kAllow: ids of the operators that it vouches for
    double trap_rate = 1e-6;           ///< trap hits per spam that a source sends, >= 0
    double false_rate = 0;             ///< trap hits per wanted message (traps that were addresses of people), >= 0
    double mistakes = 0;               ///< false listings an operator and day, >= 0
    double threshold = 1;              ///< hits within `window` at which a source is listed, > 0
    sim::Duration window;              ///< in which hits are counted
    sim::Duration delay;               ///< from the end of a slice until subscribers know
    sim::Duration expiry;              ///< after the last hit
    sim::Duration removal;             ///< from publication until an operator's request is answered
    double removed = 0;                ///< probability that the answer is yes, 0..1; operators without users do not ask
    double background = 0;             ///< share of the background botnet's spam from listed addresses, 0..1
    std::vector<Escalation> levels;
    std::optional<sim::Time> closes;
    Closure closure = Closure::kSilent;
};

/// What a list knows of one sending operator.
struct Listing {
    struct Hits {
        sim::Tick tick = 0;
        double count = 0;
    };
    using Spell = mailrift::Spell;
    std::vector<Hits> hits;      ///< not yet forgotten, in order
    std::vector<Spell> spells;   ///< not yet over for subscribers, in order
    std::uint32_t listings = 0;  ///< so far
};

/// Takes in the hits of slice `tick`, known at its end (tick + 1). Listed from then on once the hits of the last `window` are at least the threshold, or
/// if `mistaken` (which changes nothing while it is listed); not any more once the window
/// holds fewer than that and fewer than one hit came in the last `expiry`, nor after a removal. With Poisson hits at rate h and threshold 1
/// the listed share of time is 1 - exp(-h expiry): that of an M/D/infinity queue that is not empty.
/// \param window, expiry in slices, 1 or more
void take_hits(const ListRule& rule, double hits, bool mistaken, sim::Tick tick, sim::Duration slice, Listing& listing);

/// Ends a spell whose operator asked and was heard at `tick`; what was hit is forgotten.
void remove(sim::Tick tick, Listing& listing);

/// Takes in how many operators of a region are listed, known at the end of slice `tick` (tick + 1). The listing spreads to all of them from
/// the moment on at which
/// there were `threshold` for `after`; it ends `expiry` after there were last so many.
void take_count(const Escalation& level, double count, sim::Tick tick, sim::Duration slice, SpreadTo& region);

/// Whether subscribers find it listed in slice `tick`.
[[nodiscard]] bool is_published(const ListRule& rule, const Listing& listing, sim::Tick tick, sim::Duration slice);

/// The tick at which a request for removal of the present spell is answered; none if it is over, or nothing is listed.
[[nodiscard]] std::optional<sim::Tick> answer_at(const ListRule& rule, const Listing& listing, sim::Duration slice);

}  // namespace mailrift
