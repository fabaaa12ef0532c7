// What became of mail lately, for responses that want to know: of cohorts in the last day, of senders for as long as they look back.
#pragma once

#include <vector>

#include "models/control/mail_memory.h"
#include "models/control/model.h"
#include "models/traffic/traffic_model.h"

namespace mailrift {

/// Whose mail responses want to know.
struct MailWatch {
    bool cohorts = false;           ///< what their members sent and received in the last day
    std::vector<EntityId> senders;  ///< whose members' sent mail; sorted, each once
    sim::Duration looks_back;       ///< for how long; 0: nobody wants it

    [[nodiscard]] bool any() const { return cohorts || looks_back.us > 0; }
};

[[nodiscard]] MailWatch watched_by(const Model& model);
[[nodiscard]] MailWatch together(MailWatch a, const MailWatch& b);

/// Whether everything that `part` wants is in `all`.
[[nodiscard]] bool is_within(const MailWatch& part, const MailWatch& all);

/// The records of a run. A sender that stands for several operators is judged as one of them judges itself: of what it sent, and of what failed of it,
/// each message is that operator's with probability 1 / count (drawn where counts are whole; else the share is that of all).
class MailRecords {
public:
    /// \param whole whether counts are whole numbers
    /// \throws sim::Error kTooLarge before they would take too much memory.
    MailRecords(const Model& model, MailWatch watch, bool whole);

    /// What a slice handed back.
    void learn(const Tallies& tallies, const StateView& view, sim::Tick tick);

    [[nodiscard]] std::vector<MailRecord> last_day() const { return day_.sum(kDaily); }

    /// By entity; empty if `window` is 0.
    [[nodiscard]] std::vector<MailRecord> sent_within(sim::Duration window) const;

    void save(sim::ArchiveWriter& archive) const;
    /// \param slices that were learnt
    void load(sim::ArchiveReader& archive, sim::Tick slices);

private:
    [[nodiscard]] MailRecord of_one_operator(EntityId sender, const MailRecord& record, sim::Tick tick) const;

    const Model& model_;
    MailWatch watch_;
    bool whole_;
    MailMemory day_;
    MailMemory sent_;  ///< by place in watch_.senders
};

}  // namespace mailrift
