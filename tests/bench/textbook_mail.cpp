// The mail of a MailWorld, message by message, on one heap of events.
#include "tests/bench/textbook_mail.h"

#include <algorithm>
#include <cmath>

#include "models/traffic/spam.h"

namespace mailrift::bench {
namespace {

constexpr auto kDayUs = static_cast<double>(sim::kDay.us);
constexpr double kSecondUs = 1e6;

}  // namespace

std::uint64_t MailCounts::sum(Count count) const {
    std::uint64_t total = 0;
    for (const auto& pair : pairs) total += pair[static_cast<std::size_t>(count)];
    return total;
}

bool SourceRecord::defers(const DeferRule& rule) const {
    return good + bad >= std::max(rule.min_volume, 1.0) && bad >= rule.cut_off * (good + bad);
}

TextbookMail::TextbookMail(const MailWorld& world, std::uint64_t seed)
    : world_(world), schedule_(*find_schedule("postfix")), provider_(providers_of_persons(world)), random_(seed) {
    const Model& model = world.model;
    const std::size_t providers = model.world.entities.size();
    counts_.providers = providers;
    counts_.pairs.resize(providers * providers);
    records_.resize(providers * providers);
    arrived_.resize(providers * providers);
    deferred_.resize(providers * providers);
    const std::vector<double> shares = mailbox_shares(world);
    const double days = static_cast<double>(model.grid.slice.us) / kDayUs;
    for (const double daily : spam_volumes(model.world, model.population, model.mail).by_entity) {
        for (const double share : shares) spam_.push_back(daily * share * days);
    }
    for (Person person = 0; person < world.persons.count; ++person) {
        starts_.push_back((1 - model.mail.reply) * sending_rate(world.senders, world.persons, world.graph, person) / kDayUs);
        if (starts_.back() > 0) schedule_conversation(person, 0);
    }
}

const MailCounts& TextbookMail::run(sim::Tick end) {
    for (; slice_ < end; end_slice()) {
        const std::int64_t until = world_.model.grid.start(slice_ + 1).us;
        while (!pending_.empty() && pending_.top().at < until) {
            const Event event = pending_.top();
            pending_.pop();
            handle(event);
        }
    }
    return counts_;
}

void TextbookMail::handle(const Event& event) {
    if (event.kind == Kind::kTry) {
        attempt(event);
    } else if (event.kind == Kind::kAnswer) {
        ++counts_.answers;
        write(event.at, event.from, event.to);
    } else {
        const auto contacts = world_.graph.contacts(event.from);
        write(event.at, event.from, contacts[std::uniform_int_distribution<std::size_t>(0, contacts.size() - 1)(random_)]);
        schedule_conversation(event.from, event.at);
    }
}

void TextbookMail::write(std::int64_t at, Person from, Person to) {
    ++counts_.pairs[provider_[from] * counts_.providers + provider_[to]][static_cast<std::size_t>(Count::kWritten)];
    attempt({at, at, from, to, 0, 0, Kind::kTry});
}

void TextbookMail::attempt(Event event) {
    const std::size_t pair = provider_[event.from] * counts_.providers + provider_[event.to];
    auto& counts = counts_.pairs[pair];
    if (deferred_[pair] == 0) {
        ++counts[static_cast<std::size_t>(Count::kDelivered)];
        ++arrived_[pair];
        if (!std::bernoulli_distribution(world_.model.mail.reply)(random_)) return;
        const std::int64_t at = event.at + static_cast<std::int64_t>(answer_delay() * kSecondUs);
        pending_.push({at, 0, event.to, event.from, 0, 0, Kind::kAnswer});
        return;
    }
    ++counts[static_cast<std::size_t>(Count::kDeferred)];
    if (++event.tries == 1) {
        event.phase = std::uniform_int_distribution<std::uint32_t>(0, static_cast<std::uint32_t>(schedule_.scan.us - 1))(random_);
    }
    const auto next = next_attempt(schedule_, event.tries, {event.phase});
    if (!next) {
        ++counts[static_cast<std::size_t>(Count::kExpired)];
        return;
    }
    event.at = event.first + next->us;
    pending_.push(event);
}

void TextbookMail::schedule_conversation(Person person, std::int64_t now) {
    const double wait = std::exponential_distribution<double>(starts_[person])(random_);
    pending_.push({now + static_cast<std::int64_t>(wait), 0, person, 0, 0, 0, Kind::kConversation});
}

double TextbookMail::answer_delay() {
    const sim::Distribution& law = world_.model.mail.reply_delay;
    switch (law.kind) {
        case sim::DistributionKind::kUniform: return std::uniform_real_distribution<double>(law.a, law.b)(random_);
        case sim::DistributionKind::kExponential: return std::exponential_distribution<double>(1 / law.a)(random_);
        case sim::DistributionKind::kLognormal: return std::lognormal_distribution<double>(std::log(law.a), law.b)(random_);
        case sim::DistributionKind::kConstant: break;
    }
    return law.a;
}

/// The counts that a judge makes of a slice: binomial of wanted mail; of spam, a Poisson number, those that it finds and those that it does not are
/// independent Poisson numbers.
void TextbookMail::end_slice() {
    const DeferRule& rule = world_.rule;
    const auto slice = world_.model.grid.slice;
    const double kept = std::exp2(-static_cast<double>(slice.us) / static_cast<double>(rule.half_life.us));
    ++slice_;
    const bool judges = slice_ % (rule.period.us / slice.us) == 0;
    for (std::size_t pair = 0; pair < records_.size(); ++pair) {
        double good = 0;
        double bad = 0;
        if (deferred_[pair] == 0) {
            bad = static_cast<double>(std::binomial_distribution<std::uint64_t>(arrived_[pair], rule.false_positive)(random_));
            good = static_cast<double>(arrived_[pair]) - bad;
            const double spam = spam_[pair];
            if (spam > 0) {
                bad += static_cast<double>(std::poisson_distribution<std::uint64_t>(spam * rule.true_positive)(random_));
                good += rule.true_positive < 1
                            ? static_cast<double>(std::poisson_distribution<std::uint64_t>(spam * (1 - rule.true_positive))(random_))
                            : 0;
            }
        }
        records_[pair].add(good, bad, kept);
        arrived_[pair] = 0;
        if (judges) deferred_[pair] = records_[pair].defers(rule) ? 1 : 0;
    }
}

}  // namespace mailrift::bench
