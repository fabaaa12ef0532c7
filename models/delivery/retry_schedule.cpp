// When a sender tries again to deliver mail that was deferred, and when it gives up.
#include "models/delivery/retry_schedule.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "models/delivery/retry_tables.h"
#include "sim/error.h"

namespace mailrift {
namespace {

namespace table = retry_tables;

constexpr sim::Duration kMeasuredLifetime = sim::kDay * 5;
constexpr std::size_t kMostTries = 100'000;  // more than any schedule has, and few enough that no product below overflows

/// A sender of the paper, which goes on after its last listed try in `steps` equal steps of `total`, and so on to 5 d.
constexpr RetrySchedule measured(std::string_view name, std::span<const sim::Duration> listed, sim::Duration total, std::int64_t steps,
                                 std::int32_t addresses, std::string_view assumed) {
    return {.name = name,
            .listed = listed,
            .then_total = total,
            .then_steps = steps,
            .lifetime = kMeasuredLifetime,
            .addresses = addresses,
            .source = "pagani-dsn-2016",
            .assumed = assumed};
}

template <std::size_t N>
constexpr RetrySchedule measured(std::string_view name, const std::array<sim::Duration, N>& listed, std::int32_t addresses = 1) {
    return measured(name, listed, table::last_interval(listed), 1, addresses,
                    "after the last published try its last interval repeats until 5 d");
}

/// A sender of the paper that stopped although the 6 h were not over: the message was never delivered.
constexpr RetrySchedule stopped(std::string_view name, std::span<const sim::Duration> listed, std::int32_t addresses = 1) {
    return {.name = name,
            .listed = listed,
            .lifetime = listed.back(),
            .addresses = addresses,
            .source = "pagani-dsn-2016",
            .assumed = "gives up at the last try that was seen"};
}

constexpr RetrySchedule scanned(std::string_view name, sim::Duration least, sim::Duration most, sim::Duration scan,
                                std::string_view source) {
    return {.name = name,
            .spacing = Spacing::kQueueScan,
            .least = least,
            .most = most,
            .scan = scan,
            .lifetime = sim::kDay * 5,
            .one_after_lifetime = true,
            .source = source,
            .assumed = "the phase of the queue scan is uniform and drawn for each message; a try takes no time"};
}

constexpr RetrySchedule quadratic(std::string_view name, sim::Duration unit) {
    return {.name = name, .spacing = Spacing::kQuadratic, .unit = unit, .lifetime = sim::kDay * 4, .source = "opensmtpd-scheduler"};
}

constexpr std::string_view kEvenSteps = "what was printed as \"then every\" is in equal steps, which repeat until 5 d";

constexpr std::array kSchedules{
    scanned("postfix", sim::kSecond * 300, sim::kSecond * 4000, sim::kSecond * 300, "postfix-qmgr"),
    scanned("postfix_old", sim::kSecond * 1000, sim::kSecond * 4000, sim::kSecond * 1000, "postfix-qmgr, postfix-book-2003"),
    RetrySchedule{.name = "exim",
                  .listed = table::kExim,
                  .then_total = sim::kHour * 6,
                  .then_steps = 1,
                  .lifetime = sim::kDay * 4,
                  .one_after_lifetime = true,
                  .source = "exim-brt-2015",
                  .assumed = "a queue runner starts at every time of the rule; a clock finer than a try adds one at 2:15:00"},
    quadratic("opensmtpd", sim::kSecond * 400),
    quadratic("opensmtpd_local", sim::kSecond * 10),
    RetrySchedule{.name = "exchange_online",
                  .listed = table::kExchangeOnline,
                  .then_total = sim::kHour,
                  .then_steps = 1,
                  .lifetime = sim::kDay,
                  .source = "exchange-online-expiry-2022",
                  .assumed = "exactly every hour after the first retry"},
    measured("gmail", table::kGmail, 7),
    measured("yahoo", table::kYahoo),
    measured("hotmail", table::kHotmail, table::kHotmailLast - table::kHotmail.back(), table::kHotmailLeft, 1, kEvenSteps),
    stopped("qq", table::kQq, 2),
    measured("mail_ru", table::kMailRu, 7),
    measured("yandex", table::kYandex, table::kYandexLast - table::kYandex.back(), table::kYandexLeft, 1, kEvenSteps),
    measured("mail_com", table::kMailCom, 2),
    measured("gmx", table::kGmx, 3),
    stopped("aol", table::kAol),
    measured("india_com", table::kIndiaCom),
};

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

/// From a try at `t` to when the message may be tried again.
sim::Duration backoff_at(const RetrySchedule& schedule, sim::Duration t) {
    return std::max(std::clamp(t, schedule.least, schedule.most), sim::kMicrosecond);
}

/// The first scan after `t` that is at or after the end of its backoff.
sim::Duration scan_after(const RetrySchedule& schedule, sim::Duration t, sim::Duration phase) {
    return phase + schedule.scan * ceil_div((t + backoff_at(schedule, t) - phase).us, schedule.scan.us);
}

/// Once its age has reached `most`, a message is tried every `most`, rounded up to whole scans; before, its age doubles.
sim::Duration nth_scan(const RetrySchedule& schedule, std::size_t n, sim::Duration phase) {
    sim::Duration t{};
    for (std::size_t done = 0; done < n; ++done) {
        if (done > 0 && t >= schedule.most) {
            return t + (scan_after(schedule, t, phase) - t) * static_cast<std::int64_t>(n - done);
        }
        t = scan_after(schedule, t, phase);
    }
    return t;
}

std::optional<sim::Duration> nth_listed(const RetrySchedule& schedule, std::size_t n) {
    if (n <= schedule.listed.size()) return schedule.listed[n - 1];
    if (schedule.then_steps == 0) return std::nullopt;
    const auto beyond = static_cast<std::int64_t>(n - schedule.listed.size());
    const std::int64_t twice = 2 * beyond * schedule.then_total.us;  // rounded to the nearest microsecond, halves up
    return schedule.listed.back() + sim::Duration{(twice + schedule.then_steps) / (2 * schedule.then_steps)};
}

/// The n-th try after the first, whatever the lifetime says; the 0-th is the first.
std::optional<sim::Duration> unlimited(const RetrySchedule& schedule, std::size_t n, sim::Duration phase) {
    if (n == 0) return sim::Duration{};
    const auto whole = static_cast<std::int64_t>(n);
    switch (schedule.spacing) {
        case Spacing::kListed: return nth_listed(schedule, n);
        case Spacing::kQuadratic: return schedule.unit * whole * whole;
        case Spacing::kQueueScan: break;
    }
    return nth_scan(schedule, n, phase);
}

}  // namespace

std::span<const RetrySchedule> retry_schedules() { return kSchedules; }

const RetrySchedule* find_schedule(std::string_view name) {
    const auto* const found = std::find_if(kSchedules.begin(), kSchedules.end(), [&](const RetrySchedule& s) { return s.name == name; });
    return found == kSchedules.end() ? nullptr : found;
}

RetrySchedule sendmail_schedule(sim::Duration queue_interval) {
    if (queue_interval < kShortestQueueInterval || queue_interval > kLongestQueueInterval) {
        throw sim::Error(sim::Code::kArgument, {}, "a queue interval of 1 min to 5 d", sim::format_duration(queue_interval));
    }
    return scanned(kSendmail, {}, {}, queue_interval, "sendmail-book-2002");
}

RetrySchedule schedule_by_name(std::string_view name, sim::Duration queue_interval) {
    if (name == kSendmail) return sendmail_schedule(queue_interval);
    const RetrySchedule* const found = find_schedule(name);
    if (found == nullptr) {
        const auto names = schedule_names();
        throw sim::Error(sim::Code::kArgument, {}, "one of " + sim::list_in_quotes(names), sim::in_quotes(name),
                         sim::nearest_name(name, names));
    }
    if (queue_interval != sim::Duration{}) {
        throw sim::Error(sim::Code::kArgument, {}, "a queue interval with \"sendmail\" alone", "one with " + sim::in_quotes(name));
    }
    return *found;
}

std::vector<std::string> schedule_names() {
    std::vector<std::string> names;
    for (const RetrySchedule& schedule : kSchedules) names.emplace_back(schedule.name);
    names.emplace_back(kSendmail);
    return names;
}

std::optional<sim::Duration> next_attempt(const RetrySchedule& schedule, std::size_t tries, sim::Duration phase) {
    assert(tries >= 1);
    assert(phase >= sim::Duration{} && (phase < schedule.scan || phase == sim::Duration{}));
    if (tries > kMostTries) return std::nullopt;
    const auto next = unlimited(schedule, tries, phase);
    if (!next) return std::nullopt;
    const bool within =
        schedule.one_after_lifetime ? *unlimited(schedule, tries - 1, phase) < schedule.lifetime : *next <= schedule.lifetime;
    return within ? next : std::nullopt;
}

std::optional<sim::Duration> attempt_after(const RetrySchedule& schedule, std::size_t tries, sim::Duration last, sim::Duration phase) {
    if (schedule.spacing != Spacing::kQueueScan || tries == 1 || tries > kMostTries) return next_attempt(schedule, tries, phase);
    if (schedule.one_after_lifetime && last >= schedule.lifetime) return std::nullopt;
    const sim::Duration next = last + schedule.scan * ceil_div(backoff_at(schedule, last).us, schedule.scan.us);  // `last` was at a scan
    if (!schedule.one_after_lifetime && next > schedule.lifetime) return std::nullopt;
    return next;
}

std::vector<sim::Duration> attempts(const RetrySchedule& schedule, sim::Duration phase) {
    std::vector<sim::Duration> offsets;
    while (const auto next = next_attempt(schedule, offsets.size() + 1, phase)) offsets.push_back(*next);
    return offsets;
}

sim::Duration give_up(const RetrySchedule& schedule, sim::Duration phase) {
    if (!schedule.one_after_lifetime) return schedule.lifetime;
    return attempts(schedule, phase).back();
}

}  // namespace mailrift
