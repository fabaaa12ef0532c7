// What seats sent, as responses are told, against the ledger: by who handed it in, whoever moved meanwhile, and what became of it late.
#include <cmath>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "models/control/control_plane.h"
#include "models/traffic/flow.h"
#include "models/traffic/fluid.h"
#include "models/traffic/message.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

// Mail is deferred until queues expire, accounts close, and members move while their mail waits.
const char* const kScenario =
    R"({"schema": 1, "name": "small", "world": "hand", "horizon": "7 d", "slice": "6 h", "warm_up": "0 d", "mail": {"reply": 0.4},
 "blocking": [{"id": "rate", "kind": "rate_limit", "receiver": "big", "limit": 20}, {"id": "filter", "kind": "content_filter", "receiver": "alpha", "false_positive": 0.1}],
 "orders": [{"id": "eo", "issuer": "US", "at": "1 d", "target": {"groups": ["court"]}, "measures": ["close_accounts"], "compliance": {"probability": 1}}],
 "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"], "jurisdictions": ["AA", "BB", "CC", "XC"]}, "to": {"beta": 0.5, "search": 0.5},
   "from": ["big", "alpha"], "plan": {"at": "36 h", "takes": "3 d"}}]})";

struct Sums {
    double written = 0;
    double failed = 0;
};

/// Wanted mail of the ledger, by who sent it.
struct Booked {
    std::map<EntityId, Sums> sent;
    double expired = 0;
    double unsent = 0;
};

Booked booked_of(const Ledger& ledger) {
    Booked booked;
    for (const LedgerRow& row : ledger.rows()) {
        if (row.key.mail_class != MailClass::kWanted) continue;
        booked.expired += row.outcome == Outcome::kExpired ? row.messages : 0;
        booked.unsent += row.outcome == Outcome::kUnsent ? row.messages : 0;
        if (row.outcome == Outcome::kUnsent) continue;
        Sums& sums = booked.sent[row.key.source];
        sums.written += row.messages;
        if (row.outcome != Outcome::kInbox && row.outcome != Outcome::kQueued) sums.failed += row.messages;
    }
    return booked;
}

class SentOf : public ::testing::TestWithParam<Traffic> {};

TEST_P(SentOf, IsWhatTheLedgerHasOfEachPool) {
    const std::string text = testing::kFast ? kScenario : mailrift::testing::replaced(kScenario, R"("slice": "6 h")", R"("slice": "12 h")");
    const Model model = make_model(mailrift::testing::read(text), 1, Compliance::kDrawn);
    mailrift::Run run;
    run.traffic = GetParam();
    sim::Fingerprint trajectory;
    const bool whole = counts_are_whole(GetParam());
    ControlPlane control(model, run, trajectory, {}, whole);
    TrafficSetup setup{model.world,
                       model.population,
                       model.mixing,
                       model.mail,
                       {std::vector<bool>(model.population.cohorts.size(), true), involved_in(model).entities, true, true},
                       model.grid.slice,
                       model.slices,
                       false,
                       {},
                       model.seed,
                       1,
                       {1, 2}};
    setup.watch_sent = true;
    setup.tallies.judges.assign(model.world.entities.size(), true);
    setup.tallies.at_data = {false, true};
    const auto traffic = GetParam() == Traffic::kFluid  ? make_fluid(setup, control.view())
                         : GetParam() == Traffic::kFlow ? make_flow(setup, control.view())
                                                        : make_message(setup, control.view());
    const sim::StopFlag never;
    std::map<EntityId, Sums> told;
    for (sim::Tick tick = 0; tick < model.slices; ++tick) {
        const auto& changes = control.begin(tick);
        const Tallies tallies = traffic->advance({control.view(), changes}, tick, never);
        ASSERT_EQ(tallies.sent.size(), model.population.seats.size());
        for (std::size_t s = 0; s < tallies.sent.size(); ++s) {
            Sums& sums = told[source_of(control.view().route(id_of<SeatId>(s)))];
            sums.written += tallies.sent[s].written;
            sums.failed += tallies.sent[s].failed;
        }
        control.learn(tallies);
    }
    Ledger ledger;
    traffic->settle(ledger);
    const Booked booked = booked_of(ledger);
    EXPECT_GT(booked.expired, 0) << "of queues that are too old";
    EXPECT_GT(booked.unsent, 100);
    for (const auto& [source, sums] : booked.sent) {
        const double error = whole ? 0 : 1e-9 * sums.written;
        EXPECT_NEAR(told[source].written, sums.written, error) << model.world.entities[index(source)].id;
        EXPECT_NEAR(told[source].failed, sums.failed, error) << model.world.entities[index(source)].id;
    }
}

INSTANTIATE_TEST_SUITE_P(AllModels, SentOf, ::testing::Values(Traffic::kFluid, Traffic::kFlow, Traffic::kMessage));

}  // namespace
}  // namespace mailrift
