// Traffic model `message`: every message by itself, from a person to a person.
#pragma once

#include <memory>

#include "models/traffic/setup.h"
#include "models/traffic/traffic_model.h"

namespace mailrift {

/// Single messages (DESIGN sections 2 and 4): persons on a contact graph, each message with its own time, tries, queue and answers.
///
/// In slice t the conversations that members of a cohort start are Poisson with mean users x messages_per_day x (1 - reply) x f(t), f the part of a
/// day's writing that lies in the slice; each is by a member drawn in proportion to the rates (superposition: no pending event a person), to one
/// of its contacts alike, at a moment uniform in the slice. A message is judged at each try by the verdicts of the slice of that try; what is deferred
/// is tried again by its source's schedule, which holds it even if its writer's account closes. A delivered one is answered with probability
/// `reply` after `reply_delay`, at that very moment. Spam, which no person writes, comes in Poisson counts as in `flow` (SpamTraffic says what
/// deferral does to it).
///
/// Since state stands still in a slice, messages of a slice do not depend on each other; only a greylist learns of single mail, at the slice's
/// end. Every random number is a pure function of the seed and the message's key (ids of cohort, member, slice), so a result depends neither on
/// the number of threads nor on who carries which message. Counts are whole: its ledger balances to 0.
/// \throws sim::Error as build_contact_graph; kTooLarge before it would take more than `memory_bytes` for pairs of routes.
[[nodiscard]] std::unique_ptr<TrafficModel> make_message(const TrafficSetup& setup, const StateView& start);

}  // namespace mailrift
