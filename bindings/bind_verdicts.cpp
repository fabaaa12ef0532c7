// What receivers did with sources over a run, and how many operators each name stands for, in Python.
#include "bindings/bind.h"

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "models/control/judgement.h"
#include "models/delivery/chain.h"

namespace mailrift {
namespace {

/// A verdict on wanted mail of a source in numbers: shares of tries that no greylist defers.
struct Shares {
    double accept = 1;
    double junk = 0;
    double reject = 0;
    double defer = 0;
    double discard = 0;
    std::string policy;  ///< the one with the greatest share that it does not accept, the first of equals; empty if all is accepted
};

Shares shares_of(const Verdict& verdict, const Model& model) {
    Shares shares;
    shares.accept = verdict.accept;
    std::vector<double> by_policy(model.policies.size(), 0.0);
    for (const VerdictPart& part : verdict.parts) {
        switch (part.outcome) {
            case Outcome::kJunk: shares.junk += part.share; break;
            case Outcome::kQueued: shares.defer += part.share; break;
            case Outcome::kDiscarded: shares.discard += part.share; break;
            default: shares.reject += part.share; break;
        }
        by_policy[index(part.policy)] += part.share;
    }
    double greatest = 0;
    for (std::size_t p = 0; p < by_policy.size(); ++p) {
        if (by_policy[p] <= greatest) continue;
        greatest = by_policy[p];
        shares.policy = model.policies[p].id;
    }
    return shares;
}

/// The one place that reads a change: what wanted mail meets.
Shares shares_of(const Change& change, const Model& model) { return shares_of(change.verdicts.wanted, model); }

/// Counted entries whose representatives are in the world in their place: nobody's mail goes by their own names.
std::set<EntityId> replaced_entities(const World& world) {
    std::set<EntityId> replaced;
    for (const Entity& entity : world.entities) {
        if (!entity.stands_for.empty()) replaced.insert(*find_entity(world, entity.stands_for));
    }
    return replaced;
}

/// Flat columns of the table.
class VerdictColumns {
public:
    explicit VerdictColumns(const Model& model) : model_(model), replaced_(replaced_entities(model.world)) {
        for (const Entity& entity : model.world.entities) names_.append(entity.id);
    }

    void add(sim::Tick tick, EntityId source, EntityId receiver, const Shares& shares) {
        if (replaced_.contains(source) || replaced_.contains(receiver)) return;
        time_.push_back(static_cast<double>(model_.grid.start(tick).us) * 1e-6);
        source_.append(names_[index(source)]);
        receiver_.append(names_[index(receiver)]);
        accept_.push_back(shares.accept);
        junk_.push_back(shares.junk);
        reject_.push_back(shares.reject);
        defer_.push_back(shares.defer);
        discard_.push_back(shares.discard);
        policy_.append(shares.policy);
    }

    [[nodiscard]] py::dict table() const {
        py::dict table;
        table["time"] = array(time_);
        table["source"] = source_;
        table["receiver"] = receiver_;
        table["accept"] = array(accept_);
        table["junk"] = array(junk_);
        table["reject"] = array(reject_);
        table["defer"] = array(defer_);
        table["discard"] = array(discard_);
        table["policy"] = policy_;
        return table;
    }

private:
    static py::array_t<double> array(const std::vector<double>& values) {
        return py::array_t<double>(static_cast<py::ssize_t>(values.size()), values.data());
    }

    const Model& model_;
    std::set<EntityId> replaced_;
    py::list names_;  ///< by EntityId, so that a name is made once
    std::vector<double> time_, accept_, junk_, reject_, defer_, discard_;
    py::list source_, receiver_, policy_;
};

/// What strangers meet at t = 0, where it is not to be accepted, for all pairs that can meet; then every change.
py::dict verdicts(const PythonRun& self) {
    const Model& model = self.run.model;
    VerdictColumns columns(model);
    std::set<EntityId> sources, receivers;
    for (const Route& route : model.world.routes) {
        sources.insert(source_of(route));
        for (const Hop& hop : hops_of(model.world, chain_of(route))) {
            receivers.insert(hop.judge);
            if (hop.seen) sources.insert(*hop.seen);
        }
    }
    if (model.botnet) sources.insert(*model.botnet);
    for (const SpamSender& sender : model.spam_senders) {
        for (const SpamSource& source : sender.sources) sources.insert(source.entity);
    }
    const MailState start = start_state(model, counts_are_whole(self.run.traffic));
    for (const EntityId source : sources) {
        for (const EntityId receiver : receivers) {
            const Verdict& verdict = start.verdicts.at(source, receiver);
            if (!verdict.parts.empty()) columns.add(0, source, receiver, shares_of(verdict, model));
        }
    }
    for (const TimedChange& timed : self.run.history) {
        if (timed.change.kind != ChangeKind::kJudge) continue;
        columns.add(timed.tick, timed.change.source, timed.change.receiver, shares_of(timed.change, model));
    }
    return columns.table();
}

/// Sources of spam alone: the background botnet, and named senders with addresses of their own.
std::set<EntityId> spam_alone(const Model& model) {
    std::set<EntityId> sources;
    if (model.botnet) sources.insert(*model.botnet);
    for (const SpamSender& sender : model.spam_senders) {
        for (const SpamSource& source : sender.sources) sources.insert(source.entity);
    }
    for (const Route& route : model.world.routes) sources.erase(source_of(route));
    return sources;
}

/// How many real operators each source or receiver of the ledger stands for: none where nobody writes wanted mail.
py::dict operators(const PythonRun& self) {
    const Model& model = self.run.model;
    const std::set<EntityId> replaced = replaced_entities(model.world);
    const std::set<EntityId> spammers = spam_alone(model);
    py::dict counts;
    for (std::size_t e = 0; e < model.world.entities.size(); ++e) {
        const auto id = id_of<EntityId>(e);
        if (replaced.contains(id)) continue;
        const Entity& entity = model.world.entities[e];
        counts[py::str(entity.id)] = spammers.contains(id) ? std::uint64_t{0} : entity.count;
    }
    return counts;
}

/// Plain columns: tables are made where pandas is.
py::dict samples(const PythonRun& self) {
    std::vector<std::string> source, receiver;
    std::vector<double> operators, rejected, error;
    std::vector<std::size_t> simulated;
    for (const SampledShare& sample : self.run.samples) {
        source.push_back(sample.source);
        receiver.push_back(sample.receiver);
        operators.push_back(sample.operators);
        simulated.push_back(sample.simulated);
        rejected.push_back(sample.rejected);
        error.push_back(sample.error);
    }
    py::dict columns;
    columns["source"] = source;
    columns["receiver"] = receiver;
    columns["operators"] = operators;
    columns["simulated"] = simulated;
    columns["rejected"] = rejected;
    columns["error"] = error;
    return columns;
}

}  // namespace

void bind_verdicts(py::class_<PythonRun>& type) {
    type.def(
            "verdicts", &verdicts,
            "Columns time (seconds), source, receiver (who judges), accept, junk, reject, defer, discard (shares of wanted mail at one try), policy.")
        .def("samples", &samples, "Columns source, receiver, operators and simulated (pairs), rejected (share), error (of it).")
        .def("operators", &operators, "Real operators by the id of an entity: 1, or what a counted entry or its stand-in stands for.");
}

}  // namespace mailrift
