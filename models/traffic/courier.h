// One thread's part of a slice of single messages: writes, tries, answers, queues.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "models/delivery/archive.h"
#include "models/delivery/retry_schedule.h"
#include "models/traffic/delivery_table.h"
#include "models/traffic/greylist_memory.h"
#include "models/traffic/people.h"
#include "models/traffic/setup.h"
#include "models/traffic/waiting_mail.h"
#include "sim/sample_table.h"

namespace mailrift {

/// What all couriers of a run read and none writes while a slice goes on.
struct MailOffice {
    const TrafficSetup& setup;
    DeliveryTable table;
    People people;
    sim::SampleTable reply_delay;
    std::vector<RetrySchedule> schedules;            ///< by class: of the source of its route
    std::vector<std::uint64_t> source_keys;          ///< by class: hash of the source's id
    std::vector<std::optional<Greylist>> greylists;  ///< by PolicyId
    GreylistMemory greylist_memory;
    sim::Tick slice = 0;
};

/// Conversations that members of one block start: numbers begin..end-1 of the slice.
struct StartBlock {
    const SenderBlock* senders = nullptr;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

/// What became of a message that had to be tried more than once.
struct LateEnd {
    std::uint64_t pair = 0;  ///< of classes
    LawEnd end;
};

template <class Archive>
void serve(Archive& archive, typename Archive::template Ref<LateEnd> late) {
    archive(late.pair, late.end.own);
    if (!late.end.own) archive(late.end.to);
    archive.choice(late.end.outcome, kOutcomes);
    archive(late.end.cause);
}

/// Everything that one thread does in a slice. Each message is a pure function of its conversation's key and of the state of the slice, so it does
/// not matter which courier carries it; what couriers count is added up at the end of the slice.
class Courier {
public:
    explicit Courier(const MailOffice& office) : trace(office.setup.trace), office_(office) {}

    /// Writes first messages of conversations, tries to deliver them, and writes those answers that are written in the same slice.
    void start(std::span<const StartBlock> blocks);

    /// Does so with answers to messages of earlier slices.
    void answer(std::span<const Waiting<WaitingAnswer>::Chunk> due);

    /// Tries mail again that was deferred in earlier slices.
    void try_again(std::span<const Waiting<QueuedMail>::Chunk> due);

    std::vector<std::uint32_t> counts;   ///< by slot of the table: first tries that came to this end; empty slots are 0
    std::vector<std::uint32_t> touched;  ///< slots that are not
    std::vector<LateEnd> late;
    std::vector<GreylistSight> sights;
    std::uint64_t digest = 0;  ///< a sum over all tries, each of which is hashed
    Waiting<WaitingAnswer> answers;
    Waiting<QueuedMail> queue;
    TraceLog trace;

private:
    static constexpr std::size_t kBatch = 1024;
    template <class Item>
    using Lane = std::array<Item, kBatch + 16>;  ///< with so many more the places of one message do not share a set of the cache

    void carry_starts(std::size_t n);
    void draw_starts(std::size_t n);
    void take_up_starts(std::size_t n);
    [[nodiscard]] QueuedMail mail_of(std::size_t i) const;
    template <class Meanwhile>
    void carry(std::size_t n, const Meanwhile& meanwhile);
    void take_in(std::size_t n);
    void split(std::size_t n);
    [[nodiscard]] std::size_t choose_answered();
    void write_answers();
    void carry_all(std::span<const WaitingAnswer> letters);
    void try_all(std::span<const QueuedMail> due);
    void carry_answers();
    void keep_trace(const QueuedMail& mail, const LawEnd& end);

    /// Tries the mail of lane `i`, now and again while the slice lasts; sets the moment of its delivery.
    void keep_trying(std::size_t i, QueuedMail mail, bool first);
    bool wait(QueuedMail& mail, const LateEnd& expired);
    [[nodiscard]] std::uint32_t judge(const DeliveryLaw& law, const QueuedMail& mail);
    [[nodiscard]] const LawBranch& branch_of(const DeliveryLaw& law, const QueuedMail& mail) const;
    [[nodiscard]] bool passes_greylist(const LawStep& step, const QueuedMail& mail);
    [[nodiscard]] bool known(const GreylistSight& sight, const QueuedMail& mail) const;
    [[nodiscard]] bool known_before_start(const GreylistSight& sight, const QueuedMail& mail) const;
    [[nodiscard]] bool own_try_passes(const Greylist& rule, const QueuedMail& mail);
    [[nodiscard]] sim::Duration phase_of(const QueuedMail& mail);
    void ended(SliceStage stage) const {
        if (office_.setup.stages != nullptr) (*office_.setup.stages)(stage);
    }
    [[nodiscard]] std::int64_t slice_start() const noexcept { return office_.slice * office_.setup.slice.us; }

    const MailOffice& office_;
    std::vector<WaitingAnswer> now_;            ///< answers in this same slice
    std::vector<WaitingAnswer> in_hand_;        ///< those that are carried
    std::optional<GreylistSight> at_greylist_;  ///< of the present try
    std::optional<sim::Duration> phase_;        ///< of the present message's queue scan, once it was needed

    /// Places begin..end-1 of the batch, for conversations that members of a block start.
    struct Portion {
        const SenderBlock* senders;
        std::size_t begin;
        std::size_t end;
    };

    // The batch: one message a place.
    Lane<std::uint64_t> conversation_, id_;
    Lane<double> answered_at_;  ///< in slices from the beginning of the present one
    Lane<Person> from_, to_;
    Lane<std::uint32_t> moment_, generation_, from_class_;
    Lane<std::uint32_t> pair_;            ///< of classes
    Lane<std::uint32_t> splits_, tried_;  ///< places of those under laws of kind kSplits, and kOther
    Lane<DeliveryTable::Entry> entry_;    ///< by place in `splits_`
    Lane<std::uint32_t> inbox_;           ///< places of those in the inbox
    Lane<std::uint32_t> soon_, later_;    ///< of answers, places of those that are written in this slice, and in a later one
    std::size_t in_inbox_ = 0;
    std::size_t split_from_ = 0;  ///< of them, where those of laws of kind kSplits begin

    // Random numbers of a batch, and whose they are.
    Lane<std::uint64_t> drawn_id_, first_, second_;

    // The next batch of conversations that start: memory fetches whom they are written to while the present one is carried.
    Lane<std::uint64_t> next_id_;
    Lane<Person> next_from_;
    Lane<std::uint32_t> next_contact_, next_moment_;
    std::size_t started_ = 0;        ///< of the present batch, if conversations start in it
    std::vector<Portion> portions_;  ///< whose the next batch is, before writers are drawn
};

}  // namespace mailrift
