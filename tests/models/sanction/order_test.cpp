// Who obeys which order and when, what each measure does, shields, and following a moved target.
#include "models/sanction/compliance.h"

#include <set>

#include <gtest/gtest.h>

#include "tests/models/tools.h"

namespace mailrift {
namespace {

using mailrift::testing::hand_world;
using mailrift::testing::order_text;
using mailrift::testing::replaced;
using mailrift::testing::run;
using mailrift::testing::scenario_text;

std::string with(const std::string& order, const std::string& more = "") {
    return scenario_text("\"traffic\": \"none\", \"orders\": [" + order + "]" + more);
}

std::set<std::string> compelled(const mailrift::Run& run) {
    std::set<std::string> names;
    for (const auto& bound : run.model.obedience) names.insert(run.model.world.entities[index(bound.entity)].id);
    return names;
}

using Names = std::set<std::string>;

const char* const kLeave =
    R"(, "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1}, "plan": {"at": "2 d", "takes": "0 s"}, "informed": 1, "inform_delay": "0 s"}])";

TEST(CanBeCompelled, ByTerritoryTieAndLayer) {
    EXPECT_EQ(compelled(run(with(order_text(R"(["block_senders"])")))), (Names{"big", "search"}));
    EXPECT_EQ(compelled(run(with(order_text(R"(["block_senders"])", R"("via": ["operator"])")))), (Names{"big"}));
    EXPECT_EQ(compelled(run(with(order_text(R"(["block_senders"])", R"("layers": ["gateway"])")))), (Names{"big", "search", "gate"}));
    EXPECT_EQ(compelled(run(with(replaced(order_text(R"(["block_senders"])"), "\"US\"", "\"AB\"")))), (Names{"alpha", "beta"}))
        << "a bloc binds all members";
    EXPECT_EQ(compelled(run(with(replaced(order_text(R"(["block_senders"])"), "\"US\"", "\"search\"")))), (Names{"search"}))
        << "a provider on its own";
    EXPECT_EQ(compelled(run(with(replaced(order_text(R"(["block_senders"])"), "\"US\"", "\"CC\"")))), Names{});
}

TEST(CanBeCompelled, StrengthMultipliesTheProbability) {
    const std::string world =
        replaced(hand_world(), R"({"id": "big", "kind": "global", "control": [{"jurisdiction": "US", "via": "operator"}]})",
                 R"({"id": "big", "kind": "global", "control": [{"jurisdiction": "US", "via": "operator", "strength": 0.5}]})");
    const auto weak = run(with(order_text(R"(["block_senders"])", "", 0.8)), world);
    for (const auto& bound : weak.model.obedience) {
        const bool big = weak.model.world.entities[index(bound.entity)].id == "big";
        EXPECT_DOUBLE_EQ(bound.probability, big ? 0.4 : 0.8);
    }
}

TEST(Compliance, IsDrawnOncePerOrderAndEntityWhateverElseThereIs) {
    const std::string eo = order_text(R"(["block_senders"])", "", 0.5);
    const std::string other = replaced(eo, "\"eo\"", "\"other\"");
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto alone = run(with(eo), hand_world(), seed);
        const auto second = run(with(other + "," + eo), hand_world(), seed);
        for (std::size_t i = 0; i < alone.model.obedience.size(); ++i) {
            EXPECT_EQ(alone.model.obedience[i].obeys, second.model.obedience[i + 2].obeys) << "seed " << seed;
        }
    }
}

TEST(Compliance, DelaysComeAfterTheNoticeAndTakeEffectAtTheNextTick) {
    const std::string order =
        R"({"id": "eo", "issuer": "US", "at": "90 min", "notice": "1 d", "target": {"groups": ["court"]}, "measures": ["close_accounts"],
      "compliance": {"probability": 1, "delay": "20 min", "overrides": {"search": {"probability": 1, "delay": "3 h"}}}})";
    const auto done = run(with(order));
    ASSERT_EQ(done.events.size(), 3u);
    EXPECT_EQ(done.events[0].kind, "order");
    EXPECT_EQ(done.events[0].at.us, 90 * sim::kMinute.us);
    EXPECT_EQ(done.events[0].effect.us, 2 * sim::kHour.us);
    EXPECT_EQ(done.events[1].subject, "big");
    EXPECT_EQ(done.events[1].at.us, 90 * sim::kMinute.us + sim::kDay.us + 20 * sim::kMinute.us);
    EXPECT_EQ(done.events[1].effect.us, sim::kDay.us + 2 * sim::kHour.us);
    EXPECT_EQ(done.events[2].subject, "search");
    EXPECT_EQ(done.events[2].effect.us, sim::kDay.us + 5 * sim::kHour.us);
}

TEST(Compliance, AnOrderThatIsLiftedIsUndone) {
    const auto done = run(with(order_text(R"(["close_accounts", "block_senders"])", R"("until": "5 d", "restore": "12 h")")));
    const auto reach = [&](sim::Tick tick) {
        return measure_over_time(done, &reachability, "court", "BB", {tick}, Weights::kPopulation).front();
    };
    EXPECT_EQ(reach(23), 1);
    EXPECT_EQ(reach(24), 0);
    EXPECT_EQ(reach(24 * 5 + 11), 0);
    EXPECT_NEAR(reach(24 * 5 + 12), 1, 1e-15);
}

TEST(Compliance, WhoeverWouldObeyAfterTheEndNeverDoes) {
    const std::string late =
        R"({"id": "eo", "issuer": "US", "at": "1 d", "until": "2 d", "target": {"groups": ["court"]}, "measures": ["close_accounts"], "compliance": {"probability": 1, "delay": "1 d"}})";
    for (const auto& bound : run(with(late)).model.obedience) EXPECT_FALSE(bound.obeys);
}

TEST(LegalReach, KnowsNoDelayAndNoDraw) {
    const std::string slow =
        replaced(order_text(R"(["block_senders"])", R"("notice": "12 h", "follow": {"probability": 0.1, "delay": "9 d"})"),
                 R"({"probability": 1.000000})", R"({"probability": 0.2, "delay": {"lognormal": {"median": "4 d", "sigma": 1}}})");
    const std::string order = replaced(slow, R"(["court"])", R"(["court", "guests"])");
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        RunOptions options;
        options.seed = seed;
        options.traffic = Traffic::kNone;
        options.compliance = Compliance::kLegal;
        const auto bound = run_scenario(mailrift::testing::read(with(order, kLeave)), options);
        options.compliance = Compliance::kDrawn;
        const auto drawn = run_scenario(mailrift::testing::read(with(order, kLeave)), options);
        for (const char* who : {"court", "guests"}) {
            const auto legal = measure_over_time(bound, &reachability, who, "BB", {35, 36, 48, 240}, Weights::kPopulation);
            EXPECT_EQ(legal[0], 1) << who;
            for (std::size_t i = 1; i < 4; ++i) EXPECT_NEAR(legal[i], 0.8, 1e-12) << who << ", " << i;
        }
        for (sim::Tick tick = 0; tick <= 240; tick += 3) {
            const auto reach = [&](const mailrift::Run& run) {
                return measure_over_time(run, &reachability, "guests", "AA", {tick}, Weights::kPopulation).front();
            };
            EXPECT_LE(reach(bound), reach(drawn) + 1e-12) << "seed " << seed << ", tick " << tick;
        }
    }
}

TEST(LegalReach, TakesADoubtfulShieldAsNone) {
    const std::string half = replaced(hand_world(), R"("members": ["AA", "BB"])", R"("members": ["AA", "BB"], "shield": 0.99)");
    const std::string order =
        replaced(replaced(order_text(R"(["block_senders"])"), "\"US\"", "\"BB\""), R"("groups": ["court"])", R"("jurisdictions": ["AA"])");
    RunOptions options;
    options.compliance = Compliance::kLegal;
    EXPECT_NEAR(mailrift::testing::reach_at_end(run_scenario(mailrift::testing::read(with(order), half), options), "AA", "BB"), 1 - 0.7,
                1e-12);
    EXPECT_NEAR(mailrift::testing::reach_at_end(run_scenario(mailrift::testing::read(with(order)), options), "AA", "BB"), 1, 1e-12)
        << "a shield of 1 holds";
}

TEST(Shield, AMembersOrderFailsAgainstAnotherMember) {
    // AA orders its providers to block BB: void with probability `shield` of their bloc, drawn once; against CC, which is in no bloc, it stands.
    const std::string order =
        R"({"id": "eo", "issuer": "AA", "at": "1 d", "target": {"jurisdictions": ["BB", "CC"]}, "measures": ["block_senders"], "compliance": {"probability": 1}})";
    const auto full = run(with(order));
    EXPECT_EQ(full.model.orders[0].target.size(), 1u);
    EXPECT_EQ(full.events[1].kind, "void");
    EXPECT_EQ(full.events[1].subject, "BB");
    const std::string doubtful = replaced(hand_world(), R"("members": ["AA", "BB"])", R"("members": ["AA", "BB"], "shield": 0.3)");
    int voided = 0;
    constexpr int kSeeds = 300;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed) voided += run(with(order), doubtful, seed).model.shielded[0].empty() ? 0 : 1;
    EXPECT_NEAR(voided / double{kSeeds}, 0.3, 4 * 0.46 / 17.3) << "4 standard errors; a bias of 0.106 would be caught";
}

TEST(Measures, BlockDomainsHitsWhoeverSharesTheDomain) {
    // The guests' addresses are in the domain of `big`; so are those of AA's users there, once they have them from `big`.
    const std::string world = replaced(
        hand_world(), R"("AA": {"routes": {"big": 0.5, "search": 0.1, "alpha": 0.4}})",
        R"("AA": {"routes": [{"provider": "big", "share": 0.5, "address": "provider"}, {"provider": "search", "share": 0.1}, {"provider": "alpha", "share": 0.4}]})");
    const std::string order = replaced(order_text(R"(["block_domains"])", R"("direction": "from")"), "\"court\"", "\"guests\"");
    const auto hit = run(with(order), world);
    EXPECT_NEAR(mailrift::testing::reach_at_end(hit, "guests", "BB"), 1 - 0.2, 1e-12);
    EXPECT_NEAR(mailrift::testing::reach_at_end(hit, "AA", "BB"), 1 - 0.5 * 0.2, 1e-12) << "half of AA shares the domain";
    const auto senders = run(with(replaced(order, "block_domains", "block_senders")), world);
    EXPECT_NEAR(mailrift::testing::reach_at_end(senders, "AA", "BB"), 1, 1e-12);
}

TEST(Measures, AnOwnDomainIsSharedWithNobody) {
    const auto hit = run(with(order_text(R"(["block_domains"])")));
    EXPECT_NEAR(mailrift::testing::reach_at_end(hit, "court", "BB"), 1 - 0.2, 1e-12);
    EXPECT_NEAR(mailrift::testing::reach_at_end(hit, "AA", "BB"), 1, 1e-12);
    EXPECT_NEAR(mailrift::testing::reach_at_end(hit, "BB", "court"), 1 - 0.2, 1e-12) << "both directions";
}

TEST(Follow, BlocksMatchAnOwnDomainAtOnceAndALostAddressAfterTheDelay) {
    const std::string order =
        replaced(order_text(R"(["close_accounts", "block_senders"])", R"("follow": {"probability": 1, "delay": "3 d"})"), R"(["court"])",
                 R"(["court", "guests"])");
    const auto moved = run(with(order, kLeave));
    const auto reach = [&](const char* from, sim::Tick tick) {
        return measure_over_time(moved, &reachability, from, "BB", {tick}, Weights::kPopulation).front();
    };
    EXPECT_EQ(reach("court", 47), 0);
    EXPECT_NEAR(reach("court", 48), 0.8, 1e-12) << "the domain moves, and blocks match it";
    EXPECT_NEAR(reach("guests", 48), 1, 1e-12) << "the new address is not known to the order";
    EXPECT_NEAR(reach("guests", 48 + 71), 1, 1e-12);
    EXPECT_NEAR(reach("guests", 48 + 72), 0.8, 1e-12) << "found";
}

TEST(Follow, NeverWithProbabilityZero) {
    const std::string order = replaced(order_text(R"(["block_senders"])"), R"(["court"])", R"(["guests"])");
    const auto moved = run(with(order, kLeave));
    EXPECT_NEAR(mailrift::testing::reach_at_end(moved, "guests", "BB"), 1, 1e-12);
}

TEST(CountedProviders, ObeyEachOnItsOwn) {
    // beta stands for 1,000 operators, each obeying with probability 0.4: the share reached is close to 1 - 0.7 x 0.4, by 64 representatives
    // of weight about 0.016: sd 0.7 sqrt(0.24 / 64) = 0.043.
    const std::string world = replaced(hand_world(), R"({"id": "beta", "kind": "national")",
                                       R"({"id": "beta", "kind": "national", "count": 1000, "representatives": 64)");
    const std::string order = replaced(replaced(order_text(R"(["block_senders"])", "", 0.4), "\"US\"", "\"BB\""), R"("groups": ["court"])",
                                       R"("jurisdictions": ["CC"])");
    const auto counted = run(with(order), world);
    EXPECT_EQ(counted.model.obedience.size(), 65u) << "64 representatives, and the entry itself, which has no members left";
    EXPECT_NEAR(mailrift::testing::reach_at_end(counted, "CC", "BB"), 1 - 0.7 * 0.4, 5 * 0.043);
}

}  // namespace
}  // namespace mailrift
