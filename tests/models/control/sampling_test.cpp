// The error that a run states for counted providers: by hand, by its limits, and against how far runs with other seeds lie apart.
#include "models/control/sampling.h"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "tests/models/documents.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::replaced;

TEST(Sampling, ByHand) {
    const SampledShare share = estimate("a", "b", {{0, 1}, {0, 1}, {1, 1}, {1, 1}});
    EXPECT_EQ(share.operators, 4);
    EXPECT_EQ(share.rejected, 0.5);
    EXPECT_EQ(share.error, 0) << "all of them";
    const SampledShare of_many = estimate("a", "b", {{0, 100}, {0, 100}, {1, 100}, {1, 100}});
    EXPECT_NEAR(of_many.error, std::sqrt(1.0 / 3 / 4 * (1 - 4 / 400.0)), 1e-15) << "s^2 = 1/3";
    const SampledShare uneven = estimate("a", "b", {{0, 3}, {1, 1}});
    EXPECT_EQ(uneven.rejected, 0.25);
    EXPECT_NEAR(uneven.error, std::sqrt((3 * 0.0625 + 0.5625) / 4 * 2 / 2 * (1 - 2 / 4.0)), 1e-15);
}

TEST(Sampling, RecordsAreMeansOverTime) {
    KeyRecord record;
    EXPECT_TRUE(record.means(10).empty());
    record.set(-5, {1, 1});
    record.set(0, {0, 1});
    record.set(4, {1, 0});
    EXPECT_EQ(record.means(0), std::vector<double>());
    EXPECT_EQ(record.means(4), (std::vector<double>{0, 1}));
    EXPECT_EQ(record.means(16), (std::vector<double>{0.75, 0.25}));
}

std::string world(int count, int representatives) {
    return R"({"schema": 1, "name": "hand", "unit": "users", "jurisdictions": [{"code": "XA", "name": "All", "mail_users": 32000, "utc_offset": "0 h"}],
 "providers": [{"id": "large", "kind": "global", "control": []}, {"id": "own", "kind": "self_hosted", "control": [], "count": )" +
           std::to_string(count) + R"(, "representatives": )" + std::to_string(representatives) +
           R"(}], "markets": {"XA": {"routes": {"large": 0.5, "own": 0.5}}}, "mixing": {"home": 1, "bloc": 0}})";
}

/// What is told of the small ones at the large one; they receive mail, too.
const SampledShare& at_large(const mailrift::Run& run) {
    for (const SampledShare& sample : run.samples) {
        if (sample.source == "own" && sample.receiver == "large") return sample;
    }
    throw std::logic_error("no sample");
}

mailrift::Run judged(int count, int representatives, std::uint64_t seed, Traffic traffic = Traffic::kFlow) {
    return mailrift::testing::run(
        R"({"schema": 1, "name": "small", "world": "hand", "horizon": "20 d", "slice": "1 d", "mail": {"reply": 0}, "warm_up": "0 d", "blocking": [
 {"id": "ratio", "kind": "reputation", "receiver": "large", "reject": 0.02, "min_volume": 1, "window": "tumbling", "period": "2 d", "false_positive": 0.01}]})",
        world(count, representatives), seed, traffic);
}

double refused(const mailrift::Run& run) {
    double all = 0;
    double hit = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        const auto& entities = run.model.world.entities;
        if (entities[index(row.key.source)].id != "own" || entities[index(row.key.receiver)].id != "large") continue;
        all += row.messages;
        hit += row.outcome == Outcome::kRejected ? row.messages : 0;
    }
    return hit / all;
}

// Each seed draws other operators, of very many: the spread of what is refused is the error by the choice of the sample.
TEST(Sampling, IsHowFarRunsLieApart) {
    const int seeds = testing::kFast ? 200 : 40;
    double sum = 0;
    double squares = 0;
    double variance = 0;
    for (int seed = 1; seed <= seeds; ++seed) {
        const auto run = judged(1000, 20, static_cast<std::uint64_t>(seed));
        EXPECT_EQ(at_large(run).operators, 1000);
        EXPECT_EQ(at_large(run).simulated, 20u);
        EXPECT_NEAR(at_large(run).rejected, refused(run), 0.02) << "by time, and by mail";
        sum += refused(run);
        squares += refused(run) * refused(run);
        variance += at_large(run).error * at_large(run).error / seeds;
    }
    const double spread = (squares - sum * sum / seeds) / (seeds - 1);
    // A sample variance of n normal numbers has the relative standard error sqrt(2 / (n - 1)); four of them, either way. An error that is stated 1.4
    // times too large or too small is found with 40 seeds, 1.2 times with 200.
    EXPECT_LT(std::fabs(std::log(spread / variance)), std::log(1 + 4 * std::sqrt(2.0 / (seeds - 1))))
        << "spread " << std::sqrt(spread) << ", stated " << std::sqrt(variance);
}

TEST(Sampling, IsOfWantedMailAlone) {
    const std::string text = replaced(
        R"({"schema": 1, "name": "small", "world": "hand", "horizon": "4 d", "slice": "1 d", "mail": {"reply": 0}, "warm_up": "0 d", "blocking": [
 {"id": "ratio", "kind": "reputation", "reject": 0.02, "min_volume": 1}], "spam_senders": [X]})",
        "X", R"({"id": "rented", "kind": "snowshoe", "sources": 50, "messages_per_day": 4000, "rotation": "1 d"})");
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const auto run = mailrift::testing::run(text, world(1000, 20), 1, traffic);
        for (const SampledShare& sample : run.samples) EXPECT_NE(sample.source, "rented");
        EXPECT_EQ(run.samples.empty(), traffic == Traffic::kFluid);
    }
}

TEST(Sampling, ThereIsNoneWhereAllAreSimulated) {
    const auto run = judged(30, 30, 1);
    EXPECT_EQ(at_large(run).simulated, 30u);
    EXPECT_EQ(at_large(run).error, 0);
    EXPECT_TRUE(judged(1000, 20, 1, Traffic::kFluid).samples.empty()) << "in expectation all are alike";
}

TEST(Sampling, OperatorsThatAResponseTellsApartAreOneSample) {
    const std::string text =
        R"({"schema": 1, "name": "small", "world": "hand", "horizon": "20 d", "slice": "1 d", "mail": {"reply": 0}, "warm_up": "0 d", "blocking": [
 {"id": "ratio", "kind": "reputation", "receiver": "large", "reject": 0.02, "min_volume": 1, "window": "tumbling", "period": "2 d", "false_positive": 0.01}],
 "responses": [{"id": "end", "kind": "give_up", "providers": ["own"], "failed": 0.99, "to": {"large": 1}}]})";
    const auto apart = mailrift::testing::run(text, world(1000, 20), 1, Traffic::kFlow);
    EXPECT_EQ(at_large(apart).simulated, 20u);
    EXPECT_EQ(at_large(apart).operators, 1000);
    EXPECT_NEAR(at_large(apart).rejected, at_large(judged(1000, 20, 1)).rejected, 5 * std::sqrt(2.0) * at_large(apart).error);
}

TEST(Sampling, IsReadAgainFromACheckpoint) {
    const Scenario scenario = mailrift::testing::read_document("golden/senders-in-trouble.json");
    RunOptions options;
    options.traffic = Traffic::kFlow;
    const auto straight = run_scenario(scenario, options);
    ASSERT_FALSE(straight.samples.empty());
    Simulation first(scenario, options);
    first.advance_to(30);
    const auto resumed = Simulation::resume(first.save(), "saved", {}).finish();
    ASSERT_EQ(resumed.samples.size(), straight.samples.size());
    for (std::size_t i = 0; i < straight.samples.size(); ++i) {
        EXPECT_EQ(resumed.samples[i].rejected, straight.samples[i].rejected);
        EXPECT_EQ(resumed.samples[i].error, straight.samples[i].error);
    }
}

}  // namespace
}  // namespace mailrift
