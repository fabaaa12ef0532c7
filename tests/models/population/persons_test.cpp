// Persons: whole numbers by hand, seats from ids, and what may not change them.
#include "models/population/persons.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "sim/hash.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

struct Laid {
    World world;
    Population population;
    Persons persons;
};

Laid laid_out(const std::string& document, double scale) {
    Laid laid{testing::read(testing::scenario_text(), document).world, {}, {}};
    laid.population = build_population(laid.world, {});
    laid.persons = lay_out_persons(laid.world, laid.population, scale);
    return laid;
}

/// Everything about persons that a document's order may not change: cohort, index, stream and provider, by number.
std::vector<std::tuple<Person, std::string, std::uint64_t, std::string>> described(const Laid& laid) {
    std::vector<std::tuple<Person, std::string, std::uint64_t, std::string>> all;
    for (Person person = 0; person < laid.persons.count; ++person) {
        const CohortPersons& cohort = laid.persons.cohorts[cohort_rank(laid.persons, person)];
        const Seat& seat = laid.population.seats[index(seat_at_start(laid.persons, person))];
        all.emplace_back(person, laid.population.cohorts[index(cohort.cohort)].id, person_key(cohort.key, person - cohort.first),
                         laid.world.entities[index(laid.world.routes[index(seat.route)].provider)].id);
    }
    return all;
}

TEST(LargestRemainder, ByHand) {
    using Whole = std::vector<std::uint64_t>;
    EXPECT_EQ(largest_remainder(std::vector{1.2, 3.7, 2.1}, 7, 0), (Whole{1, 4, 2}));
    EXPECT_EQ(largest_remainder(std::vector{0.5, 0.5, 1.0}, 2, 0), (Whole{1, 0, 1})) << "of equal parts the earlier";
    EXPECT_EQ(largest_remainder(std::vector{0.2, 0.4, 9.4}, 10, 1), (Whole{1, 1, 9})) << "11 for 10: nobody is left without";
    EXPECT_EQ(largest_remainder(std::vector{0.2, 5.6, 5.2}, 11, 1), (Whole{1, 5, 5}));
    EXPECT_EQ(largest_remainder(std::vector{0.0, 0.0}, 0, 0), (Whole{0, 0}));
    EXPECT_EQ(largest_remainder({}, 0, 1), Whole{});
}

TEST(LargestRemainder, SumsToTheTotalWithinOneOfEachAmount) {
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        std::vector<double> amounts;
        double sum = 0;
        for (std::uint64_t i = 0; i < 1 + seed % 30; ++i) {
            amounts.push_back(static_cast<double>(sim::mix64(seed * 100 + i) % 100000) / 977);
            sum += amounts.back();
        }
        const auto total = static_cast<std::uint64_t>(sum + 0.5);
        const auto whole = largest_remainder(amounts, total, 0);
        std::uint64_t all = 0;
        for (std::size_t i = 0; i < whole.size(); ++i) {
            all += whole[i];
            EXPECT_LT(std::abs(static_cast<double>(whole[i]) - amounts[i]), 1) << "seed " << seed;
        }
        EXPECT_EQ(all, total) << "seed " << seed;
    }
}

TEST(Persons, StandByCohortIdThenByProvider) {
    const Laid laid = laid_out(testing::hand_world(), 1);
    ASSERT_EQ(laid.persons.count, 10150u);
    std::vector<std::string> ids;
    for (const auto& cohort : laid.persons.cohorts) ids.push_back(laid.population.cohorts[index(cohort.cohort)].id);
    EXPECT_EQ(ids, (std::vector<std::string>{"AA", "BB", "CC", "court", "guests"}));
    const auto all = described(laid);
    // AA's 1000: alpha 0.4, big 0.5, search 0.1.
    EXPECT_EQ(std::get<3>(all[0]), "alpha");
    EXPECT_EQ(std::get<3>(all[399]), "alpha");
    EXPECT_EQ(std::get<3>(all[400]), "big");
    EXPECT_EQ(std::get<3>(all[899]), "big");
    EXPECT_EQ(std::get<3>(all[900]), "search");
    EXPECT_EQ(std::get<3>(all[999]), "search");
    EXPECT_EQ(std::get<1>(all[1000]), "BB");
    EXPECT_EQ(std::get<1>(all[10149]), "guests");
    EXPECT_EQ(laid.persons.rank_of[0], 3u) << "the court, first in the document";
}

TEST(Persons, AScaleRoundsTheWholeWorldAndLeavesNoCohortEmpty) {
    const Laid laid = laid_out(testing::hand_world(), 0.001);  // 1, 3, 6, 0.1, 0.05 users
    std::vector<std::uint32_t> sizes;
    for (const auto& cohort : laid.persons.cohorts) sizes.push_back(cohort.size);
    EXPECT_EQ(sizes, (std::vector<std::uint32_t>{1, 3, 6, 1, 1}));
    EXPECT_DOUBLE_EQ(laid.persons.cohorts[3].users, 0.1) << "the one person of the court stands for a tenth of one";
}

TEST(Persons, NeitherOrderNorAProviderWithoutMailboxesChangesThem) {
    const std::string hand = testing::hand_world();
    const auto before = described(laid_out(hand, 0.1));
    // The providers and a market in another order; a new provider that sorts first, on a route of share 0.
    std::string other =
        testing::replaced(hand, R"({"big": 0.5, "search": 0.1, "alpha": 0.4})", R"({"alpha": 0.4, "aaa": 0, "search": 0.1, "big": 0.5})");
    other = testing::replaced(other, R"({"code": "CC", "name": "Third", "mail_users": 6000, "utc_offset": "8 h"},)", "");
    other = testing::replaced(other, R"("jurisdictions": [)",
                              R"("jurisdictions": [{"code": "CC", "name": "Third", "mail_users": 6000, "utc_offset": "8 h"},)");
    other = testing::replaced(other, R"("providers": [)", R"("providers": [{"id": "aaa", "kind": "national"},)");
    EXPECT_EQ(before, described(laid_out(other, 0.1)));
    EXPECT_NE(before,
              described(laid_out(testing::replaced(hand, "\"search\": 0.1, \"alpha\": 0.4", "\"search\": 0.2, \"alpha\": 0.3"), 0.1)));
}

TEST(Persons, StreamsOfAllPersonsDiffer) {
    const auto all = described(laid_out(testing::hand_world(), 1));
    std::set<std::uint64_t> keys;
    for (const auto& person : all) keys.insert(std::get<2>(person));
    EXPECT_EQ(keys.size(), all.size());
}

TEST(Persons, AScaleOutsideIsRefused) {
    for (const double scale : {0.0, -1.0, 1.5}) {
        try {
            (void)laid_out(testing::hand_world(), scale);
            FAIL() << scale;
        } catch (const sim::Error& error) {
            EXPECT_EQ(error.code(), sim::Code::kArgument);
            EXPECT_EQ(error.expected(), "a scale above 0 and at most 1");
        }
    }
}

TEST(Persons, TooManyAreRefused) {
    try {
        (void)laid_out(testing::replaced(testing::hand_world(), "\"mail_users\": 6000", "\"mail_users\": 5e9"), 1);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "[too_large 305] expected at most 4294967294 persons (a smaller scale gives fewer), got 5000004150");
    }
}

}  // namespace
}  // namespace mailrift
