// Cohorts, seats and the mixing matrix of the hand world.
#include "models/population/population.h"

#include <cmath>

#include <gtest/gtest.h>

#include "models/population/mixing.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

World hand() { return testing::read(testing::scenario_text()).world; }

TEST(Cohorts, AreGroupsThenTheRestOfEachJurisdiction) {
    const auto cohorts = cohorts_of(hand());
    ASSERT_EQ(cohorts.size(), 5u);  // XC has no rest, US no users
    EXPECT_EQ(cohorts[0].id, "court");
    EXPECT_EQ(cohorts[1].id, "guests");
    EXPECT_EQ(cohorts[2].id, "AA");
    EXPECT_EQ(cohorts[2].users, 1000);
    EXPECT_EQ(cohorts[4].utc_offset, sim::kHour * 8);
}

TEST(Cohorts, ARestIsWhatGroupsLeave) {
    const std::string world =
        testing::replaced(testing::hand_world(), R"("id": "guests", "jurisdiction": "XC")", R"("id": "guests", "jurisdiction": "AA")");
    const auto cohorts =
        cohorts_of(testing::read(testing::scenario_text(), testing::replaced(world, "\"mail_users\": 150", "\"mail_users\": 100")).world);
    EXPECT_EQ(cohorts[2].users, 950);
}

TEST(Seats, OneForEachRouteWithItsShare) {
    World world = hand();
    const Population population = build_population(world, {});
    EXPECT_EQ(population.seats.size(), 1u + 1 + 3 + 3 + 3);
    for (const auto& seats : population.seats_of) {
        double sum = 0;
        for (const SeatId seat : seats) sum += population.seats[index(seat)].share;
        EXPECT_NEAR(sum, 1, 1e-15);
    }
}

TEST(Seats, AMoveWithOnesOwnAddressMergesWithAnExistingRoute) {
    World world = hand();
    const EntityId alpha = *find_entity(world, "alpha");
    const Population population = build_population(world, {{CohortId{0}, alpha}, {CohortId{2}, alpha}});
    EXPECT_EQ(population.seats_of[0].size(), 2u);
    EXPECT_EQ(population.seats_of[2].size(), 3u) << "AA has alpha already";
    const SeatId moved = *seat_after_move(world, population, population.seats_of[0][0], alpha);
    EXPECT_EQ(population.seats[index(moved)].domain, population.seats[index(population.seats_of[0][0])].domain) << "the domain moves along";
    EXPECT_FALSE(population.seats[index(moved)].left);
}

TEST(Seats, AMoveThatLosesTheAddressRemembersIt) {
    World world = hand();
    const EntityId alpha = *find_entity(world, "alpha");
    const Population population = build_population(world, {{CohortId{1}, alpha}});
    const SeatId from = population.seats_of[1][0];
    const SeatId moved = *seat_after_move(world, population, from, alpha);
    EXPECT_EQ(population.seats[index(moved)].left, from);
    EXPECT_NE(population.seats[index(moved)].domain, population.seats[index(from)].domain);
    EXPECT_FALSE(seat_after_move(world, population, from, *find_entity(world, "beta")));
}

TEST(Selection, NamesGroupsJurisdictionsBlocsAndEveryone) {
    World world = hand();
    const Population population = build_population(world, {});
    EXPECT_EQ(select_cohorts(world, population, "court").size(), 1u);
    EXPECT_EQ(select_cohorts(world, population, "XC").size(), 2u) << "its groups";
    EXPECT_EQ(select_cohorts(world, population, "AB").size(), 2u) << "its members, without those who are only hosted";
    EXPECT_EQ(select_cohorts(world, population, "*").size(), 5u);
    EXPECT_TRUE(select_cohorts(world, population, "US").empty());
    EXPECT_TRUE(select_cohorts(world, population, "nobody").empty());
    EXPECT_EQ(users_in(population, select_cohorts(world, population, "AB")), 4000);
}

double entry(const Eigen::MatrixXd& m, int a, int b) { return m(a, b); }

TEST(Mixing, FollowsHomeBlocAndTheRestByMailboxes) {
    World world = hand();
    const Population population = build_population(world, {});
    const Eigen::MatrixXd m = mixing_matrix(world, population);
    for (int row = 0; row < m.rows(); ++row) EXPECT_NEAR(m.row(row).sum(), 1, 1e-15);
    // AA writes 0.6 home, 0.3 to its bloc: BB and, through its host, XC's 150; 0.1 to CC.
    EXPECT_NEAR(entry(m, 2, 2), 0.6, 1e-15);
    EXPECT_NEAR(entry(m, 2, 3), 0.3 * 3000 / 3150, 1e-15);
    EXPECT_NEAR(entry(m, 2, 0), 0.3 * 100 / 3150, 1e-15);
    EXPECT_NEAR(entry(m, 2, 4), 0.1, 1e-15);
    // CC is in no bloc: that class is empty and gives its mass to all others.
    EXPECT_NEAR(entry(m, 4, 4), 0.6, 1e-15);
    EXPECT_NEAR(entry(m, 4, 3), 0.4 * 3000 / 4150, 1e-15);
}

TEST(Mixing, AffinitiesComeFirstAndTheRuleSharesTheRest) {
    World world = hand();
    world.mixing.affinities = {{"court", "AB", 0.5}, {"court", "guests", 0.1}};
    const Population population = build_population(world, {});
    const Eigen::MatrixXd m = mixing_matrix(world, population);
    EXPECT_NEAR(entry(m, 0, 2), 0.5 * 1000 / 4000, 1e-15);
    EXPECT_NEAR(entry(m, 0, 3), 0.5 * 3000 / 4000, 1e-15);
    EXPECT_NEAR(entry(m, 0, 1), 0.1, 1e-15);
    // Home is then the court alone; its bloc is served, so its mass goes to CC.
    EXPECT_NEAR(entry(m, 0, 0), 0.4 * 0.6, 1e-15);
    EXPECT_NEAR(entry(m, 0, 4), 0.4 * 0.4, 1e-15);
}

TEST(Mixing, AHomePoolIsOneHome) {
    World world = hand();
    world.mixing.home_pools = {{*find_jurisdiction(world, "AA"), *find_jurisdiction(world, "CC")}};
    const Population population = build_population(world, {});
    const Eigen::MatrixXd m = mixing_matrix(world, population);
    EXPECT_NEAR(entry(m, 2, 2), 0.6 * 1000 / 7000, 1e-15);
    EXPECT_NEAR(entry(m, 2, 4), 0.6 * 6000 / 7000, 1e-15);
}

TEST(Mixing, OneCountryAloneWritesToItself) {
    World world = hand();
    world.groups.clear();
    for (const char* code : {"AA", "BB", "XC"}) world.jurisdictions[index(*find_jurisdiction(world, code))].mail_users = 0;
    const Population population = build_population(world, {});
    ASSERT_EQ(population.cohorts.size(), 1u);
    EXPECT_NEAR(mixing_matrix(world, population)(0, 0), 1, 1e-15);
}

}  // namespace
}  // namespace mailrift
