// What became of mail lately, for responses that want to know: of cohorts in the last day, of senders for as long as they look back.
#include "models/control/mail_records.h"

#include <algorithm>
#include <utility>

#include "sim/counts.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kOperatorStream = sim::hash64("operators look at their own mail");

}  // namespace

MailWatch together(MailWatch a, const MailWatch& b) {
    a.cohorts = a.cohorts || b.cohorts;
    a.looks_back = std::max(a.looks_back, b.looks_back);
    a.senders.insert(a.senders.end(), b.senders.begin(), b.senders.end());
    std::sort(a.senders.begin(), a.senders.end());
    a.senders.erase(std::unique(a.senders.begin(), a.senders.end()), a.senders.end());
    return a;
}

MailWatch watched_by(const Model& model) {
    MailWatch watch;
    for (const NamedResponse& named : model.responses) {
        const Response& response = *named.response;
        watch = together(watch, {response.reads_tallies(), response.senders(), response.looks_back()});
    }
    return watch;
}

bool is_within(const MailWatch& part, const MailWatch& all) {
    return part.cohorts <= all.cohorts && part.looks_back <= all.looks_back &&
           std::includes(all.senders.begin(), all.senders.end(), part.senders.begin(), part.senders.end());
}

MailRecords::MailRecords(const Model& model, MailWatch watch, bool whole)
    : model_(model),
      watch_(std::move(watch)),
      whole_(whole),
      day_(model.grid.slice, watch_.cohorts ? kDaily : sim::Duration{0}),
      sent_(model.grid.slice, watch_.looks_back) {
    constexpr double kSliceBytes = 48;  // a list, however short
    const double slices = std::min(static_cast<double>(sent_.slices()), static_cast<double>(model.slices));
    if (slices * (kSliceBytes + sizeof(MailRecord) * static_cast<double>(watch_.senders.size())) <= kModelBytes) return;
    throw sim::Error(sim::Code::kTooLarge, {},
                     "responses that look back at mail for at most " + std::to_string(kModelBytes >> 20U) + " MiB",
                     std::to_string(watch_.senders.size()) + " providers over " + sim::format_number(slices) + " slices");
}

void MailRecords::learn(const Tallies& tallies, const StateView& view, sim::Tick tick) {
    if (watch_.cohorts) {
        std::vector<MailRecord> cohorts;
        for (const MailTally& tally : tallies.cohorts) cohorts.push_back({tally.written, tally.failed});
        day_.add(std::move(cohorts));
    }
    if (watch_.looks_back.us == 0) return;
    std::vector<MailRecord> by_entity(model_.world.entities.size());
    for (std::size_t s = 0; s < tallies.sent.size(); ++s) {
        MailRecord& record = by_entity[index(view.route(id_of<SeatId>(s)).provider)];
        record.written += tallies.sent[s].written;
        record.failed += tallies.sent[s].failed;
    }
    std::vector<MailRecord> senders;
    for (const EntityId sender : watch_.senders) senders.push_back(of_one_operator(sender, by_entity[index(sender)], tick));
    sent_.add(std::move(senders));
}

MailRecord MailRecords::of_one_operator(EntityId sender, const MailRecord& record, sim::Tick tick) const {
    const Entity& entity = model_.world.entities[index(sender)];
    if (!whole_ || entity.count == 1) return record;
    sim::Draws draws(model_.seed, kOperatorStream, sim::hash64(entity.id), static_cast<std::uint32_t>(tick));
    const auto of_one = [&](double messages) {
        return static_cast<double>(sim::binomial(static_cast<std::uint64_t>(messages), 1 / static_cast<double>(entity.count), draws));
    };
    const double failed = of_one(record.failed);
    // What failed may have been sent in an earlier slice: then it says nothing of what was sent in this one.
    if (record.failed > record.written) return {of_one(record.written), failed};
    return {failed + of_one(record.written - record.failed), failed};
}

std::vector<MailRecord> MailRecords::sent_within(sim::Duration window) const {
    if (window.us == 0) return {};
    std::vector<MailRecord> by_entity(model_.world.entities.size());
    const std::vector<MailRecord> senders = sent_.sum(window);
    for (std::size_t i = 0; i < senders.size(); ++i) by_entity[index(watch_.senders[i])] = senders[i];
    return by_entity;
}

void MailRecords::save(sim::ArchiveWriter& archive) const {
    day_.save(archive);
    sent_.save(archive);
}

void MailRecords::load(sim::ArchiveReader& archive, sim::Tick slices) {
    day_.load(archive, slices, model_.population.cohorts.size());
    sent_.load(archive, slices, watch_.senders.size());
}

}  // namespace mailrift
