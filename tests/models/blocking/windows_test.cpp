// The 30 cells of FACTS O7 and O7b inside runs of `flow` and `message`: of every window it is known how many messages were judged in it, and so with
// which probability exactly its sender is rejected in the next one.
#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "models/control/control_plane.h"
#include "models/traffic/flow.h"
#include "models/traffic/message.h"
#include "sim/math.h"
#include "tests/models/blocking/small_senders.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::kSmallSenders;
using testing::SmallSender;

/// q(n) = Pr(Bin(n, p) >= ceil(theta n)) = 1 - sum of the terms below it.
double block_probability(double theta, double p, std::uint64_t n) {
    const auto least = static_cast<std::uint64_t>(std::ceil(theta * static_cast<double>(n) - 1e-9));
    double below = 0;
    double term = std::pow(1 - p, static_cast<double>(n));
    for (std::uint64_t k = 0; k < least; ++k) {
        below += term;
        term *= static_cast<double>(n - k) / static_cast<double>(k + 1) * p / (1 - p);
    }
    return 1 - below;
}

/// The chance that Bin(n, q) lies as far from its mean as `found`, or farther, on the same side.
double tail(std::size_t n, double q, double found) {
    q = std::clamp(q, 1e-15, 1 - 1e-15);  // its logarithms are finite
    const auto trials = static_cast<double>(n);
    double beyond = 0;
    for (std::size_t k = 0; k <= n; ++k) {
        const auto hits = static_cast<double>(k);
        if (found >= trials * q ? hits < found : hits > found) continue;
        beyond += std::exp(std::lgamma(trials + 1) - std::lgamma(hits + 1) - std::lgamma(trials - hits + 1) + hits * std::log(q) +
                           (trials - hits) * std::log1p(-q));
    }
    return beyond;
}

constexpr double kFourErrors = 3.17e-5;  // the chance that a normal number is more than four standard errors above its mean

constexpr int kSenders = 40;
constexpr int kMembers = 5;  // of each sender, who write alike; as many people as all of them are the receiver's

/// Many small senders and one receiver, in windows of one slice.
std::string world() {
    std::string providers = R"({"id": "big", "kind": "global"})";
    std::string routes = R"("big": 0.5)";
    for (int s = 0; s < kSenders; ++s) {
        const std::string id = "s" + std::to_string(100 + s);
        providers += R"(, {"id": ")" + id + R"(", "kind": "isp"})";
        routes += ", \"" + id + "\": " + sim::format_number(0.5 / kSenders);
    }
    return R"({"schema": 1, "name": "small", "unit": "mailboxes", "jurisdictions": [{"code": "XA", "name": "All", "mail_users": )" +
           std::to_string(2 * kSenders * kMembers) + R"(, "utc_offset": "0 h"}], "providers": [)" + providers +
           R"(], "markets": {"XA": {"routes": {)" + routes + R"(}}}, "mixing": {"home": 1, "bloc": 0}})";
}

std::string scenario(const SmallSender& cell, int windows) {
    const double each = 2 * static_cast<double>(cell.n) / kMembers;  // half of what a member writes goes to the receiver
    return R"({"schema": 1, "name": "windows", "world": "small", "slice": "1 d", "horizon": ")" + std::to_string(windows) +
           R"( d", "mail": {"reply": 0, "messages_per_day": )" + sim::format_number(each) +
           R"(, "contacts": {"rate_power": 0, "rate_sigma": 0}}, "blocking": [{"id": "ratio", "receiver": "big", "kind": "reputation", )" +
           R"("min_volume": 0, "window": "tumbling", "period": "1 d", "true_positive": 1, "reject": )" + sim::format_number(cell.theta) +
           ", \"false_positive\": " + sim::format_number(cell.p) + "}]}";
}

/// Windows in which a sender was judged, and whether it was rejected for them.
struct Judged {
    std::size_t windows = 0;
    double rejected = 0;
    double expected = 0;  ///< sum of q(n), n the window's own number
    double variance = 0;  ///< sum of q(n) (1 - q(n))
    std::size_t exactly = 0;
    double rejected_exactly = 0;  ///< of those with just the cell's n
    double messages = 0;

    void add(const SmallSender& cell, std::uint64_t n, bool is_rejected) {
        const double q = block_probability(cell.theta, cell.p, n);
        ++windows;
        messages += static_cast<double>(n);
        rejected += is_rejected ? 1 : 0;
        expected += q;
        variance += q * (1 - q);
        if (n != cell.n) return;
        ++exactly;
        rejected_exactly += is_rejected ? 1 : 0;
    }
};

Judged judge_windows(const SmallSender& cell, bool single_messages, int windows, std::uint64_t seed) {
    const Scenario read =
        read_scenario(scenario(cell, windows), "windows.json", [](std::string_view, std::string_view) { return world(); });
    const Model model = make_model(read, seed, Compliance::kDrawn);
    Run run;
    sim::Fingerprint trajectory;
    ControlPlane control(model, run, trajectory, {}, true);
    const Involved involved = involved_in(model);
    const TrafficSetup setup{model.world,
                             model.population,
                             model.mixing,
                             model.mail,
                             {involved.cohorts, involved.entities, true, true},
                             model.grid.slice,
                             model.slices,
                             false,
                             {},
                             model.seed,
                             1,
                             {1}};
    const auto traffic = single_messages ? make_message(setup, control.view()) : make_flow(setup, control.view());
    const sim::StopFlag never;
    std::map<EntityId, std::uint64_t> judged;  // in the last window
    std::map<EntityId, bool> rejected;
    Judged found;
    for (sim::Tick tick = 0; tick < model.slices; ++tick) {
        const auto& changes = control.begin(tick);
        for (const Change& change : changes) {
            if (change.kind == ChangeKind::kJudge) rejected[change.source] = change.verdicts.wanted.accept == 0;
        }
        for (const auto& [sender, n] : judged) {
            if (n > 0) found.add(cell, n, rejected[sender]);
        }
        const Tallies tallies = traffic->advance({control.view(), changes}, tick, never);
        judged.clear();
        for (const SourceTally& row : tallies.sources) {
            const bool is_small = model.world.entities[index(row.source)].id != "big";
            if (is_small && model.world.entities[index(row.judge)].id == "big")
                judged[row.source] = static_cast<std::uint64_t>(row.reached[0]);
        }
        control.learn(tallies);
    }
    return found;
}

class WindowsOf : public ::testing::TestWithParam<bool> {};

TEST_P(WindowsOf, RejectSmallSendersAsTheBinomialLawSays) {
    const double messages = testing::kFast ? 1'500'000 : 40'000;  // of each cell
    double worst = 0;
    for (const SmallSender& cell : kSmallSenders) {
        SCOPED_TRACE("theta " + std::to_string(cell.theta) + ", p " + std::to_string(cell.p) + ", n " + std::to_string(cell.n));
        const double q = block_probability(cell.theta, cell.p, cell.n);
        EXPECT_NEAR(q, cell.probability, 0.0005 + 1e-9);
        const int windows = static_cast<int>(std::clamp(messages / (static_cast<double>(cell.n) * kSenders), 3.0, 250.0));
        const Judged found = judge_windows(cell, GetParam(), windows, static_cast<std::uint64_t>(&cell - kSmallSenders));
        ASSERT_GE(found.windows, static_cast<std::size_t>(kSenders));
        EXPECT_NEAR(found.messages / static_cast<double>(found.windows), static_cast<double>(cell.n), 0.15 * static_cast<double>(cell.n));
        const double error = std::sqrt(found.variance + 0.25);  // a quarter: the count is whole
        worst = std::max(worst, std::fabs(found.rejected - found.expected) / error);
        EXPECT_NEAR(found.rejected, found.expected, 4 * error) << found.windows << " windows";
        const auto exactly = static_cast<double>(found.exactly);
        EXPECT_GT(tail(found.exactly, q, found.rejected_exactly), kFourErrors)
            << found.rejected_exactly << " of " << found.exactly << " windows of just n, expected " << exactly * q;
        std::cout << (GetParam() ? "message" : "flow") << ": theta " << cell.theta << ", p " << cell.p << ", n " << cell.n << ": "
                  << found.rejected << " of " << found.windows << " windows rejected, expected " << found.expected << "; of just n "
                  << found.rejected_exactly << " of " << found.exactly << ", expected " << exactly * q << "\n";
    }
    std::cout << "greatest difference: " << worst << " binomial standard errors\n";
    EXPECT_GT(worst, 0.5) << "30 cells that all agree so well are not random";
}

INSTANTIATE_TEST_SUITE_P(FlowAndMessage, WindowsOf, ::testing::Bool(),
                         [](const auto& tested) { return std::string(tested.param ? "message" : "flow"); });

}  // namespace
}  // namespace mailrift
