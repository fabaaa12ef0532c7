// Traffic model `message` under the clock, with the control plane that judges its tallies, as in every run.
#include "tests/bench/message_run.h"

#include <chrono>
#include <cmath>
#include <ctime>

#include "models/traffic/message.h"
#include "sim/hash.h"

namespace mailrift::bench {
namespace {

double processor_now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

Seconds seconds_now() {
    return {std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(), processor_now()};
}

TrafficSetup setup_of(const Model& model, std::size_t threads) {
    const Involved involved = involved_in(model);
    TrafficSetup setup{model.world,
                       model.population,
                       model.mixing,
                       model.mail,
                       {involved.cohorts, involved.entities, true, true},
                       model.grid.slice,
                       model.slices,
                       false,
                       {},
                       model.seed,
                       threads,
                       {}};
    for (const NamedPolicy& named : model.policies) {
        setup.policy_keys.push_back(sim::hash64(named.id));
        setup.tallies.at_data.push_back(named.policy->stage() == Stage::kData);
        setup.tallies.offered = setup.tallies.offered || named.policy->reads_offered();
    }
    return setup;
}

MessageRun::MessageRun(const MailWorldParams& params, std::size_t threads, bool staged)
    : model_(make_mail_model(params)), control_(model_, run_, trajectory_, {}, true) {
    TrafficSetup setup = setup_of(model_, threads);
    if (staged) {
        watch_ = [this](SliceStage ended) {
            const double at = processor_now();
            by_stage_[static_cast<std::size_t>(ended)] += at - last_;
            last_ = at;
        };
        setup.stages = &watch_;
    }
    traffic_ = make_message(setup, control_.view());
}

Seconds MessageRun::advance(sim::Tick slices) {
    const sim::StopFlag never;
    const Seconds start = seconds_now();
    last_ = start.processor;
    for (const sim::Tick end = tick_ + slices; tick_ < end; ++tick_) {
        const auto& changes = control_.begin(tick_);
        const Tallies tallies = traffic_->advance({control_.view(), changes}, tick_, never);
        trajectory_.add(tallies.digest);
        control_.learn(tallies);
        if (watch_) watch_(SliceStage::kSlice);
    }
    return seconds_now() - start;
}

std::uint64_t MessageRun::take_messages() {
    Ledger ledger;
    traffic_->settle(ledger);
    double booked = 0;
    double queued = 0;  // is booked now, and again when it comes to its end
    for (const LedgerRow& row : ledger.rows()) {
        if (row.key.mail_class != MailClass::kWanted) continue;
        booked += row.messages;
        if (row.outcome == Outcome::kQueued) queued += row.messages;
    }
    const auto written = static_cast<std::uint64_t>(std::llround(booked - queued_));
    queued_ = queued;
    return written;
}

}  // namespace mailrift::bench
