// The persons of traffic model `message`: who they are, where they sit, to whom they write, in as few cache lines as possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "models/delivery/change.h"
#include "models/population/contact_graph.h"
#include "models/population/persons.h"
#include "models/population/senders.h"
#include "models/traffic/setup.h"
#include "sim/archive.h"

namespace mailrift {

/// Persons on a contact graph. 18 bytes a person, 4 a contact.
class People {
public:
    /// The same people for every scenario with the same world, `mail.contacts`, `scale` and `people_seed`.
    /// \throws sim::Error as lay_out_persons, build_contact_graph and make_senders.
    /// \param class_of by seat: number below 2^16 of what its mail has in common; outlives the persons
    People(const TrafficSetup& setup, std::span<const std::uint16_t> class_of);

    [[nodiscard]] const Persons& persons() const noexcept { return persons_; }
    [[nodiscard]] const ContactGraph& graph() const noexcept { return graph_; }
    [[nodiscard]] const Senders& senders() const noexcept { return senders_; }
    [[nodiscard]] SeatId seat(Person person) const noexcept { return now_[person]; }

    /// By person: class of the seat where the person sits now. All that most mail needs to know of its reader, in as few bytes as possible,
    /// since readers lie at random places.
    [[nodiscard]] const std::uint16_t* classes() const noexcept { return classes_.get(); }

    /// Memory of what is kept for each person, and of contacts, bytes: 18 and 4 each.
    [[nodiscard]] std::size_t person_bytes() const noexcept;
    [[nodiscard]] std::size_t contact_bytes() const noexcept { return graph_.links() * sizeof(graph_.targets[0]); }

    /// A person's key for random numbers: by the ids of cohort and member, never by position.
    [[nodiscard]] std::uint64_t key(Person person) const;

    /// Messages a day that `from` is expected to write to `to` where everything is delivered, with answers to what `to` writes and answers to
    /// those: (a + r b)/(1 - r^2), a and b the conversations a day that each starts with the other, r the share that is answered.
    [[nodiscard]] double messages_a_day(Person from, Person to) const;

    /// Moves the fraction that the change names: that part of the persons on the seat, rounded up or down at random so that its mean stays, drawn
    /// alike.
    void move(const Change& change, std::uint64_t seed, sim::Tick tick);

    /// Where everybody sits.
    void save(sim::ArchiveWriter& archive) const;
    void load(sim::ArchiveReader& archive);

private:
    void sit(Person person, SeatId seat);

    double reply_;
    std::span<const Seat> seats_;
    Persons persons_;
    ContactGraph graph_;
    Senders senders_;
    std::span<const std::uint16_t> class_of_;
    std::vector<SeatId> now_;  ///< by person: where it sits
    std::unique_ptr<std::uint16_t[]> classes_;
};

}  // namespace mailrift
