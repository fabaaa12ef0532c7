// Blocklists at work: what each list knows of each source, and what its subscribers are told.
#include "models/control/blocklists.h"

#include <algorithm>
#include <cassert>
#include <string>

#include "models/control/rotation.h"
#include "models/control/units.h"
#include "models/delivery/archive.h"
#include "sim/counts.h"
#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kHitStream = sim::hash64("blocklists: hits of traps");
constexpr std::uint64_t kMistakeStream = sim::hash64("blocklists: mistakes");
constexpr std::uint64_t kRemovalStream = sim::hash64("blocklists: requests for removal");
constexpr double kDayUs = 86'400e6;

}  // namespace

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Listing::Hits> hits) {
    archive(hits.tick, hits.count);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Spell> spell) {
    archive(spell.from, spell.to);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<Listing> listing) {
    archive(listing.hits, listing.spells, listing.listings);
}

Blocklists::Blocklists(const Model& model, bool whole) : model_(model), whole_(whole), has_users_(model.world.entities.size()) {
    for (const ListRule& rule : model.lists) {
        List list{&rule, {}, std::vector<std::map<EntityId, SpreadTo>>(rule.levels.size())};
        for (const Entity& entity : model.world.entities) {
            const auto is_it = [&](const std::string& id) { return id == entity.id || id == entity.stands_for; };
            list.known.push_back(std::any_of(rule.known.begin(), rule.known.end(), is_it));
        }
        lists_.push_back(std::move(list));
    }
    for (const Route& route : model.world.routes) has_users_[index(source_of(route))] = true;
}

std::size_t Blocklists::keys_of(const List& list, EntityId source) const {
    const Entity& entity = model_.world.entities[index(source)];
    const bool ages = entity.rotation.us > 0 && changes_with_address(entity, key_of(list));
    return whole_ || ages ? static_cast<std::size_t>(std::min(units_of(model_, source, key_of(list)), entity.representatives)) : 1;
}

std::size_t Blocklists::place(std::string_view id) const {
    const auto list = std::find_if(lists_.begin(), lists_.end(), [&](const List& other) { return other.rule->id == id; });
    assert(list != lists_.end());
    return static_cast<std::size_t>(list - lists_.begin());
}

void Blocklists::learn(std::span<const SourceTally> slice, sim::Tick tick) {
    if (lists_.empty()) return;
    std::map<EntityId, std::pair<double, double>> sent;  // spam, wanted
    for (const SourceTally& tally : slice) {
        sent[tally.source].first += tally.offered[1] - tally.passed_on[1];  // traps do not forward, and a message hits them once
        sent[tally.source].second += tally.offered[0] - tally.passed_on[0];
    }
    for (List& list : lists_) {
        for (const auto& [source, messages] : sent) {
            if (!model_.botnet || source != *model_.botnet) learn(list, source, messages.first, messages.second, tick);
        }
        escalate(list, tick);
    }
}

void Blocklists::learn(List& list, EntityId source, double spam, double wanted, sim::Tick tick) {
    const ListRule& rule = *list.rule;
    const Entity& entity = model_.world.entities[index(source)];
    const std::size_t keys = keys_of(list, source);
    std::vector<Listing>& listings = list.sources.try_emplace(source, keys).first->second;
    const double seen = rule.zone == Zone::kDomain ? entity.authenticated : 1;  // traps see a domain where mail authenticates
    const double mean =
        seen * (spam * rule.trap_rate + wanted * rule.false_rate) / static_cast<double>(units_of(model_, source, key_of(list)));
    const sim::Duration rotation = changes_with_address(entity, key_of(list)) ? entity.rotation : sim::Duration{};
    const std::uint64_t key = sim::join64(sim::hash64(rule.id), sim::hash64(entity.id));
    const double mistakes = rule.mistakes * static_cast<double>(model_.grid.slice.us) / kDayUs;
    for (std::size_t k = 0; k < keys; ++k) {
        Listing& listing = listings[k];
        const auto draws = [&](std::uint64_t stream) {
            return sim::Draws(model_.seed, stream, sim::join64(key, k), static_cast<std::uint32_t>(tick));
        };
        double hits = mean;
        bool mistaken = false;
        if (whole_) {
            sim::Draws own = draws(kHitStream);
            hits = static_cast<double>(sim::poisson(mean, own));
        }
        if (whole_ && mistakes > 0) {
            sim::Draws own = draws(kMistakeStream);
            mistaken = sim::poisson(mistakes, own) > 0;
        }
        take_hits(rule, hits, mistaken, tick, model_.grid.slice, listing);
        answer(list, source, k, listing, tick + 1);
        if (takes_fresh_address(rotation, k, keys, tick + 1, model_.grid.slice)) listing = {};
    }
}

/// Whoever has users asks to be removed as soon as a listing is published; one draw a listing says whether it is heard. In expectation
/// it is, if that is as likely as not.
void Blocklists::answer(List& list, EntityId source, std::size_t key, Listing& listing, sim::Tick tick) const {
    const ListRule& rule = *list.rule;
    if (rule.removed <= 0 || !has_users_[index(source)] || answer_at(rule, listing, model_.grid.slice) != tick) return;
    bool heard = rule.removed >= 0.5;
    if (whole_) {
        const std::uint64_t of = sim::join64(sim::hash64(rule.id), sim::hash64(model_.world.entities[index(source)].id));
        sim::Draws draws(model_.seed, kRemovalStream, sim::join64(of, key), listing.listings);
        heard = sim::uniform(0, 1, draws) < rule.removed;
    }
    if (heard) remove(tick, listing);
}

std::optional<EntityId> Blocklists::region_of(EntityId source, Spread spread) const {
    const std::optional<EntityId> hosting = hosting_of(model_.world, source);
    if (spread == Spread::kNeighbourhood || !hosting) return hosting;
    for (const Requirement& requirement : model_.world.entities[index(*hosting)].depends_on) {
        if (requirement.layer == Layer::kNetwork) return requirement.suppliers.front();
    }
    return std::nullopt;
}

/// Counts listed operators by region, each remembered one for as many as it stands for.
void Blocklists::escalate(List& list, sim::Tick tick) {
    for (std::size_t level = 0; level < list.regions.size(); ++level) {
        const Escalation& rule = list.rule->levels[level];
        std::map<EntityId, double> listed;
        for (const auto& [source, listings] : list.sources) {
            const std::optional<EntityId> region = region_of(source, rule.to);
            if (!region) continue;
            const double weight = static_cast<double>(model_.world.entities[index(source)].count) / static_cast<double>(listings.size());
            for (const Listing& listing : listings) {
                listed[*region] += !listing.spells.empty() && !listing.spells.back().to ? weight : 0;
            }
        }
        for (const auto& [region, count] : listed) {
            SpreadTo& own = list.regions[level][region];
            const sim::Tick over = tick + 1 - slices(list.rule->delay);
            std::erase_if(own.spells, [&](const Spell& spell) { return spell.to && *spell.to <= over; });
            take_count(rule, count, tick, model_.grid.slice, own);
        }
    }
}

double Blocklists::mistaken_share(const ListRule& rule, EntityId source) const {
    const sim::Duration kept = rule.threshold <= 1 ? std::max(rule.expiry, rule.window) : rule.expiry;  // a mistake counts as a hit
    const double expiry = static_cast<double>(kept.us) / kDayUs;
    const double removal = static_cast<double>(rule.removal.us + rule.delay.us) / kDayUs;
    const double heard = has_users_[index(source)] ? rule.removed : 0;
    const double length = heard * std::min(removal, expiry) + (1 - heard) * expiry;
    return rule.mistakes * length / (1 + rule.mistakes * length);
}

double Blocklists::listed(std::size_t place, EntityId source, std::size_t key, sim::Tick tick) const {
    const List& list = lists_[place];
    const ListRule& rule = *list.rule;
    const bool is_background = model_.botnet && source == *model_.botnet;
    const double carried = rule.zone != Zone::kDomain ? 1 : is_background ? 0 : model_.world.entities[index(source)].authenticated;
    if (rule.closes && model_.grid.tick_at_or_after(*rule.closes) <= tick) return rule.closure == Closure::kWildcard ? carried : 0;
    if (rule.zone == Zone::kAllow) return list.known[index(source)] ? 1 - bad(list, source, key, tick) : 0;
    if (is_background) return rule.zone == Zone::kAddress ? rule.background : 0;
    return carried * bad(list, source, key, tick);
}

/// Share of the mail of a key whose address or domain hits the list's traps too often, or is taken to by mistake.
double Blocklists::bad(const List& list, EntityId source, std::size_t key, sim::Tick tick) const {
    const ListRule& rule = *list.rule;
    const sim::Tick known = tick - slices(rule.delay);
    for (std::size_t level = 0; level < list.regions.size(); ++level) {
        const std::optional<EntityId> region = region_of(source, rule.levels[level].to);
        if (!region) continue;
        const auto found = list.regions[level].find(*region);
        if (found == list.regions[level].end()) continue;
        const sim::Tick after = slices(rule.levels[level].after);
        const auto tells = [&](const Spell& spell) { return spell.from + after <= known && (!spell.to || known < *spell.to); };
        if (std::any_of(found->second.spells.begin(), found->second.spells.end(), tells)) return 1;
    }
    const auto found = list.sources.find(source);
    if (found != list.sources.end() && is_published(rule, found->second[key % found->second.size()], tick, model_.grid.slice)) return 1;
    return whole_ ? 0 : mistaken_share(rule, source);
}

void Blocklists::save(sim::ArchiveWriter& archive) const {
    for (const List& list : lists_) {
        archive(std::uint64_t{list.sources.size()});
        for (const auto& [source, listings] : list.sources) archive(source, listings);
        for (const auto& regions : list.regions) {
            archive(std::uint64_t{regions.size()});
            for (const auto& [supplier, region] : regions) archive(supplier, region.spells, region.last);
        }
    }
}

void Blocklists::load(sim::ArchiveReader& archive) {
    for (List& list : lists_) {
        std::uint64_t sources = 0;
        archive(sources);
        list.sources.clear();
        for (; sources > 0; --sources) {
            EntityId source;
            archive(source);
            std::vector<Listing>& listings = list.sources[source];
            archive(listings);
            archive.want(listings.size() == keys_of(list, source), std::to_string(keys_of(list, source)) + " operators of a source",
                         std::to_string(listings.size()));
        }
        for (auto& regions : list.regions) {
            std::uint64_t count = 0;
            archive(count);
            regions.clear();
            for (; count > 0; --count) {
                EntityId supplier;
                archive(supplier);
                archive(regions[supplier].spells, regions[supplier].last);
            }
        }
    }
}

}  // namespace mailrift
