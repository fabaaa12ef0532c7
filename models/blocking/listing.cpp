// How a blocklist lists: hits of its traps, publication, expiry, removal, mistakes, escalation and closure.
#include "models/blocking/listing.h"

#include <algorithm>

#include "models/blocking/decay.h"

namespace mailrift {
namespace {

/// A duration in slices, rounded up.
sim::Tick slices(sim::Duration duration, sim::Duration slice) { return (duration.us + slice.us - 1) / slice.us; }

/// Hits of slices after `tick` - `slices`, up to `tick`.
double hits_in(const Listing& listing, sim::Tick tick, sim::Tick slices) {
    double sum = 0;
    for (const Listing::Hits& hit : listing.hits) sum += hit.tick > tick - slices ? hit.count : 0;
    return sum;
}

bool is_open(const Listing& listing) { return !listing.spells.empty() && !listing.spells.back().to; }

}  // namespace

void take_hits(const ListRule& rule, double hits, bool mistaken, sim::Tick tick, sim::Duration slice, Listing& listing) {
    const sim::Tick window = slices(rule.window, slice);
    const sim::Tick expiry = slices(rule.expiry, slice);
    mistaken = mistaken && !is_open(listing);
    if (mistaken) hits = std::max({hits, 1.0});
    if (hits > 0) listing.hits.push_back({tick, hits});
    std::erase_if(listing.hits, [&](const Listing::Hits& hit) { return hit.tick <= tick - std::max(window, expiry); });
    const sim::Tick over = tick + 1 - slices(rule.delay, slice);
    std::erase_if(listing.spells, [&](const Listing::Spell& spell) { return spell.to && *spell.to <= over; });
    const bool triggered = mistaken || hits_in(listing, tick, window) >= rule.threshold * (1 - kSlack);
    if (!is_open(listing) && triggered) {
        listing.spells.push_back({tick + 1, std::nullopt});
        ++listing.listings;
    } else if (is_open(listing) && !triggered && hits_in(listing, tick, expiry) < 1 - kSlack) {
        listing.spells.back().to = tick + 1;
    }
}

void take_count(const Escalation& level, double count, sim::Tick tick, sim::Duration slice, SpreadTo& region) {
    const bool open = !region.spells.empty() && !region.spells.back().to;
    if (count >= level.threshold) {
        region.last = tick + 1;
        if (!open) region.spells.push_back({tick + 1, std::nullopt});
        return;
    }
    if (!open) return;
    const bool spread = region.last - region.spells.back().from >= slices(level.after, slice);
    if (!spread || tick - region.last >= slices(level.expiry, slice)) region.spells.back().to = tick + 1;
}

void remove(sim::Tick tick, Listing& listing) {
    if (is_open(listing)) listing.spells.back().to = tick;
    listing.hits.clear();
}

bool is_published(const ListRule& rule, const Listing& listing, sim::Tick tick, sim::Duration slice) {
    const sim::Tick known = tick - slices(rule.delay, slice);
    return std::any_of(listing.spells.begin(), listing.spells.end(),
                       [&](const Listing::Spell& spell) { return spell.from <= known && (!spell.to || known < *spell.to); });
}

std::optional<sim::Tick> answer_at(const ListRule& rule, const Listing& listing, sim::Duration slice) {
    if (!is_open(listing)) return std::nullopt;
    return listing.spells.back().from + slices(rule.delay, slice) + slices(rule.removal, slice);
}

}  // namespace mailrift
