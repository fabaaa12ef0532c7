// Measures of a graph against brute force on small random graphs, and against closed forms.
#include "models/population/graph_measures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

struct Graph {
    std::vector<std::uint32_t> first{0};
    std::vector<Person> targets;

    [[nodiscard]] LinkView view() const { return {first, targets}; }
};

Graph graph_of(const std::vector<std::vector<Person>>& rows) {
    Graph graph;
    for (const auto& row : rows) {
        graph.targets.insert(graph.targets.end(), row.begin(), row.end());
        graph.first.push_back(static_cast<std::uint32_t>(graph.targets.size()));
    }
    return graph;
}

/// Up to 12 persons, links with loops and repeats.
Graph random_graph(std::uint64_t seed) {
    sim::Draws draws(seed, sim::hash64("graph measures test"), 0, 0);
    const std::uint64_t n = 1 + sim::uniform_below(12, draws);
    const std::uint64_t most = sim::uniform_below(2 * n, draws) + 1;
    std::vector<std::vector<Person>> rows(n);
    for (auto& row : rows) {
        const std::uint64_t d = sim::uniform_below(most, draws);
        for (std::uint64_t k = 0; k < d; ++k) row.push_back(static_cast<Person>(sim::uniform_below(n, draws)));
    }
    return graph_of(rows);
}

using Matrix = std::array<std::array<bool, 12>, 12>;

Matrix adjacency(const Graph& graph) {
    Matrix joined{};
    for (std::size_t i = 0; i + 1 < graph.first.size(); ++i) {
        for (std::size_t k = graph.first[i]; k < graph.first[i + 1]; ++k) joined[i][graph.targets[k]] = i != graph.targets[k];
    }
    return joined;
}

double slow_reciprocity(const Matrix& joined) {
    double links = 0;
    double returned = 0;
    for (std::size_t i = 0; i < 12; ++i) {
        for (std::size_t j = 0; j < 12; ++j) {
            links += joined[i][j] ? 1 : 0;
            returned += joined[i][j] && joined[j][i] ? 1 : 0;
        }
    }
    return links == 0 ? 0 : returned / links;
}

Clustering slow_clustering(const Matrix& joined, std::size_t n) {
    const auto next = [&](std::size_t i, std::size_t j) { return joined[i][j] || joined[j][i]; };
    Clustering result;
    double closed = 0;
    double open = 0;
    for (std::size_t i = 0; i < n; ++i) {
        double pairs = 0;
        double triangles = 0;
        for (std::size_t j = 0; j < n; ++j) {
            for (std::size_t k = j + 1; k < n; ++k) {
                if (!next(i, j) || !next(i, k)) continue;
                ++pairs;
                triangles += next(j, k) ? 1 : 0;
            }
        }
        if (pairs > 0) result.average += triangles / pairs / static_cast<double>(n);
        closed += triangles;
        open += pairs;
    }
    if (open > 0) result.transitivity = closed / open;
    return result;
}

std::size_t slow_component(Matrix joined, std::size_t n) {
    std::size_t largest = 0;
    for (std::size_t start = 0; start < n; ++start) {
        std::set<std::size_t> reached{start};
        for (bool grown = true; grown;) {
            grown = false;
            for (std::size_t i = 0; i < n; ++i) {
                for (std::size_t j = 0; j < n; ++j) {
                    if (reached.count(i) == 1 && (joined[i][j] || joined[j][i])) grown = reached.insert(j).second || grown;
                }
            }
        }
        largest = std::max(largest, reached.size());
    }
    return largest;
}

class MeasureSeeds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(MeasureSeeds, AgreeWithBruteForce) {
    const Graph graph = random_graph(GetParam());
    const std::size_t n = graph.first.size() - 1;
    const Matrix joined = adjacency(graph);
    EXPECT_DOUBLE_EQ(reciprocity(graph.view()), slow_reciprocity(joined)) << "seed " << GetParam();
    const Neighbourhoods near = neighbourhoods(graph.view());
    for (std::size_t i = 0; i < n; ++i) {
        std::vector<Person> expected;
        for (std::size_t j = 0; j < n; ++j) {
            if (joined[i][j] || joined[j][i]) expected.push_back(static_cast<Person>(j));
        }
        EXPECT_EQ(std::vector<Person>(near.of(i).begin(), near.of(i).end()), expected) << "seed " << GetParam();
        EXPECT_EQ(degrees(near)[i], expected.size());
    }
    const Clustering expected = slow_clustering(joined, n);
    const Clustering got = clustering(near);
    EXPECT_NEAR(got.average, expected.average, 1e-12) << "seed " << GetParam();
    EXPECT_NEAR(got.transitivity, expected.transitivity, 1e-12) << "seed " << GetParam();
    EXPECT_EQ(largest_component(graph.view()), slow_component(joined, n)) << "seed " << GetParam();
}

TEST_P(MeasureSeeds, GiniIsTheMeanDifference) {
    sim::Draws draws(GetParam(), sim::hash64("gini test"), 0, 0);
    std::vector<std::uint32_t> values(1 + GetParam() % 20);
    double sum = 0;
    for (auto& value : values) sum += value = static_cast<std::uint32_t>(sim::uniform_below(50, draws));
    double differences = 0;
    for (const double a : values) {
        for (const double b : values) differences += std::fabs(a - b);
    }
    const auto n = static_cast<double>(values.size());
    EXPECT_NEAR(gini(values), sum == 0 ? 0 : differences / (2 * n * sum), 1e-12) << "seed " << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Seeds, MeasureSeeds, ::testing::Range<std::uint64_t>(0, 200));

TEST(Measures, ClosedForms) {
    const Graph complete = graph_of({{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}});
    EXPECT_EQ(reciprocity(complete.view()), 1);
    EXPECT_EQ(clustering(neighbourhoods(complete.view())).average, 1);
    const Graph star = graph_of({{1, 2, 3, 4}, {}, {}, {}, {}});
    EXPECT_EQ(reciprocity(star.view()), 0);
    EXPECT_EQ(clustering(neighbourhoods(star.view())).average, 0);
    EXPECT_DOUBLE_EQ(gini(degrees(neighbourhoods(star.view()))), 0.3);  // 4, 1, 1, 1, 1: 2 x 4 x 3 / (2 x 5 x 8)
    // A square with one diagonal: the ends of the diagonal have 2 of 3 pairs closed, the others theirs; 2 triangles, 8 paths.
    const Clustering square = clustering(neighbourhoods(graph_of({{1, 2}, {2}, {3}, {0}}).view()));
    EXPECT_DOUBLE_EQ(square.average, (2.0 / 3 + 1 + 2.0 / 3 + 1) / 4);
    EXPECT_DOUBLE_EQ(square.transitivity, 0.75);
    const Graph empty = graph_of({});
    EXPECT_EQ(largest_component(empty.view()), 0u);
    EXPECT_EQ(clustering(neighbourhoods(empty.view())).average, 0);
}

TEST(Measures, LinksInsideGroupsAgainstChance) {
    const Graph graph = graph_of({{1, 2}, {0}, {3}, {0}});
    const WithinGroups within = within_groups(graph.view(), std::vector<std::uint32_t>{7, 7, 9, 9});
    EXPECT_DOUBLE_EQ(within.share, 3.0 / 5);
    EXPECT_DOUBLE_EQ(within.chance, 4.0 / 12);
}

TEST(Tail, ByHand) {
    const TailFit fit = fit_tail({1, 2, 4, 8}, 2);
    EXPECT_DOUBLE_EQ(fit.exponent, 1 + 3 / (std::log(2 / 1.5) + std::log(4 / 1.5) + std::log(8 / 1.5)));
    EXPECT_DOUBLE_EQ(fit.error, (fit.exponent - 1) / std::sqrt(3.0));
    EXPECT_EQ(fit.count, 3u);
    // Above 2, 4 and 8: 2/3, 1/3, 0 of the values; the law gives (x + 1/2) / (3/2) to the power 1 - exponent.
    const auto above = [&](double x) { return std::pow((x + 0.5) / 1.5, 1 - fit.exponent); };
    EXPECT_NEAR(fit.distance, std::max({std::fabs(2.0 / 3 - above(2)), std::fabs(1.0 / 3 - above(4)), above(8)}), 1e-12);
}

/// Whole numbers whose distribution above `lowest` is a power law: x = floor((lowest - 1/2) u^(-1 / (exponent - 1)) + 1/2).
std::vector<std::uint32_t> power_law(double exponent, double lowest, std::size_t n, std::uint64_t seed) {
    sim::Draws draws(seed, sim::hash64("tail test"), 0, 0);
    std::vector<std::uint32_t> values;
    for (std::size_t i = 0; i < n; ++i) {
        const double x = (lowest - 0.5) * std::pow(sim::uniform01_open(draws), -1 / (exponent - 1)) + 0.5;
        values.push_back(static_cast<std::uint32_t>(std::min(x, 4e9)));
    }
    return values;
}

// 20,000 values, lowest 10: the standard error is 0.0057-0.011, so an estimator off by 0.06 (5 of them at most) is caught.
TEST(Tail, FindsTheExponentItWasDrawnWith) {
    for (const double exponent : {1.8, 2.0, 2.5}) {
        const TailFit fit = fit_tail(power_law(exponent, 10, 20000, 3), 10);
        EXPECT_NEAR(fit.exponent, exponent, 5 * fit.error) << exponent;
        EXPECT_LT(fit.distance, 0.02);
    }
}

TEST(Tail, FindsWhereItStarts) {
    auto values = power_law(2.2, 20, 5000, 4);
    for (std::uint32_t i = 0; i < 15000; ++i) values.push_back(1 + i % 19);  // an even body below 20
    const TailFit fit = find_tail(values, 500);
    EXPECT_GE(fit.lowest, 18u);
    EXPECT_LE(fit.lowest, 40u);
    EXPECT_NEAR(fit.exponent, 2.2, 0.1);
}

}  // namespace
}  // namespace mailrift
