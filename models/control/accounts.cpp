// The accounts of a provider that a receiver tells apart (key `account`).
#include "models/control/accounts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>
#include <utility>

namespace mailrift {
namespace {

constexpr std::size_t kRemembered = 32;  // accounts of a group at a receiver, if it has one operator

/// How many accounts of a group are remembered.
std::size_t count_keys(double pairs, std::size_t addresses) {
    const double most = std::floor(std::min(pairs, static_cast<double>(std::max(kRemembered, addresses))));
    auto keys = static_cast<std::size_t>(std::max(most, 1.0));
    if (keys >= addresses) return keys / addresses * addresses;
    while (addresses % keys > 0) --keys;
    return keys;
}

/// The stolen accounts and mailing lists of a pool.
std::vector<AccountGroup> named_groups(const Model& model, EntityId source) {
    std::map<std::pair<Holder, std::string>, AccountGroup> groups;
    for (std::size_t s = 0; s < model.spam_senders.size(); ++s) {
        const SpamSender& sender = model.spam_senders[s];
        const auto of_source = [&](const SpamSource& pool) { return pool.entity == source; };
        const auto pool = std::find_if(sender.sources.begin(), sender.sources.end(), of_source);
        if (sender.by.empty() || pool == sender.sources.end()) continue;
        AccountGroup& group = groups[{holder_of(sender), sender.by}];
        group.holder = holder_of(sender);
        group.number = sender.accounts * pool->share * (sender.of_members ? model.mail.scale : 1);
        group.senders.push_back(static_cast<std::uint32_t>(s));
    }
    std::vector<AccountGroup> named;
    for (auto& entry : groups) named.push_back(std::move(entry.second));
    return named;
}

bool has_members(const Model& model, EntityId source) {
    const std::vector<Route>& routes = model.world.routes;
    return std::any_of(routes.begin(), routes.end(), [&](const Route& route) { return source_of(route) == source; });
}

}  // namespace

Accounts accounts_at(const Model& model, EntityId source, EntityId receiver, std::size_t addresses, double members, bool whole) {
    Accounts accounts;
    accounts.members = members;
    accounts.groups = named_groups(model, source);
    double stolen = 0;
    for (AccountGroup& group : accounts.groups) {
        group.share = group.holder == Holder::kStolen && members > 0 ? std::min(group.number / members, 1 - stolen) : 0;
        stolen += group.share;
    }
    if (has_members(model, source)) {
        const double number = members > 0 ? members * (1 - stolen) : std::numeric_limits<double>::infinity();  // who come later may be many
        accounts.groups.push_back({Holder::kMember, {}, number, 1 - stolen});
    }
    accounts.groups.push_back({Holder::kNobody});
    const auto receivers = static_cast<double>(model.world.entities[index(receiver)].count);
    for (AccountGroup& group : accounts.groups) {
        group.keys = whole && group.holder != Holder::kNobody ? count_keys(group.number * receivers, addresses) : 1;
        group.cells = std::max(group.keys, addresses);
        group.cell = accounts.key_of.size();
        group.key = accounts.keys;
        for (std::size_t c = 0; c < group.cells; ++c) {
            accounts.key_of.push_back(static_cast<std::uint32_t>(group.key + c % group.keys));
            accounts.group_of.push_back(static_cast<std::uint32_t>(&group - accounts.groups.data()));
        }
        accounts.keys += group.keys;
    }
    return accounts;
}

double writing_share(const Accounts& accounts, const AccountGroup& group, double members) {
    const double kept = members > accounts.members && accounts.members > 0 ? accounts.members / members : 1;
    if (group.holder == Holder::kStolen) return group.share * kept;
    return group.holder == Holder::kMember ? 1 - (1 - group.share) * kept : 0;
}

std::vector<double> cell_shares(const Accounts& accounts, const MailKind& kind, double members) {
    const auto is_of = [](Holder holder) { return [holder](const AccountGroup& group) { return group.holder == holder; }; };
    const bool has_members = std::any_of(accounts.groups.begin(), accounts.groups.end(), is_of(Holder::kMember));
    const auto share_of = [&](const AccountGroup& group) -> double {
        if (kind.by == Holder::kMember && has_members) return writing_share(accounts, group, members);
        if (kind.by == Holder::kMember || kind.by == Holder::kNobody) return group.holder == Holder::kNobody ? 1 : 0;
        return std::find(group.senders.begin(), group.senders.end(), kind.sender) == group.senders.end() ? 0 : 1;
    };
    std::vector<double> shares;
    for (const AccountGroup& group : accounts.groups)
        shares.insert(shares.end(), group.cells, share_of(group) / static_cast<double>(group.cells));
    return shares;
}

double own_share(const Accounts& accounts, const AccountGroup& group, double receivers, double members) {
    const double number = group.holder == Holder::kMember ? members * writing_share(accounts, group, members) : group.number;
    const double pairs = number * receivers;
    return pairs > static_cast<double>(group.keys) ? static_cast<double>(group.keys) / pairs : 1;
}

std::vector<double> members_by_pool(const StateView& view, double scale) {
    std::vector<double> members(view.world.entities.size());
    for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
        const Seat& seat = view.population.seats[s];
        if (!view.open(id_of<SeatId>(s))) continue;
        members[index(source_of(view.world.routes[index(seat.route)]))] +=
            view.population.cohorts[index(seat.cohort)].users * scale * view.state.share[s];
    }
    return members;
}

}  // namespace mailrift
