// Policy `rate_limit`: takes so many messages of a source an hour, fewer while it is new.
#include "models/blocking/rate_limit.h"

#include <algorithm>
#include <memory>

#include "models/blocking/decay.h"
#include "models/blocking/registry.h"
#include "sim/math.h"

namespace mailrift {
namespace {

constexpr double kHourUs = 3'600e6;
constexpr double kDayUs = 86'400e6;
constexpr double kHalfLifeUs = 4 * kHourUs;  // of what was seen of a source's tries: one slice alone says little where few are taken
constexpr double kLog2 = 0x1.62e42fefa39efp-1;

/// What is remembered of a source.
enum Memory : std::size_t {
    kTries,     ///< an hour, of late
    kRefused,   ///< share of them that was deferred then
    kDays,      ///< of good history
    kToday,     ///< messages taken in the present day
    kBadToday,  ///< of them judged bad
    kClock,     ///< microseconds of that day that are over
    kSilent,    ///< microseconds without mail
};

}  // namespace

double RateLimit::allowed(double days) const {
    if (params_.growth <= 1 || params_.first >= params_.limit) return std::min(params_.first, params_.limit);
    const double full = sim::log(params_.limit / params_.first) / sim::log(params_.growth);
    return days >= full ? params_.limit : params_.first * sim::exp(days * sim::log(params_.growth));
}

void RateLimit::observe(const JudgedCounts& counts, sim::Duration slice, std::span<double> key) const {
    const auto length = static_cast<double>(slice.us);
    const double taken = counts.good + counts.bad;
    const double tries = taken / (1 - key[kRefused]) * kHourUs / length;
    const double kept = key[kTries] > 0 ? sim::exp(-kLog2 * length / kHalfLifeUs) : 0;
    key[kTries] = kept * key[kTries] + (1 - kept) * tries;
    key[kToday] += taken;
    key[kBadToday] += counts.bad;
    key[kClock] += length;
    key[kSilent] = taken > 0 ? 0 : key[kSilent] + length;
    if (key[kSilent] >= static_cast<double>(params_.idle.us)) key[kDays] = 0;
    if (key[kClock] < kDayUs) return;
    if (key[kToday] > 0) key[kDays] = key[kBadToday] <= params_.bad_share * key[kToday] * (1 + kSlack) ? key[kDays] + 1 : 0;
    key[kToday] = key[kBadToday] = key[kClock] = 0;
}

Proposal RateLimit::propose(std::span<double> key, const KeyFacts& /*facts*/) const {
    const double may = allowed(key[kDays]);
    key[kRefused] = key[kTries] > may ? 1 - may / key[kTries] : 0;
    Proposal proposal;
    proposal.defer = key[kRefused];
    return proposal;
}

PolicyEntry rate_limit() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    const auto rate = [] { return figure(sim::number("messages per hour", 1e-3, 1e12)); };
    const auto share = [] { return figure(sim::number("share", 0, 1)); };
    return {
        "rate_limit",
        "Takes min(limit, first growth^d) messages of a source an hour, d its days of good history, and defers what is more.",
        "the limit, day by day (rate_limit_test.cpp)",
        {
            key_field(),
            defaulted("limit", rate(), make_number(1000), "messages an hour of a source with a long good history", "assumed"),
            sim::optional("first", rate(), "messages an hour of a source without history; not given: `limit`"),
            defaulted("growth", figure(sim::number("factor", 1, 100)), make_number(1.22), "for each day of good history", "warm-up-plans"),
            defaulted("bad_share", share(), make_number(0.003), "share of bad mail above which a day's history is bad", "bulk-rules-2024"),
            defaulted("idle", figure(sim::duration({1'000'000})), sim::make_text("30 d"), "without mail for so long, a source is new again",
                      "warm-up-plans"),
            defaulted("true_positive", share(), make_number(0.999), "probability that spam is judged bad", "gmail-errors-2015"),
            defaulted("false_positive", share(), make_number(0.0005), "probability that wanted mail is judged bad", "gmail-errors-2015"),
        },
        [](const sim::View& view, sim::Findings& findings) {
            if (!view.has("first") || view["first"].number() <= view["limit"].number()) return;
            findings.add(view["first"].place(), sim::Code::kInconsistent, "a rate of at most \"limit\"", "a higher one");
        },
        [](const sim::View& view) {
            const double limit = view["limit"].number();
            return std::make_shared<const RateLimit>(
                RateLimitParams{limit,
                                view.has("first") ? view["first"].number() : limit,
                                view["growth"].number(),
                                view["bad_share"].number(),
                                view["idle"].duration(),
                                {Evidence::kAttempts, view["true_positive"].number(), view["false_positive"].number()},
                                read_key(view)});
        },
        false};
}

}  // namespace mailrift
