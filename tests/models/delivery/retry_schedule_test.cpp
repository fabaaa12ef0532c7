// Retry schedules: every published time, first and last tries, counts, and the rules held against a simulated queue.
#include "models/delivery/retry_schedule.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "sim/error.h"

namespace mailrift {
namespace {

using Times = std::vector<sim::Duration>;

/// The times of a text such as "6:02 29:02", in minutes and seconds, or in hours, minutes and seconds.
Times times(const std::string& text) {
    Times all;
    std::int64_t total = 0, part = 0;
    for (const char c : text + " ") {
        if (c == ':' || c == ' ') {
            total = total * 60 + part;
            part = 0;
        } else {
            part = part * 10 + (c - '0');
        }
        if (c == ' ') {
            all.push_back(sim::kSecond * total);
            total = 0;
        }
    }
    return all;
}

Times first(const Times& all, std::size_t count) {
    return {all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(count, all.size()))};
}

const RetrySchedule& named(const std::string& name) {
    const RetrySchedule* const found = find_schedule(name);
    if (found == nullptr) throw std::logic_error("no schedule " + name);
    return *found;
}

/// A row of the paper's table: what it printed, how many tries it saw, the first included, and their last.
struct Row {
    std::string name;
    std::int32_t addresses;
    std::size_t tries;
    std::string listed;
    std::string last;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> all{
        {"gmail", 7, 9, "6:02 29:02 56:36 98:44 162:03 229:44 309:05 434:46", "434:46"},
        {"yahoo", 1, 9, "2:07 5:39 12:58 27:16 55:13 109:35 216:47 430:36", "430:36"},
        {"hotmail", 1, 94, "1:01 2:03 3:04 5:06 8:07 12:08 16:10", "362:11"},
        {"qq", 2, 12, "5:05 5:11 5:17 6:19 8:22 12:25 20:29 52:31 84:35 144:42 204:56", "204:56"},
        {"mail_ru", 7, 13, "1:18 19:15 49:14 79:49 113:20 154:18 187:53 235:20 271:03 305:50 340:38 373:45", "373:45"},
        {"yandex", 1, 28, "1:05 2:58 6:53 14:55 30:28 45:41 61:01", "369:21"},
        {"mail_com", 2, 10, "5:02 12:37 23:59 41:03 66:38 105:01 162:35 248:56 378:28", "378:28"},
        {"gmx", 3, 10, "5:01 12:33 23:50 40:46 66:09 104:14 161:22 247:04 375:36", "375:36"},
        {"aol", 1, 5, "5:32 11:32 21:32 31:32", "31:32"},
        {"india_com", 1, 10, "6:21 16:21 36:21 76:21 146:22 216:21 286:21 356:21 426:21", "426:21"},
    };
    return all;
}

TEST(RetrySchedule, HasEveryPublishedTimeOfThePaper) {
    for (const Row& row : rows()) {
        const RetrySchedule& schedule = named(row.name);
        const Times all = attempts(schedule);
        const Times listed = times(row.listed);
        EXPECT_EQ(first(all, listed.size()), listed) << row.name;
        ASSERT_GE(all.size(), row.tries - 1) << row.name;
        EXPECT_EQ(all[row.tries - 2], times(row.last).front()) << row.name;
        EXPECT_EQ(schedule.addresses, row.addresses) << row.name;
        EXPECT_EQ(schedule.source, "pagani-dsn-2016");
        EXPECT_FALSE(schedule.assumed.empty());
    }
}

// After the last try that the paper saw, the last interval repeats until 5 d: the next would be beyond.
TEST(RetrySchedule, GoesOnToFiveDays) {
    for (const Row& row : rows()) {
        if (row.name == "qq" || row.name == "aol") continue;
        const Times all = attempts(named(row.name));
        const std::size_t seen = row.tries - 1;
        const sim::Duration last = all[seen - 1] - all[seen - 2];
        for (std::size_t n = seen; n < all.size(); ++n) {
            EXPECT_NEAR(static_cast<double>((all[n] - all[n - 1]).us), static_cast<double>(last.us), 1) << row.name << " " << n;
        }
        EXPECT_LE(all.back(), sim::kDay * 5) << row.name;
        EXPECT_GT(all.back() + last, sim::kDay * 5) << row.name;
        EXPECT_EQ(give_up(named(row.name)), sim::kDay * 5);
    }
}

// "Then every": (last - previous) / (tries left), 20,761 s / 86 and 18,500 s / 20.
TEST(RetrySchedule, SpacesWhatThePaperAbbreviatesEvenly) {
    const Times hotmail = attempts(named("hotmail"));
    EXPECT_EQ(hotmail[7] - hotmail[6], sim::Duration{241'406'977});
    EXPECT_EQ(hotmail[49] - hotmail[6], sim::Duration{20'761'000'000 / 2});  // half of the 86 steps
    EXPECT_EQ(hotmail.size(), 7u + 1785u);                                   // floor((432,000 - 970) 86 / 20,761) = 1785
    const Times yandex = attempts(named("yandex"));
    EXPECT_EQ(yandex[7] - yandex[6], sim::kSecond * (15 * 60 + 25));
}

TEST(RetrySchedule, StopsWhereTheSenderStopped) {
    for (const std::string name : {"qq", "aol"}) {
        const RetrySchedule& schedule = named(name);
        EXPECT_EQ(attempts(schedule).size(), schedule.listed.size());
        EXPECT_EQ(give_up(schedule), attempts(schedule).back());
    }
    EXPECT_EQ(give_up(named("aol")), times("31:32").front());
}

TEST(RetrySchedule, Exim) {
    const Times all = attempts(named("exim"));
    Times expected = times(
        "0:15:00 0:30:00 0:45:00 1:00:00 1:15:00 1:30:00 1:45:00 2:00:00 3:00:00 4:30:00 6:45:00 10:07:30 15:11:15 22:46:52 28:46:52");
    EXPECT_EQ(first(all, expected.size()), expected);
    EXPECT_EQ(all.size(), 8u + 6u + 13u);
    EXPECT_EQ(all.back(), times("100:46:52").front());
    EXPECT_EQ(give_up(named("exim")), all.back());
    sim::Duration step = sim::kHour;  // the rule itself, with whole seconds: 1 h x 1.5^k
    for (std::size_t n = 8; n < 14; ++n) {
        EXPECT_EQ(all[n] - all[n - 1], sim::kSecond * (step.us / 1'000'000)) << n;
        step = sim::Duration{step.us * 3 / 2};
    }
}

TEST(RetrySchedule, OpenSmtpd) {
    const Times all = attempts(named("opensmtpd"));
    EXPECT_EQ(first(all, 4), times("6:40 26:40 60:00 106:40"));
    EXPECT_EQ(all.size(), 29u);
    EXPECT_EQ(all.back(), sim::kSecond * 336'400);
    EXPECT_EQ(give_up(named("opensmtpd")), sim::kDay * 4);
    const Times local = attempts(named("opensmtpd_local"));
    EXPECT_EQ(local.front(), sim::kSecond * 10);
    EXPECT_EQ(local.size(), 185u);  // 10 x 186^2 = 345,960 s > 4 d
}

TEST(RetrySchedule, ExchangeOnline) {
    const Times all = attempts(named("exchange_online"));
    EXPECT_EQ(first(all, 3), times("30:00 90:00 150:00"));
    EXPECT_EQ(all.size(), 24u);
    EXPECT_EQ(all.back(), times("23:30:00").front());
    EXPECT_EQ(give_up(named("exchange_online")), sim::kDay);
}

// By hand: 300 s, doubled four times; 4,800 + 4,000 s is rounded up to 9,000 s, and then a scan comes every 4,200 s.
TEST(RetrySchedule, PostfixAtPhaseZero) {
    const Times all = attempts(named("postfix"));
    EXPECT_EQ(first(all, 8), times("5:00 10:00 20:00 40:00 80:00 150:00 220:00 290:00"));
    EXPECT_EQ(all.back(), sim::kSecond * (9000 + 4200 * 101));  // the first that is not before 5 d
    EXPECT_EQ(all.size(), 6u + 101u);
    EXPECT_EQ(give_up(named("postfix")), all.back());
}

// By hand, phase 100 s: 400 s; 800 s is rounded up to 1,000 s; 2,000 to 2,200; 4,400 to 4,600; 8,600 to 8,800.
TEST(RetrySchedule, PostfixAtAnotherPhase) {
    const Times all = attempts(named("postfix"), sim::kSecond * 100);
    EXPECT_EQ(first(all, 6), times("6:40 16:40 36:40 76:40 146:40 216:40"));
}

TEST(RetrySchedule, OldPostfix) {
    EXPECT_EQ(first(attempts(named("postfix_old")), 5), times("1000 2000 4000 8000 12000"));
    EXPECT_EQ(attempts(named("postfix_old")).back(), sim::kDay * 5);  // 108 x 4,000 s: the limit is reached
    EXPECT_EQ(first(attempts(named("postfix_old"), sim::kSecond), 4), times("1001 3001 7001 11001"));
}

TEST(RetrySchedule, SendmailTriesAtEveryRunOfItsQueue) {
    const RetrySchedule schedule = sendmail_schedule(sim::kMinute * 30);
    EXPECT_EQ(first(attempts(schedule), 3), times("30:00 60:00 90:00"));
    EXPECT_EQ(attempts(schedule).size(), 240u);
    EXPECT_EQ(first(attempts(schedule, sim::kMinute * 7), 3), times("7:00 37:00 67:00"));
    EXPECT_EQ(attempts(schedule, sim::kMinute * 7).back(), sim::kDay * 5 + sim::kMinute * 7);
}

TEST(RetrySchedule, SendmailNeedsAnIntervalInItsRange) {
    EXPECT_EQ(attempts(sendmail_schedule(sim::kDay * 5)), Times{sim::kDay * 5});
    for (const sim::Duration wrong : {sim::Duration{}, sim::kMinute - sim::kMicrosecond, sim::kDay * 5 + sim::kMicrosecond}) {
        EXPECT_THROW((void)sendmail_schedule(wrong), sim::Error) << wrong.us;
    }
    try {
        (void)sendmail_schedule(sim::kSecond * 59);
        FAIL();
    } catch (const sim::Error& error) {
        EXPECT_STREQ(error.what(), "[argument 404] expected a queue interval of 1 min to 5 d, got 59 s");
    }
}

/// A second method for schedules with scans: a queue that wakes at every scan and looks which message is due.
Times simulated_queue(const RetrySchedule& schedule, sim::Duration phase) {
    Times tries;
    sim::Duration last{}, due = std::clamp(last, schedule.least, schedule.most);
    for (sim::Duration now = phase; last < schedule.lifetime; now = now + schedule.scan) {
        if (now <= last || now < due) continue;
        tries.push_back(now);
        last = now;
        due = now + std::clamp(now, schedule.least, schedule.most);
    }
    return tries;
}

TEST(RetrySchedule, ScansAreThoseOfASimulatedQueue) {
    const std::vector<RetrySchedule> schedules{named("postfix"), named("postfix_old"), sendmail_schedule(sim::kMinute * 17)};
    for (const RetrySchedule& schedule : schedules) {
        for (std::int64_t k = 0; k < 101; ++k) {
            const sim::Duration phase{(schedule.scan.us - 1) * k / 100};
            EXPECT_EQ(attempts(schedule, phase), simulated_queue(schedule, phase)) << schedule.name << " phase " << phase.us;
        }
    }
}

TEST(RetrySchedule, EachTryFollowsFromTheLast) {
    std::vector<RetrySchedule> schedules(retry_schedules().begin(), retry_schedules().end());
    for (const sim::Duration interval : {sim::kMinute, sim::kMinute * 17, sim::kDay * 5}) schedules.push_back(sendmail_schedule(interval));
    for (const RetrySchedule& schedule : schedules) {
        for (std::int64_t k = 0; k <= 20; ++k) {
            const sim::Duration phase{std::max<std::int64_t>(schedule.scan.us - 1, 0) * k / 20};
            Times found;
            sim::Duration last{};
            while (const auto next = attempt_after(schedule, found.size() + 1, last, found.empty() ? phase : sim::Duration{})) {
                found.push_back(last = *next);
            }
            EXPECT_EQ(found, attempts(schedule, phase)) << schedule.name << " phase " << phase.us;
        }
    }
}

TEST(RetrySchedule, TriesRiseAndEnd) {
    std::set<std::string_view> names;
    for (const RetrySchedule& schedule : retry_schedules()) {
        EXPECT_TRUE(names.insert(schedule.name).second) << schedule.name;
        EXPECT_EQ(find_schedule(schedule.name), &schedule);
        EXPECT_FALSE(schedule.source.empty()) << schedule.name;
        const Times all = attempts(schedule);
        ASSERT_FALSE(all.empty()) << schedule.name;
        EXPECT_GT(all.front(), sim::Duration{});
        EXPECT_EQ(std::adjacent_find(all.begin(), all.end(), std::greater_equal<>()), all.end()) << schedule.name;
        for (std::size_t n = 0; n < all.size(); ++n) EXPECT_EQ(next_attempt(schedule, n + 1), all[n]);
        for (const std::size_t more : {all.size() + 1, all.size() + 2, std::size_t{100'001}, SIZE_MAX}) {
            EXPECT_EQ(next_attempt(schedule, more), std::nullopt) << schedule.name << " " << more;
        }
        EXPECT_LE(all.size(), 10'000u);
    }
    EXPECT_EQ(names.size(), 16u);
}

TEST(RetrySchedule, UnknownNamesAreNotFound) {
    for (const auto* const name : {"", "Postfix", "sendmail", "qmail"}) EXPECT_EQ(find_schedule(name), nullptr) << name;
}

std::string error_of(std::string_view name, sim::Duration queue_interval) {
    try {
        (void)schedule_by_name(name, queue_interval);
    } catch (const sim::Error& error) {
        return error.what();
    }
    return "no error";
}

TEST(ScheduleByName, KnowsEveryName) {
    for (const std::string& name : schedule_names()) {
        const RetrySchedule schedule = schedule_by_name(name, name == kSendmail ? sim::kHour : sim::Duration{});
        EXPECT_EQ(schedule.name, name);
    }
    EXPECT_EQ(schedule_names().back(), kSendmail);
    EXPECT_EQ(schedule_names().size(), retry_schedules().size() + 1);
}

TEST(ScheduleByName, SaysWhatIsWrong) {
    const std::string unknown = error_of("mailru", {});
    EXPECT_EQ(unknown.find("[argument 404] expected one of \"postfix\", "), 0u) << unknown;
    EXPECT_NE(unknown.find("got \"mailru\"; did you mean \"mail_ru\"?"), std::string::npos) << unknown;
    EXPECT_EQ(error_of("exim", sim::kHour), "[argument 404] expected a queue interval with \"sendmail\" alone, got one with \"exim\"");
    EXPECT_EQ(error_of("sendmail", {}), "[argument 404] expected a queue interval of 1 min to 5 d, got 0 s");
}

}  // namespace
}  // namespace mailrift
