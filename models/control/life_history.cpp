// Life histories of messages, as a mail log would show them: who decided what, by which rule, with which reply.
#include "models/control/life_history.h"

#include <algorithm>
#include <array>
#include <functional>

#include "models/control/simulation.h"
#include "models/delivery/attempt.h"
#include "models/delivery/chain.h"
#include "sim/error.h"

namespace mailrift {
namespace {

constexpr std::size_t kMostMessages = 100'000;
constexpr std::size_t kMostNamed = 12;  // names of a list that an error tells

/// The place of a name in a list.
template <class Items, class Name>
std::size_t place_of(const Items& items, const std::string& wanted, const std::string& kind, const Name& name) {
    std::vector<std::string> known;
    for (const auto& item : items) known.push_back(std::invoke(name, item));
    const auto found = std::find(known.begin(), known.end(), wanted);
    if (found != known.end()) return static_cast<std::size_t>(found - known.begin());
    std::string expected = kind;
    for (std::size_t i = 0; i < known.size() && known.size() <= kMostNamed; ++i) expected += (i == 0 ? ": " : ", ") + known[i];
    throw sim::Error(sim::Code::kReference, {}, expected, sim::in_quotes(wanted), sim::nearest_name(wanted, known));
}

std::vector<bool> cohorts_of_name(const Model& model, const std::optional<std::string>& name) {
    if (!name || *name == "*") return {};
    std::vector<bool> wanted(model.population.cohorts.size());
    for (const CohortId cohort : cohorts_named(model, *name)) wanted[index(cohort)] = true;
    return wanted;
}

/// The entity of that id alone.
std::vector<bool> entities_of_name(const Model& model, const std::optional<std::string>& name) {
    if (!name || *name == "*") return {};
    const std::size_t place = place_of(model.world.entities, *name, "a provider or supplier of the scenario", &Entity::id);
    std::vector<bool> wanted(model.world.entities.size());
    wanted[place] = true;
    return wanted;
}

TraceFilter filter_of(const Model& model, const HistoryQuery& query) {
    TraceFilter filter;
    filter.senders = cohorts_of_name(model, query.sender);
    filter.recipients = cohorts_of_name(model, query.recipient);
    filter.sources = entities_of_name(model, query.source);
    filter.receivers = entities_of_name(model, query.receiver);
    if (!query.outcomes.empty()) {
        std::array<std::string, kOutcomes> names;
        for (std::size_t i = 0; i < kOutcomes; ++i) names[i] = name_of(static_cast<Outcome>(i));
        filter.outcomes.fill(false);
        for (const std::string& name : query.outcomes) {
            filter.outcomes[place_of(names, name, "an outcome", [](const std::string& n) { return n; })] = true;
        }
    }
    if (query.order) filter.order = id_of<OrderId>(place_of(model.orders, *query.order, "an order of the scenario", &Order::id));
    if (query.policy)
        filter.policy = id_of<PolicyId>(place_of(model.policies, *query.policy, "a policy of the scenario", &NamedPolicy::id));
    filter.after = query.after;
    filter.until = query.until;
    return filter;
}

std::string stage_name(Stage stage) {
    constexpr std::array<std::string_view, 4> kNames{"connect", "mail_from", "rcpt", "data"};
    return std::string(kNames[static_cast<std::size_t>(stage)]);
}

bool blocks(const StateView& view, EntityId entity, OrderId order, SeatId seat, Refuses refuses) {
    const auto& all = view.state.blocks[index(entity)];
    return std::any_of(all.begin(), all.end(),
                       [&](const Block& block) { return block.order == order && block.seat == seat && block.refuses == refuses; });
}

/// Who refused or accepted, in the state of that moment.
EntityId entity_of(const StateView& view, const TracedTry& traced) {
    const Route& out = view.route(traced.seat);
    const Route& in = view.route(traced.address);
    switch (traced.outcome) {
        case Outcome::kExpired: return source_of(out);
        case Outcome::kUnsent: {
            const bool relay = out.outbound && traced.cause.order &&
                               blocks(view, *out.outbound, *traced.cause.order, traced.address, Refuses::kTo) &&
                               !blocks(view, out.provider, *traced.cause.order, traced.address, Refuses::kTo);
            return relay ? *out.outbound : out.provider;
        }
        case Outcome::kClosedAccount: return in.provider;
        case Outcome::kInbox: return in.forward_to.value_or(in.provider);
        case Outcome::kRejected:
            if (traced.cause.order) {
                const auto refuses = [&](EntityId entity) {
                    return blocks(view, entity, *traced.cause.order, traced.seat, Refuses::kFrom);
                };
                if (in.gateway && refuses(*in.gateway)) return *in.gateway;
                return in.forward_to && !refuses(in.provider) ? *in.forward_to : in.provider;
            }
            break;
        default: break;
    }
    const std::size_t hop = traced.cause.policy ? hop_of(*traced.cause.policy) : 0;
    const Hops hops = hops_of(view.world, chain_of(in));
    return std::find_if(hops.begin(), hops.end(), [&](const Hop& one) { return one.place == hop; })->judge;
}

HistoryStep step_of(const Run& run, const StateView& view, const TracedTry& traced) {
    const Model& model = run.model;
    HistoryStep step{traced.at,
                     traced.number + std::size_t{1},
                     traced.outcome,
                     "data",
                     model.world.entities[index(entity_of(view, traced))].id,
                     "",
                     "",
                     std::string(reply_of(traced.outcome))};
    if (traced.cause.order) step.order = model.orders[index(*traced.cause.order)].id;
    if (traced.cause.policy) step.policy = model.policies[index(without_hop(*traced.cause.policy))].id;
    if (traced.outcome == Outcome::kUnsent) {
        step.stage = "submission";
    } else if (traced.outcome == Outcome::kExpired) {
        step.stage = "queue";
    } else if (traced.cause.policy) {
        const Policy& policy = *model.policies[index(without_hop(*traced.cause.policy))].policy;
        step.stage = stage_name(policy.stage());
        if (traced.outcome == Outcome::kQueued) step.reply = policy.defer_reply();
        if (traced.outcome == Outcome::kRejected) step.reply = policy.reject_reply();
    } else if (traced.cause.order) {
        step.stage = "rcpt";
    }
    return step;
}

std::vector<LifeHistory> histories_of(const Run& run) {
    std::vector<std::size_t> by_time(run.traced.size());
    for (std::size_t i = 0; i < by_time.size(); ++i) by_time[i] = i;
    std::stable_sort(by_time.begin(), by_time.end(), [&](std::size_t a, std::size_t b) { return run.traced[a].at < run.traced[b].at; });
    StateReplay replay(run);
    std::vector<HistoryStep> steps(run.traced.size());
    for (const std::size_t i : by_time) steps[i] = step_of(run, replay.at(run.traced[i].at.us / run.model.grid.slice.us), run.traced[i]);
    std::vector<LifeHistory> histories;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const TracedTry& traced = run.traced[i];
        const auto id = [&](EntityId entity) { return run.model.world.entities[index(entity)].id; };
        const auto route = [&](SeatId seat) -> const Route& {
            return run.model.world.routes[index(run.model.population.seats[index(seat)].route)];
        };
        if (histories.empty() || histories.back().message != traced.message) {
            histories.push_back({traced.message,
                                 traced.generation,
                                 run.model.population.cohorts[index(traced.sender)].id,
                                 run.model.population.cohorts[index(traced.recipient)].id,
                                 traced.from,
                                 traced.to,
                                 id(source_of(route(traced.seat))),
                                 "",
                                 traced.written,
                                 {}});
        }
        LifeHistory& history = histories.back();
        history.receiver = id(route(traced.address).provider);
        if (traced.outcome == Outcome::kExpired) steps[i].number = history.steps.size();
        history.steps.push_back(std::move(steps[i]));
    }
    return histories;
}

}  // namespace

std::vector<LifeHistory> life_histories(const Scenario& scenario, RunOptions options, const HistoryQuery& query) {
    if (query.number < 1 || query.number > kMostMessages) {
        throw sim::Error(sim::Code::kArgument, {}, "a number of messages in 1.." + std::to_string(kMostMessages),
                         std::to_string(query.number));
    }
    options.traffic = Traffic::kMessage;
    const auto report = options.progress;
    const auto run = [&](const TraceRequest& request, std::int64_t earlier) {
        options.trace = &request;
        if (report) options.progress = [&](const sim::Progress& now) { report({now.done + earlier * now.total, 2 * now.total}); };
        return run_scenario(scenario, options);
    };
    const Model model = make_model(scenario, options.seed.value_or(scenario.seed), options.compliance);
    TraceRequest request{filter_of(model, query), query.number, {}};
    const Run first = run(request, 0);
    for (const TracedTry& traced : first.traced) request.messages.push_back(traced.message);
    if (first.interrupted || request.messages.empty()) return {};
    std::sort(request.messages.begin(), request.messages.end());
    const Run second = run(request, 1);
    return second.interrupted ? std::vector<LifeHistory>{} : histories_of(second);
}

}  // namespace mailrift
