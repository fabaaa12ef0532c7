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
            for (; n < end; ++n, ++next) next_id_[n] = sim::mix64((block.senders->key + next) ^ salt);
            if (n == kBatch) carry_starts(std::exchange(n, 0));
        }
    }
    if (n > 0) carry_starts(n);
    carry_starts(0);
    carry_answers();
}

/// Draws the next batch of `n`, and carries the one before it. Contacts lie at random places: those of the next batch are asked for message
/// by message between what is done for the present one, since so many at once would make the processor wait.
void Courier::carry_starts(std::size_t n) {
    draw_starts(n);
    portions_.clear();
    const Person* const contacts = office_.people.graph().targets.get();
    const auto ask = [&](std::size_t i) { prefetch(&contacts[next_contact_[i]]); };
    if (started_ > 0) {
        for (std::size_t i = started_; i < n; ++i) ask(i);
        carry(started_, ask);
        write_answers();
    } else {
        for (std::size_t i = 0; i < n; ++i) ask(i);
    }
    take_up_starts(n);
}

/// Who writes in the next batch, when, and at which place of the graph the contact stands.
void Courier::draw_starts(std::size_t n) {
    const SenderColumn* const columns = office_.people.senders().columns.get();
    const std::uint32_t* const rows = office_.people.graph().first.data();
    const auto lane = [n](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kStartStream, lane(next_id_), 0, 0, lane(first_), lane(second_));
    ended(SliceStage::kKeys);
    for (const Portion& portion : portions_) {
        const Person first = portion.senders->first;
        const std::uint32_t size = portion.senders->size;
        for (std::size_t i = portion.begin; i < portion.end; ++i) {
            const Scaled column = scale(first_[i], size);
            next_from_[i] = first + column.number;
            next_moment_[i] = column.fraction;
            prefetch(&columns[next_from_[i]]);
            prefetch(&rows[next_from_[i]]);
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        const Person own = next_from_[i];
        const SenderColumn column = columns[own];
        const Person other = next_moment_[i] <= column.keep ? 0 : own ^ column.other;  // without a branch: nobody can foretell it
        next_from_[i] = own ^ other;
    }
    ended(SliceStage::kSender);
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t row = rows[next_from_[i]];
        const Scaled contact = scale(second_[i], rows[next_from_[i] + 1] - row);
        next_contact_[i] = row + contact.number;
        next_moment_[i] = contact.fraction;
    }
    ended(SliceStage::kContact);
}

/// Makes the next batch the present one.
void Courier::take_up_starts(std::size_t n) {
    const Person* const contacts = office_.people.graph().targets.get();
    const std::uint16_t* const classes = office_.people.classes();
    for (std::size_t i = 0; i < n; ++i) {
        to_[i] = contacts[next_contact_[i]];
        prefetch(&classes[to_[i]]);
        from_class_[i] = classes[next_from_[i]];
    }
    std::copy_n(next_id_.begin(), n, id_.begin());
    std::copy_n(next_id_.begin(), n, conversation_.begin());
    std::copy_n(next_from_.begin(), n, from_.begin());
    std::copy_n(next_moment_.begin(), n, moment_.begin());
    std::fill_n(generation_.begin(), n, 0);
    started_ = n;
    ended(SliceStage::kContact);
}

/// The mail of a lane at its first try.
QueuedMail Courier::mail_of(std::size_t i) const {
    const double moment = moment_[i] * (static_cast<double>(office_.setup.slice.us) / kMoments);
    const std::int64_t now = slice_start() + static_cast<std::int64_t>(moment);
    return {conversation_[i], now, now, from_[i], to_[i], from_class_[i], {}, 0, static_cast<std::uint16_t>(generation_[i]), 0};
}

/// First tries of the batch, whose writers' classes are known; calls `meanwhile` for each place.
template <class Meanwhile>
void Courier::carry(std::size_t n, const Meanwhile& meanwhile) {
    const std::uint16_t* const classes = office_.people.classes();
    const LawKind* const kinds = office_.table.kinds();
    const auto width = static_cast<std::uint32_t>(office_.table.classes());
    std::size_t open = 0;
    std::size_t splits = 0;
    std::size_t tried = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const std::uint32_t pair = from_class_[i] * width + classes[to_[i]];
        const LawKind kind = kinds[pair];
        pair_[i] = pair;
        inbox_[open] = splits_[splits] = tried_[tried] = static_cast<std::uint32_t>(i);
        open += kind == LawKind::kOpen ? 1U : 0U;
        splits += kind == LawKind::kSplits ? 1U : 0U;
        tried += kind == LawKind::kOther ? 1U : 0U;
        meanwhile(i);
    }
    counts.resize(office_.table.slots());
    take_in(open);
    for (std::size_t k = 0; k < tried; ++k) keep_trying(tried_[k], mail_of(tried_[k]), true);
    split_from_ = in_inbox_;
    if (splits > 0) split(splits);
    ended(SliceStage::kJudge);
}

/// Delivers the first `n` places of `inbox_`, under the law that lets everything into the inbox.
void Courier::take_in(std::size_t n) {
    std::uint32_t* const messages = counts.data();
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t i = inbox_[k];
        const std::uint32_t slot = pair_[i];
        if (messages[slot]++ == 0) touched.push_back(slot);
        sum += digest_of(id_[i], Outcome::kInbox);
    }
    digest += sum;
    in_inbox_ = n;
    if (!trace.on()) return;
    for (std::size_t k = 0; k < n; ++k) keep_trace(mail_of(inbox_[k]), {});
}

/// As keep_trying() with the first `n` places of `splits_`, whose laws accept them whatever happens, in different ways.
void Courier::split(std::size_t n) {
    const DeliveryTable::Entry* const entries = office_.table.entries();
    for (std::size_t k = 0; k < n; ++k) {
        drawn_id_[k] = id_[splits_[k]];
        entry_[k] = entries[pair_[splits_[k]]];
    }
    const auto lane = [n](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kAcceptStream, lane(drawn_id_), 0, 0, lane(first_), lane(second_));
    const Split* const laws = office_.table.splits();
    const bool traced = trace.on();
    std::uint32_t* const messages = counts.data();
    std::size_t in_inbox = in_inbox_;
    std::uint64_t sum = 0;
    for (std::size_t k = 0; k < n; ++k) {
        const std::size_t i = splits_[k];
        const Split& law = laws[entry_[k].law];
        const std::uint64_t bits = first_[k] >> 11U;
        const bool inbox = bits >= law.inbox_from;  // with a branch: it comes to the inbox nearly always
        const std::uint32_t end = inbox ? law.inbox : law.end_of(bits);
        const std::uint32_t slot = entry_[k].slot + end;
        if (messages[slot]++ == 0) touched.push_back(slot);
        sum += digest_of(drawn_id_[k], inbox ? Outcome::kInbox : law.outcomes[end]);
        if (inbox) inbox_[in_inbox++] = static_cast<std::uint32_t>(i);
        if (traced) keep_trace(mail_of(i), office_.table.law(entry_[k].law).ends[end]);
    }
    in_inbox_ = in_inbox;
    digest += sum;
}

/// Leaves in `inbox_` those that are answered, with their second numbers; returns how many.
std::size_t Courier::choose_answered() {
    for (std::size_t k = 0; k < in_inbox_; ++k) drawn_id_[k] = id_[inbox_[k]];
    const auto lane = [n = in_inbox_](auto& values) { return std::span(values.data(), n); };
    sim::draw_blocks(office_.setup.seed, kAnswerStream, lane(drawn_id_), 0, 0, lane(first_), lane(second_));
    const auto threshold = static_cast<std::uint64_t>(office_.setup.mail.reply * 0x1p64);
    std::size_t answered = 0;
    const auto choose = [&](std::size_t from, std::size_t to) {
        for (std::size_t k = from; k < to; ++k) {
            inbox_[answered] = inbox_[k];
            second_[answered] = second_[k];
            answered += first_[k] < threshold ? 1U : 0U;
        }
    };
    choose(0, split_from_);
    const std::size_t exact = answered;
    choose(split_from_, in_inbox_);
    const auto slice = static_cast<double>(office_.setup.slice.us);
    for (std::size_t k = exact; k < answered; ++k) {  // policies decide in microseconds
        std::uint32_t& moment = moment_[inbox_[k]];
        const auto now = static_cast<std::int64_t>(moment * (slice / kMoments));
        moment = static_cast<std::uint32_t>(static_cast<double>(now) * (kMoments / slice));
    }
    return answered;
}

/// Decides which of the delivered messages are answered, and when.
void Courier::write_answers() {
    if (office_.setup.mail.reply <= 0 || in_inbox_ == 0) return;
    const std::size_t answered = choose_answered();
    const auto slice = static_cast<double>(office_.setup.slice.us);
    const auto left = static_cast<double>(office_.setup.slices - office_.slice);  // slices until the end of the run
    for (std::size_t k = 0; k < answered; ++k) {
        answered_at_[k] = office_.reply_delay(second_[k]) * 1e6 / slice + moment_[inbox_[k]] / kMoments;
    }
    std::size_t soon = 0;
    std::size_t much_later = 0;
    for (std::size_t k = 0; k < answered; ++k) {  // without a branch: nobody can foretell it
        const double at = answered_at_[k];
        soon_[soon] = later_[much_later] = static_cast<std::uint32_t>(k);
        soon += at < 1 ? 1U : 0U;
        much_later += (at < 1 ? 0U : 1U) & (at < left ? 1U : 0U);
    }
    const auto write = [&](std::size_t k, double later, WaitingAnswer& answer) {
        const std::size_t i = inbox_[k];
        answer.conversation = conversation_[i];
        answer.from = to_[i];
        answer.to = from_[i];
        answer.moment = static_cast<std::uint32_t>((answered_at_[k] - later) * kMoments);
        answer.generation = generation_[i] + 1;
    };
    for (std::size_t n = 0; n < soon; ++n) write(soon_[n], 0, now_.emplace_back());
    for (std::size_t n = 0; n < much_later; ++n) {
        const auto later = static_cast<sim::Tick>(answered_at_[later_[n]]);
        write(later_[n], static_cast<double>(later), answers.add(office_.slice + later));
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
        carry(n, [](std::size_t) {});
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
