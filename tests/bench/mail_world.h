// The world that the mail programs of `make bench` simulate: 64 providers by Zipf's law, one of which sends so much spam that it is deferred.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "models/control/model.h"
#include "models/population/contact_graph.h"
#include "models/population/persons.h"
#include "models/population/senders.h"
#include "sim/time.h"

namespace mailrift::bench {

/// Every receiver's policy: `reputation` with one cut-off, at or above which a source is deferred.
struct DeferRule {
    double cut_off = 0.1;            ///< share of a source's decayed counts that was judged bad, 0..1
    double min_volume = 100;         ///< decayed counts below which a source is accepted, messages
    double false_positive = 0.0005;  ///< probability that wanted mail is judged bad
    double true_positive = 0.999;    ///< probability that spam is judged bad
    sim::Duration half_life = sim::kWeek;
    sim::Duration period = sim::kHour * 6;  ///< a multiple of the slice
};

/// What a world is made of. Mail: flat profile, slices of 1 h.
struct MailWorldParams {
    std::uint32_t persons = 100'000;
    std::int64_t hours = 24;         ///< horizon
    std::size_t providers = 64;      ///< the k-th has the share (1 / k) / (1 + 1/2 + ... + 1/providers)
    std::size_t spamming_rank = 54;  ///< k of the provider that sends much spam: 3 % of all tries are then deferred (1e6 persons, 1 day)
    double spam = 0.02;              ///< share of what leaves a provider that is spam
    double much_spam = 0.3;          ///< of the one that sends much
    double messages_per_day = 30;
    double reply = 0.3;
    std::string reply_delay = R"({"lognormal": {"median": "1 h", "sigma": 1.5}})";  ///< as in a scenario
    DeferRule rule;
    bool three_policies = false;  ///< besides the rule a content filter that marks, and a rate limit that defers
    std::uint64_t seed = 1;
    std::size_t threads = 1;  ///< that build the graph
};

/// The documents, as texts. The scenario names the world "zipf".
[[nodiscard]] std::string world_text(const MailWorldParams& params);
[[nodiscard]] std::string scenario_text(const MailWorldParams& params);

/// What is simulated, read from the documents by the public reader, with persons, contacts and rates.
struct MailWorld {
    Model model;
    DeferRule rule;
    Persons persons;
    ContactGraph graph;
    Senders senders;
};

/// What the documents say, without persons.
[[nodiscard]] Model make_mail_model(const MailWorldParams& params);

/// \throws sim::Error for what the documents or the contact graph do not permit.
[[nodiscard]] MailWorld make_mail_world(const MailWorldParams& params);

/// Changes all but persons and graph. Precondition: `params` has the persons, providers and seed that the world was made with.
void set_mail(MailWorld& world, const MailWorldParams& params);

/// The provider of each person at t = 0, as EntityId. Size persons.
[[nodiscard]] std::vector<std::uint32_t> providers_of_persons(const MailWorld& world);

/// By EntityId: share of all mailboxes.
[[nodiscard]] std::vector<double> mailbox_shares(const MailWorld& world);

}  // namespace mailrift::bench
