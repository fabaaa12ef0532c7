// A run that goes on step by step, can be saved between two slices, gone on with later, and forked into several futures.
#include "models/control/simulation.h"

#include <algorithm>
#include <cassert>

#include "models/control/control_plane.h"
#include "models/control/futures.h"
#include "models/control/observer.h"
#include "models/control/warm_up.h"
#include "models/delivery/archive.h"
#include "models/scenario/words.h"
#include "models/traffic/flow.h"
#include "models/traffic/fluid.h"
#include "models/traffic/message.h"
#include "sim/error.h"
#include "sim/fingerprint.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr sim::ArchiveKind kCheckpoint{"mailrift-checkpoint", 3};
constexpr std::size_t kCompliances = 2;

/// Greatest relative imbalance of the ledger of expected counts (DESIGN section 4).
constexpr double kBalance = 1e-12;

std::vector<std::uint64_t> keys_of_policies(const Model& model) {
    std::vector<std::uint64_t> keys;
    for (const NamedPolicy& policy : model.policies) keys.push_back(sim::hash64(policy.id));
    return keys;
}

/// What receivers want to know of sources.
TallyRules tally_rules(const Model& model, const Cover& cover) {
    TallyRules rules;
    rules.judges = cover.judges;
    for (const SpamSender& sender : model.spam_senders) rules.have_accounts.push_back(!sender.by.empty());
    for (const NamedPolicy& named : model.policies) {
        rules.at_data.push_back(named.policy->stage() == Stage::kData);
        rules.offered = rules.offered || named.asks_for_size() || named.policy->reads_offered();
        if (named.policy->key() != Key::kAccount) continue;
        rules.tell_accounts.resize(model.world.entities.size());
        for (const EntityId receiver : named.receivers) rules.tell_accounts[index(receiver)] = true;
    }
    return rules;
}

TrafficSetup setup_of(const Model& model, Traffic traffic, const Cover& cover, const RunOptions& options) {
    TrafficSetup setup{model.world,
                       model.population,
                       model.mixing,
                       model.mail,
                       {cover.involved.cohorts, cover.involved.entities, cover.policies, traffic == Traffic::kFlow},
                       model.grid.slice,
                       cover.slices,
                       cover.watch.cohorts,
                       model.botnet,
                       model.seed,
                       options.threads,
                       keys_of_policies(model),
                       options.trace,
                       options.stop};
    setup.watch_sent = cover.watch.looks_back.us > 0;
    setup.spam_senders = model.spam_senders;
    setup.tallies = tally_rules(model, cover);
    return setup;
}

std::unique_ptr<TrafficModel> make_traffic(Traffic traffic, const TrafficSetup& setup, const StateView& start) {
    switch (traffic) {
        case Traffic::kNone: break;
        case Traffic::kFluid: return make_fluid(setup, start);
        case Traffic::kFlow: return make_flow(setup, start);
        case Traffic::kMessage: return make_message(setup, start);
    }
    return nullptr;
}

/// Does `work`; returns whether no stop came before its end.
bool unless_stopped(const std::function<void()>& work) {
    try {
        work();
        return true;
    } catch (const sim::Error& error) {
        if (error.code() != sim::Code::kInterrupted) throw;
        return false;
    }
}

std::uint64_t fingerprint_of(const std::vector<Series>& observed) {
    sim::Fingerprint fingerprint;
    for (const Series& series : observed) {
        fingerprint.add(series.observation.measure);
        fingerprint.add(series.observation.from);
        fingerprint.add(series.observation.to);
        for (const double value : series.values) fingerprint.add(value);
    }
    return fingerprint.value();
}

Scenario read_saved(const std::string& text, const std::string& world, const std::string& file) {
    return read_scenario(text, file, [&](std::string_view kind, std::string_view name) -> std::string {
        if (kind == "world") return world;
        throw sim::Error(sim::Code::kReference, {file, "", 0, 0}, "a scenario that stands alone", sim::in_quotes(name));
    });
}

std::vector<std::string> ids_of_orders(const Model& model) {
    std::vector<std::string> ids;
    for (const Order& order : model.orders) ids.push_back(order.id);
    return ids;
}

std::vector<std::string> ids_of_responses(const Model& model) {
    std::vector<std::string> ids;
    for (const NamedResponse& response : model.responses) ids.push_back(response.id);
    return ids;
}

std::vector<std::string> ids_of_policies(const Model& model) {
    std::vector<std::string> ids;
    for (const NamedPolicy& policy : model.policies) ids.push_back(policy.id);
    return ids;
}

/// Where the items `from` lie among `to`.
std::vector<std::uint32_t> places_in(const std::vector<std::string>& from, const std::vector<std::string>& to) {
    std::vector<std::uint32_t> places;
    for (const std::string& id : from) {
        const auto found = std::find(to.begin(), to.end(), id);
        places.push_back(found == to.end() ? sim::ArchiveReader::kNowhere : static_cast<std::uint32_t>(found - to.begin()));
    }
    return places;
}

}  // namespace

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<LoggedEvent> event) {
    archive(event.at.us, event.effect.us, event.kind, event.subject, event.cause, event.value);
}

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<TimedChange> timed) {
    archive(timed.tick, timed.change);
}

struct Simulation::Parts {
    Parts(const Scenario& of, std::vector<Scenario> with, const RunOptions& options, std::uint64_t seed, Traffic traffic,
          Compliance compliance)
        : scenario(of), family(std::move(with)), stop(options.stop), progress(options.progress) {
        run.model = make_model(scenario, seed, compliance, kModelBytes, family);
        add_policies(options.policies, scenario.warm_up, run.model);
        for (const GivenPolicy& policy : options.policies) given = "the policy " + sim::in_quotes(policy.id) + " of the calling program";
        if (!options.futures.empty()) check_can_be_saved("a run without futures, or one whose policies are all its scenario's");
        run.traffic = traffic;
        cover = cover_of(family, scenario, run.model);
        if (traffic == Traffic::kNone && (cover.watch.any() || cover.policies)) {
            throw sim::Error(sim::Code::kInconsistent, {}, "a traffic model, because a response or a policy reads what became of mail",
                             "traffic \"none\"");
        }
        control.emplace(run.model, run, trajectory, cover.watch, counts_are_whole(traffic));
        observer.emplace(run.model, scenario.observe);
    }

    /// Its mail is gone before that of the run is made.
    void warm_up(const RunOptions& options) {
        if (run.model.warm_up == 0) return;
        static const sim::StopFlag kNever;
        const TrafficSetup setup = before_start(setup_of(run.model, run.traffic, cover, options), run.model.warm_up);
        control->warm_up(*make_traffic(run.traffic, setup, control->view()), stop != nullptr ? *stop : kNever);
    }

    void make_mail(const RunOptions& options) {
        mail = make_traffic(run.traffic, setup_of(run.model, run.traffic, cover, options), control->view());
    }

    void check_can_be_saved(const std::string& expected) const {
        if (!given.empty()) throw sim::Error(sim::Code::kInconsistent, {}, expected, given + ", which no file can hold");
    }

    /// A failure or an interrupt within a slice leaves only a part of its changes made.
    void check_whole() const {
        if (!torn) return;
        throw sim::Error(sim::Code::kInconsistent, {}, "a simulation that stands between two slices",
                         "one that ended within one, when a policy failed or was interrupted");
    }

    void begin() {
        changes = &control->begin(run.finished);
        observer->observe(control->view(), run.finished, !changes->empty());
    }

    /// \param stop may cut the slice short, after which nothing can go on: nothing of it then counts
    void slice(const sim::StopFlag& may_cut) {
        if (cut) return;
        check_whole();
        torn = true;
        cut = !unless_stopped([&] {
            begin();
            torn = false;
            if (!mail) return;
            const Tallies tallies = mail->advance({control->view(), *changes}, run.finished, may_cut);
            trajectory.add(tallies.digest);
            control->learn(tallies);
        });
        if (!cut) ++run.finished;
    }

    void go_to(sim::Tick tick, const sim::StopFlag& asks, const sim::StopFlag& may_cut,
               const std::function<void(const sim::Progress&)>& report) {
        sim::run_ticks(tick - run.finished, asks, report, [&](sim::Tick) { slice(may_cut); });
    }

    /// State and observations before the present tick, from the history.
    MailState replay() {
        MailState state = start_state(run.model, counts_are_whole(run.traffic));
        std::size_t next = 0;
        for (sim::Tick tick = 0; tick < run.finished; ++tick) {
            const std::size_t first = next;
            for (; next < run.history.size() && run.history[next].tick == tick; ++next) apply(run.history[next].change, state);
            observer->observe({run.model.world, run.model.population, state}, tick, next > first);
        }
        return state;
    }

    Scenario scenario;
    std::vector<Scenario> family;
    const sim::StopFlag* stop;
    std::function<void(const sim::Progress&)> progress;
    Run run;
    Cover cover;
    sim::Fingerprint trajectory;
    std::optional<ControlPlane> control;
    std::optional<Observer> observer;
    std::unique_ptr<TrafficModel> mail;
    const std::vector<Change>* changes = nullptr;  ///< of the present tick
    bool cut = false;                              ///< whether a stop came in the middle of something
    bool torn = false;                             ///< whether not all changes of the present tick are made
    std::string given{};                           ///< what of the run no file can hold; empty: nothing
};

Simulation::Simulation(const Scenario& scenario, const RunOptions& options)
    : parts_(std::make_unique<Parts>(scenario, family_of(scenario, options.futures), options, options.seed.value_or(scenario.seed),
                                     options.traffic.value_or(scenario.traffic), options.compliance)) {
    Parts& parts = *parts_;
    parts.cut = !unless_stopped([&] {
        parts.warm_up(options);
        parts.make_mail(options);
    });
}

Simulation::Simulation(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Simulation::Simulation(Simulation&&) noexcept = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation() = default;

sim::Tick Simulation::tick() const noexcept { return parts_->run.finished; }
const Model& Simulation::model() const noexcept { return parts_->run.model; }
const Scenario& Simulation::scenario() const noexcept { return parts_->scenario; }

void Simulation::advance_to(sim::Tick tick, const sim::StopFlag* stop, const std::function<void(const sim::Progress&)>& progress) {
    if (tick < this->tick() || tick > model().slices) {
        throw sim::Error(sim::Code::kArgument, {}, "a tick in " + std::to_string(this->tick()) + ".." + std::to_string(model().slices),
                         std::to_string(tick));
    }
    parts_->check_whole();
    static const sim::StopFlag kNever;  // a slice is whole: what is saved does not depend on when somebody asked to stop
    parts_->go_to(tick, stop != nullptr ? *stop : kNever, kNever, progress);
}

Run Simulation::finish() {
    Parts& parts = *parts_;
    static const sim::StopFlag kNever;
    const sim::StopFlag& stop = parts.stop != nullptr ? *parts.stop : kNever;
    parts.go_to(parts.run.model.slices, stop, stop, parts.progress);
    Run& run = parts.run;
    run.interrupted = run.finished < run.model.slices;
    if (!run.interrupted) run.interrupted = !unless_stopped([&] { parts.begin(); });
    if (parts.mail) {
        parts.mail->settle(run.ledger);
        run.traced = parts.mail->take_trace();
    }
    run.ledger.check_balance(counts_are_whole(run.traffic) ? 0 : kBalance);
    run.observed = parts.observer->take();
    run.samples = parts.control->samples(run.finished);
    run.trajectory_fingerprint = parts.trajectory.value();
    run.results_fingerprint = fingerprint_of(run.observed);
    return std::move(run);
}

std::string Simulation::save() const {
    const Parts& parts = *parts_;
    parts.check_can_be_saved("a run whose policies are all its scenario's");
    const Run& run = parts.run;
    sim::ArchiveWriter archive;
    std::vector<std::string> texts;
    for (const Scenario& member : parts.family) texts.push_back(sim::write_json(member.document, 0));
    archive(std::string(MAILRIFT_VERSION), sim::write_json(*parts.scenario.world_document, 0), sim::write_json(parts.scenario.document, 0),
            texts, run.model.seed);
    archive.choice(run.traffic, traffic_words().size());
    archive.choice(run.model.compliance, kCompliances);
    archive(run.finished, run.history, run.events, parts.trajectory);
    parts.control->save(archive);
    run.ledger.save(archive);
    if (parts.mail) parts.mail->save(archive);
    return archive.file(kCheckpoint);
}

Simulation Simulation::resume(std::string_view bytes, const std::string& file, const RunOptions& options, const Scenario* other) {
    sim::ArchiveReader archive(bytes, file, kCheckpoint);
    std::string version;
    std::string world;
    std::string text;
    std::vector<std::string> texts;
    std::uint64_t seed = 0;
    Traffic traffic = Traffic::kNone;
    Compliance compliance = Compliance::kDrawn;
    archive(version);
    archive.want(version == MAILRIFT_VERSION, "a checkpoint of version " MAILRIFT_VERSION, "one of version " + sim::in_quotes(version));
    archive(world, text, texts, seed);
    archive.choice(traffic, traffic_words().size());
    archive.choice(compliance, kCompliances);
    const Scenario saved = read_saved(text, world, file);
    std::vector<Scenario> family;
    for (const std::string& member : texts) family.push_back(read_saved(member, world, file));
    const Scenario& next = other != nullptr ? *other : saved;
    const Model saved_model = make_model(saved, seed, compliance, kModelBytes, family);
    if (other != nullptr) check_same_base(saved, next);
    // With other seats a scenario cannot be read against the saved ones: that is checked before.
    auto parts = std::make_unique<Parts>(next, std::move(family), options, seed, traffic, compliance);
    const Model& model = parts->run.model;
    check_same_past(saved, saved_model, next, model, [&] {
        archive(parts->run.finished);
        archive.want(parts->run.finished >= 0 && parts->run.finished <= saved_model.slices, "a tick before the horizon",
                     std::to_string(parts->run.finished));
        return parts->run.finished;
    }());
    check_covered(next, parts->family, parts->cover, model);
    archive.expect(kEntitySlot, model.world.entities.size());
    archive.expect(kCohortSlot, model.population.cohorts.size());
    archive.expect(kSeatSlot, model.population.seats.size());
    archive.expect(kPolicySlot, places_in(ids_of_policies(saved_model), ids_of_policies(model)));
    archive.expect(kOrderSlot, places_in(ids_of_orders(saved_model), ids_of_orders(model)));
    archive.expect(kResponseSlot, places_in(ids_of_responses(saved_model), ids_of_responses(model)));
    archive(parts->run.history, parts->run.events, parts->trajectory);
    sim::Tick before = 0;
    for (const TimedChange& change : parts->run.history) {
        archive.want(change.tick >= before && change.tick < parts->run.finished, "changes in their order, before the present", "others");
        before = change.tick;
    }
    parts->control->load(archive, parts->run.finished, parts->replay());
    parts->run.ledger.load(archive);
    parts->make_mail(options);
    if (parts->mail) parts->mail->load(archive);
    archive.finish();
    return Simulation(std::move(parts));
}

}  // namespace mailrift
