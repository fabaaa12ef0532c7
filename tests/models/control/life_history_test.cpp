// Life histories: all of them together are the ledger, their tries are those of the schedule, and tracing changes no byte.
#include "models/control/life_history.h"

#include <map>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tests/models/tools.h"

namespace mailrift {
namespace {

using testing::hand_world;
using testing::order_text;
using testing::read;
using testing::scenario_text;

/// Orders, moves, a greylist and a policy that rejects, of few people.
std::string busy(int messages_per_day = 6) {
    return scenario_text(
        R"("warm_up": "2 d", "scale": 0.1, "mail": {"messages_per_day": )" + std::to_string(messages_per_day) + R"(}, "orders": [)" +
            order_text(R"(["close_accounts", "block_senders"])") +
            R"(], "responses": [{"id": "leave", "kind": "migrate", "who": {"groups": ["court", "guests"]}, "to": {"alpha": 1},
                                 "plan": {"at": "2 d", "takes": "1 d"}}],
                             "blocking": [{"id": "grey", "kind": "greylist", "receiver": "beta", "memory": "2 d"},
                                          {"id": "ratio", "kind": "reputation", "receiver": "big", "reject": 0.05, "min_volume": 10,
                                           "false_positive": 0.05}])",
        "4 d");
}

std::vector<LifeHistory> trace(const std::string& scenario, const HistoryQuery& query, std::size_t threads = 1,
                               const std::string& world = hand_world()) {
    RunOptions options;
    options.threads = threads;
    return life_histories(read(scenario, world), options, query);
}

HistoryQuery all_of(std::size_t number = 100'000) {
    HistoryQuery query;
    query.number = number;
    return query;
}

TEST(LifeHistory, OfAllMessagesIsTheLedger) {
    RunOptions options;
    options.traffic = Traffic::kMessage;
    const auto run = run_scenario(read(busy()), options);
    using Key = std::array<std::string, 5>;  // source, receiver, outcome, order, policy
    std::map<Key, double> ledger;
    for (const LedgerRow& row : run.ledger.rows()) {
        const auto entity = [&](EntityId id) { return run.model.world.entities[index(id)].id; };
        ledger[{entity(row.key.source), entity(row.key.receiver), std::string(name_of(row.outcome)),
                row.cause.order ? run.model.orders[index(*row.cause.order)].id : "",
                row.cause.policy ? run.model.policies[index(*row.cause.policy)].id : ""}] += row.messages;
    }
    std::map<Key, double> traced;
    std::set<std::uint64_t> messages;
    for (const LifeHistory& history : trace(busy(), all_of())) {
        EXPECT_TRUE(messages.insert(history.message).second);
        const HistoryStep& last = history.steps.back();
        traced[{history.source, history.receiver, std::string(name_of(last.outcome)), last.order, last.policy}] += 1;
        for (std::size_t i = 0; i < history.steps.size(); ++i) {
            const bool expired = history.steps[i].outcome == Outcome::kExpired;
            EXPECT_EQ(history.steps[i].number, expired ? i : i + 1);
            EXPECT_EQ(history.steps[i].outcome == Outcome::kQueued, i + 1 < history.steps.size() || last.outcome == Outcome::kQueued);
        }
        EXPECT_EQ(history.steps.front().at, history.written);
    }
    EXPECT_EQ(traced, ledger);
    EXPECT_GE(ledger.size(), 20U);
}

TEST(LifeHistory, AsksForTheSameMessagesOnAnyNumberOfThreadsAndChangesNoByte) {
    const auto one = trace(busy(), all_of(50));
    ASSERT_EQ(one.size(), 50U);
    for (const std::size_t threads : {2U, 3U}) {
        const auto other = trace(busy(), all_of(50), threads);
        ASSERT_EQ(other.size(), one.size());
        for (std::size_t i = 0; i < one.size(); ++i) {
            EXPECT_EQ(other[i].message, one[i].message);
            EXPECT_EQ(other[i].steps.size(), one[i].steps.size());
        }
    }
    const auto fewer = trace(busy(), all_of(7));
    for (std::size_t i = 0; i < fewer.size(); ++i) EXPECT_EQ(fewer[i].message, one[i].message);
    RunOptions options;
    options.traffic = Traffic::kMessage;
    const std::uint64_t plain = run_scenario(read(busy()), options).trajectory_fingerprint;
    const TraceRequest request;
    options.trace = &request;
    const auto traced = run_scenario(read(busy()), options);
    EXPECT_EQ(traced.trajectory_fingerprint, plain);
    EXPECT_EQ(traced.traced.size(), request.number);
}

TEST(LifeHistory, ShowsTheTriesOfTheSchedule) {
    const std::string world = testing::replaced(hand_world(), R"("id": "big", )", R"("id": "big", "retry": "exchange_online", )");
    const std::string scenario = scenario_text(R"("scale": 0.1, "mail": {"messages_per_day": 2, "reply": 0},
        "blocking": [{"id": "grey", "kind": "greylist", "delay": "20 d", "window": "30 d", "memory": "1 s"}])",
                                               "3 d");
    HistoryQuery query;
    query.source = "big";
    query.outcomes = {"expired"};
    const auto found = trace(scenario, query, 1, world);
    ASSERT_EQ(found.size(), 10U);
    const auto offsets = attempts(*find_schedule("exchange_online"));
    for (const LifeHistory& history : found) {
        ASSERT_EQ(history.steps.size(), offsets.size() + 2);
        for (std::size_t i = 1; i <= offsets.size(); ++i) EXPECT_EQ((history.steps[i].at - history.written).us, offsets[i - 1].us);
        EXPECT_EQ((history.steps.back().at - history.written).us, sim::kDay.us);
        EXPECT_EQ(history.steps.back().entity, "big");
        EXPECT_EQ(history.steps.front().reply, "450 4.2.0");
        EXPECT_EQ(history.steps.front().stage, "rcpt");
    }
}

TEST(LifeHistory, NamesWhoDecidedAndByWhichRule) {
    const auto of = [](const std::string& outcome, const std::string& order) {
        HistoryQuery query;
        query.number = 20;
        query.outcomes = {outcome};
        if (!order.empty()) query.order = order;
        return trace(busy(30), query);
    };
    for (const LifeHistory& history : of("closed_account", "eo")) {
        EXPECT_EQ(history.recipient, "court");
        EXPECT_EQ(history.steps.back().entity, "big");
        EXPECT_EQ(history.steps.back().stage, "rcpt");
        EXPECT_EQ(history.steps.back().reply, "550 5.2.1");
    }
    for (const LifeHistory& history : of("unsent", "eo")) {
        EXPECT_TRUE(history.sender == "court" || history.recipient == "court") << "its provider sends nothing for it, and nothing to it";
        EXPECT_EQ(history.steps.back().stage, "submission");
        EXPECT_EQ(history.steps.back().reply, "");
    }
    const auto refused = of("rejected", "eo");
    EXPECT_FALSE(refused.empty());
    std::set<std::string> who;
    for (const LifeHistory& history : refused) who.insert(history.steps.back().entity);
    for (const std::string& entity : who) EXPECT_TRUE(entity == "big" || entity == "search" || entity == "gate") << entity;
    EXPECT_TRUE(of("rejected", "").size() > 0);
}

TEST(LifeHistory, SaysWhichNameIsWrong) {
    const auto message = [](HistoryQuery query) {
        try {
            trace(busy(), query);
        } catch (const sim::Error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    HistoryQuery query;
    query.policy = "rato";
    EXPECT_NE(message(query).find("did you mean \"ratio\"?"), std::string::npos) << message(query);
    query = {};
    query.outcomes = {"expird"};
    EXPECT_NE(message(query).find("did you mean \"expired\"?"), std::string::npos) << message(query);
    query.outcomes = {"lost"};
    EXPECT_NE(message(query).find("an outcome: inbox, junk"), std::string::npos) << message(query);
    query = {};
    query.sender = "cort";
    EXPECT_NE(message(query).find("did you mean \"court\"?"), std::string::npos) << message(query);
    EXPECT_NE(message(all_of(0)).find("1..100000"), std::string::npos) << message(all_of(0));
}

}  // namespace
}  // namespace mailrift
