// Communities by capped Chung-Lu links with room, and the local share that gives a clustering coefficient.
#include "models/population/communities.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/math.h"

namespace mailrift {
namespace {

constexpr std::uint32_t kPilotPersons = 4096;
constexpr std::uint64_t kPilotStream = sim::hash64("contact graph: pilot");

/// Who is next to whom in one community of at most kMostCommunity.
using Neighbours = std::array<std::uint64_t, kMostCommunity / 64>;

std::uint32_t common(const Neighbours& a, const Neighbours& b) {
    std::uint32_t sum = 0;
    for (std::size_t w = 0; w < a.size(); ++w) sum += static_cast<std::uint32_t>(std::popcount(a[w] & b[w]));
    return sum;
}

/// The members' neighbours in one community.
std::array<Neighbours, kMostCommunity> neighbours_of(std::span<const CommunityLink> links) {
    std::array<Neighbours, kMostCommunity> next_to{};
    for (const auto [from, to] : links) {
        next_to[from][to / 64U] |= std::uint64_t{1} << (to % 64U);
        next_to[to][from / 64U] |= std::uint64_t{1} << (from % 64U);
    }
    return next_to;
}

/// Twice the triangles of member i.
std::uint32_t twice_triangles(std::span<const Neighbours> next_to, std::size_t i) {
    std::uint32_t sum = 0;
    for (std::size_t j = 0; j < next_to.size(); ++j) {
        if ((next_to[i][j / 64U] >> (j % 64U) & 1U) != 0) sum += common(next_to[i], next_to[j]);
    }
    return sum;
}

}  // namespace

void link_community(std::span<const Member> members, double reciprocity, sim::Draws& draws, std::vector<CommunityLink>& links) {
    assert(members.size() <= 256);
    links.clear();
    double wishes = 0;
    std::array<std::uint32_t, 256> room{};
    for (std::size_t i = 0; i < members.size(); ++i) {
        wishes += members[i].wish;
        room[i] = members[i].room;
    }
    if (wishes <= 0) return;
    const double mutual = reciprocity / (2 - reciprocity);
    const double scale = 2 / (1 + mutual) / wishes;
    for (std::size_t i = 0; i < members.size(); ++i) {
        for (std::size_t j = i + 1; j < members.size(); ++j) {
            if (sim::uniform01(draws) >= scale * members[i].wish * members[j].wish) continue;
            const double kind = sim::uniform01(draws);
            const bool both = kind < mutual;
            const bool forth = both || kind < mutual + (1 - mutual) / 2;
            const bool back = both || !forth;
            if ((forth && room[i] == 0) || (back && room[j] == 0)) continue;
            if (forth) links.push_back({static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(j)}), --room[i];
            if (back) links.push_back({static_cast<std::uint8_t>(j), static_cast<std::uint8_t>(i)}), --room[j];
        }
    }
}

CommunityPlan::CommunityPlan(std::uint32_t cohort_size, std::uint32_t community_size) noexcept
    : persons(cohort_size),
      count(std::max(1U, static_cast<std::uint32_t>((std::uint64_t{cohort_size} + community_size / 2) / community_size))) {
    assert(cohort_size > 0 && community_size > 0);
}

std::uint32_t CommunityPlan::start(std::uint32_t c) const noexcept {
    assert(c <= count);
    return static_cast<std::uint32_t>(std::uint64_t{c} * persons / count);
}

Member member_of(double local_share, std::uint32_t contacts, std::uint32_t own, std::uint32_t size) noexcept {
    return {std::min({local_share * contacts, static_cast<double>(own), static_cast<double>(size - 1)}), own};
}

CommunityLaw::CommunityLaw(const DegreeLaw& degrees, std::uint32_t community_size, double reciprocity) {
    assert(community_size >= 2 && community_size <= kMostCommunity);
    sim::Draws draws(0, kPilotStream, 0, 0);
    std::vector<std::uint32_t> contacts(std::size_t{kPilotPersons / community_size} * community_size);
    for (auto& number : contacts) number = degrees.draw(draws);
    for (std::size_t step = 0; step <= kSteps; ++step) {
        table_[step] = measure(contacts, community_size, reciprocity, static_cast<double>(step) / kSteps);
    }
}

CommunityLaw::Entry CommunityLaw::measure(std::span<const std::uint32_t> contacts, std::uint32_t size, double reciprocity,
                                          double local_share) {
    Entry entry;
    double ends = 0;
    std::vector<Member> members(size);
    std::vector<CommunityLink> links;
    for (std::size_t first = 0; first < contacts.size(); first += size) {
        sim::Draws draws(0, kPilotStream, first / size, 1);
        std::vector<std::uint32_t> outside(contacts.begin() + static_cast<std::ptrdiff_t>(first),
                                           contacts.begin() + static_cast<std::ptrdiff_t>(first + size));
        for (std::size_t i = 0; i < size; ++i) members[i] = member_of(local_share, outside[i], outside[i], size);
        link_community(members, reciprocity, draws, links);
        for (const auto& link : links) --outside[link.from];
        const auto next_to = neighbours_of(links);
        for (std::size_t i = 0; i < size; ++i) {
            const double near = common(next_to[i], next_to[i]);
            const double others = outside[i] * (2 - reciprocity);
            const double k = near + others;
            entry.others += others;
            entry.reach += others * k;
            ends += k;
            if (k < 2) continue;
            entry.inside += twice_triangles(std::span(next_to).first(size), i) / (k * (k - 1));
            entry.rest += 1 - near * (near - 1) / (k * (k - 1));
        }
    }
    const auto persons = static_cast<double>(contacts.size());
    return {entry.inside / persons, entry.rest / persons, entry.others / persons, ends > 0 ? entry.reach / ends : 0};
}

double CommunityLaw::clustering(double local_share, double persons, double home) const noexcept {
    const double local = std::min(local_share, home);
    const auto step = std::min(static_cast<std::size_t>(local * kSteps), kSteps - 1);
    const double part = local * kSteps - static_cast<double>(step);
    const auto between = [&](double Entry::*value) { return table_[step].*value + part * (table_[step + 1].*value - table_[step].*value); };
    const double others = between(&Entry::others);
    const double reach = between(&Entry::reach) * (local < 1 ? (home - local) / (1 - local) : 1);
    const double chance = others > 0 ? -sim::expm1(-reach * reach / (persons * others)) : 0;
    return between(&Entry::inside) + between(&Entry::rest) * chance;
}

double CommunityLaw::local_share(double target, double persons, double home) const noexcept {
    double low = 0;
    double high = 1;
    for (int step = 0; step < 40; ++step) {
        const double middle = low + (high - low) / 2;
        (clustering(middle, persons, home) < target ? low : high) = middle;
    }
    return high;
}

}  // namespace mailrift
