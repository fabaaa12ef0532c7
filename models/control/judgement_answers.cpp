// Receivers' policies at work: lists that several policies ask about one message, at one server or at several on its way.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "models/control/judgement.h"
#include "models/delivery/chain.h"

namespace mailrift {
namespace {

/// Of how many lists a message's answers are told apart, at most, at one server: by all of n lists there are 2^n.
constexpr std::size_t kMostLists = 4;

/// What a policy that asks a list proposes is one action, with the share that is listed.
double listed_share(const Proposal& proposal) { return proposal.junk + proposal.reject + proposal.accept; }

}  // namespace

/// Which lists are asked by two servers on a way that both see one address.
void Judgement::find_meetings() {
    const auto policies_of = [&](EntityId receiver) {
        const auto found = at_.find(receiver);
        return found == at_.end() ? std::span<const PolicyId>() : std::span<const PolicyId>(found->second);
    };
    const auto meet = [&](const Hop& one, const Hop& other, std::optional<EntityId> source) {
        for (const PolicyId own : policies_of(one.judge)) {
            for (const PolicyId theirs : policies_of(other.judge)) {
                const std::optional<EntityId> list = list_asked_by(own);
                if (list && list == list_asked_by(theirs)) meetings_[one.judge].insert({*list, own, theirs, source});
            }
        }
    };
    if (model_.lists.empty()) return;
    for (const Route& route : model_.world.routes) {
        const Hops hops = hops_of(model_.world, chain_of(route));
        for (const Hop* one = hops.begin(); one != hops.end(); ++one) {
            for (const Hop* other = one + 1; other != hops.end(); ++other) {
                const std::optional<EntityId> source = one->seen ? one->seen : other->seen;
                if (!see_the_same(model_.world, *one, *other, source.value_or(route.provider))) continue;
                meet(*one, *other, source);
                meet(*other, *one, source);
            }
        }
    }
}

std::optional<EntityId> Judgement::list_asked_by(PolicyId id) const {
    if (policy(id).list().empty()) return std::nullopt;
    return model_.lists[list_of_[index(id)]].list;
}

/// Lists that several policies of the receiver ask, by their ids.
std::vector<EntityId> Judgement::asked_twice(const Row& row) const {
    std::map<std::string_view, std::pair<EntityId, int>> asked;
    for (const Held& held : row.held) {
        const std::optional<EntityId> list = list_asked_by(held.policy);
        if (list) ++asked.try_emplace(policy(held.policy).list(), *list, 0).first->second.second;
    }
    std::vector<EntityId> lists;
    for (const auto& [id, list] : asked) {
        if (list.second > 1) lists.push_back(list.first);
    }
    return lists;
}

/// Lists that the receiver and another server ask about this source in slice `tick`, by their ids.
std::vector<EntityId> Judgement::asked_elsewhere(const Row& row, sim::Tick tick) const {
    const auto found = meetings_.find(row.receiver);
    if (found == meetings_.end()) return {};
    const auto applies = [&](PolicyId id) { return model_.policies[index(id)].applies(model_.grid, tick); };
    std::map<std::string_view, EntityId> asked;
    for (const Meeting& meeting : found->second) {
        const bool is_meant = !meeting.source || *meeting.source == row.source;
        if (is_meant && applies(meeting.own) && applies(meeting.other)) asked.insert({policy(meeting.own).list(), meeting.list});
    }
    std::vector<EntityId> lists;
    for (const auto& [id, list] : asked) lists.push_back(list);
    return lists;
}

/// Whether another server that asks the same list begins or ceases to.
bool Judgement::meets_others_at(EntityId receiver, sim::Tick tick) const {
    const auto found = meetings_.find(receiver);
    return found != meetings_.end() && std::any_of(found->second.begin(), found->second.end(), [&](const Meeting& meeting) {
               const NamedPolicy& other = model_.policies[index(meeting.other)];
               return starts_at(other, tick) || stops_at(other, tick);
           });
}

/// The first cells of a row, each by what the first of `lists` say of its mail; what one list says is independent of what another does.
std::vector<CellAnswer> Judgement::answers(const Row& row, const std::vector<EntityId>& lists, std::size_t cells) const {
    std::vector<CellAnswer> all;
    all.reserve(cells);
    for (std::size_t k = 0; k < cells; ++k) {
        if (lists.empty()) {
            all.push_back({k});
            continue;
        }
        std::vector<CellAnswer> of_cell;
        of_cell.push_back({k});
        for (std::size_t l = 0; l < std::min(lists.size(), kMostLists); ++l) {
            const auto asks = [&](const Held& held) { return list_asked_by(held.policy) == lists[l]; };
            const auto asked = std::find_if(row.held.begin(), row.held.end(), asks);
            if (asked == row.held.end()) continue;
            const double share = listed_share(said(row, *asked, k));
            std::vector<CellAnswer> before = std::exchange(of_cell, {});
            for (CellAnswer& given : before) {
                for (const bool listed : {true, false}) {
                    const double weight = given.weight * (listed ? share : 1 - share);
                    if (weight <= 0) continue;
                    of_cell.push_back({k, weight, given.listed});
                    of_cell.back().listed.emplace_back(lists[l], listed);
                }
            }
        }
        for (CellAnswer& given : of_cell) all.push_back(std::move(given));
    }
    return all;
}

/// What a policy says of mail on which lists say one thing.
Proposal Judgement::said(const Row& row, const Held& held, const CellAnswer& asked) const {
    Proposal proposal = said(row, held, asked.cell);
    if (asked.listed.empty()) return proposal;
    const std::optional<EntityId> asks = list_asked_by(held.policy);
    for (const auto& [list, listed] : asked.listed) {
        if (list != asks) continue;
        const double share = listed_share(proposal);
        for (double* part : {&proposal.junk, &proposal.reject, &proposal.accept}) *part = listed && share > 0 ? *part / share : 0;
    }
    return proposal;
}

/// The verdicts by the answers of lists that other servers ask, too; none if all mail of the source gets one.
std::vector<GivenAnswer> Judgement::verdicts_by_answer(const Row& row, sim::Tick tick) const {
    std::vector<EntityId> lists = asked_elsewhere(row, tick);
    if (lists.empty()) return {};
    for (const EntityId list : asked_twice(row)) {
        if (std::find(lists.begin(), lists.end(), list) == lists.end()) lists.push_back(list);
    }
    std::map<ListAnswer, std::vector<CellAnswer>> by_answer;
    for (CellAnswer& asked : answers(row, lists, row.cells())) by_answer[asked.listed].push_back(std::move(asked));
    if (by_answer.size() == 1) return {};
    std::vector<GivenAnswer> given;
    for (const auto& [listed, mail] : by_answer) {
        double weight = 0;
        for (const CellAnswer& asked : mail) weight += asked.weight;
        given.push_back({listed, weight / static_cast<double>(row.cells()), mean_verdicts(row, mail)});
    }
    return given;
}

}  // namespace mailrift
