// Expected counts against a brute-force second method: every pair of seats on its own, the kernel convolved directly.
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "models/delivery/fate.h"
#include "models/traffic/profile.h"
#include "models/traffic/reply_kernel.h"
#include "sim/error.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::order_text;
using testing::run;
using testing::scenario_text;

/// Totals by outcome of a run whose state never changes after its first slice, pair of seats by pair of seats, without lumps or delay line.
std::map<Outcome, double> brute_force(const Run& run) {
    const Model& model = run.model;
    StateReplay replay(run);
    const StateView view = replay.at(0);
    const auto slices = static_cast<std::size_t>(model.slices);
    const auto kernel = reply_kernel(model.mail.reply_delay, model.grid.slice, slices);
    std::map<Outcome, double> totals;
    for (std::size_t a = 0; a < model.population.seats.size(); ++a) {
        for (std::size_t b = 0; b < model.population.seats.size(); ++b) {
            const Seat& from = model.population.seats[a];
            const Seat& to = model.population.seats[b];
            const Cohort& cohort = model.population.cohorts[index(from.cohort)];
            const double daily = cohort.users * model.mail.messages_per_day * (1 - model.mail.reply) *
                                 model.mixing(static_cast<Eigen::Index>(index(from.cohort)), static_cast<Eigen::Index>(index(to.cohort))) *
                                 from.share * to.share;
            if (daily <= 0) continue;
            const Fate out = fate_of(view, id_of<SeatId>(a), id_of<SeatId>(b));
            const Fate back = fate_of(view, id_of<SeatId>(b), id_of<SeatId>(a));
            const double good_out = inbox_share(view, id_of<SeatId>(a), id_of<SeatId>(b));
            const double good_back = inbox_share(view, id_of<SeatId>(b), id_of<SeatId>(a));
            std::vector<double> sent(slices, 0.0);
            std::vector<double> answered(slices, 0.0);
            for (std::size_t t = 0; t < slices; ++t) {
                const double hours = static_cast<double>(model.grid.slice.us) / 86'400e6;
                sent[t] =
                    daily * hours * profile_factor(model.mail.profile, cohort.utc_offset, model.grid.slice, static_cast<sim::Tick>(t));
                for (std::size_t d = 1; d <= t; ++d) {
                    sent[t] += model.mail.reply * kernel[d] * good_back * answered[t - d];
                    answered[t] += model.mail.reply * kernel[d] * good_out * sent[t - d];
                }
                // Answers within the slice, to any depth: iterate until nothing is added.
                double more_sent = sent[t];
                double more_answered = answered[t];
                for (int round = 0; round < 200; ++round) {
                    const double next_answered = model.mail.reply * kernel[0] * good_out * more_sent;
                    const double next_sent = model.mail.reply * kernel[0] * good_back * more_answered;
                    sent[t] += next_sent;
                    answered[t] += next_answered;
                    more_sent = next_sent;
                    more_answered = next_answered;
                }
                for (const FatePart& part : out) totals[part.outcome] += sent[t] * part.share;
                for (const FatePart& part : back) totals[part.outcome] += answered[t] * part.share;
            }
        }
    }
    return totals;
}

void expect_brute_force(const Run& run) {
    const auto totals = brute_force(run);
    double written = 0;
    for (const auto& total : totals) written += total.second;
    EXPECT_NEAR(run.ledger.written() / written, 1, 1e-11);
    for (std::size_t o = 0; o < kOutcomes; ++o) {
        const auto outcome = static_cast<Outcome>(o);
        const auto found = totals.find(outcome);
        const double expected = found == totals.end() ? 0 : found->second;
        EXPECT_NEAR(run.ledger.total(outcome), expected, 1e-11 * written) << name_of(outcome);
    }
}

/// Office hours, so that time zones matter.
std::string office_profile() {
    std::string list = "[";
    for (int hour = 0; hour < 168; ++hour)
        list += std::string(hour > 0 ? "," : "") + (hour / 24 < 5 && hour % 24 >= 8 && hour % 24 < 18 ? "3" : "0.2");
    return list + "]";
}

TEST(Fluid, EqualsBruteForceWithoutOrders) { expect_brute_force(run(scenario_text(R"("mail": {"messages_per_day": 8, "reply": 0.4})"))); }

TEST(Fluid, EqualsBruteForceUnderOrdersFromTheStart) {
    const std::string order = testing::replaced(order_text(R"(["close_accounts", "block_senders"])"), R"("at": "1 d")", R"("at": "0 s")");
    expect_brute_force(run(scenario_text("\"orders\": [" + order + R"(], "mail": {"reply": 0.5, "profile": )" + office_profile() + "}")));
}

TEST(Fluid, EqualsBruteForceForOtherDelaysAndSlices) {
    for (const char* delay : {R"("90 min")", R"({"uniform": {"low": "0 s", "high": "5 h"}})", R"({"exponential": {"mean": "3 h"}})"}) {
        expect_brute_force(run(scenario_text(R"("slice": "2 h", "mail": {"reply": 0.3, "reply_delay": )" + std::string(delay) + "}")));
    }
}

TEST(Fluid, WritesMessagesPerDayWhenEverythingIsDelivered) {
    // Every delivered message is answered with probability r: starts (1 - r) x rate x (1 + r + r^2 + ...) = rate, but for answers still to come.
    const auto all = run(scenario_text(R"("mail": {"messages_per_day": 4, "reply": 0.3, "reply_delay": "1 min"})", "100 d"));
    const double people = 1000 + 3000 + 6000 + 150;
    EXPECT_NEAR(all.ledger.written() / (people * 4 * 100), 1, 1e-4);
    EXPECT_EQ(all.ledger.total(Outcome::kInbox), all.ledger.written());
}

TEST(Fluid, AOneWayBlockSilencesTheAnswersToo) {
    const std::string world = testing::replaced(testing::hand_world(), R"("domain": "court-domain", "routes": [{"provider": "big")",
                                                R"("domain": "court-domain", "routes": [{"provider": "alpha")");
    const std::string order =
        testing::replaced(order_text(R"(["block_senders"])", R"("direction": "from")"), R"("at": "1 d")", R"("at": "0 s")");
    const auto to_court = [](const auto& r) {
        double messages = 0;
        for (const auto& row : r.ledger.rows()) {
            if (r.model.world.entities[index(row.key.source)].id == "search" &&
                r.model.world.entities[index(row.key.receiver)].id == "alpha")
                messages += row.messages;
        }
        return messages;
    };
    const auto open = run(scenario_text(), world);
    const auto blocked = run(scenario_text("\"orders\": [" + order + "]"), world);
    EXPECT_LT(to_court(blocked), to_court(open));
    EXPECT_EQ(blocked.ledger.total(Outcome::kUnsent), 0);
}

TEST(Fluid, TheLedgerBalancesWhileEverythingMoves) {
    const std::string scenario = scenario_text(
        "\"orders\": [" + order_text(R"(["close_accounts", "block_senders"])", R"("follow": {"probability": 1, "delay": "1 d"})", 0.7) +
        R"(], "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"], "jurisdictions": ["AA"]}, "to": {"alpha": 0.6, "beta": 0.4},
                                                  "hazard": {"base": 0.1, "gain": 0.5}, "informed": 0.5}])");
    for (std::uint64_t seed = 0; seed < 20; ++seed)
        EXPECT_LE(run(scenario, testing::hand_world(), seed).ledger.imbalance(), 1e-12) << "seed " << seed;
}

TEST(Fluid, RefusesMoreMemoryThanItsBudget) {
    // A delay with an upper end needs every one of its lags; of 1e6 slices that is too much for the cells of a world whose people move.
    const std::string all =
        R"("responses": [{"id": "r", "kind": "migrate", "who": {"jurisdictions": ["AA", "BB", "CC"]}, "to": {"alpha": 0.5, "beta": 0.5}, "hazard": {"base": 0.1}}])";
    const auto long_run = [&](const char* delay) {
        return scenario_text(all + R"(, "slice": "1 min", "mail": {"reply_delay": )" + std::string(delay) + "}", "600 d");
    };
    try {
        (void)run(long_run(R"({"uniform": {"low": "0 s", "high": "590 d"}})"));
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_EQ(error.code(), sim::Code::kTooLarge) << error.what();
    }
}

TEST(ReplyKernel, SumsToTheProbabilityOfAnAnswerWithinItsLags) {
    for (const auto& delay :
         {sim::make_lognormal(3600, 1.5), sim::make_exponential(7200), sim::make_uniform(600, 9000), sim::make_constant(5400)}) {
        const auto kernel = reply_kernel(delay, sim::kHour, 400);
        double sum = 0;
        for (const double k : kernel) sum += k;
        // Answers after 400 slices: mean over the moment of delivery of 1 - cdf.
        const double late = (mean_excess(delay, 399 * 3600.0) - mean_excess(delay, 400 * 3600.0)) / 3600;
        EXPECT_NEAR(sum + late, 1, 1e-13);
    }
}

TEST(ReplyKernel, EqualsNumericalIntegration) {
    // K_d = integral over the moment of delivery u of P(d - u <= D < d + 1 - u), midpoint rule with 20,000 points: error below 1e-8.
    const auto delay = sim::make_lognormal(3600, 1.5);
    const auto kernel = reply_kernel(delay, sim::kHour, 30);
    constexpr int kPoints = 20'000;
    for (std::size_t d = 0; d < kernel.size(); ++d) {
        double sum = 0;
        for (int i = 0; i < kPoints; ++i) {
            const double u = (i + 0.5) / kPoints;
            const double low = std::max(0.0, static_cast<double>(d) - u) * 3600;
            sum += sim::cdf(delay, (static_cast<double>(d) + 1 - u) * 3600) - (low > 0 ? sim::cdf(delay, low) : 0);
        }
        EXPECT_NEAR(kernel[d], sum / kPoints, 1e-8) << "lag " << d;
    }
}

TEST(Profile, AveragesHoursByExactOverlapInLocalTime) {
    std::vector<double> profile(168, 0.0);
    profile[0] = 2;  // Monday 00:00 to 01:00 local
    EXPECT_EQ(profile_factor(profile, {0}, sim::kHour, 0), 2);
    EXPECT_EQ(profile_factor(profile, {0}, sim::kHour, 1), 0);
    EXPECT_EQ(profile_factor(profile, {0}, sim::kHour, 168), 2);
    EXPECT_EQ(profile_factor(profile, sim::kHour * -5, sim::kHour, 5), 2) << "at UTC - 5 h Monday begins at 05:00 UTC";
    EXPECT_EQ(profile_factor(profile, sim::kMinute * 30, sim::kHour, 0), 1) << "half of the slice is in the hour";
    EXPECT_EQ(profile_factor(profile, sim::kHour, sim::kDay, 6), 2.0 / 24) << "Sunday's slice reaches one hour into Monday, at UTC + 1 h";
    EXPECT_EQ(profile_factor({}, sim::kHour, sim::kHour, 77), 1);
}

}  // namespace
}  // namespace mailrift
