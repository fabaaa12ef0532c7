// Reachability of the hand world, pair by pair, on paper.
#include "models/measure/reachability.h"

#include <gtest/gtest.h>

#include "models/delivery/change.h"
#include "models/population/mixing.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

class ReachabilityTest : public ::testing::Test {
protected:
    ReachabilityTest() : world_(mailrift::testing::read(mailrift::testing::scenario_text()).world) {
        population_ = build_population(world_, {});
        state_ = initial_state(world_, population_);
        mixing_ = mixing_matrix(world_, population_);
    }

    [[nodiscard]] StateView view() const { return {world_, population_, state_}; }
    [[nodiscard]] double mean(PairMeasure measure, std::vector<CohortId> from, std::vector<CohortId> to,
                              Weights weights = Weights::kPopulation) const {
        return mean_over_pairs(view(), measure, from, to, weights, mixing_);
    }

    World world_;
    Population population_;
    MailState state_;
    Eigen::MatrixXd mixing_;
};

constexpr CohortId kCourt{0};
constexpr CohortId kFirst{2};
constexpr CohortId kSecond{3};

TEST_F(ReachabilityTest, CountsTheShareOfSeatsThatAreLetThrough) {
    // `big` refuses the court: AA keeps 0.5, BB 0.8.
    apply({ChangeKind::kBlock, {OrderId{0}, *find_entity(world_, "big"), population_.seats_of[0][0], Refuses::kFrom}, {}, 0}, state_);
    EXPECT_NEAR(reachability(view(), kCourt, kFirst), 0.5, 1e-15);
    EXPECT_NEAR(reachability(view(), kCourt, kSecond), 0.8, 1e-15);
    EXPECT_NEAR(reachability(view(), kFirst, kCourt), 1, 1e-15);
    EXPECT_NEAR(mutual_reachability(view(), kCourt, kFirst), 0.5, 1e-15);
    EXPECT_NEAR(mutual_reachability(view(), kFirst, kCourt), 0.5, 1e-15);
}

TEST_F(ReachabilityTest, ClosedAccountsStayInTheDenominator) {
    for (const SeatId seat : population_.seats_of[index(kFirst)]) {
        if (view().route(seat).provider == *find_entity(world_, "alpha")) {
            apply({ChangeKind::kClose, {OrderId{0}, view().route(seat).provider, seat, {}}, {}, 0}, state_);
        }
    }
    EXPECT_NEAR(reachability(view(), kFirst, kSecond), 0.6, 1e-15);
    EXPECT_NEAR(reachability(view(), kFirst, kFirst), 0.36, 1e-15) << "two different people: both must be open";
}

TEST_F(ReachabilityTest, WeighsPairsByPeopleOrByContacts) {
    apply({ChangeKind::kBlock, {OrderId{0}, *find_entity(world_, "big"), population_.seats_of[0][0], Refuses::kFrom}, {}, 0}, state_);
    EXPECT_NEAR(mean(&reachability, {kCourt}, {kFirst, kSecond}), (1000 * 0.5 + 3000 * 0.8) / 4000, 1e-15);
    const double to_first = mixing_(0, 2);
    const double to_second = mixing_(0, 3);
    EXPECT_NEAR(mean(&reachability, {kCourt}, {kFirst, kSecond}, Weights::kContacts),
                (to_first * 0.5 + to_second * 0.8) / (to_first + to_second), 1e-15);
    // The court with itself: 100 x 99 pairs, all refused on `big`; with AA: 100 x 1000 pairs, half of them.
    EXPECT_NEAR(mean(&reachability, {kCourt}, {kCourt, kFirst}), (9900 * 0 + 100000 * 0.5) / 109900, 1e-15);
}

TEST_F(ReachabilityTest, OnePersonAloneMeetsTheMeasureItself) {
    population_.cohorts[0].users = 1;
    EXPECT_EQ(mean(&reachability, {kCourt}, {kCourt}), 1);
    EXPECT_EQ(mean(&reachability, {kCourt}, {}), 0);
}

}  // namespace
}  // namespace mailrift
