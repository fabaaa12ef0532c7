// Senders in trouble: who gives up, who relays, and on which day, where the share that fails is known exactly.
#include "models/response/trouble.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "models/control/futures.h"
#include "models/control/simulation.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::hand_world;
using mailrift::testing::read;
using mailrift::testing::replaced;
using mailrift::testing::scenario_text;

/// The receiver `big` refuses alpha's addresses from day 5 on; nobody answers.
std::string refused(const std::string& responses, const std::string& more = "") {
    return scenario_text(
        R"("mail": {"reply": 0}, "blocking": [{"id": "geo", "kind": "geo_block", "receiver": "big", "jurisdictions": ["AA"], )"
        R"("from": "5 d"}], "responses": [)" +
            responses + "]" + more,
        "20 d");
}

std::string share_text(double share) {
    std::string text = std::to_string(share * 1e6);
    return text.substr(0, text.find('.')) + "e-6";
}

std::string giving_up(double failed, const std::string& more = "") {
    return R"({"id": "end", "kind": "give_up", "providers": ["alpha"], "failed": )" + share_text(failed) +
           R"(, "over": "5 d", "to": {"beta": 1})" + more + "}";
}

/// Share of what members of alpha write that goes to mailboxes at big: by hand, from the mixing matrix and the seats at t = 0.
double to_big() {
    const auto model = make_model(read(refused("")), 1, Compliance::kDrawn);
    const auto on = [&](CohortId cohort, const char* provider) {
        double share = 0;
        for (const SeatId seat : model.population.seats_of[index(cohort)]) {
            const Route& route = model.world.routes[index(model.population.seats[index(seat)].route)];
            if (model.world.entities[index(route.provider)].id == provider) share += model.population.seats[index(seat)].share;
        }
        return share;
    };
    double all = 0;
    double hit = 0;
    for (std::size_t a = 0; a < model.population.cohorts.size(); ++a) {
        const double writers = model.population.cohorts[a].users * on(id_of<CohortId>(a), "alpha");
        all += writers;
        for (std::size_t b = 0; b < model.population.cohorts.size(); ++b) {
            hit += writers * model.mixing(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b)) * on(id_of<CohortId>(b), "big");
        }
    }
    return hit / all;
}

double members(const mailrift::Run& run, const char* provider, sim::Tick tick) {
    StateReplay replay(run);
    const StateView view = replay.at(tick);
    double users = 0;
    for (std::size_t s = 0; s < view.population.seats.size(); ++s) {
        const SeatId seat = id_of<SeatId>(s);
        if (view.world.entities[index(view.route(seat).provider)].id != provider) continue;
        users += view.state.share[s] * view.population.cohorts[index(view.seat(seat).cohort)].users;
    }
    return users;
}

double messages(const mailrift::Run& run, const char* source, Outcome outcome) {
    double sum = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        if (run.model.world.entities[index(row.key.source)].id == source && row.outcome == outcome) sum += row.messages;
    }
    return sum;
}

std::vector<LoggedEvent> acts(const mailrift::Run& run, const char* kind) {
    std::vector<LoggedEvent> found;
    for (const LoggedEvent& event : run.events) {
        if (event.kind == kind) found.push_back(event);
    }
    return found;
}

double days(sim::Time time) { return static_cast<double>(time.us) / 86'400e6; }

// Refused from day 5 on, of the last five days' mail f (d - 5) / 5 has failed on day d: with f, the share that goes to `big`, a threshold of 0.6 f is
// met on day 8.
TEST(GiveUp, OnTheDayOnWhichTheShareIsReached) {
    const double f = to_big();
    ASSERT_GT(f, 0.1);
    for (const auto& [factor, day] : {std::pair{0.19, 6}, {0.21, 7}, {0.59, 8}, {0.61, 9}, {0.99, 10}}) {
        const auto run = mailrift::testing::run(refused(giving_up(factor * f)));
        const auto ends = acts(run, "give_up");
        ASSERT_EQ(ends.size(), 1u) << factor;
        EXPECT_EQ(days(ends[0].effect), day) << factor;
        EXPECT_EQ(ends[0].subject, "alpha");
        EXPECT_NEAR(ends[0].value, 700, 1e-9) << "400 in AA and 300 in BB";
        EXPECT_NEAR(members(run, "alpha", 24 * day - 1), 700, 1e-9);
        EXPECT_EQ(members(run, "alpha", 24 * day), 0);
        EXPECT_NEAR(members(run, "beta", 24 * day) - members(run, "beta", 0), 700, 1e-9);
    }
    EXPECT_TRUE(acts(mailrift::testing::run(refused(giving_up(1.01 * f))), "give_up").empty());
}

TEST(GiveUp, TheSameDayInWholeMessages) {
    const double f = to_big();
    for (const Traffic traffic : {Traffic::kFlow, Traffic::kMessage}) {
        const auto run = mailrift::testing::run(refused(giving_up(0.5 * f)), hand_world(), 1, traffic);
        ASSERT_EQ(acts(run, "give_up").size(), 1u);
        EXPECT_EQ(days(acts(run, "give_up")[0].effect), 8) << "0.4 f on day 7, 0.6 f on day 8";
        EXPECT_EQ(acts(run, "give_up")[0].value, 700);
        EXPECT_EQ(run.ledger.imbalance(), 0);
    }
}

TEST(GiveUp, CountsMailFromItsStartOn) {
    const auto run = mailrift::testing::run(refused(giving_up(0.01, R"(, "start": "9 d")")));
    EXPECT_EQ(days(acts(run, "give_up").at(0).effect), 14);
    const std::string ended =
        replaced(refused(giving_up(0.01, R"(, "start": "9 d")")), R"("from": "5 d")", R"("from": "5 d", "until": "9 d")");
    EXPECT_TRUE(acts(mailrift::testing::run(ended), "give_up").empty()) << "all that failed was before";
}

TEST(Relay, MailPassesByTheAddressesOfTheRelay) {
    const double f = to_big();
    const std::string relay = R"({"id": "through", "kind": "relay", "providers": ["alpha"], "failed": )" + share_text(0.59 * f) +
                              R"(, "over": "5 d", "through": "beta"})";
    const auto run = mailrift::testing::run(refused(relay));
    ASSERT_EQ(acts(run, "relay").size(), 1u) << "it is said once";
    EXPECT_EQ(days(acts(run, "relay")[0].effect), 8);
    EXPECT_NEAR(members(run, "alpha", 480), 700, 1e-9) << "nobody leaves";
    const double a_day = 700 * 5.0;  // messages
    EXPECT_NEAR(messages(run, "alpha", Outcome::kRejected), 3 * f * a_day, 1e-6) << "on days 5 to 7";
    EXPECT_NEAR(messages(run, "alpha", Outcome::kInbox), (5 + 3 * (1 - f)) * a_day, 1e-6);
    const auto without = mailrift::testing::run(refused(""));
    EXPECT_NEAR(messages(run, "beta", Outcome::kInbox) - messages(without, "beta", Outcome::kInbox), 12 * a_day, 1e-6);
    EXPECT_EQ(messages(run, "beta", Outcome::kRejected), 0);
}

std::string guests_move(const std::string& inform_delay, const std::string& at = "1 d") {
    return R"({"id": "leave", "kind": "migrate", "who": {"groups": ["guests"]}, "to": {"alpha": 1}, "informed": 0.5, "inform_delay": ")" +
           inform_delay + R"(", "plan": {"at": ")" + at + R"(", "takes": "0 s"}}, )";
}

const char* const kThroughBeta =
    R"({"id": "through", "kind": "relay", "providers": ["alpha"], "failed": 0.05, "over": "1 d", "through": "beta"})";

// The old address is closed; alpha relays from day 6 on. Half of the contacts learn the new address, before that day or long after.
TEST(Relay, ChangesNothingOfWhoKnowsAnAddress) {
    const std::string order = R"(, "orders": [{"id": "eo", "issuer": "US", "at": "2 d", "target": {"groups": ["guests"]}, )"
                              R"("measures": ["close_accounts"], "compliance": {"probability": 1}}])";
    for (const auto& [delay, day] : {std::pair{"1 h", 2}, {"10 d", 11}}) {
        const auto run = mailrift::testing::run(refused(guests_move(delay) + kThroughBeta, order));
        ASSERT_EQ(acts(run, "relay").size(), 1u);
        const auto reach = measure_over_time(run, &reachability, "CC", "guests", {24 * day - 1, 24 * day, 480}, Weights::kPopulation);
        EXPECT_NEAR(reach[0], day == 2 ? 1 : 0, 1e-9) << "the old account is read until day 2";
        EXPECT_NEAR(reach[1], 0.5, 1e-9) << delay;
        EXPECT_NEAR(reach[2], 0.5, 1e-9) << delay;
    }
}

TEST(Trouble, WhoCameLaterIsAMemberToo) {
    const auto left = mailrift::testing::run(refused(guests_move("1 h") + giving_up(0.59 * to_big())));
    ASSERT_EQ(acts(left, "give_up").size(), 1u);
    EXPECT_NEAR(acts(left, "give_up")[0].value, 750, 1e-9) << "50 guests came on day 1";
    EXPECT_EQ(members(left, "alpha", 480), 0);
    const auto relayed = mailrift::testing::run(refused(guests_move("1 h", "12 d") + kThroughBeta));
    EXPECT_EQ(acts(relayed, "relay").size(), 1u) << "who comes to a server whose mail passes by its relay is in no trouble";
}

// alpha's members in AA cannot write any more: nothing of theirs leaves, and what leaves arrives.
TEST(Trouble, MailThatNeverLeftIsNoSign) {
    const std::string order =
        R"(, "orders": [{"id": "eo", "issuer": "AA", "at": "1 d", "target": {"jurisdictions": ["AA"]}, "measures": ["close_accounts"], )"
        R"("direction": "from", "compliance": {"probability": 1}}])";
    const std::string calm =
        replaced(refused(R"({"id": "end", "kind": "give_up", "providers": ["alpha"], "failed": 0.3, "to": {"beta": 1}})", order),
                 R"("jurisdictions": ["AA"], )", R"("jurisdictions": ["CC"], )");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        const auto run = mailrift::testing::run(calm, hand_world(), 1, traffic);
        EXPECT_GT(messages(run, "alpha", Outcome::kUnsent), 1000);
        EXPECT_TRUE(acts(run, "give_up").empty());
    }
}

// A filter refuses each message with probability 0.2, and an operator gives up for three in ten: by chance in its own few messages, the tail of a
// Poisson number of them, however many operators its representative stands for.
TEST(Trouble, AnOperatorLooksAtItsOwnMailAlone) {
    const int operators = testing::kFast ? 200 : 60;
    constexpr double kMean = 10;
    double closed = 0;
    double weight = std::exp(-kMean);
    for (int n = 1; n < 60; ++n) {
        weight *= kMean / n;
        double term = std::pow(0.8, n);
        double below = 0;
        for (int k = 0; k < 0.3 * n - 1e-9; ++k) {
            below += term;
            term *= (n - k) * 0.25 / (k + 1);
        }
        closed += weight * (1 - below);
    }
    for (const int count : {operators, 100 * operators}) {
        const std::string world =
            R"({"schema": 1, "name": "hand", "unit": "users", "jurisdictions": [{"code": "XA", "name": "All", "mail_users": )" +
            std::to_string(4 * count) +
            R"(, "utc_offset": "0 h"}], "providers": [{"id": "large", "kind": "global", "control": []}, {"id": "own", "kind": "self_hosted", "control": [], "count": )" +
            std::to_string(count) + R"(, "representatives": )" + std::to_string(operators) +
            R"(}], "markets": {"XA": {"routes": {"large": 0.5, "own": 0.5}}}, "mixing": {"home": 1, "bloc": 0}})";
        const std::string text =
            R"({"schema": 1, "name": "small", "world": "hand", "horizon": "1 d", "slice": "6 h", "mail": {"reply": 0, "messages_per_day": 5}, "blocking": [
 {"id": "filter", "kind": "content_filter", "false_positive": 0.2, "true_positive": 0.9, "action": "reject"}],
 "responses": [{"id": "end", "kind": "give_up", "providers": ["own"], "failed": 0.3, "over": "1 d", "to": {"large": 1}}]})";
        const auto run = mailrift::testing::run(text, world, 1, Traffic::kFlow);
        const double share = static_cast<double>(acts(run, "give_up").size()) / operators;
        EXPECT_NEAR(share, closed, 4 * std::sqrt(closed * (1 - closed) / operators))
            << count << " operators; two members, ten messages each";
    }
}

TEST(Trouble, OperatorsOfACountedProviderDecideEachForItself) {
    const std::string world = replaced(hand_world(), R"({"id": "alpha", )", R"({"id": "alpha", "count": 70, "representatives": 7, )");
    const auto run = mailrift::testing::run(refused(giving_up(0.1 * to_big())), world);
    const auto ends = acts(run, "give_up");
    ASSERT_EQ(ends.size(), 7u) << "all are refused alike";
    for (std::size_t i = 0; i < ends.size(); ++i) {
        EXPECT_EQ(ends[i].subject, "alpha#" + std::to_string(i)) << "a row a representative";
        EXPECT_NEAR(ends[i].value, 100, 1e-9);
    }
}

TEST(Trouble, AProviderWhoseMailArrivesDoesNothing) {
    const std::string both =
        giving_up(0.001) + R"(, {"id": "through", "kind": "relay", "providers": ["beta"], "failed": 0.001, "through": "big"})";
    const std::string calm = replaced(refused(both), R"("receiver": "big")", R"("receiver": "search")");
    const auto with = mailrift::testing::run(replaced(calm, R"(["AA"])", R"(["CC"])"));
    EXPECT_TRUE(acts(with, "give_up").empty());
    EXPECT_TRUE(acts(with, "relay").empty());
}

TEST(Trouble, IsReadAgainFromACheckpoint) {
    const Scenario scenario = read(refused(giving_up(0.59 * to_big())));
    RunOptions options;
    options.traffic = Traffic::kFlow;
    const auto straight = run_scenario(scenario, options);
    for (const sim::Tick tick : {24, 150, 191, 192, 200}) {
        Simulation first(scenario, options);
        first.advance_to(tick);
        EXPECT_EQ(Simulation::resume(first.save(), "saved", {}).finish().trajectory_fingerprint, straight.trajectory_fingerprint) << tick;
    }
}

TEST(Trouble, AFutureMayBeginToLookBackIfItIsNamed) {
    const Scenario calm = read(refused(""));
    const Scenario later = read(refused(giving_up(0.59 * to_big(), R"(, "start": "4 d")")));
    RunOptions options;
    options.futures = {later};
    Simulation base(calm, options);
    base.advance_to(24 * 7);
    RunOptions other;
    other.futures = {calm};
    EXPECT_EQ(Simulation::resume(base.save(), "saved", {}, &later).finish().trajectory_fingerprint,
              Simulation(later, other).finish().trajectory_fingerprint);
    RunOptions shorter;
    shorter.futures = {read(replaced(refused(giving_up(0.59 * to_big(), R"(, "start": "6 d")")), R"("over": "5 d")", R"("over": "1 d")"))};
    Simulation alone(calm, shorter);
    alone.advance_to(24 * 7);
    try {
        static_cast<void>(Simulation::resume(alone.save(), "saved", {}, &later));
        FAIL() << "nobody kept five days of mail";
    } catch (const sim::Error& error) {
        EXPECT_NE(std::string(error.what()).find("one whose responses ask for other mail, or further back"), std::string::npos)
            << error.what();
    }
}

TEST(Trouble, RefusesWhatMakesNoSense) {
    const auto text_of = [](const std::string& responses) {
        try {
            static_cast<void>(read(refused(responses)));
        } catch (const sim::Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    EXPECT_NE(text_of(R"({"id": "end", "kind": "give_up", "providers": ["alpha"], "to": {"alpha": 1}})")
                  .find("/responses/0/providers/0: [inconsistent 304] expected a provider that is not where its members go, got \"alpha\""),
              std::string::npos);
    EXPECT_NE(text_of(R"({"id": "through", "kind": "relay", "providers": ["alpha"], "through": "alpha"})")
                  .find("/responses/0/through: [inconsistent 304] expected a relay of another than the providers, got \"alpha\""),
              std::string::npos);
    EXPECT_NE(text_of(giving_up(0)).find("/responses/0/failed"), std::string::npos);
    EXPECT_NE(text_of(giving_up(0.1) + ", " + replaced(giving_up(0.2), "end", "end-too"))
                  .find("/responses/1/providers: [inconsistent 304] expected each provider in one response of the kind, got \"alpha\""),
              std::string::npos);
    EXPECT_NE(
        text_of(giving_up(0.1) + R"(, {"id": "other", "kind": "give_up", "providers": ["beta"], "to": {"alpha": 1}})")
            .find("/responses/0/providers: [inconsistent 304] expected providers whose members do not come back to them, got \"alpha\""),
        std::string::npos);
    // beta has no members at first: alpha's come, and would go back.
    const std::string no_beta = replaced(replaced(replaced(hand_world(), R"("alpha": 0.1, "beta": 0.7)", R"("alpha": 0.8)"),
                                                  R"({"provider": "beta", "gateway": "gate", "share": 0.2}, )", ""),
                                         R"({"provider": "beta", "share": 0.5})", R"({"provider": "search", "share": 0.7})");
    const auto of_world = [](const std::string& responses, const std::string& world) {
        try {
            static_cast<void>(read(refused(responses), world));
        } catch (const sim::Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    EXPECT_NE(
        of_world(giving_up(0.1) + R"(, {"id": "other", "kind": "give_up", "providers": ["beta"], "to": {"alpha": 1}})", no_beta)
            .find("/responses/0/providers: [inconsistent 304] expected providers whose members do not come back to them, got \"alpha\""),
        std::string::npos);
    EXPECT_NE(of_world(kThroughBeta, replaced(hand_world(), R"({"id": "beta", )", R"({"id": "beta", "count": 9, )"))
                  .find("expected a relay that is one operator, got \"beta\""),
              std::string::npos);
    EXPECT_NE(of_world(giving_up(0.1), replaced(replaced(hand_world(), R"("search": 0.1, "alpha": 0.4)", R"("search": 0.5)"),
                                                R"("big": 0.2, "alpha": 0.1)", R"("big": 0.3)"))
                  .find("expected providers with members, got \"alpha\""),
              std::string::npos);
    RunOptions none;
    none.traffic = Traffic::kNone;
    const Scenario silent = read(scenario_text(R"("responses": [)" + giving_up(0.1) + "]"));
    EXPECT_THROW(static_cast<void>(run_scenario(silent, none)), sim::Error);
}

}  // namespace
}  // namespace mailrift
