// Life histories of messages, as a mail log would show them: who decided what, by which rule, with which reply.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/control/run.h"

namespace mailrift {

/// Which messages are asked for, by the names of the documents; what is not given lets everything through.
struct HistoryQuery {
    std::size_t number = 10;               ///< greatest number of messages, 1..100000
    std::optional<std::string> sender;     ///< a group, jurisdiction or bloc
    std::optional<std::string> recipient;  ///< the same
    std::optional<std::string> source;     ///< an entity: the pool that sends
    std::optional<std::string> receiver;   ///< an entity: the mailbox provider
    std::vector<std::string> outcomes;     ///< of one of its tries
    std::optional<std::string> order;      ///< that decided on one of them
    std::optional<std::string> policy;
    std::optional<sim::Time> after;  ///< moment of that try
    std::optional<sim::Time> until;
};

/// One line of a message's log.
struct HistoryStep {
    sim::Time at;
    std::size_t number = 0;  ///< of the try, from 1; of what was given up the number of all tries
    Outcome outcome = Outcome::kInbox;
    std::string stage;   ///< submission, connect, mail_from, rcpt, data, or queue
    std::string entity;  ///< who decided
    std::string order;   ///< id, if one made it do so
    std::string policy;  ///< id, if one of its own did
    std::string reply;   ///< SMTP reply, or code of the bounce; empty where no server replied
};

struct LifeHistory {
    std::uint64_t message = 0;
    std::uint32_t generation = 0;  ///< 0 starts a conversation, n answers message n - 1 of it
    std::string sender;            ///< cohort: group or jurisdiction
    std::string recipient;
    std::uint32_t from = 0;  ///< number of the person
    std::uint32_t to = 0;
    std::string source;    ///< pool that sends
    std::string receiver;  ///< mailbox provider of the address that it names in the end
    sim::Time written;
    std::vector<HistoryStep> steps;  ///< in the order of time
};

/// Runs the scenario again in `message`, once to choose the messages that have a try as asked for (those whose hashes are least), once to keep all of
/// their tries; tracing changes no byte of a run. Spam has no life histories: it is counted, not simulated message by message.
/// \param options seed, compliance, threads, stop and progress are used
/// \returns by hash of the message; the same for any number of threads; none if it was stopped.
/// \throws sim::Error kReference for a name that is not there, kArgument for another number of messages.
[[nodiscard]] std::vector<LifeHistory> life_histories(const Scenario& scenario, RunOptions options, const HistoryQuery& query);

}  // namespace mailrift
