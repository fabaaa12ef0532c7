// Rates of senders: fixed sums, the alias table against the rates, and M again, message by message.
#include "models/population/senders.h"

#include <cmath>

#include <gtest/gtest.h>

#include "sim/distributions.h"
#include "sim/error.h"
#include "tests/models/population/graph_tools.h"

namespace mailrift {
namespace {

using testing::Setting;

/// The probability of each person as blocks and columns have it, over its cohort.
std::vector<double> column_shares(const Persons& persons, const Senders& senders) {
    std::vector<double> shares(persons.count);
    for (const SenderBlock& block : senders.blocks) {
        for (Person i = block.first; i < block.first + block.size; ++i) {
            const double keep = (senders.columns[i].keep + 1.0) * 0x1p-32;
            shares[i] += block.share * keep / block.size;
            shares[senders.columns[i].other] += block.share * (1 - keep) / block.size;
        }
    }
    return shares;
}

/// A member of the cohort of that rank, as a run draws it: a block, a column, and who has it.
Person draw_sender(const Senders& senders, std::size_t rank, sim::Draws& draws) {
    std::vector<double> shares;
    for (const SenderBlock& block : senders.blocks) shares.push_back(block.rank == rank ? block.share : 0);
    const SenderBlock& block = senders.blocks[sim::categorical(shares, draws)];
    const Person person = block.first + static_cast<Person>(sim::uniform_below(block.size, draws));
    const SenderColumn& column = senders.columns[person];
    return static_cast<std::uint32_t>(draws.next_u64() >> 32U) <= column.keep ? person : column.other;
}

class SenderSeeds : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(SenderSeeds, ColumnsGiveTheRatesAndRatesTheTotal) {
    const Setting made = testing::four_cohorts(8);
    GraphBuild build;
    build.seed = GetParam();
    const ContactGraph graph = build_contact_graph(made.persons, made.population, made.mixing, {}, build);
    const Senders senders = make_senders(made.persons, graph, 5, {1, 0.1 * static_cast<double>(GetParam() % 20)}, build);
    const auto shares = column_shares(made.persons, senders);
    for (std::size_t c = 0; c < made.persons.cohorts.size(); ++c) {
        const CohortPersons& cohort = made.persons.cohorts[c];
        EXPECT_EQ(senders.total[c], 5 * cohort.users);
        double sum = 0;
        for (Person i = cohort.first; i < cohort.first + cohort.size; ++i) {
            const double rate = sending_rate(senders, made.persons, graph, i);
            EXPECT_NEAR(shares[i], rate / senders.total[c], 1e-9) << "seed " << GetParam() << ", person " << i;
            sum += rate;
        }
        EXPECT_NEAR(sum, senders.total[c], 1e-12 * senders.total[c]) << "seed " << GetParam();
    }
}

TEST(Senders, BlocksCoverEveryCohort) {
    const Setting made = testing::setting({{"a", 5000}, {"b", 7}, {"c", kSenderBlock}}, Eigen::MatrixXd::Constant(3, 3, 1.0 / 3));
    const ContactGraph graph = testing::graph_of(made);
    const Senders senders = make_senders(made.persons, graph, 5, {}, {});
    std::vector<double> sum(3);
    Person next = 0;
    for (const SenderBlock& block : senders.blocks) {
        const CohortPersons& cohort = made.persons.cohorts[block.rank];
        EXPECT_EQ(block.first, next);
        EXPECT_EQ(block.key, person_key(cohort.key, block.first - cohort.first));
        EXPECT_LE(block.size, kSenderBlock);
        EXPECT_LE(block.first + block.size, cohort.first + cohort.size);
        sum[block.rank] += block.share;
        next += block.size;
    }
    EXPECT_EQ(next, made.persons.count);
    EXPECT_EQ(senders.blocks.size(), 3U + 1U + 1U);
    for (const double all : sum) EXPECT_NEAR(all, 1, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Seeds, SenderSeeds, ::testing::Range<std::uint64_t>(1, 41));

TEST(Senders, AreAlikeWithoutPowerAndSigma) {
    const Setting made = testing::one_cohort(500);
    const ContactGraph graph = testing::graph_of(made);
    const Senders senders = make_senders(made.persons, graph, 5, {0, 0}, {});
    for (Person i = 0; i < 500; ++i) EXPECT_NEAR(sending_rate(senders, made.persons, graph, i), 5, 1e-12);
    const Senders by_contacts = make_senders(made.persons, graph, 5, {1, 0}, {});
    for (Person i = 0; i < 500; ++i) {
        EXPECT_NEAR(sending_rate(by_contacts, made.persons, graph, i),
                    2500.0 * static_cast<double>(graph.contacts(i).size()) / graph.links(), 1e-9);
    }
}

// 200,000 messages of each cohort by sender and contact as a run draws them: to each cohort as often as M says. Graphs differ by seed, so the
// contacts of the court average out; the bound is 4.5 standard deviations of the counts over 40 seeds, as measured.
TEST(Senders, MessagesFollowM) {
    const Setting made = testing::four_cohorts(8);
    constexpr int kSeeds = 40;
    constexpr int kMessages = 5000;
    std::vector<std::vector<double>> sum(4, std::vector<double>(4));
    std::vector<std::vector<double>> squares(4, std::vector<double>(4));
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
        GraphBuild build;
        build.seed = seed;
        const ContactGraph graph = build_contact_graph(made.persons, made.population, made.mixing, {}, build);
        const Senders senders = make_senders(made.persons, graph, 5, {}, build);
        for (std::size_t a = 0; a < 4; ++a) {
            sim::Draws draws(seed, sim::hash64("senders test"), a, 0);
            std::vector<double> share(4);
            for (int m = 0; m < kMessages; ++m) {
                const auto contacts = graph.contacts(draw_sender(senders, a, draws));
                share[cohort_rank(made.persons, contacts[sim::uniform_below(contacts.size(), draws)])] += 1.0 / kMessages;
            }
            for (std::size_t b = 0; b < 4; ++b) {
                const double expected = a != 2 ? made.mixing(static_cast<Eigen::Index>(a), static_cast<Eigen::Index>(b))
                                               : (b == 2 ? 0 : made.mixing(2, static_cast<Eigen::Index>(b)) / 0.85);
                sum[a][b] += share[b] - expected;
                squares[a][b] += (share[b] - expected) * (share[b] - expected);
            }
        }
    }
    const std::vector<double> caught{0.006, 0.007, 0.06, 0.04};
    for (std::size_t a = 0; a < 4; ++a) {
        for (std::size_t b = 0; b < 4; ++b) {
            EXPECT_LE(std::fabs(sum[a][b]), 4.5 * std::sqrt(squares[a][b]) + 1e-9) << a << " to " << b;
            EXPECT_LT(4.5 * std::sqrt(squares[a][b]) / kSeeds, caught[a]) << a << " to " << b << ": the error that would be caught";
        }
    }
}

TEST(Senders, ThreadsChangeNoBit) {
    const Setting made = testing::setting({{"a", 50000}, {"b", 7}}, (Eigen::MatrixXd(2, 2) << 0.9, 0.1, 0.5, 0.5).finished());
    const ContactGraph graph = testing::graph_of(made);
    const Senders one = make_senders(made.persons, graph, 5, {}, {});
    for (const std::size_t threads : {2U, 3U, 8U}) {
        GraphBuild build;
        build.threads = threads;
        const Senders more = make_senders(made.persons, graph, 5, {}, build);
        EXPECT_EQ(one.weight, more.weight);
        for (Person i = 0; i < made.persons.count; ++i) {
            ASSERT_EQ(one.columns[i].keep, more.columns[i].keep) << threads;
            ASSERT_EQ(one.columns[i].other, more.columns[i].other) << threads;
        }
    }
}

TEST(Senders, RefuseWhatIsOutside) {
    const Setting made = testing::one_cohort(100);
    const ContactGraph graph = testing::graph_of(made);
    const auto refused = [&](double rate, const SenderParams& params, const GraphBuild& build) -> std::string {
        try {
            (void)make_senders(made.persons, graph, rate, params, build);
        } catch (const sim::Error& error) {
            return error.what();
        }
        return "no error";
    };
    sim::StopFlag stop;
    stop.request_stop();
    EXPECT_EQ(refused(-1, {}, {}), "[range 202] expected messages_per_day from 0 to 1000000, got -1");
    EXPECT_EQ(refused(5, {1.5, 0}, {}), "[range 202] expected rate_power from 0 to 1, got 1.5");
    EXPECT_EQ(refused(5, {1, 4}, {}), "[range 202] expected rate_sigma from 0 to 3, got 4");
    EXPECT_EQ(refused(5, {}, {1, 1, 999, nullptr}), "[too_large 305] expected rates of senders in at most 0 MiB, got 100 persons");
    EXPECT_EQ(refused(5, {}, {1, 1, 100000, &stop}), "[interrupted 402] expected time to build the contact graph, got a request to stop");
    EXPECT_EQ(refused(5, {}, {1, 0, 100000, nullptr}), "[argument 404] expected 1 or more threads, got 0");
    EXPECT_EQ(refused(0, {}, {}), "no error");
}

}  // namespace
}  // namespace mailrift
