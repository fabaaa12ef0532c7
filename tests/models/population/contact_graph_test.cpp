// The contact graph: M between cohorts by z-scores, everybody alike inside, no loops, equal bits, and what it refuses.
#include "models/population/contact_graph.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>

#include <gtest/gtest.h>

#include "sim/error.h"
#include "tests/models/population/graph_tools.h"

namespace mailrift {
namespace {

using testing::graph_of;
using testing::Setting;

/// M as the graph must follow it: one who is alone cannot write to the own cohort.
double wanted(const Setting& made, std::size_t a, std::size_t b) {
    const auto at = [&](std::size_t c) {
        const CohortPersons& to = made.persons.cohorts[c];
        if (c == a && to.size == 1) return 0.0;
        return made.mixing(static_cast<Eigen::Index>(index(made.persons.cohorts[a].cohort)), static_cast<Eigen::Index>(index(to.cohort)));
    };
    double sum = 0;
    for (std::size_t c = 0; c < made.persons.cohorts.size(); ++c) sum += at(c);
    return at(b) / sum;
}

std::vector<double> contacts_by_cohort(const Setting& made, std::span<const Person> contacts) {
    std::vector<double> counts(made.persons.cohorts.size());
    for (const Person person : contacts) ++counts[cohort_rank(made.persons, person)];
    return counts;
}

/// Sums over senders of weight(d) x (contacts in B - d x M(A, B)), its variance, and of weight(d) x d.
struct Deviation {
    double sum = 0;
    double variance = 0;
    double volume = 0;
};

void add_deviations(const Setting& made, const ContactGraph& graph, const std::function<double(double)>& weight,
                    std::vector<std::vector<Deviation>>& pairs) {
    for (Person person = 0; person < graph.persons(); ++person) {
        const std::size_t a = cohort_rank(made.persons, person);
        const auto counts = contacts_by_cohort(made, graph.contacts(person));
        const auto d = static_cast<double>(graph.contacts(person).size());
        for (std::size_t b = 0; b < counts.size(); ++b) {
            const double expected = d * wanted(made, a, b);
            const double part = expected - std::floor(expected);
            EXPECT_LT(std::fabs(counts[b] - expected), 1 + 1e-9) << "person " << person;
            pairs[a][b].sum += weight(d) * (counts[b] - expected);
            pairs[a][b].variance += weight(d) * weight(d) * part * (1 - part);  // of systematic sampling: the floor, or one more
            pairs[a][b].volume += weight(d) * d;
        }
    }
}

// Over 20 pinned seeds, for senders' rates that do not depend on the number of contacts, grow with it, and fall with it. Caught is an error
// of M(A, B) above 4.5 standard deviations: below 0.0003 and 0.0005 from the countries, 0.006 from the ministry, 0.03 from the court of one person.
TEST(ContactGraph, FollowsMForEveryPairOfCohorts) {
    const Setting made = testing::four_cohorts();
    ContactGraphParams params;
    params.clustering = 0.3;
    const std::vector<std::function<double(double)>> weights{[](double d) { return 1 / d; }, [](double) { return 1.0; },
                                                             [](double d) { return d; }};
    std::vector<std::vector<std::vector<Deviation>>> all(3, std::vector<std::vector<Deviation>>(4, std::vector<Deviation>(4)));
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        const ContactGraph graph = graph_of(made, params, seed);
        for (std::size_t w = 0; w < 3; ++w) add_deviations(made, graph, weights[w], all[w]);
    }
    const std::array<double, 4> caught{0.0003, 0.0005, 0.03, 0.006};
    for (std::size_t w = 0; w < 3; ++w) {
        for (std::size_t a = 0; a < 4; ++a) {
            for (std::size_t b = 0; b < 4; ++b) {
                const Deviation& pair = all[w][a][b];
                const double sd = std::sqrt(pair.variance);
                EXPECT_LE(std::fabs(pair.sum), 4.5 * sd + 1e-6) << "weight " << w << ", " << a << " to " << b;
                if (w != 1) continue;
                EXPECT_LT(4.5 * sd / pair.volume, caught[a]) << a << " to " << b;
            }
        }
    }
}

// Contacts of cohort `to` over 200 seeds: nobody has more or fewer of them than the others, wherever in the cohort he sits. The largest of
// the z-scores of n persons stays below 4.5; caught is a person who is contacted a third more or less than the others.
TEST(ContactGraph, MembersOfACohortAreContactsAlike) {
    const Setting made = testing::setting({{"land", 40}, {"ministry", 7}}, (Eigen::MatrixXd(2, 2) << 0.7, 0.3, 0.6, 0.4).finished());
    ContactGraphParams params;
    params.community_size = 6;
    params.clustering = 0.2;
    params.max_contacts = 60;
    params.mean_contacts = 8;
    constexpr int kSeeds = 200;
    std::vector<double> sum(made.persons.count);
    std::vector<double> squares(made.persons.count);
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const ContactGraph graph = graph_of(made, params, seed);
        std::vector<double> in(made.persons.count);
        for (Person person = 0; person < graph.persons(); ++person) {
            for (const Person contact : graph.contacts(person)) in[contact] += 1;
        }
        for (const auto& cohort : made.persons.cohorts) {
            double mean = 0;
            for (Person i = cohort.first; i < cohort.first + cohort.size; ++i) mean += in[i] / cohort.size;
            for (Person i = cohort.first; i < cohort.first + cohort.size; ++i) {
                sum[i] += in[i] / mean - 1;
                squares[i] += (in[i] / mean - 1) * (in[i] / mean - 1);
            }
        }
    }
    for (Person i = 0; i < made.persons.count; ++i) {
        const double error = std::sqrt(squares[i]);
        EXPECT_LT(std::fabs(sum[i]), 4.5 * error) << "person " << i;
        EXPECT_LT(4.5 * error / kSeeds, 1.0 / 3) << "person " << i;
    }
}

// Four persons of `a` know about 56 of the 60 of `b`, so that draws often fail and fall back on others of b, each alike: the two halves of b
// are contacts of a equally often. Over 1500 seeds an imbalance of 0.3 % is caught.
TEST(ContactGraph, ANearlyUsedUpCohortIsDrawnFromEvenly) {
    const Setting made = testing::setting({{"a", 4}, {"b", 60}}, (Eigen::MatrixXd(2, 2) << 0, 1, 0, 1).finished());
    ContactGraphParams params;
    params.clustering = 0;
    params.reciprocity = 0;
    params.mean_contacts = 56;
    params.max_contacts = 57;
    double sum = 0;
    double squares = 0;
    constexpr int kSeeds = 1500;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        const ContactGraph graph = graph_of(made, params, seed);
        double balance = 0;
        double all = 0;
        for (Person person = 0; person < 4; ++person) {
            for (const Person contact : graph.contacts(person)) balance += contact < 34 ? 1 : -1;
            all += static_cast<double>(graph.contacts(person).size());
        }
        sum += balance / all;
        squares += balance / all * (balance / all);
    }
    EXPECT_LT(std::fabs(sum), 4.5 * std::sqrt(squares));
    EXPECT_LT(4.5 * std::sqrt(squares) / kSeeds, 0.003);
}

TEST(ContactGraph, HasNoLoopsAndRepeatsOnlyWhereACohortIsUsedUp) {
    const Setting made = testing::four_cohorts();
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const ContactGraph graph = graph_of(made, {}, seed);
        for (Person person = 0; person < graph.persons(); ++person) {
            std::map<Person, std::size_t> times;
            for (const Person contact : graph.contacts(person)) ++times[contact];
            EXPECT_EQ(times.count(person), 0u) << "seed " << seed;
            const auto counts = contacts_by_cohort(made, graph.contacts(person));
            for (const auto& [contact, number] : times) {
                const std::size_t b = cohort_rank(made.persons, contact);
                const double others = made.persons.cohorts[b].size - (b == cohort_rank(made.persons, person) ? 1.0 : 0.0);
                EXPECT_LE(static_cast<double>(number), std::ceil(counts[b] / others))
                    << "seed " << seed << ", " << person << " to " << contact;
            }
        }
    }
}

TEST(ContactGraph, ContactsStandByCohort) {
    const Setting made = testing::four_cohorts(4);
    const ContactGraph graph = graph_of(made);
    for (Person person = 0; person < graph.persons(); ++person) {
        std::vector<std::size_t> ranks;
        for (const Person contact : graph.contacts(person)) ranks.push_back(cohort_rank(made.persons, contact));
        EXPECT_TRUE(std::is_sorted(ranks.begin(), ranks.end()));
    }
}

std::vector<Person> targets_of(const ContactGraph& graph) { return {graph.targets.get(), graph.targets.get() + graph.links()}; }

TEST(ContactGraph, ThreadsChangeNoBit) {
    const Setting made = testing::setting({{"a", 20000}, {"b", 9000}, {"c", 3}},
                                          (Eigen::MatrixXd(3, 3) << 0.7, 0.25, 0.05, 0.2, 0.8, 0, 0.5, 0.3, 0.2).finished());
    const ContactGraph one = graph_of(made);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        const ContactGraph more = graph_of(made, {}, 1, threads);
        EXPECT_EQ(one.first, more.first) << threads;
        EXPECT_EQ(targets_of(one), targets_of(more)) << threads;
    }
    EXPECT_NE(targets_of(one), targets_of(graph_of(made, {}, 2)));
}

TEST(ContactGraph, TheDocumentsOrderAndCohortsWithoutUsersChangeNothing) {
    const Setting made = testing::setting({{"a", 300}, {"b", 200}}, (Eigen::MatrixXd(2, 2) << 0.7, 0.3, 0.4, 0.6).finished());
    Setting other = made;  // in the document: b, nobody, a
    other.population.cohorts = {made.population.cohorts[1], made.population.cohorts[0], made.population.cohorts[0]};
    other.population.cohorts[1].id = "nobody";
    other.population.cohorts[1].users = 0;
    other.persons.rank_of = {1, kNoRank, 0};
    other.persons.cohorts[0].cohort = CohortId{2};
    other.persons.cohorts[1].cohort = CohortId{0};
    other.mixing = (Eigen::MatrixXd(3, 3) << 0.6, 0, 0.4, 0, 1, 0, 0.3, 0, 0.7).finished();
    EXPECT_EQ(targets_of(graph_of(made)), targets_of(graph_of(other)));
}

TEST(ContactGraph, SmallestWorlds) {
    const ContactGraph two = graph_of(testing::one_cohort(2));
    for (const Person contact : two.contacts(0)) EXPECT_EQ(contact, 1u);
    for (const Person contact : two.contacts(1)) EXPECT_EQ(contact, 0u);
    const ContactGraph pair = graph_of(testing::setting({{"a", 1}, {"b", 1}}, Eigen::MatrixXd::Constant(2, 2, 0.5)));
    EXPECT_GE(pair.contacts(0).size(), 6u);
    for (const Person contact : pair.contacts(0)) EXPECT_EQ(contact, 1u);
    const Setting nobody = testing::setting({}, Eigen::MatrixXd(0, 0));
    EXPECT_EQ(graph_of(nobody).links(), 0u);
    for (std::uint32_t size = 3; size < 40; ++size) {
        const Setting made = testing::one_cohort(size);
        const ContactGraph graph = graph_of(made, {}, size);
        for (Person i = 0; i < size; ++i) EXPECT_EQ(std::count(graph.contacts(i).begin(), graph.contacts(i).end(), i), 0) << size;
    }
}

// a writes to b only, b to a and itself: 20 to 1 in volume, so at most b's contacts in a have a partner, and all of b's own.
TEST(ContactGraph, ReciprocityIsAtMostWhatMPermits) {
    const Setting made = testing::setting({{"a", 4000}, {"b", 2000}}, (Eigen::MatrixXd(2, 2) << 0, 1, 0.1, 0.9).finished());
    ContactGraphParams params;
    params.clustering = 0;
    params.reciprocity = 1;
    const ContactGraph graph = graph_of(made, params);
    double forth = 0;
    double back = 0;
    for (Person person = 0; person < graph.persons(); ++person) {
        const auto counts = contacts_by_cohort(made, graph.contacts(person));
        (person < 4000 ? forth : back) += person < 4000 ? counts[1] : counts[0];
    }
    EXPECT_NEAR(graph.reciprocity_planned, 1 - (forth - back) / graph.links(), 2.0 / graph.links());
    EXPECT_NEAR(reciprocity(graph.view()), graph.reciprocity_planned, 0.03);
}

sim::Error refused(const Setting& made, const ContactGraphParams& params, const GraphBuild& build = {}) {
    try {
        (void)build_contact_graph(made.persons, made.population, made.mixing, params, build);
    } catch (const sim::Error& error) {
        return error;
    }
    return {sim::Code::kArgument, {}, "an error", "none"};
}

TEST(ContactGraph, RefusesWhatIsOutsideItsRange) {
    const Setting made = testing::one_cohort(100);
    const auto with = [](auto member, auto value) {
        ContactGraphParams params;
        params.*member = value;
        return params;
    };
    using P = ContactGraphParams;
    EXPECT_STREQ(refused(made, with(&P::mean_contacts, 0.5)).what(), "[range 202] expected mean_contacts from 1 to 1000, got 0.5");
    EXPECT_STREQ(refused(made, with(&P::tail_exponent, 1.7)).what(), "[range 202] expected tail_exponent from 1.8 to 2.5, got 1.7");
    EXPECT_STREQ(refused(made, with(&P::max_contacts, 0U)).what(), "[range 202] expected max_contacts from 1 to 1000000, got 0");
    EXPECT_STREQ(refused(made, with(&P::reciprocity, 1.1)).what(), "[range 202] expected reciprocity from 0 to 1, got 1.1");
    EXPECT_STREQ(refused(made, with(&P::clustering, std::nan(""))).what(), "[range 202] expected clustering from 0 to 1, got nan");
    EXPECT_STREQ(refused(made, with(&P::community_size, 129U)).what(), "[range 202] expected community_size from 2 to 128, got 129");
    EXPECT_STREQ(
        refused(made, with(&P::mean_contacts, 2.0)).what(),
        "[inconsistent 304] expected a mean number of contacts from 5.825636895070747 to 333 for this exponent and greatest number, got 2");
    EXPECT_EQ(refused(made, with(&P::clustering, 0.9)).code(), sim::Code::kInconsistent);
    EXPECT_EQ(refused(made, with(&P::clustering, 0.9)).got(), "0.9");
}

TEST(ContactGraph, RefusesMailToNobody) {
    const Setting alone = testing::setting({{"court", 1}, {"land", 5}}, Eigen::MatrixXd::Identity(2, 2));
    EXPECT_STREQ(refused(alone, {}).what(),
                 "[inconsistent 304] expected somebody else to write to for the one person of a cohort, got \"court\"");
    const Setting empty = testing::setting({{"a", 5}, {"gone", 0}}, Eigen::MatrixXd::Constant(2, 2, 0.5));
    EXPECT_STREQ(refused(empty, {}).what(), "[inconsistent 304] expected mail to cohorts that have users, got mail from \"a\" to \"gone\"");
}

TEST(ContactGraph, RefusesWhatTakesTooMuchMemoryBeforeItIsTaken) {
    GraphBuild build;
    build.memory_bytes = std::size_t{100} << 20U;
    EXPECT_STREQ(refused(testing::one_cohort(1000000), {}, build).what(),
                 "[too_large 305] expected a contact graph of at most 100 MiB, got 1000000 persons in 1 cohorts with 24800000 contacts");
    build.memory_bytes = std::size_t{2} << 20U;
    EXPECT_EQ(refused(testing::one_cohort(8000), {}, build).expected(), "an error") << "1.6 MB";
    EXPECT_EQ(refused(testing::one_cohort(11000), {}, build).code(), sim::Code::kTooLarge) << "2.2 MB";
}

TEST(ContactGraph, HeedsAStop) {
    sim::StopFlag stop;
    GraphBuild build;
    build.stop = &stop;
    build.threads = 0;
    EXPECT_STREQ(refused(testing::one_cohort(100), {}, build).what(), "[argument 404] expected 1 or more threads, got 0");
    build.threads = 2;
    EXPECT_EQ(refused(testing::one_cohort(100), {}, build).expected(), "an error");
    stop.request_stop();
    EXPECT_EQ(refused(testing::one_cohort(100), {}, build).code(), sim::Code::kInterrupted);
}

}  // namespace
}  // namespace mailrift
