// The textbook simulation of mail, a peer of `make bench`, does what the model says: closed forms, and a source that is always deferred.
#include "tests/bench/textbook_mail.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "models/blocking/reputation.h"
#include "sim/distributions.h"
#include "tests/models/blocking/facts.h"

namespace mailrift::bench {
namespace {

constexpr double kMostZ = 5;
constexpr double kNever = 1e12;  // messages, below which a source is accepted

MailWorldParams small(std::int64_t hours) {
    MailWorldParams params;
    params.persons = 500;
    params.hours = hours;
    return params;
}

MailWorldParams busy(double messages_per_day, std::int64_t hours) {
    MailWorldParams params = small(hours);
    params.messages_per_day = messages_per_day;
    return params;
}

/// The one world of these tests, whose graph takes longer to build than all the mail, with the mail of `params`.
const MailWorld& world_with(const MailWorldParams& params) {
    static MailWorld world = make_mail_world(params);
    set_mail(world, params);
    return world;
}

/// Expected number of messages of a conversation, up to each of `steps` + 1 equidistant ages from 0 to `seconds`: m(t) = 1 + r (m * F)(t), where F is the
/// law of the delay (renewal equation), with delays rounded up to a step.
std::vector<double> conversation(double reply, const sim::Distribution& delay, double seconds, std::size_t steps) {
    std::vector<double> law(steps + 1);
    for (std::size_t i = 0; i <= steps; ++i) law[i] = sim::cdf(delay, seconds * static_cast<double>(i) / static_cast<double>(steps));
    std::vector<double> messages(steps + 1, 1.0);
    for (std::size_t i = 1; i <= steps; ++i) {
        for (std::size_t j = 1; j <= i; ++j) messages[i] += reply * messages[i - j] * (law[j] - law[j - 1]);
    }
    return messages;
}

double mean_of(const std::vector<double>& values) {  // over the interval, by trapezoids
    double sum = (values.front() + values.back()) / 2;
    for (std::size_t i = 1; i + 1 < values.size(); ++i) sum += values[i];
    return sum / static_cast<double>(values.size() - 1);
}

TEST(TextbookMail, TheRenewalEquationHasTheClosedFormOfExponentialDelays) {
    constexpr double kReply = 0.3;
    constexpr double kMean = 3600;
    constexpr double kEnd = 86'400;
    const double a = (1 - kReply) / kMean;  // m(t) = 1 + r / (1 - r) (1 - exp(-a t)), whose mean over 0..T is:
    const double closed = 1 + kReply / (1 - kReply) * (1 - (1 - std::exp(-a * kEnd)) / (a * kEnd));
    EXPECT_NEAR(mean_of(conversation(kReply, sim::make_exponential(kMean), kEnd, 1000)), closed, 2e-3);
}

// Starts come at (1 - r) x rate a person and day, each conversation has m(age) messages by the end. Without the last answers that are N x rate a day.
// In a day nearly all answers are written; in two hours half of them, so that the law of the delay shows.
TEST(TextbookMail, AllWriteWhatTheyShouldWhenNothingIsDeferred) {
    const std::string lognormal = MailWorldParams{}.reply_delay;
    const auto check = [](MailWorldParams params, const std::string& delay) {
        params.reply_delay = delay;
        params.rule.min_volume = kNever;
        const MailWorld& world = world_with(params);
        TextbookMail mail(world, 7);
        const MailCounts& counts = mail.run(params.hours);
        const double r = params.reply;
        const double seconds = 3600.0 * static_cast<double>(params.hours);
        const double days = static_cast<double>(params.hours) / 24;
        const double starts = (1 - r) * params.messages_per_day * params.persons * days;
        const double expected = starts * mean_of(conversation(r, world.model.mail.reply_delay, seconds, 1000));
        const double deviation = std::sqrt(starts * (1 + r)) / (1 - r);  // of starts and a geometric number of messages each: at least ours
        const auto written = static_cast<double>(counts.sum(Count::kWritten));
        EXPECT_LE(std::fabs(written - expected) / deviation, kMostZ) << delay << ": written " << written << ", expected " << expected;
        EXPECT_LT(expected, params.messages_per_day * params.persons * days);
        EXPECT_LE(std::fabs(written - static_cast<double>(counts.answers) - starts) / std::sqrt(starts), kMostZ) << delay;
        EXPECT_EQ(counts.sum(Count::kDeferred), 0U);
        EXPECT_EQ(counts.queued(), 0U);
    };
    for (const std::string& delay : {lognormal, std::string(R"({"exponential": {"mean": "1 h"}})"), std::string(R"("30 min")")}) {
        check(busy(90, 24), delay);
    }
    MailWorldParams lively = busy(1000, 2);
    lively.reply = 0.6;
    check(lively, lognormal);
    check(lively, R"({"uniform": {"low": "30 min", "high": "2 h"}})");
}

// With answers at once, r of all, a conversation has 1 / (1 - r^2) messages of who began it and r / (1 - r^2) of the other. From p come (s + r t) / (1 + r)
// a day, where s is the sum of its members' rates and t what they would get if nobody answered; to p comes the same with s and t exchanged.
TEST(TextbookMail, MailGoesFromAndToProvidersAsTheRatesAndContactsSay) {
    for (const double r : {0.0, 0.6}) {
        MailWorldParams params = small(24);
        params.messages_per_day = 120;
        params.reply = r;
        params.reply_delay = R"("0 s")";
        params.rule.min_volume = kNever;
        const MailWorld& world = world_with(params);
        const std::vector<std::uint32_t> provider = providers_of_persons(world);
        std::vector<double> s(params.providers);
        std::vector<double> t(params.providers);
        for (Person person = 0; person < params.persons; ++person) {
            const double rate = sending_rate(world.senders, world.persons, world.graph, person);
            const auto contacts = world.graph.contacts(person);
            s[provider[person]] += rate;
            for (const Person contact : contacts) t[provider[contact]] += rate / static_cast<double>(contacts.size());
        }
        TextbookMail mail(world, 3);
        const MailCounts& counts = mail.run(24);
        for (std::size_t p = 0; p < params.providers; ++p) {
            double from = 0;
            double to = 0;
            for (std::size_t q = 0; q < params.providers; ++q) {
                from += static_cast<double>(counts.of(p, q, Count::kWritten));
                to += static_cast<double>(counts.of(q, p, Count::kWritten));
            }
            const double mean_from = (s[p] + r * t[p]) / (1 + r);
            const double mean_to = (t[p] + r * s[p]) / (1 + r);
            const double clumps = (1 + r) / (1 - r);  // variance over mean of all messages
            EXPECT_LE(std::fabs(from - mean_from) / std::sqrt(mean_from * clumps), kMostZ) << "from rank " << p + 1 << ", reply " << r;
            EXPECT_LE(std::fabs(to - mean_to) / std::sqrt(mean_to * clumps), kMostZ) << "to rank " << p + 1 << ", reply " << r;
        }
    }
}

TEST(MailWorld, ProvidersHaveTheirMembersByZipfsLaw) {
    const MailWorldParams params = small(24);
    const MailWorld& world = world_with(params);
    std::vector<double> members(params.providers);
    for (const std::uint32_t provider : providers_of_persons(world)) members[provider] += 1;
    double harmonic = 0;
    for (std::size_t rank = 1; rank <= params.providers; ++rank) harmonic += 1 / static_cast<double>(rank);
    const std::vector<double> shares = mailbox_shares(world);
    for (std::size_t p = 0; p < params.providers; ++p) {
        const double share = 1 / (static_cast<double>(p + 1) * harmonic);
        EXPECT_NEAR(members[p], params.persons * share, 1) << "rank " << p + 1;
        EXPECT_NEAR(shares[p], share, 1e-12) << "rank " << p + 1;
    }
}

/// Much spam from rank 1 alone, and much mail without answers, so that each pair has its verdict at the first period's end.
MailWorldParams spamming(double messages_per_day, std::int64_t hours) {
    MailWorldParams params = small(hours);
    params.spamming_rank = 1;
    params.messages_per_day = messages_per_day;
    params.reply = 0;
    return params;
}

// A message written at a uniform age of an hour has 1 + sum over the schedule's tries a < 1 h of (1 - a) tries behind it, a in hours, the phase of the
// queue's scan being uniform.
TEST(TextbookMail, DeferredMailIsTriedBySchedule) {
    const MailWorld& world = world_with(spamming(2000, 7));
    const RetrySchedule& schedule = *find_schedule("postfix");
    double expected = 1;
    for (int second = 0; second < 300; ++second) {
        for (const sim::Duration at : attempts(schedule, sim::kSecond * second + sim::kMillisecond * 500)) {
            expected += std::max(0.0, 1 - static_cast<double>(at.us) / 3600e6) / 300;
        }
    }
    TextbookMail mail(world, 5);
    const auto of = [&](sim::Tick end, Count count) {
        const MailCounts& counts = mail.run(end);
        double sum = 0;
        for (std::size_t q = 0; q < counts.providers; ++q) sum += static_cast<double>(counts.of(0, q, count));
        return sum;
    };
    const double before = of(6, Count::kWritten);
    EXPECT_EQ(of(6, Count::kDeferred), 0);
    const double written = of(7, Count::kWritten) - before;
    EXPECT_EQ(of(7, Count::kDelivered), before);
    constexpr double kDeviation = 2;  // of the tries of a message, at most: there are 1 to 5
    EXPECT_LE(std::fabs(of(7, Count::kDeferred) / written - expected) * std::sqrt(written) / kDeviation, kMostZ);
}

// Of what comes from rank 1, o = 0.3 is spam: with the errors of the judge 0.3 x 0.5 + 0.7 x 0.1 = 0.22 is judged bad. With a half-life of a slice, counts
// of 6 slices come to 1.97 times those of one.
TEST(TextbookMail, AVerdictFollowsFromWhatWasJudged) {
    const auto defers = [](double cut_off, double slices) {
        MailWorldParams params = spamming(500, 7);
        params.rule.true_positive = 0.5;
        params.rule.false_positive = 0.1;
        params.rule.half_life = sim::kHour;
        params.rule.cut_off = cut_off;
        const double share = mailbox_shares(world_with(params)).front();
        params.rule.min_volume = slices * params.messages_per_day * params.persons * share * share / 0.7 / 24;
        const MailWorld& world = world_with(params);
        return TextbookMail(world, 2).run(7).of(0, 0, Count::kDeferred) > 0;
    };
    EXPECT_TRUE(defers(0.18, 1.5));
    EXPECT_FALSE(defers(0.26, 1.5));
    EXPECT_FALSE(defers(0.18, 2.6));
}

// All else accepted, rank 1 is deferred at rank 1 from the first verdict, at 6 h, to the end. No message expires before 5 d; one does at the first try after
// that, within the longest wait of 4000 s and a scan of 300 s.
TEST(TextbookMail, ASourceThatIsAlwaysDeferredExpiresAfterFiveDays) {
    MailWorldParams params = small(144);
    params.spamming_rank = 1;
    params.much_spam = 0.6;
    params.messages_per_day = 10;
    params.rule.half_life = sim::kDay * 1000;  // nothing is forgiven
    const MailWorld& world = world_with(params);
    const auto of = [](const MailCounts& counts, Count count) { return counts.of(0, 0, count); };
    TextbookMail mail(world, 11);
    const std::uint64_t before = of(mail.run(6), Count::kWritten);
    EXPECT_EQ(of(mail.run(6), Count::kDelivered), before);
    EXPECT_EQ(of(mail.run(6), Count::kDeferred), 0U);
    const std::uint64_t early = of(mail.run(22), Count::kWritten) - before;
    const std::uint64_t late = of(mail.run(24), Count::kWritten) - before;
    ASSERT_GT(early, 50U);
    EXPECT_EQ(of(mail.run(126), Count::kExpired), 0U);
    const MailCounts& counts = mail.run(144);
    EXPECT_EQ(of(counts, Count::kDelivered), before);
    EXPECT_GE(of(counts, Count::kExpired), early);
    EXPECT_LE(of(counts, Count::kExpired), late);
    // Waits of 300, 600, 1200, 2400, 4800 s, then 4000 s rounded up to scans of 300 s: 110 tries and some up to the expiry.
    const auto tries = static_cast<double>(of(counts, Count::kDeferred)) / static_cast<double>(of(counts, Count::kWritten) - before);
    EXPECT_GT(tries, 20);
    EXPECT_LT(tries, 115);
    EXPECT_EQ(counts.of(1, 0, Count::kDeferred), 0U);
}

TEST(TextbookMail, TheSameSeedGivesTheSameCounts) {
    const MailWorld& world = world_with(small(24));
    const auto counts = [&](std::uint64_t seed) { return TextbookMail(world, seed).run(12).pairs; };
    EXPECT_EQ(counts(1), counts(1));
    EXPECT_NE(counts(1), counts(2));
}

// The few lines of the textbook against the policy itself.
TEST(SourceRecord, DecaysAndDefersAsThePolicyDoes) {
    const DeferRule rule;
    ReputationParams params;
    params.reject = rule.cut_off;
    params.min_volume = rule.min_volume;
    params.half_life = rule.half_life;
    const Reputation policy(params);
    SourceRecord record;
    std::vector<double> memory(2, 0.0);
    std::size_t past = 0;
    for (int slice = 0; slice < 400; ++slice) {
        const double bad = slice < 200 ? slice % 7 : 0;
        record.add(20, bad, std::exp2(-1.0 / 168));
        policy.observe({20, bad}, sim::kHour, memory);
        EXPECT_NEAR(record.good, memory[0], 1e-9);
        EXPECT_NEAR(record.bad, memory[1], 1e-9);
        EXPECT_EQ(record.defers(rule), policy.past(rule.cut_off, memory[0], memory[1])) << slice;
        past += record.defers(rule) ? 1U : 0U;
    }
    EXPECT_GT(past, 100U);
    EXPECT_LT(past, 390U);
    EXPECT_FALSE((SourceRecord{1, 98.9}.defers(rule))) << "below the least volume";
    EXPECT_TRUE((SourceRecord{90, 10}.defers(rule))) << "at the cut-off";
    EXPECT_FALSE((SourceRecord{90.1, 10}.defers(rule)));
}

// The document has the rule that the textbook follows.
TEST(MailWorld, ThePolicyOfTheDocumentIsTheRule) {
    MailWorldParams params = small(24);
    const MailWorld& world = world_with(params);
    ASSERT_EQ(world.model.policies.size(), 1U);
    const auto* const policy = dynamic_cast<const Reputation*>(world.model.policies.front().policy.get());
    ASSERT_NE(policy, nullptr);
    EXPECT_EQ(policy->period(), params.rule.period);
    EXPECT_EQ(policy->judge().true_positive, params.rule.true_positive);
    EXPECT_EQ(policy->judge().false_positive, params.rule.false_positive);
    std::vector<double> memory{90, 10};
    EXPECT_EQ(policy->propose(memory, testing::nobody()).defer, 1);
    memory = {90.1, 10};
    EXPECT_EQ(policy->propose(memory, testing::nobody()).defer, 0);
    policy->observe({}, params.rule.half_life, memory);
    EXPECT_NEAR(memory[1], 5, 1e-12);
    memory = {80, 19.9};
    EXPECT_EQ(policy->propose(memory, testing::nobody()).defer, 0) << "below the least volume";
}

}  // namespace
}  // namespace mailrift::bench
