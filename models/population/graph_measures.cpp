// Measures by sorted neighbour lists, counting sorts and union-find.
#include "models/population/graph_measures.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>
#include <numeric>

#include "sim/math.h"

namespace mailrift {
namespace {

/// Lists of both ends of each link, with repeats, sorted.
Neighbourhoods both_ends(const LinkView& graph) {
    Neighbourhoods ends;
    ends.first.assign(graph.size() + 1, 0);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        ends.first[i + 1] += graph.first[i + 1] - graph.first[i];
        for (std::size_t k = graph.first[i]; k < graph.first[i + 1]; ++k) ++ends.first[graph.targets[k] + std::size_t{1}];
    }
    std::partial_sum(ends.first.begin(), ends.first.end(), ends.first.begin());
    ends.neighbours.resize(ends.first.back());
    std::vector<std::uint64_t> next(ends.first.begin(), ends.first.end() - 1);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        for (std::size_t k = graph.first[i]; k < graph.first[i + 1]; ++k) {
            const Person j = graph.targets[k];
            ends.neighbours[next[i]++] = j;
            ends.neighbours[next[j]++] = static_cast<Person>(i);
        }
    }
    for (std::size_t i = 0; i < graph.size(); ++i) {
        std::sort(ends.neighbours.begin() + static_cast<std::ptrdiff_t>(ends.first[i]),
                  ends.neighbours.begin() + static_cast<std::ptrdiff_t>(ends.first[i + 1]));
    }
    return ends;
}

/// The distinct targets of each person, ascending, himself left out.
Neighbourhoods distinct_targets(const LinkView& graph) {
    Neighbourhoods rows;
    rows.first.assign(1, 0);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        std::vector<Person> row(graph.targets.begin() + graph.first[i], graph.targets.begin() + graph.first[i + 1]);
        std::sort(row.begin(), row.end());
        row.erase(std::unique(row.begin(), row.end()), row.end());
        std::copy_if(row.begin(), row.end(), std::back_inserter(rows.neighbours), [i](Person j) { return j != i; });
        rows.first.push_back(rows.neighbours.size());
    }
    return rows;
}

/// Of each person the neighbours of greater degree, or of equal degree and greater number.
Neighbourhoods upwards(const Neighbourhoods& graph) {
    Neighbourhoods up;
    up.first.assign(1, 0);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        const std::size_t mine = graph.of(i).size();
        for (const Person j : graph.of(i)) {
            const std::size_t other = graph.of(j).size();
            if (other > mine || (other == mine && j > i)) up.neighbours.push_back(j);
        }
        up.first.push_back(up.neighbours.size());
    }
    return up;
}

std::vector<std::uint64_t> triangles_of(const Neighbourhoods& graph) {
    const Neighbourhoods up = upwards(graph);
    std::vector<std::uint64_t> triangles(graph.size());
    std::vector<Person> marked_by(graph.size(), kNoRank);
    for (std::size_t i = 0; i < graph.size(); ++i) {
        for (const Person j : up.of(i)) marked_by[j] = static_cast<Person>(i);
        for (const Person j : up.of(i)) {
            for (const Person k : up.of(j)) {
                if (marked_by[k] == i) ++triangles[i], ++triangles[j], ++triangles[k];
            }
        }
    }
    return triangles;
}

/// Fits the tail values[begin..] of ascending values, all of at least `lowest`; logs is the sum of their logarithms.
TailFit fit_sorted(std::span<const std::uint32_t> values, std::size_t begin, std::uint32_t lowest, double logs) {
    TailFit fit;
    fit.lowest = lowest;
    fit.count = values.size() - begin;
    const auto count = static_cast<double>(fit.count);
    const double edge = sim::log(fit.lowest - 0.5);
    fit.exponent = 1 + count / (logs - count * edge);
    fit.error = (fit.exponent - 1) / std::sqrt(count);
    for (std::size_t i = begin; i < values.size();) {
        const std::size_t next = static_cast<std::size_t>(
            std::upper_bound(values.begin() + static_cast<std::ptrdiff_t>(i), values.end(), values[i]) - values.begin());
        const double above = sim::exp((1 - fit.exponent) * (sim::log(values[i] + 0.5) - edge));
        fit.distance = std::max(fit.distance, std::fabs(static_cast<double>(values.size() - next) / count - above));
        i = next;
    }
    return fit;
}

}  // namespace

Neighbourhoods neighbourhoods(const LinkView& graph) {
    Neighbourhoods ends = both_ends(graph);
    std::uint64_t kept = 0;
    std::uint64_t begin = 0;
    for (std::size_t i = 0; i < graph.size(); ++i) {
        const std::uint64_t end = ends.first[i + 1];
        const std::uint64_t row = kept;
        for (std::uint64_t k = begin; k < end; ++k) {
            const Person j = ends.neighbours[k];
            if (j != i && (kept == row || ends.neighbours[kept - 1] != j)) ends.neighbours[kept++] = j;
        }
        begin = end;
        ends.first[i + 1] = kept;
    }
    ends.neighbours.resize(kept);
    return ends;
}

std::vector<std::uint32_t> degrees(const Neighbourhoods& graph) {
    std::vector<std::uint32_t> result;
    for (std::size_t i = 0; i < graph.size(); ++i) result.push_back(static_cast<std::uint32_t>(graph.of(i).size()));
    return result;
}

double reciprocity(const LinkView& graph) {
    const Neighbourhoods rows = distinct_targets(graph);
    std::uint64_t returned = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        for (const Person j : rows.of(i)) {
            const auto back = rows.of(j);
            returned += std::binary_search(back.begin(), back.end(), static_cast<Person>(i)) ? 1U : 0U;
        }
    }
    return rows.neighbours.empty() ? 0 : static_cast<double>(returned) / static_cast<double>(rows.neighbours.size());
}

Clustering clustering(const Neighbourhoods& graph) {
    const std::vector<std::uint64_t> triangles = triangles_of(graph);
    Clustering result;
    double closed = 0;
    double paths = 0;
    for (std::size_t i = 0; i < graph.size(); ++i) {
        const auto k = static_cast<double>(graph.of(i).size());
        const double pairs = k * (k - 1) / 2;
        if (pairs > 0) result.average += static_cast<double>(triangles[i]) / pairs;
        closed += static_cast<double>(triangles[i]);
        paths += pairs;
    }
    if (graph.size() > 0) result.average /= static_cast<double>(graph.size());
    if (paths > 0) result.transitivity = closed / paths;
    return result;
}

double gini(std::vector<std::uint32_t> values) {
    std::sort(values.begin(), values.end());
    double weighted = 0;
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        weighted += (2 * static_cast<double>(i) + 1 - static_cast<double>(values.size())) * values[i];
        sum += values[i];
    }
    return sum == 0 ? 0 : weighted / (static_cast<double>(values.size()) * sum);
}

TailFit fit_tail(std::vector<std::uint32_t> values, std::uint32_t lowest) {
    assert(lowest >= 1);
    std::erase_if(values, [lowest](std::uint32_t value) { return value < lowest; });
    std::sort(values.begin(), values.end());
    assert(!values.empty() && values.back() > lowest);
    double logs = 0;
    for (const std::uint32_t value : values) logs += sim::log(value);
    return fit_sorted(values, 0, lowest, logs);
}

TailFit find_tail(std::vector<std::uint32_t> values, std::size_t least_count) {
    std::sort(values.begin(), values.end());
    TailFit best;
    best.distance = 2;
    double logs = 0;
    for (std::size_t i = values.size(); i > 0; --i) {
        const std::size_t begin = i - 1;
        if (values[begin] == 0) break;
        logs += sim::log(values[begin]);
        const bool edge = begin == 0 || values[begin - 1] != values[begin];
        if (!edge || values.size() - begin < least_count || values[begin] == values.back()) continue;
        const TailFit fit = fit_sorted(values, begin, values[begin], logs);
        if (fit.distance <= best.distance) best = fit;
    }
    assert(best.count > 0);
    return best;
}

std::size_t largest_component(const LinkView& graph) {
    std::vector<Person> parent(graph.size());
    std::iota(parent.begin(), parent.end(), Person{0});
    const auto root = [&](Person i) {
        while (parent[i] != i) i = parent[i] = parent[parent[i]];
        return i;
    };
    for (std::size_t i = 0; i < graph.size(); ++i) {
        for (std::size_t k = graph.first[i]; k < graph.first[i + 1]; ++k) {
            const Person a = root(static_cast<Person>(i));
            const Person b = root(graph.targets[k]);
            parent[std::max(a, b)] = std::min(a, b);
        }
    }
    std::vector<std::size_t> size(graph.size());
    for (std::size_t i = 0; i < graph.size(); ++i) ++size[root(static_cast<Person>(i))];
    return size.empty() ? 0 : *std::max_element(size.begin(), size.end());
}

WithinGroups within_groups(const LinkView& graph, std::span<const std::uint32_t> group_of) {
    assert(group_of.size() == graph.size());
    std::size_t inside = 0;
    for (std::size_t i = 0; i < graph.size(); ++i) {
        for (std::size_t k = graph.first[i]; k < graph.first[i + 1]; ++k) inside += group_of[i] == group_of[graph.targets[k]] ? 1U : 0U;
    }
    std::vector<std::uint32_t> sorted(group_of.begin(), group_of.end());
    std::sort(sorted.begin(), sorted.end());
    double pairs = 0;
    for (auto begin = sorted.begin(); begin != sorted.end();) {
        const auto end = std::upper_bound(begin, sorted.end(), *begin);
        const auto size = static_cast<double>(end - begin);
        pairs += size * (size - 1);
        begin = end;
    }
    const auto n = static_cast<double>(graph.size());
    WithinGroups result;
    if (!graph.targets.empty()) result.share = static_cast<double>(inside) / static_cast<double>(graph.targets.size());
    if (n > 1) result.chance = pairs / (n * (n - 1));
    return result;
}

}  // namespace mailrift
