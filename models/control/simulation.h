// A run that goes on step by step, can be saved between two slices, gone on with later, and forked into several futures.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "models/control/run.h"

namespace mailrift {

/// A run between two slices: those before tick() are complete, and the events of tick() have not happened yet.
///
/// A checkpoint holds the scenario and its world, and of the run what does not follow from them: its history of changes, events to come that no
/// document says, what responses and policies remember, the ledger, the mail that waits. State and observations follow from the history.
/// The warm-up happens when a run is made, and never again: what receivers learned in it is in every checkpoint.
///
/// A fork goes on with another scenario that differs in what takes effect at or after the present tick alone: orders, responses, policies, horizon, what
/// is observed, and texts. Traffic models treat those alike whom no order and no move can ever tell apart, and sum in that order; so what a fork may bring
/// must be known from the start: `RunOptions::futures`. A fork then is bit-identical to the whole run of its scenario if the two scenarios and futures
/// are together the same set. A run with `RunOptions::policies` is neither saved nor forked: what such a policy keeps is its own.
class Simulation {
public:
    /// \throws sim::Error kInconsistent if a response or a policy reads what became of mail and the traffic is `none`, or if a future differs in more than a
    /// fork may.
    explicit Simulation(const Scenario& scenario, const RunOptions& options = {});

    /// Goes on from a checkpoint. Of `options` only threads, stop and progress count.
    /// \param file  the checkpoint's name, for messages
    /// \param other the scenario to go on with; none: the saved one
    /// \throws sim::Error kFile for anything but a whole checkpoint of this version; kInconsistent if `other` differs before the checkpoint's tick,
    /// or needs to be named in `futures`.
    static Simulation resume(std::string_view bytes, const std::string& file, const RunOptions& options, const Scenario* other = nullptr);

    Simulation(Simulation&&) noexcept;
    Simulation& operator=(Simulation&&) noexcept;
    ~Simulation();

    [[nodiscard]] sim::Tick tick() const noexcept;
    [[nodiscard]] const Model& model() const noexcept;
    [[nodiscard]] const Scenario& scenario() const noexcept;

    /// Finishes all slices before `tick`, or fewer if `stop` asks for it: then tick() is the first that is not.
    /// \throws sim::Error kArgument for a tick before tick() or after the horizon.
    void advance_to(sim::Tick tick, const sim::StopFlag* stop = nullptr, const std::function<void(const sim::Progress&)>& progress = {});

    /// The run so far as a file; equal runs have equal bytes.
    /// \throws sim::Error kInconsistent if the options brought policies.
    [[nodiscard]] std::string save() const;

    /// Goes on to the horizon, or until the options' `stop`, and ends the run there. Precondition: called once, as the last.
    [[nodiscard]] Run finish();

private:
    struct Parts;
    explicit Simulation(std::unique_ptr<Parts> parts);
    std::unique_ptr<Parts> parts_;
};

}  // namespace mailrift
