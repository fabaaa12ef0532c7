// The world that the mail programs of `make bench` simulate, through the public reader.
#include "tests/bench/mail_world.h"

#include <string_view>

#include "models/scenario/scenario.h"
#include "sim/error.h"
#include "sim/json.h"

namespace mailrift::bench {
namespace {

std::string id_of_rank(std::size_t rank) { return "p" + std::to_string(100 + rank); }  // three digits: in order of names too

std::string rule_text(const DeferRule& rule) {
    using sim::format_number;
    return R"({"id": "ratio", "kind": "reputation", "defer": )" + format_number(rule.cut_off) + R"(, "min_volume": )" +
           format_number(rule.min_volume) + R"(, "half_life": ")" + sim::format_duration(rule.half_life) + R"(", "period": ")" +
           sim::format_duration(rule.period) + R"(", "true_positive": )" + format_number(rule.true_positive) + R"(, "false_positive": )" +
           format_number(rule.false_positive) + "}";
}

/// The limit is a little below what the largest provider writes to itself in an hour: 4.4 % of all mail.
std::string policies_text(const MailWorldParams& params) {
    constexpr double kLimitPerPerson = 0.05;  // messages an hour
    std::string text = R"(, "warm_up": "0 d", "blocking": [)" + rule_text(params.rule);
    if (params.three_policies) {
        text += R"(, {"id": "filter", "kind": "content_filter"}, {"id": "limit", "kind": "rate_limit", "limit": )" +
                sim::format_number(kLimitPerPerson * params.persons) + "}";
    }
    return text + "]";
}

GraphBuild build_of(const MailWorldParams& params) {
    GraphBuild build;
    build.seed = params.seed;
    build.threads = params.threads;
    build.memory_bytes = std::size_t{16} << 30U;
    return build;
}

}  // namespace

Model make_mail_model(const MailWorldParams& params) {
    const Scenario scenario =
        read_scenario(scenario_text(params), "mail-bench.json", [&](std::string_view, std::string_view) { return world_text(params); });
    return make_model(scenario, params.seed, Compliance::kDrawn);
}

std::string world_text(const MailWorldParams& params) {
    double sum = 0;
    for (std::size_t rank = 1; rank <= params.providers; ++rank) sum += 1 / static_cast<double>(rank);
    std::string providers;
    std::string routes;
    for (std::size_t rank = 1; rank <= params.providers; ++rank) {
        const std::string comma = rank == 1 ? "" : ", ";
        const double spam = rank == params.spamming_rank ? params.much_spam : params.spam;
        providers +=
            comma + R"({"id": ")" + id_of_rank(rank) + R"(", "kind": "global", "outbound_spam": )" + sim::format_number(spam) + "}";
        routes += comma + "\"" + id_of_rank(rank) + "\": " + sim::format_number(1 / static_cast<double>(rank) / sum);
    }
    return R"({"schema": 1, "name": "zipf", "unit": "mailboxes", "jurisdictions": [{"code": "XA", "name": "All", "mail_users": )" +
           std::to_string(params.persons) + R"(, "utc_offset": "0 h"}], "providers": [)" + providers +
           R"(], "markets": {"XA": {"routes": {)" + routes + R"(}}}, "mixing": {"home": 1, "bloc": 0}})";
}

std::string scenario_text(const MailWorldParams& params) {
    return R"({"schema": 1, "name": "mail-bench", "world": "zipf", "slice": "1 h", "horizon": ")" + std::to_string(params.hours) +
           R"( h", "mail": {"messages_per_day": )" + sim::format_number(params.messages_per_day) + R"(, "reply": )" +
           sim::format_number(params.reply) + R"(, "reply_delay": )" + params.reply_delay + "}" + policies_text(params) + "}";
}

MailWorld make_mail_world(const MailWorldParams& params) {
    MailWorld made;
    made.model = make_mail_model(params);
    made.persons = lay_out_persons(made.model.world, made.model.population, 1);
    made.graph = build_contact_graph(made.persons, made.model.population, made.model.mixing, made.model.mail.contacts, build_of(params));
    set_mail(made, params);
    return made;
}

void set_mail(MailWorld& world, const MailWorldParams& params) {
    world.model = make_mail_model(params);
    world.rule = params.rule;
    world.senders = make_senders(world.persons, world.graph, world.model.mail.messages_per_day, world.model.mail.senders, build_of(params));
}

std::vector<std::uint32_t> providers_of_persons(const MailWorld& world) {
    std::vector<std::uint32_t> providers(world.persons.count);
    for (Person person = 0; person < world.persons.count; ++person) {
        const Seat& seat = world.model.population.seats[index(seat_at_start(world.persons, person))];
        providers[person] = static_cast<std::uint32_t>(index(world.model.world.routes[index(seat.route)].provider));
    }
    return providers;
}

std::vector<double> mailbox_shares(const MailWorld& world) {
    std::vector<double> shares(world.model.world.entities.size());
    double all = 0;
    for (const Seat& seat : world.model.population.seats) {
        const double members = seat.share * world.model.population.cohorts[index(seat.cohort)].users;
        shares[index(world.model.world.routes[index(seat.route)].provider)] += members;
        all += members;
    }
    for (double& share : shares) share /= all;
    return shares;
}

}  // namespace mailrift::bench
