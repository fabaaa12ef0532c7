// One thread's part of a slice of single messages: a batch goes through stages, each of which asks for the memory that the next one reads.
#include "models/traffic/courier.h"

#include <algorithm>
#include <utility>

#include "models/traffic/courier_parts.h"
#include "sim/hash.h"
#include "sim/random_batch.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kStartStream = sim::hash64("message: who writes to whom, and when");
constexpr std::uint64_t kAnswerStream = sim::hash64("message: answers");

/// Lemire's product of 64 random bits with n: high 32 bits the number below n, low 32 bits the fraction that is left.
struct Scaled {
    std::uint32_t number;
    std::uint32_t fraction;
};
constexpr Scaled scale(std::uint64_t bits, std::uint32_t n) noexcept {
    const std::uint64_t product = (bits >> 32U) * n + (((bits & 0xFFFFFFFFU) * n) >> 32U);
    return {static_cast<std::uint32_t>(product >> 32U), static_cast<std::uint32_t>(product)};
}

}  // namespace

void Courier::start(std::span<const StartBlock> blocks) {
    std::size_t n = 0;
    const std::uint64_t salt = sim::mix64(static_cast<std::uint64_t>(office_.slice) + 1);
    for (const StartBlock& block : blocks) {
        for (std::uint64_t next = block.begin; next < block.end;) {
            const auto end = static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, n + (block.end - next)));
            portions_.push_back({block.senders, n, end});
            for (; n < end; ++n, ++next) id_[n] = conversation_[n] = sim::mix64((block.senders->key + next) ^ salt);
            if (n == kBatch) carry_starts(std::exchange(n, 0));
        }
    }
    if (n > 0) carry_starts(n);
    carry_answers();
}

void Courier::carry_starts(std::size_t n) {
    draw_starts(n);
    portions_.clear();
    carry(n);
    write_answers();
}

void Courier::draw_starts(std::size_t n) {
    const SenderColumn* const columns = office_.people.senders().columns.get();
    const std::uint32_t* const rows = office_.people.graph().first.data();
    const Person* const contacts = office_.people.graph().targets.get();
    const std::uint16_t* const classes = office_.people.classes();
    const auto lane = [n](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kStartStream, lane(id_), 0, 0, lane(first_), lane(second_));
    ended(SliceStage::kKeys);
    for (const Portion& portion : portions_) {
        const Person first = portion.senders->first;
        const std::uint32_t size = portion.senders->size;
        for (std::size_t i = portion.begin; i < portion.end; ++i) {
            const Scaled column = scale(first_[i], size);
            from_[i] = first + column.number;
            moment_[i] = column.fraction;
            prefetch(&columns[from_[i]]);
            prefetch(&rows[from_[i]]);
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        const SenderColumn& column = columns[from_[i]];
        from_[i] = moment_[i] <= column.keep ? from_[i] : column.other;
    }
    ended(SliceStage::kSender);
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t row = rows[from_[i]];
        const Scaled contact = scale(second_[i], rows[from_[i] + 1] - row);
        to_[i] = row + contact.number;
        moment_[i] = contact.fraction;
        prefetch(&contacts[to_[i]]);
    }
    for (std::size_t i = 0; i < n; ++i) {
        from_class_[i] = classes[from_[i]];
        generation_[i] = 0;
        to_[i] = contacts[to_[i]];
        prefetch(&classes[to_[i]]);
    }
    ended(SliceStage::kContact);
}

/// The mail of a lane at its first try.
QueuedMail Courier::mail_of(std::size_t i) const {
    const double moment = moment_[i] * (static_cast<double>(office_.setup.slice.us) / kMoments);
    const std::int64_t now = slice_start() + static_cast<std::int64_t>(moment);
    return {conversation_[i], now, now, from_[i], to_[i], from_class_[i], {}, 0, static_cast<std::uint16_t>(generation_[i]), 0};
}

/// First tries of the batch, whose writers' classes are known.
void Courier::carry(std::size_t n) {
    const std::uint16_t* const classes = office_.people.classes();
    const DeliveryTable::Entry* const entries = office_.table.entries();
    counts.resize(office_.table.slots());
    std::uint32_t* const messages = counts.data();
    in_inbox_ = 0;
    if (office_.table.any_splits()) draw_splits(n);
    std::size_t split = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const DeliveryTable::Entry entry = entries[office_.table.pair(from_class_[i], classes[to_[i]])];
        if (entry.law != kOpenLaw) {
            if (office_.table.law(entry.law).only_splits) {
                accept(i, entry, first_[split++]);
            } else {
                keep_trying(i, mail_of(i), true);
            }
            continue;
        }
        if (messages[entry.slot]++ == 0) touched.push_back(entry.slot);
        digest += digest_of(id_[i], Outcome::kInbox);
        if (trace.on()) keep_trace(mail_of(i), {});
        inbox_[in_inbox_++] = static_cast<std::uint32_t>(i);
    }
    ended(SliceStage::kJudge);
}

/// Random bits for those of the batch that are accepted whatever happens, in different ways: into `first_`, in the order of places.
void Courier::draw_splits(std::size_t n) {
    const std::uint16_t* const classes = office_.people.classes();
    const DeliveryTable::Entry* const entries = office_.table.entries();
    std::size_t splits = 0;
    for (std::size_t i = 0; i < n; ++i) {
        split_id_[splits] = id_[i];
        const DeliveryTable::Entry entry = entries[office_.table.pair(from_class_[i], classes[to_[i]])];
        splits += office_.table.law(entry.law).only_splits ? 1U : 0U;
    }
    const auto lane = [splits](auto& values) { return std::span(values.data(), splits); };
    sim::draw_blocks(office_.setup.seed, kAcceptStream, lane(split_id_), 0, 0, lane(first_), lane(second_));
}

/// As keep_trying() under a law that only splits what it accepts.
void Courier::accept(std::size_t i, DeliveryTable::Entry entry, std::uint64_t bits) {
    const DeliveryLaw& law = office_.table.law(entry.law);
    const LawBranch& branch = law.branches.front();
    const double u = static_cast<double>(bits >> 11U) * 0x1p-53;
    std::uint32_t end = branch.first;
    for (std::size_t part = 0; part + 1 < branch.accepted.size() && u >= branch.accepted[part]; ++part) ++end;
    const LawEnd& ends = law.ends[end];
    digest += digest_of(id_[i], ends.outcome);
    if (trace.on()) keep_trace(mail_of(i), ends);
    if (counts[entry.slot + end]++ == 0) touched.push_back(entry.slot + end);
    if (ends.outcome != Outcome::kInbox) return;
    const auto now = static_cast<std::int64_t>(moment_[i] * (static_cast<double>(office_.setup.slice.us) / kMoments));
    moment_[i] = static_cast<std::uint32_t>(static_cast<double>(now) * (kMoments / static_cast<double>(office_.setup.slice.us)));
    inbox_[in_inbox_++] = static_cast<std::uint32_t>(i);
}

/// Decides which of the delivered messages are answered, and when.
void Courier::write_answers() {
    const MailParams& mail = office_.setup.mail;
    if (mail.reply <= 0 || in_inbox_ == 0) return;
    for (std::size_t k = 0; k < in_inbox_; ++k) id_[k] = id_[inbox_[k]];  // places only grow
    const auto lane = [n = in_inbox_](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kAnswerStream, lane(id_), 0, 0, lane(first_), lane(second_));
    const auto threshold = static_cast<std::uint64_t>(mail.reply * 0x1p64);
    std::size_t answered = 0;
    for (std::size_t k = 0; k < in_inbox_; ++k) {
        inbox_[answered] = inbox_[k];
        second_[answered] = second_[k];
        answered += first_[k] < threshold ? 1U : 0U;
    }
    const auto slice = static_cast<double>(office_.setup.slice.us);
    const auto left = static_cast<double>(office_.setup.slices - office_.slice);  // slices until the end of the run
    for (std::size_t k = 0; k < answered; ++k) {
        answered_at_[k] = office_.reply_delay(second_[k]) * 1e6 / slice + moment_[inbox_[k]] / kMoments;
    }
    for (std::size_t k = 0; k < answered; ++k) {
        const std::size_t i = inbox_[k];
        const double at = answered_at_[k];
        if (at >= left) continue;
        const auto later = static_cast<sim::Tick>(at);
        const auto moment = static_cast<std::uint32_t>((at - static_cast<double>(later)) * kMoments);
        const WaitingAnswer answer{conversation_[i], to_[i], from_[i], moment, generation_[i] + 1};
        if (later == 0) {
            now_.push_back(answer);
        } else {
            answers.push(office_.slice + later, answer);
        }
    }
    ended(SliceStage::kReply);
}

void Courier::answer(std::span<const Waiting<WaitingAnswer>::Chunk> due) {
    for (const auto& chunk : due) carry_all(chunk);
    carry_answers();
}

void Courier::carry_all(std::span<const WaitingAnswer> letters) {
    const std::uint16_t* const classes = office_.people.classes();
    for (std::size_t first = 0; first < letters.size(); first += kBatch) {
        const std::size_t n = std::min(kBatch, letters.size() - first);
        for (std::size_t i = 0; i < n; ++i) {
            const WaitingAnswer& letter = letters[first + i];
            prefetch(&classes[letter.from]);
            prefetch(&classes[letter.to]);
            conversation_[i] = letter.conversation;
            id_[i] = message_id(letter.conversation, letter.generation);
            from_[i] = letter.from;
            to_[i] = letter.to;
            moment_[i] = letter.moment;
            generation_[i] = letter.generation;
        }
        for (std::size_t i = 0; i < n; ++i) from_class_[i] = classes[from_[i]];
        ended(SliceStage::kAnswers);
        carry(n);
        write_answers();
    }
}

/// Answers in the same slice, generation by generation.
void Courier::carry_answers() {
    while (!now_.empty()) {
        in_hand_.swap(now_);
        carry_all(in_hand_);
        in_hand_.clear();
    }
}

}  // namespace mailrift
