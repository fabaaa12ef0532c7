// The control plane: pending control events, their handlers, and the only place where state changes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/control/judgement.h"
#include "models/control/mail_records.h"
#include "models/control/run.h"
#include "models/delivery/state.h"
#include "models/traffic/traffic_model.h"
#include "sim/archive.h"
#include "sim/event_queue.h"
#include "sim/fingerprint.h"

namespace mailrift {

/// Events of one run. Each takes effect at the first tick at or after its own time; at one tick in the order orders, compliance and measures, responses,
/// ties in the order of the document (DESIGN section 2).
class ControlPlane {
public:
    /// \param watch whose mail is kept for responses
    /// \param whole_members whether moves are of whole members, drawn (traffic of whole messages), or of their expected share
    ControlPlane(const Model& model, Run& run, sim::Fingerprint& trajectory, MailWatch watch, bool whole_members);

    /// Lets receivers judge the mail before t = 0 (models/control/warm_up.h). Precondition: nothing began.
    void warm_up(TrafficModel& mail, const sim::StopFlag& stop);

    /// Handles all events that take effect at this tick and returns the changes of state that they made.
    const std::vector<Change>& begin(sim::Tick tick);

    /// What the slice's mail was like, for responses and policies that read it.
    void learn(const Tallies& tallies) {
        records_.learn(tallies, view(), tick_);
        judgement_.learn(tallies.sources, tick_, tallies.senders);
    }

    /// What is to come that no document says, and what was done, before the events of a tick.
    void save(sim::ArchiveWriter& archive) const;

    /// Goes on from a tick, in the state that the history of the run led to.
    void load(sim::ArchiveReader& archive, sim::Tick tick, MailState state);

    /// As of Judgement.
    [[nodiscard]] std::vector<SampledShare> samples(sim::Tick end) const { return judgement_.samples(end); }

    [[nodiscard]] StateView view() const { return {model_.world, model_.population, state_}; }

private:
    /// What a pending event is about; which fields count depends on its kind.
    struct Pending {
        sim::Time at;
        std::size_t index = 0;  ///< order, obedience or response
        CohortId cohort{};
        Change change{};
        std::uint16_t kind = 0;
        bool done = false;
    };

    void schedule(std::uint16_t kind, Pending pending);
    void handle(const sim::Event& event);
    void start_order(const Pending& pending);
    void obey(const Pending& pending);
    void lift(const Pending& pending);
    void follow(const Pending& pending);
    void respond(const Pending& pending);
    void log_moves(const Pending& pending, const std::vector<Reaction>& reactions, const std::vector<double>& moved);
    [[nodiscard]] double drawn_fraction(const Change& move, const std::string& response) const;
    void inform(const Pending& pending, std::size_t telling);

    /// Applies the effects of an obeying entity for some of the target's seats, remembers them, and returns how many changed state.
    std::size_t take_measures(std::size_t obedience, const std::vector<SeatId>& seats);
    bool make(const Change& change);
    void carry_tellings(const Change& move);
    void schedule_follows(SeatId moved_to, sim::Time now);
    void load_pending(sim::ArchiveReader& archive);
    void log(const Pending& pending, const std::string& kind, std::string subject, std::string cause, double value);
    void hash(const Change& change);
    void hash(const Verdicts& verdicts);
    void hash(const Verdict& verdict);

    const Model& model_;
    Run& run_;
    sim::Fingerprint& trajectory_;
    bool whole_members_;
    MailState state_;
    sim::EventQueue queue_;
    std::vector<Pending> pending_;  ///< in the order of scheduling
    std::size_t of_documents_ = 0;  ///< the first of them follow from the documents alone
    sim::Tick tick_ = 0;
    std::vector<Change> changes_;                     ///< of the current tick
    std::vector<std::vector<Change>> done_;           ///< by obedience: what an entity did, so that it can be undone
    std::vector<bool> obeying_;                       ///< by obedience
    std::vector<std::vector<CohortId>> followed_;     ///< by order: targets whose new addresses it has found
    std::vector<std::vector<CohortId>> sought_;       ///< by order: targets that it looks for, or does not
    std::vector<std::vector<std::size_t>> tellings_;  ///< by seat: pending events that will tell contacts of those who came there
    MailRecords records_;
    Judgement judgement_;
};

}  // namespace mailrift
