// Single messages: no result depends on who carries them, tries come when schedules say, receivers block as their closed forms say.
#include "models/traffic/message.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "models/control/simulation.h"
#include "models/delivery/greylist_delay.h"
#include "tests/models/fast.h"
#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::order_text;
using testing::read;
using testing::scenario_text;

Run run_message(const std::string& scenario, std::uint64_t seed = 1, std::size_t threads = 1, const std::string& world = hand_world()) {
    RunOptions options;
    options.seed = seed;
    options.traffic = Traffic::kMessage;
    options.threads = threads;
    return run_scenario(read(scenario, world), options);
}

double messages(const Run& run, Outcome outcome, MailClass mail_class = MailClass::kWanted) {
    double sum = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        if (row.outcome == outcome && row.key.mail_class == mail_class) sum += row.messages;
    }
    return sum;
}

/// Orders, moves, policies with memory, spam and queues at once.
std::string busy() {
    const std::string scale = testing::kFast ? "" : R"("scale": 0.3, )";
    return scenario_text(
        scale + R"("warm_up": "1 d", "mail": {"messages_per_day": 20, "spam_share": 0.3}, "orders": [)" +
            order_text(R"(["close_accounts", "block_senders"])") +
            R"(], "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1},
                                 "plan": {"at": "2 d", "takes": "2 d"}}],
                             "blocking": [{"id": "grey", "kind": "greylist", "receiver": "beta"},
                                          {"id": "ratio", "kind": "reputation", "receiver": "big", "defer": 0.0004, "min_volume": 10, "evidence": "inbox"}])",
        "4 d");
}

TEST(Message, IsTheSameForAnyNumberOfThreads) {
    const auto one = run_message(busy());
    EXPECT_GT(messages(one, Outcome::kUnsent), 0);
    EXPECT_GT(messages(one, Outcome::kQueued) + messages(one, Outcome::kExpired), 0);
    for (const std::size_t threads : {2U, 3U, 8U}) {
        const auto other = run_message(busy(), 1, threads);
        EXPECT_EQ(other.trajectory_fingerprint, one.trajectory_fingerprint) << threads << " threads";
        EXPECT_EQ(other.ledger.written(), one.ledger.written()) << threads << " threads";
    }
    EXPECT_NE(run_message(busy(), 2).trajectory_fingerprint, one.trajectory_fingerprint);
}

/// The hand world, where everybody's queue tries again by `schedule`.
std::string world_with(const std::string& schedule) {
    std::string world = hand_world();
    const std::string kind = R"("kind": ")";
    for (std::size_t at = world.find(kind); at != std::string::npos; at = world.find(kind, at + schedule.size() + 20)) {
        world.insert(at, R"("retry": ")" + schedule + R"(", )");
        at += schedule.size() + 20;
    }
    return world;
}

// Nobody is known for long, and nobody writes twice in 5 s: every message waits as long as its schedule says. The slices are minutes.
TEST(Message, WaitsAtAGreylistAsItsScheduleSays) {
    const std::string grey = R"("slice": "1 min", "mail": {"messages_per_day": 1, "reply": 0},
        "blocking": [{"id": "grey", "kind": "greylist", "delay": "5 min", "window": "2 d", "memory": "1 s"}])";
    for (const std::string schedule : {"exchange_online", "gmail", "opensmtpd"}) {
        const auto run = run_message(scenario_text(grey, "4 h"), 1, 1, world_with(schedule));
        const auto delay = greylist_delay(*find_schedule(schedule), {sim::kMinute * 5, sim::kDay * 2, {}});
        ASSERT_TRUE(delay);
        // What was written in the last `delay` waits; the rest is in the inbox. Means: written x delay / horizon.
        const double waiting = run.ledger.written() * static_cast<double>(delay->us) / (4 * 3600e6);
        EXPECT_NEAR(messages(run, Outcome::kQueued), waiting, 5 * std::sqrt(waiting)) << schedule;
        EXPECT_EQ(messages(run, Outcome::kQueued) + messages(run, Outcome::kInbox), run.ledger.written()) << schedule;
    }
}

// A bot does not try again: its spam is lost where it is greylisted, and only there. Mail for beta goes past a gateway or not.
TEST(Message, AGreylistLosesTheSpamOfBots) {
    const std::string mail = R"("mail": {"messages_per_day": 2, "spam_share": 0.5})";
    const auto without = run_message(scenario_text(mail, "2 d"));
    const auto run = run_message(scenario_text(mail + R"(, "blocking": [{"id": "grey", "kind": "greylist", "receiver": "alpha"}])", "2 d"));
    const EntityId alpha = *find_entity(run.model.world, "alpha");
    double lost = 0;
    for (const LedgerRow& row : run.ledger.rows()) {
        if (row.key.mail_class != MailClass::kSpam) continue;
        EXPECT_EQ(row.outcome, row.key.receiver == alpha ? Outcome::kExpired : Outcome::kInbox);
        EXPECT_EQ(row.cause.policy.has_value(), row.key.receiver == alpha);
        if (row.key.receiver == alpha) lost += row.messages;
    }
    EXPECT_GT(lost, 0);
    EXPECT_EQ(messages(run, Outcome::kInbox, MailClass::kSpam) + lost, messages(without, Outcome::kInbox, MailClass::kSpam));
}

// A message that nobody accepted tells no receiver how good its source is: what waits, expires or is rejected is no evidence.
TEST(Message, WhatIsNotAcceptedIsNoEvidence) {
    const World world;
    TallyBoard board(world);
    const std::size_t place = board.place({}, {});
    for (const Outcome outcome : {Outcome::kQueued, Outcome::kExpired, Outcome::kRejected, Outcome::kClosedAccount}) {
        board.add(place, MailClass::kWanted, {{}, outcome, {{}, PolicyId{0}}, 1}, 5);
    }
    EXPECT_EQ(board.rows()[0].reached[0], 0);
    board.add(place, MailClass::kWanted, {{}, Outcome::kJunk, {{}, PolicyId{0}}, 1}, 5);
    EXPECT_EQ(board.rows()[0].reached[0], 5);
    EXPECT_EQ(board.rows()[0].inbox[0], 0);
}

// A source that is deferred at every try is given up after its queue's lifetime: of 1 d, with Exchange Online.
TEST(Message, ExpiresWhenItsSenderGivesUp) {
    const std::string never = R"("mail": {"messages_per_day": 2, "reply": 0}, "blocking": [
        {"id": "never", "kind": "greylist", "delay": "20 d", "window": "30 d", "memory": "1 s"}])";
    const auto run = run_message(scenario_text(never, "5 d"), 3, 2, world_with("exchange_online"));
    EXPECT_EQ(messages(run, Outcome::kInbox), 0);
    const double waiting = run.ledger.written() / 5;
    EXPECT_NEAR(messages(run, Outcome::kQueued), waiting, 5 * std::sqrt(waiting) + waiting / 24) << "of the last day, to within a slice";
    EXPECT_EQ(messages(run, Outcome::kQueued) + messages(run, Outcome::kExpired), run.ledger.written());
}

TEST(Message, APolicyThatNeverFiresChangesNoByte) {
    const std::string mail = R"("warm_up": "2 d", "mail": {"messages_per_day": 10, "spam_share": 0.2})";
    const auto without = run_message(scenario_text(mail, "2 d"));
    const auto with =
        run_message(scenario_text(mail + R"(, "blocking": [{"id": "r", "kind": "reputation", "defer": 1, "min_volume": 1e12}])", "2 d"));
    EXPECT_EQ(with.trajectory_fingerprint, without.trajectory_fingerprint);
}

// An unused provider changes no byte, nor does another order of the document.
TEST(Message, DependsOnNamesNotOnPlaces) {
    const std::uint64_t before = run_message(busy()).trajectory_fingerprint;
    const std::string world = testing::replaced(hand_world(), R"({"id": "big",)", R"({"id": "aaa", "kind": "isp"}, {"id": "big",)");
    EXPECT_EQ(run_message(busy(), 1, 1, world).trajectory_fingerprint, before);
}

// A stop in the middle of a slice leaves the slices before it, and a ledger that balances.
TEST(Message, AStopLosesNoFinishedSlice) {
    sim::StopFlag stop;
    RunOptions options;
    options.traffic = Traffic::kMessage;
    options.stop = &stop;
    options.progress = [&](const sim::Progress& progress) {
        if (progress.done >= 30) stop.request_stop();
    };
    const auto run = run_scenario(read(busy()), options);
    EXPECT_TRUE(run.interrupted);
    EXPECT_EQ(run.finished, 30);
    EXPECT_GT(run.ledger.written(), 0);
    EXPECT_EQ(run.ledger.imbalance(), 0);
}

}  // namespace
}  // namespace mailrift
