// The persons of traffic model `message`: who they are, where they sit, to whom they write, in as few cache lines as possible.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "models/delivery/change.h"
#include "models/population/contact_graph.h"
#include "models/population/persons.h"
#include "models/population/senders.h"
#include "models/traffic/setup.h"
#include "sim/archive.h"

namespace mailrift {

/// What a message needs to know of its writer and of its reader: 16 bytes, so that four lie in a cache line and none in two.
struct PersonRecord {
    std::uint32_t first = 0;  ///< of the person's contacts; they end where those of the next person start
    std::uint32_t keep = 0;   ///< column of the table of senders (SenderColumn)
    Person other = 0;
    SeatId seat;  ///< where the person sits now
};

/// Persons on a contact graph. 20 bytes a person, 4 a contact.
class People {
public:
    /// The same people for every scenario with the same world, `mail.contacts`, `scale` and seed.
    /// \throws sim::Error as lay_out_persons, build_contact_graph and make_senders.
    explicit People(const TrafficSetup& setup);

    [[nodiscard]] const Persons& persons() const noexcept { return persons_; }
    [[nodiscard]] const ContactGraph& graph() const noexcept { return graph_; }
    [[nodiscard]] const PersonRecord* records() const noexcept { return records_.get(); }
    [[nodiscard]] const Person* contacts() const noexcept { return graph_.targets.get(); }
    [[nodiscard]] SeatId seat(Person person) const noexcept { return records_[person].seat; }

    /// Memory of what is kept for each person, and of contacts, bytes: 20 and 4 each.
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
    double reply_;
    std::span<const Seat> seats_;
    Persons persons_;
    ContactGraph graph_;
    Senders senders_;  ///< without its columns, which the records hold
    std::unique_ptr<PersonRecord[]> records_;
};

}  // namespace mailrift
