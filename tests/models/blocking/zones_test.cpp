// Lists of domains and of good sources, and how long a listing that spread to neighbours lasts.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "models/blocking/listing.h"
#include "tests/models/blocking/shares.h"

namespace mailrift {
namespace {

using testing::share;
using testing::Which;
using testing::with_policy;

constexpr sim::Duration kSlice = sim::kHour;

/// alpha sends as much spam as mail, and authenticates half of it; alpha and beta stand at one hosting supplier.
std::string zone_world() {
    std::string world = testing::replaced(
        testing::hand_world(), R"("suppliers": [)",
        R"("suppliers": [{"id": "vps", "layer": "hosting"}, {"id": "list", "layer": "blocklist"}, {"id": "good", "layer": "blocklist"}, )");
    for (const char* source : {"alpha", "beta"}) {
        const std::string id = R"({"id": ")" + std::string(source) + R"(", )";
        world = testing::replaced(world, id, id + R"("depends_on": [{"layer": "hosting", "suppliers": ["vps"]}], )");
    }
    return testing::replaced(world, R"({"id": "alpha", )", R"({"id": "alpha", "outbound_spam": 0.5, "authenticated": 0.5, )");
}

Run run_of(const std::string& policies, const std::string& lists, const std::string& more = "", Traffic traffic = Traffic::kFluid) {
    return testing::run(with_policy(policies, R"(, "blocklists": [)" + lists + "]" + more), zone_world(), 1, traffic);
}

const std::string kAsks = R"({"id": "asks", "kind": "blocklist", "list": "list", "receiver": "big"})";

/// A rented sender of two addresses, which takes fresh ones every six hours.
const std::string kRotating =
    R"(, "spam_senders": [{"id": "rented", "kind": "snowshoe", "sources": 2, "rotation": "6 h", "messages_per_day": 48000, "authenticated": 0.75}])";

// With traps that every spam hits, each address is listed after its first hour; they begin at 0, 2, 8, .. 44 h and at 0, 5, .. 47 h. A
// domain stays listed, but unauthenticated mail has none.
TEST(Zones, ADomainIsListedWhateverAddressesItUses) {
    const auto list = [](const std::string& zone) { return R"({"id": "list", "trap_rate": 1, "delay": "0 s", "zone": ")" + zone + "\"}"; };
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow}) {
        const Which rented{"rented", "big", MailClass::kSpam};
        const auto by_domain = run_of(kAsks, list("domain"), kRotating, traffic);
        EXPECT_NEAR(share(by_domain, rented, Outcome::kRejected), 0.75 * 47 / 48, 0.01);
        const auto by_address = run_of(kAsks, list("address"), kRotating, traffic);
        EXPECT_NEAR(share(by_address, rented, Outcome::kRejected), 39 / 48.0, 0.01)
            << "each has nine fresh addresses, and each of them an hour";
        EXPECT_NEAR(share(by_domain, {"alpha", "big"}, Outcome::kRejected), 0.5 * 47 / 48, 0.01) << "the members' mail that authenticates";
        EXPECT_NEAR(share(by_address, {"alpha", "big"}, Outcome::kRejected), 47.0 / 48, 0.01);
        EXPECT_EQ(share(by_domain, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 0) << "authenticates nothing";
    }
}

TEST(Zones, GoodSourcesAreAcceptedPastLaterPolicies) {
    const std::string lists =
        R"({"id": "list", "closure": {"at": "0 h", "answer": "wildcard"}}, {"id": "good", "zone": "allow", "known": ["alpha", "beta"], "trap_rate": )";
    const std::string vouched = R"({"id": "vouched", "kind": "blocklist", "list": "good", "action": "accept", "receiver": "big"})";
    const std::string reads =
        R"(, {"id": "reads", "kind": "content_filter", "action": "reject", "false_positive": 0.25, "receiver": "big"})";
    for (const Traffic traffic : {Traffic::kFluid, Traffic::kFlow, Traffic::kMessage}) {
        auto run = run_of(vouched + ", " + kAsks, lists + "0}", "", traffic);
        EXPECT_EQ(share(run, {"beta", "big"}, Outcome::kInbox), 1);
        EXPECT_EQ(share(run, {"search", "big"}, Outcome::kRejected), 1) << "not known";
        EXPECT_EQ(share(run, {"~botnet", "big", MailClass::kSpam}, Outcome::kRejected), 1);
        run = run_of(kAsks + ", " + vouched, lists + "0}", "", traffic);
        EXPECT_EQ(share(run, {"beta", "big"}, Outcome::kRejected), 1) << "what stands before it decides";
        run = run_of(vouched + ", " + kAsks + reads, lists + "0}", "", traffic);
        EXPECT_NEAR(share(run, {"beta", "big"}, Outcome::kRejected), 0.25, 0.05) << "whoever reads the message reads it";
        run = run_of(vouched + ", " + kAsks, lists + R"(1, "delay": "0 s"})", "", traffic);
        EXPECT_NEAR(share(run, {"alpha", "big"}, Outcome::kRejected), 47 / 48.0, 0.02) << "hits of its traps end it";
        EXPECT_EQ(share(run, {"beta", "big"}, Outcome::kInbox), 1);
    }
}

/// Counts of listed operators slice by slice; whether the region is listed in each after it, as known at once.
std::vector<bool> told(const Escalation& level, const std::vector<double>& counts) {
    SpreadTo region;
    std::vector<bool> found;
    for (std::size_t t = 0; t < counts.size(); ++t) {
        take_count(level, counts[t], static_cast<sim::Tick>(t), kSlice, region);
        const sim::Tick now = static_cast<sim::Tick>(t) + 1;
        const sim::Tick after = level.after.us / kSlice.us;
        bool is = false;
        for (const Spell& spell : region.spells) is = is || (spell.from + after <= now && (!spell.to || now < *spell.to));
        found.push_back(is);
    }
    return found;
}

// A listing that lasts L slices lists the neighbours for L + expiry of them, less the silence before it spreads.
TEST(Zones, ALevelEndsItsOwnTimeAfterTheLastHit) {
    std::vector<double> counts(20, 0.0);
    for (std::size_t t = 3; t < 8; ++t) counts[t] = 2;
    for (const int after : {0, 2, 4, 5}) {
        for (const int expiry : {0, 1, 6}) {
            const auto found = told({Spread::kNeighbourhood, 2, kSlice * after, kSlice * expiry}, counts);
            const auto listed = std::count(found.begin(), found.end(), true);
            EXPECT_EQ(listed, after < 5 ? 5 - after + expiry : 0) << after << " " << expiry;
        }
    }
    EXPECT_EQ(told({Spread::kNeighbourhood, 3, {}, kSlice * 9}, counts), std::vector<bool>(20, false)) << "never so many";
    counts[9] = 2;
    const auto again = told({Spread::kNeighbourhood, 2, {}, kSlice * 4}, counts);
    EXPECT_EQ(std::count(again.begin(), again.end(), true), 7 + 4) << "one spell from 3 to 9";
}

// Accounts of beta in foreign hands send for four hours; an address is listed for six more, its neighbours for ten more after that, less
// the first.
TEST(Zones, LevelsExpireOneAfterTheOtherInARun) {
    const std::string world = testing::replaced(zone_world(), R"("outbound_spam": 0.5, )", "");
    const std::string spam =
        R"(, "spam_senders": [{"id": "hacked", "kind": "compromised_accounts", "provider": "beta", "accounts": 1, "messages_per_account_per_day": 24000, "until": "4 h"}])";
    const auto rejected = [&](const std::string& source, const std::string& expiry) {
        const std::string list =
            R"(, "blocklists": [{"id": "list", "trap_rate": 0.01, "delay": "0 s", "window": "1 h", "expiry": "6 h", "escalation": [{"to": "neighbourhood", "threshold": 1)" +
            expiry + "}]}]";
        const auto run = testing::run(with_policy(kAsks, list + spam), world);
        return share(run, {source, "big"}, Outcome::kRejected) * 48;
    };
    EXPECT_NEAR(rejected("beta", ""), 3 + 6, 1e-9) << "hours; known after the first";
    EXPECT_NEAR(rejected("alpha", ""), 3 + 6, 1e-9);
    EXPECT_NEAR(rejected("alpha", R"(, "expiry": "10 h")"), 3 + 6 + 10, 1e-9);
    EXPECT_EQ(rejected("search", R"(, "expiry": "10 h")"), 0);
}

TEST(Zones, RefuseWhatHasNoMeaning) {
    const auto error_of = [](const std::string& policy, const std::string& list) {
        try {
            static_cast<void>(testing::read(with_policy(policy, R"(, "blocklists": [)" + list + "]"), zone_world()));
        } catch (const sim::Error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    const auto has = [&](const std::string& error, const std::string& part) { EXPECT_NE(error.find(part), std::string::npos) << error; };
    has(error_of(kAsks, R"({"id": "list", "zone": "domain", "escalation": [{"to": "supplier"}]})"),
        "/blocklists/0/escalation: [inconsistent");
    has(error_of(kAsks, R"({"id": "list", "zone": "domain", "background": 0.5})"),
        R"(expected "background" with zone "address" alone, got zone "domain")");
    has(error_of(kAsks, R"({"id": "list", "zone": "allow"})"), R"(expected the key "known" of a list with zone "allow")");
    has(error_of(kAsks, R"({"id": "list", "known": ["beta"]})"), "/blocklists/0/known: [inconsistent");
    has(error_of(kAsks, R"({"id": "list", "zone": "allow", "known": ["beta"]})"),
        R"(action "accept" with a list of zone "allow", got "reject")");
    has(error_of(testing::replaced(kAsks, R"("list": "list")", R"("list": "list", "action": "accept")"), R"({"id": "list"})"),
        "/blocking/0/action: [inconsistent");
}

}  // namespace
}  // namespace mailrift
