// The accounts of a provider that a receiver tells apart (key `account`).
#include "models/control/accounts.h"

#include <algorithm>
#include <cmath>
#include <string>

namespace mailrift {
namespace {

constexpr std::size_t kRemembered = 32;  // accounts of a group at a receiver, if it has one operator

/// Members of named accounts together.
double named_members(const Accounts& accounts) {
    double named = 0;
    for (const AccountGroup& group : accounts.groups) named += group.of_members && !group.senders.empty() ? group.number : 0;
    return named;
}

/// Accounts of a group now.
double number_of(const AccountGroup& group, double members, const Accounts& accounts) {
    return group.of_members && group.senders.empty() ? std::max(members - named_members(accounts), 1.0) : group.number;
}

void add_group(AccountGroup group, double pairs, std::size_t addresses, bool whole, Accounts& accounts) {
    group.keys = 1;
    group.cells = addresses;
    if (group.known && whole) {
        const double most = std::floor(std::min(pairs, static_cast<double>(std::max(kRemembered, addresses))));
        const auto keys = static_cast<std::size_t>(std::max(most, 1.0));
        group.keys = keys > addresses ? keys / addresses * addresses : keys;
        group.cells = std::max(group.keys, addresses);
    }
    group.cell = accounts.cells;
    group.key = accounts.keys;
    accounts.cells += group.cells;
    accounts.keys += group.keys;
    accounts.groups.push_back(std::move(group));
}

}  // namespace

const AccountGroup& Accounts::group_of(std::size_t cell) const {
    const auto after =
        std::find_if(groups.begin(), groups.end(), [&](const AccountGroup& group) { return cell < group.cell + group.cells; });
    return *after;
}

std::size_t Accounts::key_of(std::size_t cell) const {
    const AccountGroup& group = group_of(cell);
    return group.key + (cell - group.cell) % group.keys;
}

Accounts accounts_at(const Model& model, EntityId source, EntityId receiver, std::size_t addresses, bool whole) {
    const auto receivers = static_cast<double>(model.world.entities[index(receiver)].count);
    Accounts accounts;
    add_group({{}, true}, HUGE_VAL, addresses, whole, accounts);
    add_group({{}, false, false}, 1, addresses, whole, accounts);
    std::vector<AccountGroup> named;
    std::vector<std::string> names;
    for (std::size_t s = 0; s < model.spam_senders.size(); ++s) {
        const SpamSender& sender = model.spam_senders[s];
        if (sender.by.empty()) continue;
        const auto of_source = [&](const SpamSource& pool) { return pool.entity == source; };
        const auto pool = std::find_if(sender.sources.begin(), sender.sources.end(), of_source);
        if (pool == sender.sources.end()) continue;
        const auto place = static_cast<std::size_t>(std::find(names.begin(), names.end(), sender.by) - names.begin());
        if (place == names.size()) {
            names.push_back(sender.by);
            const double scale = sender.of_members ? model.mail.scale : 1;
            named.push_back({{}, sender.of_members, true, std::max(sender.accounts * pool->share * scale, 1.0)});
        }
        named[place].senders.push_back(static_cast<std::uint32_t>(s));
    }
    for (AccountGroup& group : named) {
        const double pairs = group.number * receivers;
        add_group(std::move(group), pairs, addresses, whole, accounts);
    }
    return accounts;
}

std::vector<double> writing_shares(const Accounts& accounts, double members) {
    const double all = std::max(members, std::max(named_members(accounts), 1.0));
    std::vector<double> shares;
    double named = 0;
    for (const AccountGroup& group : accounts.groups) {
        shares.push_back(group.of_members && !group.senders.empty() ? group.number / all : 0);
        named += shares.back();
    }
    shares[0] = std::max(1 - named, 0.0);
    return shares;
}

std::vector<double> cell_shares(const Accounts& accounts, const MailKind& kind, double members) {
    std::vector<double> by_group(accounts.groups.size());
    if (kind.sender) {
        for (std::size_t g = 0; g < by_group.size(); ++g) {
            const std::vector<std::uint32_t>& senders = accounts.groups[g].senders;
            by_group[g] = std::find(senders.begin(), senders.end(), *kind.sender) == senders.end() ? 0 : 1;
        }
    } else if (kind.spam) {
        by_group[1] = 1;
    } else {
        by_group = writing_shares(accounts, members);
    }
    std::vector<double> shares;
    for (std::size_t g = 0; g < by_group.size(); ++g) {
        const auto cells = static_cast<double>(accounts.groups[g].cells);
        shares.insert(shares.end(), accounts.groups[g].cells, by_group[g] / cells);
    }
    return shares;
}

double own_share(const AccountGroup& group, double receivers, double members, const Accounts& accounts) {
    const double pairs = number_of(group, members, accounts) * receivers;
    return std::min(static_cast<double>(group.keys) / pairs, 1.0);
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
