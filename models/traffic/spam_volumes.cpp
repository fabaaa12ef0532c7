// How much spam leaves providers, named senders and the background botnet.
#include "models/traffic/spam_volumes.h"

#include <algorithm>
#include <functional>

#include "sim/error.h"
#include "sim/json.h"

namespace mailrift {
namespace {

constexpr double kRounding = 1e-9;

std::vector<double> spam_of_members(const World& world, const Population& population, const MailParams& mail,
                                    const std::function<double(std::size_t seat)>& share) {
    std::vector<double> sent(world.entities.size());
    for (std::size_t s = 0; s < population.seats.size(); ++s) {
        const Seat& seat = population.seats[s];
        const Route& route = world.routes[index(seat.route)];
        const double written = population.cohorts[index(seat.cohort)].users * mail.scale * share(s) * mail.messages_per_day;
        const double spam = world.entities[index(route.provider)].outbound_spam;
        sent[index(source_of(route))] += written * spam / (1 - spam);
    }
    return sent;
}

}  // namespace

SpamVolumes spam_volumes(const World& world, const Population& population, const MailParams& mail, std::span<const SpamSender> senders) {
    SpamVolumes volumes;
    volumes.by_entity = spam_of_members(world, population, mail, [&](std::size_t s) { return population.seats[s].share; });
    if (!mail.spam_share) return volumes;
    double wanted = 0;
    for (const Seat& seat : population.seats) {
        wanted += population.cohorts[index(seat.cohort)].users * mail.scale * seat.share * mail.messages_per_day;
    }
    double sent = 0;
    for (const double spam : volumes.by_entity) sent += spam;
    for (const SpamSender& sender : senders) {
        if (sender.mail_class == MailClass::kSpam) sent += sender.daily * mail.scale * level(sender, sim::Time{0});
    }
    const double all = wanted * *mail.spam_share / (1 - *mail.spam_share);
    if (sent > all * (1 + kRounding)) {
        throw sim::Error(
            sim::Code::kInconsistent, {},
            "a spam_share of at least what providers and spam_senders send at t = 0: " + sim::format_number(sent / (sent + wanted)),
            sim::format_number(*mail.spam_share));
    }
    volumes.background = std::max(0.0, all - sent);
    return volumes;
}

std::vector<double> spam_sent(const StateView& view, const MailParams& mail) {
    return spam_of_members(view.world, view.population, mail,
                           [&](std::size_t s) { return view.open(id_of<SeatId>(s)) ? view.state.share[s] : 0; });
}

}  // namespace mailrift
