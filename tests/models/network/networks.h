// Small dependency graphs for the tests, by hand and at random, and cascades followed without any graph library.
#pragma once

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "models/world/world.h"
#include "sim/distributions.h"
#include "sim/hash.h"
#include "sim/random.h"

namespace mailrift::testing {

/// Entities e0, e1, ... that need nothing.
inline World entities(std::size_t n) {
    World world;
    world.entities.resize(n);
    for (std::size_t e = 0; e < n; ++e) {
        world.entities[e].id = "e" + std::to_string(e);
        world.entities[e].layer = static_cast<Layer>(e % kLayers);
    }
    return world;
}

inline void need(World& world, std::size_t client, Mode mode, const std::vector<std::size_t>& suppliers,
                 const std::vector<double>& shares = {}) {
    Requirement requirement{Layer::kHosting, mode, {}, shares};
    for (const std::size_t supplier : suppliers) requirement.suppliers.push_back(id_of<EntityId>(supplier));
    world.entities[client].depends_on.push_back(requirement);
}

/// Which shapes a random network may have.
struct Shapes {
    bool cycles = true;
    bool splits = true;
};

/// 2 to 9 entities with 0 to 2 requirements of 1 to 3 distinct suppliers each; without cycles, suppliers have a greater number.
inline World random_network(std::uint64_t seed, Shapes shapes) {
    sim::Draws draws(seed, sim::hash64("test.network"), 0, 0);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(sim::uniform_below(n, draws)); };
    World world = entities(2 + below(8));
    const std::size_t n = world.entities.size();
    for (std::size_t client = 0; client < n; ++client) {
        for (std::size_t r = below(3); r > 0; --r) {
            const std::size_t first = shapes.cycles ? 0 : client + 1;
            std::vector<std::size_t> suppliers;
            for (std::size_t i = 1 + below(3); i > 0 && first < n; --i) {
                const std::size_t supplier = first + below(n - first);
                if (std::find(suppliers.begin(), suppliers.end(), supplier) == suppliers.end()) suppliers.push_back(supplier);
            }
            if (suppliers.empty()) continue;
            const auto mode = static_cast<Mode>(below(shapes.splits ? 3 : 2));
            std::vector<double> shares;
            if (mode == Mode::kSplit) shares.assign(suppliers.size(), 1.0 / static_cast<double>(suppliers.size()));
            need(world, client, mode, suppliers, shares);
        }
    }
    return world;
}

/// Each entity withdrawn with probability 0.3.
inline std::vector<bool> random_withdrawal(std::uint64_t seed, std::size_t n) {
    sim::Draws draws(seed, sim::hash64("test.withdrawal"), 0, 0);
    std::vector<bool> withdrawn(n);
    for (std::size_t e = 0; e < n; ++e) withdrawn[e] = sim::bernoulli(0.3, draws);
    return withdrawn;
}

/// A random permutation: old number -> new number.
inline std::vector<std::size_t> random_permutation(std::uint64_t seed, std::size_t n) {
    sim::Draws draws(seed, sim::hash64("test.permutation"), 0, 0);
    std::vector<std::size_t> to(n);
    std::iota(to.begin(), to.end(), std::size_t{0});
    for (std::size_t i = n; i > 1; --i) std::swap(to[i - 1], to[static_cast<std::size_t>(sim::uniform_below(i, draws))]);
    return to;
}

/// The same world with its entities in another order; routes follow.
inline World relabelled(const World& world, const std::vector<std::size_t>& to) {
    const auto moved = [&](EntityId entity) { return id_of<EntityId>(to[index(entity)]); };
    World other = world;
    for (std::size_t e = 0; e < world.entities.size(); ++e) {
        Entity& entity = other.entities[to[e]] = world.entities[e];
        for (auto& requirement : entity.depends_on) {
            for (auto& supplier : requirement.suppliers) supplier = moved(supplier);
        }
    }
    for (auto& route : other.routes) {
        route.provider = moved(route.provider);
        if (route.gateway) route.gateway = moved(*route.gateway);
        if (route.outbound) route.outbound = moved(*route.outbound);
    }
    return other;
}

/// Whether `met` holds for as many of a requirement's suppliers as its mode needs; of a split, for one with a positive share.
template <class Met>
bool is_met(const Requirement& requirement, Met met) {
    std::size_t relevant = 0;
    std::size_t working = 0;
    for (std::size_t i = 0; i < requirement.suppliers.size(); ++i) {
        if (requirement.mode == Mode::kSplit && requirement.shares[i] <= 0) continue;
        ++relevant;
        working += met(index(requirement.suppliers[i])) ? 1U : 0U;
    }
    return requirement.mode == Mode::kAllOf ? working == relevant : working > 0;
}

/// Who works once nothing changes any more. `running`: all others run when the withdrawn stop; otherwise all others start from nothing.
inline std::vector<bool> settled(const World& world, const std::vector<bool>& withdrawn, bool running) {
    const std::size_t n = world.entities.size();
    std::vector<bool> works(n, running);
    for (bool changes = true; changes;) {
        changes = false;
        for (std::size_t e = 0; e < n; ++e) {
            bool now = !withdrawn[e];
            for (const auto& requirement : world.entities[e].depends_on) {
                now = now && is_met(requirement, [&](std::size_t supplier) { return works[supplier]; });
            }
            if (now != works[e]) changes = true;
            works[e] = now;
        }
    }
    return works;
}

/// The single points of failure found by withdrawing every entity in turn.
inline std::vector<std::vector<EntityId>> one_by_one(const World& world, bool running) {
    const std::size_t n = world.entities.size();
    std::vector<std::vector<EntityId>> points(n);
    for (std::size_t x = 0; x < n; ++x) {
        std::vector<bool> withdrawn(n, false);
        withdrawn[x] = true;
        const auto works = settled(world, withdrawn, running);
        for (std::size_t e = 0; e < n; ++e) {
            if (!works[e]) points[e].push_back(id_of<EntityId>(x));
        }
    }
    return points;
}

}  // namespace mailrift::testing
