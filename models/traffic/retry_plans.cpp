// Which classes of tries mail falls into that its receiver defers, and how much of it a greylist holds.
#include "models/traffic/retry_plans.h"

#include <algorithm>
#include <array>

#include "sim/math.h"

namespace mailrift {
namespace {

constexpr double kDayUs = 86'400e6;

/// Points and weights of a standard normal: the midpoint rule on -8..8, which is exact to about 1e-15 for smooth functions.
constexpr std::size_t kPoints = 96;
struct Normal {
    std::array<double, kPoints> z{};
    std::array<double, kPoints> weight{};
};

Normal normal() {
    Normal points;
    double sum = 0;
    for (std::size_t i = 0; i < kPoints; ++i) {
        points.z[i] = -8 + 16 * (static_cast<double>(i) + 0.5) / kPoints;
        points.weight[i] = sim::exp(-points.z[i] * points.z[i] / 2);
        sum += points.weight[i];
    }
    for (double& weight : points.weight) weight /= sum;
    return points;
}

/// The waiting part of the same kind; made if it is new.
WaitPart& part_like(WritingLaw& writing, const WaitPart& wanted, std::size_t classes) {
    for (WaitPart& part : writing.waits) {
        const bool same = part.law == wanted.law && part.plan == wanted.plan && part.held == wanted.held && part.last == wanted.last &&
                          part.passed == wanted.passed;
        if (same) return part;
    }
    writing.waits.push_back(wanted);
    writing.waits.back().by_class.assign(classes, 0);
    return writing.waits.back();
}

void add_end(WritingLaw& writing, const FatePart& end) {
    if (end.share <= 0) return;
    for (FatePart& part : writing.ends) {
        if (part.to == end.to && part.outcome == end.outcome && part.cause == end.cause) {
            part.share += end.share;
            return;
        }
    }
    writing.ends.push_back(end);
}

}  // namespace

double unknown_share(const MailParams& mail, sim::Duration memory) {
    const Normal points = normal();
    const double days = static_cast<double>(memory.us) / kDayUs;
    const double sigma = mail.senders.rate_sigma;
    const double started = (1 - mail.reply) * mail.messages_per_day / mail.contacts.mean_contacts / (1 - mail.reply * mail.reply);
    double written = 0;
    double unknown = 0;
    const auto add = [&](double rate, double weight) {
        written += weight * rate;
        unknown += weight * rate * sim::exp(-rate * days);
    };
    const auto factor = [&](double z) { return sim::exp(sigma * z - sigma * sigma / 2); };
    for (std::size_t i = 0; i < kPoints; ++i) {
        const double a = started * factor(points.z[i]);
        const double one_way = (1 - mail.contacts.reciprocity) * points.weight[i];
        add(a, one_way);
        add(mail.reply * a, one_way);
        for (std::size_t j = 0; j < kPoints; ++j) {
            add(a + mail.reply * started * factor(points.z[j]), mail.contacts.reciprocity * points.weight[i] * points.weight[j]);
        }
    }
    return written > 0 ? unknown / written : 1;
}

RetryPlans::RetryPlans(const TrafficSetup& setup, const MailState& start)
    : world_(setup.world), slice_(setup.slice), lags_(static_cast<std::size_t>(setup.slices)), greylists_(start.greylists) {
    for (const auto& [policy, rule] : greylists_) unknown_[policy] = unknown_share(setup.mail, rule.memory);
}

std::uint32_t RetryPlans::plan(EntityId source, std::optional<PolicyId> greylist) {
    const auto [found, is_new] = places_.try_emplace({source, greylist}, static_cast<std::uint32_t>(plans_.size()));
    if (is_new) {
        const Entity& entity = world_.entities[index(source)];
        keys_.emplace_back(source, greylist);
        plans_.push_back(retry_classes(schedule_by_name(entity.retry, entity.queue_interval), slice_, lags_,
                                       greylist ? std::optional(greylists_.at(without_hop(*greylist))) : std::nullopt));
    }
    return found->second;
}

void RetryPlans::add(const AttemptLaw& tries, double share, double unknown, SeatId address, EntityId source, std::uint32_t law,
                     WritingLaw& writing) {
    const std::uint32_t number = plan(source, tries.greylist ? std::optional(tries.greylist->policy) : std::nullopt);
    const std::vector<RetryClass>& classes = plans_[number];
    const std::size_t first = writing.waits.size();
    for (const bool held : {false, true}) {
        const double part = share * (!tries.greylist ? (held ? 0 : 1) : held ? unknown : 1 - unknown);
        if (part <= 0) continue;
        for (std::size_t c = 0; c < classes.size(); ++c) {
            const double messages = part * classes[c].share;
            const std::uint32_t now = classes[c].tries.front();
            const std::uint32_t stopped = held ? std::min(now, classes[c].opens) : 0;
            const TriesResult result = tries_in_slice(tries, {}, stopped, now - stopped);
            for (const TriesEnd& end : result.ends) add_end(writing, {address, end.outcome, end.cause, messages * end.share});
            for (const TriesWait& wait : result.waits) {
                if (classes[c].ends == 0) {
                    add_end(writing, {address, Outcome::kExpired, {{}, wait.last}, messages * wait.share});
                    continue;
                }
                WaitPart& like = part_like(writing, {law, number, held, wait.passed, wait.last, 0, {}}, classes.size());
                like.by_class[c] += messages * wait.share;
            }
        }
    }
    for (std::size_t i = first; i < writing.waits.size(); ++i) {
        WaitPart& wait = writing.waits[i];
        for (const double messages : wait.by_class) wait.share += messages;
        for (double& messages : wait.by_class) messages /= wait.share;
    }
}

std::map<std::uint32_t, std::uint32_t> RetryPlans::save(sim::ArchiveWriter& archive, std::vector<std::uint32_t> used) const {
    std::sort(used.begin(), used.end(), [this](std::uint32_t a, std::uint32_t b) { return keys_[a] < keys_[b]; });
    std::map<std::uint32_t, std::uint32_t> numbers;
    std::vector<Key> keys;
    for (const std::uint32_t plan : used) {
        numbers[plan] = static_cast<std::uint32_t>(keys.size());
        keys.push_back(keys_[plan]);
    }
    archive(keys);
    return numbers;
}

std::vector<std::uint32_t> RetryPlans::load(sim::ArchiveReader& archive) {
    std::vector<Key> keys;
    archive(keys);
    std::vector<std::uint32_t> numbers;
    for (const auto& [source, greylist] : keys) {
        archive.want(!greylist || greylists_.contains(without_hop(*greylist)), "a policy that greylists", "another policy");
        numbers.push_back(plan(source, greylist));
    }
    return numbers;
}

}  // namespace mailrift
