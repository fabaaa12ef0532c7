// One thread's part of a slice of single messages: a batch goes through stages, each of which asks for the memory that the next one reads.
#include "models/traffic/courier.h"

#include <algorithm>

#include "models/traffic/courier_parts.h"
#include "sim/distributions.h"
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

void Courier::count(std::uint32_t slot) {
    if (slot >= counts.size()) counts.resize(office_.table.slots());
    if (counts[slot]++ == 0) touched.push_back(slot);
}

/// Linear in tries, with coefficients that their keys make random: two slices with other tries differ but for one in 2^64.
void Courier::note(std::uint64_t id, Outcome outcome) noexcept { digest += (id | 1U) * (2 * static_cast<std::uint64_t>(outcome) + 1); }

void Courier::start(const StartBlock& block) {
    for (std::uint64_t first = block.begin; first < block.end; first += kBatch) {
        const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(kBatch, block.end - first));
        draw_starts(block, first, n);
        carry(n);
        write_answers();
    }
    carry_answers();
}

void Courier::draw_starts(const StartBlock& block, std::uint64_t first, std::size_t n) {
    const CohortPersons& cohort = office_.people.persons().cohorts[block.rank];
    const PersonRecord* const records = office_.people.records();
    const Person* const contacts = office_.people.contacts();
    const std::uint64_t salt = sim::mix64(static_cast<std::uint64_t>(office_.slice) + 1);
    for (std::size_t i = 0; i < n; ++i) id_[i] = conversation_[i] = sim::mix64((cohort.key + first + i) ^ salt);
    const auto lane = [n](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kStartStream, lane(id_), 0, 0, lane(first_), lane(second_));
    for (std::size_t i = 0; i < n; ++i) {
        const Scaled column = scale(first_[i], cohort.size);
        from_[i] = cohort.first + column.number;
        moment_[i] = column.fraction;
        prefetch(&records[from_[i]]);
    }
    for (std::size_t i = 0; i < n; ++i) {
        const PersonRecord& record = records[from_[i]];
        from_[i] = moment_[i] <= record.keep ? from_[i] : record.other;
        prefetch(&records[from_[i]]);
    }
    for (std::size_t i = 0; i < n; ++i) {
        const PersonRecord& record = records[from_[i]];
        const Scaled contact = scale(second_[i], records[from_[i] + 1].first - record.first);
        to_[i] = record.first + contact.number;
        moment_[i] = contact.fraction;
        from_class_[i] = office_.table.class_of(record.seat);
        generation_[i] = 0;
        prefetch(&contacts[to_[i]]);
    }
    for (std::size_t i = 0; i < n; ++i) {
        to_[i] = contacts[to_[i]];
        prefetch(&records[to_[i]]);
    }
}

/// The mail of a lane at its first try.
QueuedMail Courier::mail_of(std::size_t i) const {
    const double moment = moment_[i] * (static_cast<double>(office_.setup.slice.us) / kMoments);
    const std::int64_t now = slice_start() + static_cast<std::int64_t>(moment);
    return {conversation_[i], now, now, from_[i], to_[i], from_class_[i], 0, 0, static_cast<std::uint16_t>(generation_[i]), 0};
}

/// First tries of the batch, whose writers' classes are known.
void Courier::carry(std::size_t n) {
    const PersonRecord* const records = office_.people.records();
    in_inbox_ = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::size_t pair = office_.table.pair(from_class_[i], office_.table.class_of(records[to_[i]].seat));
        const DeliveryTable::Entry& entry = office_.table.entry(pair);
        if (entry.law == kOpenLaw) {
            count(entry.slot);
            note(id_[i], Outcome::kInbox);
            if (trace.on()) keep_trace(mail_of(i), {});
            inbox_[in_inbox_++] = static_cast<std::uint32_t>(i);
        } else {
            keep_trying(i, mail_of(i), true);
        }
    }
}

/// Decides which of the delivered messages are answered, and when.
void Courier::write_answers() {
    const MailParams& mail = office_.setup.mail;
    if (mail.reply <= 0 || in_inbox_ == 0) return;
    for (std::size_t k = 0; k < in_inbox_; ++k) id_[k] = id_[inbox_[k]];  // places only grow
    const auto lane = [n = in_inbox_](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kAnswerStream, lane(id_), 0, 0, lane(first_), lane(second_));
    const auto threshold = static_cast<std::uint64_t>(mail.reply * 0x1p64);
    const std::int64_t slice = office_.setup.slice.us;
    const double to_moments = kMoments / static_cast<double>(slice);
    for (std::size_t k = 0; k < in_inbox_; ++k) {
        if (first_[k] >= threshold) continue;
        const std::size_t i = inbox_[k];
        const double delay = sim::sample_of(mail.reply_delay, second_[k]) * 1e6 + moment_[i] / to_moments;
        if (delay >= static_cast<double>((office_.setup.slices - office_.slice) * slice)) continue;  // after the end of the run
        const auto at = static_cast<std::int64_t>(delay);
        const std::int64_t later = at / slice;
        const auto moment = static_cast<std::uint32_t>(static_cast<double>(at - later * slice) * to_moments);
        const WaitingAnswer answer{conversation_[i], to_[i], from_[i], moment, generation_[i] + 1};
        if (later == 0) {
            now_.push_back(answer);
        } else {
            answers.push(office_.slice + later, answer);
        }
    }
}

void Courier::answer(std::span<const WaitingAnswer> due) {
    carry_all(due);
    carry_answers();
}

void Courier::carry_all(std::span<const WaitingAnswer> letters) {
    const PersonRecord* const records = office_.people.records();
    for (std::size_t first = 0; first < letters.size(); first += kBatch) {
        const std::size_t n = std::min(kBatch, letters.size() - first);
        for (std::size_t i = 0; i < n; ++i) {
            const WaitingAnswer& letter = letters[first + i];
            prefetch(&records[letter.from]);
            prefetch(&records[letter.to]);
            conversation_[i] = letter.conversation;
            id_[i] = message_id(letter.conversation, letter.generation);
            from_[i] = letter.from;
            to_[i] = letter.to;
            moment_[i] = letter.moment;
            generation_[i] = letter.generation;
        }
        for (std::size_t i = 0; i < n; ++i) from_class_[i] = office_.table.class_of(records[from_[i]].seat);
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
