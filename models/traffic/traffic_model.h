// The interface of the traffic models: each moves the mail of one slice under a state that does not change meanwhile.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/delivery/change.h"
#include "models/delivery/ledger.h"
#include "models/delivery/state.h"
#include "models/traffic/source_tallies.h"
#include "models/traffic/trace.h"
#include "sim/archive.h"
#include "sim/run_loop.h"
#include "sim/time.h"

namespace mailrift {

/// What a traffic model sees of one slice.
struct MailView {
    StateView state;
    std::span<const Change> changes;  ///< applied at this tick, in their order; empty: nothing changed since the last slice
};

/// Wanted mail of one slice.
struct MailTally {
    double written = 0;  ///< messages
    double failed = 0;   ///< of them not in the inbox
};

/// What a slice hands back to the control plane.
struct Tallies {
    std::vector<MailTally> cohorts;  ///< by cohort, sent and received; only those that the model was asked to watch are counted
    std::vector<MailTally> sent;  ///< by seat, what its members sent, but for what never left; of the same cohorts; empty unless asked for
    std::span<const SourceTally> sources;  ///< if receivers judge sources; valid until the next slice
    std::span<const SenderTally> senders;  ///< parts of them, if receivers judge accounts
    std::uint64_t digest = 0;              ///< 64-bit hash of all counts of the slice, for the trajectory fingerprint
};

/// One traffic model. Not thread-safe; one object a run.
class TrafficModel {
public:
    virtual ~TrafficModel() = default;

    /// Moves the mail of slice `slice`. Slices are advanced in order, each once.
    virtual Tallies advance(const MailView& view, sim::Tick slice, const sim::StopFlag& stop) = 0;

    /// Books all mail moved since the last call.
    virtual void settle(Ledger& ledger) = 0;

    /// The tries that were to be kept (TrafficSetup::trace), in the order of TraceLog; none of a model without single messages.
    [[nodiscard]] virtual std::vector<TracedTry> take_trace() { return {}; }

    /// Everything that the next slices depend on, and the mail that is not booked yet; nothing that is a pure function of setup and state.
    virtual void save(sim::ArchiveWriter& archive) const = 0;

    /// The same into a new model, made with an equal setup from the state at which the other was saved.
    /// \throws sim::Error kFile if the archive does not fit this model.
    virtual void load(sim::ArchiveReader& archive) = 0;
};

}  // namespace mailrift
