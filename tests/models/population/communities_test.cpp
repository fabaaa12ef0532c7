// Communities: room, kinds of pairs, the plan of sizes, and the clustering that the law foretells.
#include "models/population/communities.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "tests/models/population/graph_tools.h"

namespace mailrift {
namespace {

std::vector<CommunityLink> linked(const std::vector<Member>& members, double reciprocity, std::uint64_t seed) {
    sim::Draws draws(seed, sim::hash64("communities test"), 0, 0);
    std::vector<CommunityLink> links;
    link_community(members, reciprocity, draws, links);
    return links;
}

TEST(Community, OfWishesForAllIsCompleteAndMutual) {
    const auto links = linked(std::vector<Member>(8, Member{8, 7}), 1, 1);  // 8 x 8 / 64: each pair, certainly
    std::set<std::pair<int, int>> pairs;
    for (const auto [from, to] : links) pairs.insert({from, to});
    EXPECT_EQ(links.size(), 56u);
    EXPECT_EQ(pairs.size(), 56u);
}

TEST(Community, WithoutReciprocityLinksEachPairOnce) {
    const auto links = linked(std::vector<Member>(8, Member{8, 7}), 0, 1);
    std::set<std::pair<int, int>> pairs;
    for (const auto [from, to] : links) pairs.insert({std::min(from, to), std::max(from, to)});
    EXPECT_EQ(links.size(), 28u);
    EXPECT_EQ(pairs.size(), 28u);
}

TEST(Community, NobodyHasMoreContactsThanRoom) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        std::vector<Member> members;
        for (std::uint32_t i = 0; i < 12; ++i) members.push_back({11, i % 4});
        std::vector<std::uint32_t> out(12);
        for (const auto [from, to] : linked(members, 0.7, seed)) ++out[from];
        for (std::size_t i = 0; i < 12; ++i) EXPECT_LE(out[i], members[i].room) << "seed " << seed;
    }
    EXPECT_TRUE(linked(std::vector<Member>(5), 0.7, 1).empty());
    EXPECT_TRUE(linked({}, 0.7, 1).empty());
}

// Members with wishes 2 and 6 in turn and room for all: 2000 communities of 16, so a deviation of 1 % of the wish is 4 to 7 standard errors.
TEST(Community, MeetsTheWishesAndTheReciprocity) {
    constexpr int kCommunities = 2000;
    std::vector<Member> members;
    for (int i = 0; i < 16; ++i) members.push_back({i % 2 == 0 ? 2.0 : 6.0, 15});
    double few = 0;
    double many = 0;
    double mutual = 0;
    for (std::uint64_t seed = 0; seed < kCommunities; ++seed) {
        const auto links = linked(members, 0.7, seed);
        for (std::size_t l = 0; l < links.size(); ++l) {
            (links[l].from % 2 == 0 ? few : many) += 1;
            mutual += l > 0 && links[l].from == links[l - 1].to && links[l].to == links[l - 1].from ? 2 : 0;
        }
    }
    // Not with oneself: wish x (1 - wish / 64).
    EXPECT_NEAR(few / kCommunities / 8, 2 * (1 - 2.0 / 64), 0.03);
    EXPECT_NEAR(many / kCommunities / 8, 6 * (1 - 6.0 / 64), 0.06);
    EXPECT_NEAR(mutual / (few + many), 0.7, 0.01);
}

TEST(CommunityPlan, CutsIntoNearlyEqualParts) {
    for (std::uint32_t persons = 1; persons < 500; ++persons) {
        const CommunityPlan plan(persons, 24);
        EXPECT_EQ(plan.start(0), 0u);
        EXPECT_EQ(plan.start(plan.count), persons);
        for (std::uint32_t c = 0; c < plan.count; ++c) {
            const std::uint32_t size = plan.start(c + 1) - plan.start(c);
            EXPECT_LT(size, 36u) << persons;
            EXPECT_GE(size, std::min(persons, 16U)) << persons;
        }
    }
    EXPECT_EQ(CommunityPlan(1005, 24).count, 42u);
}

TEST(CommunityLaw, MoreLocalIsMoreClusteredUpToTheHomeShare) {
    const CommunityLaw law(DegreeLaw(24.8, 2, 333), 24, 0.71);
    EXPECT_EQ(law.clustering(0, 1e9, 0), 0);
    EXPECT_LT(law.clustering(0, 1e9, 1), 1e-6);
    for (int step = 0; step < 20; ++step) EXPECT_LT(law.clustering(step / 20.0, 1e9, 1), law.clustering((step + 1) / 20.0, 1e9, 1)) << step;
    EXPECT_EQ(law.clustering(0.9, 1e9, 0.5), law.clustering(0.5, 1e9, 0.5));
    EXPECT_NEAR(law.clustering(law.local_share(0.3, 1e6, 0.9), 1e6, 0.9), 0.3, 1e-6);
    EXPECT_GT(law.local_share(0.3, 1e6, 0.9), law.local_share(0.3, 1000, 0.9)) << "in a small cohort others meet by chance";
    EXPECT_EQ(law.local_share(0.3, 1e9, 0.2), 1) << "more is not to be had";
}

struct Target {
    std::uint32_t persons;
    double clustering;
    double reciprocity;
    std::uint32_t size;
};

class GraphTargets : public ::testing::TestWithParam<Target> {};

// What the parameters ask for is there, in graphs that are built whole and measured whole. Standard errors are below 0.004.
TEST_P(GraphTargets, AreReached) {
    const Target& target = GetParam();
    ContactGraphParams params;
    params.clustering = target.clustering;
    params.reciprocity = target.reciprocity;
    params.community_size = target.size;
    const ContactGraph graph = testing::graph_of(testing::one_cohort(target.persons), params, 5);
    EXPECT_NEAR(clustering(neighbourhoods(graph.view())).average, target.clustering, 0.015);
    EXPECT_NEAR(reciprocity(graph.view()), target.reciprocity, 0.01);
}

INSTANTIATE_TEST_SUITE_P(Settings, GraphTargets,
                         ::testing::Values(Target{20000, 0.4, 0.71, 24}, Target{20000, 0.2, 0.71, 24}, Target{20000, 0.05, 0.9, 12},
                                           Target{30000, 0.3, 0.5, 48}, Target{20000, 0.3, 0.3, 24}));

// email-Eu-core (snap-email-eu-core: 1,005 people) and the default graph of as many persons. Inside 5 %: reciprocity, contacts, neighbours. Missed, and held
// here so that a change is seen: Gini 0.51 for 0.544, clustering 0.37 for 0.40, transitivity 0.21 for 0.267, inside communities 13 to 15
// times chance for 7.3 (its departments differ in size, ours do not), everybody connected for 98.1 %.
TEST(ContactGraphDefaults, BesideEmailEuCore) {
    const testing::Setting made = testing::one_cohort(1005);
    double returned = 0;
    double contacts = 0;
    double neighbours = 0;
    double inequality = 0;
    double average = 0;
    double transitivity = 0;
    double inside = 0;
    constexpr int kSeeds = 20;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const ContactGraph graph = testing::graph_of(made, {}, seed);
        const Neighbourhoods near = neighbourhoods(graph.view());
        const Clustering closed = clustering(near);
        const WithinGroups within = within_groups(graph.view(), communities(made.persons, {}, seed));
        returned += reciprocity(graph.view()) / kSeeds;
        contacts += graph.links() / 1005.0 / kSeeds;
        neighbours += static_cast<double>(near.neighbours.size()) / 1005 / kSeeds;
        inequality += gini(degrees(near)) / kSeeds;
        average += closed.average / kSeeds;
        transitivity += closed.transitivity / kSeeds;
        inside += within.share / within.chance / kSeeds;
        EXPECT_EQ(largest_component(graph.view()), 1005u);
    }
    EXPECT_NEAR(returned, 0.711, 0.05 * 0.711);
    EXPECT_NEAR(contacts, 24.8, 0.05 * 24.8);
    EXPECT_NEAR(neighbours, 32.6, 0.05 * 32.6);
    EXPECT_NEAR(inequality, 0.515, 0.01);
    EXPECT_NEAR(average, 0.37, 0.01);
    EXPECT_NEAR(transitivity, 0.215, 0.01);
    EXPECT_NEAR(inside, 14, 1.5);
}

}  // namespace
}  // namespace mailrift
