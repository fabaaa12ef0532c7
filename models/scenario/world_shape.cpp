// What a world document looks like: jurisdictions, operators, markets, groups.
#include "models/scenario/world_shape.h"

#include <cmath>
#include <set>
#include <string>
#include <utility>

#include "models/delivery/retry_schedule.h"
#include "models/scenario/words.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace mailrift {
namespace {

using sim::defaulted;
using sim::Field;
using sim::optional;
using sim::required;
using sim::Shape;

constexpr double kMostUsers = 1e11;
constexpr double kSumTolerance = 1e-9;

Shape share() { return sim::number("share", 0, 1); }

/// A list of names, each of them once: a second time would count twice.
Shape distinct(Shape list) {
    return std::move(list).that([](const sim::View& names, sim::Findings& findings) {
        std::set<std::string> seen;
        for (const auto& name : names.items()) {
            if (seen.insert(name.text()).second) continue;
            findings.add(name.place(), sim::Code::kRepeatedId, "each name of a list once", sim::in_quotes(name.text()) + " a second time");
        }
    });
}

void check_host(const sim::View& jurisdiction, sim::Findings& findings) {
    if (!jurisdiction.has("host") || jurisdiction["host"].text() != jurisdiction["code"].text()) return;
    findings.add(jurisdiction["host"].place(), sim::Code::kInconsistent, "another jurisdiction as host",
                 sim::in_quotes(jurisdiction["host"].text()) + " itself");
}

Shape jurisdiction_shape() {
    const sim::Duration day{86'400'000'000};
    return sim::object(
               {
                   required("code", sim::code(), "ISO 3166-1 alpha-2, or user-assigned, such as XC for a court that belongs to no state"),
                   required("name", sim::text(), "name in full"),
                   required("mail_users", sim::figure(sim::number("units of the world", 0, kMostUsers)), "mail users, groups included"),
                   defaulted("utc_offset", sim::signed_duration({-day.us}, day), sim::make_text("0 h"),
                             "constant offset of local time from UTC"),
                   optional("host", sim::reference({"jurisdictions"}), "the state it sits in"),
               })
        .that(check_host);
}

Shape bloc_shape() {
    return sim::object({
        required("code", sim::code(), "short name, such as EU"),
        optional("name", sim::text(), "name in full"),
        required("members", distinct(sim::list(sim::reference({"jurisdictions"}), 1)), "member jurisdictions"),
        defaulted("shield", sim::figure(share()), sim::make_number(1),
                  "probability that a member's order fails against a target in another member", "assumed"),
    });
}

Shape control_shape() {
    return sim::object({
                           optional("jurisdiction", sim::reference({"jurisdictions"}), "who can command; not given for `market`"),
                           required("via", sim::choice(via_words()), "the tie: seat, parent company, staff, or fear of exclusion"),
                           defaulted("strength", sim::figure(share()), sim::make_number(1), "multiplies the probability of compliance"),
                       })
        .that([](const sim::View& control, sim::Findings& findings) {
            const bool market = control["via"].text() == "market";
            if (market != control.has("jurisdiction")) return;
            findings.add(control.place(), sim::Code::kInconsistent,
                         market ? "no key \"jurisdiction\" with via \"market\"" : "the key \"jurisdiction\"", market ? "one" : "none");
        });
}

void check_split(const sim::View& requirement, sim::Findings& findings) {
    const bool split = requirement["mode"].text() == "split";
    if (split != requirement.has("shares")) {
        findings.add(requirement.place(), sim::Code::kInconsistent, "the key \"shares\" with mode \"split\" and no other",
                     split ? "none" : "shares with mode \"" + requirement["mode"].text() + "\"");
        return;
    }
    if (!split) return;
    double sum = 0;
    for (const auto& item : requirement["shares"].items()) sum += item.number();
    if (requirement["shares"].size() != requirement["suppliers"].size() || std::fabs(sum - 1) > kSumTolerance) {
        findings.add(requirement["shares"].place(), sim::Code::kInconsistent, "one share for each supplier, sum 1",
                     std::to_string(requirement["shares"].size()) + " shares with sum " + sim::format_number(sum));
    }
}

Shape requirement_shape() {
    return sim::object({
                           required("layer", sim::choice(supplier_layer_words()), "what it needs"),
                           defaulted("mode", sim::choice(mode_words()), sim::make_text("any_of"),
                                     "one is enough, all are needed, or each serves a share"),
                           required("suppliers", distinct(sim::list(sim::reference({"suppliers"}), 1)), "from whom"),
                           optional("shares", sim::list(share(), 1), "of mode `split`: one for each supplier"),
                       })
        .that(check_split);
}

Field control_field() { return defaulted("control", sim::list(control_shape()), sim::make_list({}), "who can command it"); }
Field depends_field() { return defaulted("depends_on", sim::list(requirement_shape()), sim::make_list({}), "what it needs to work"); }

Shape supplier_shape() {
    return sim::object({
        required("id", sim::identifier(), "short name"),
        optional("name", sim::text(), "name in full"),
        required("layer", sim::choice(supplier_layer_words()), "what it supplies"),
        control_field(),
        depends_field(),
    });
}

/// sendmail has no interval of its own, and the others have no other than theirs.
void check_retry(const sim::View& provider, sim::Findings& findings) {
    const bool sendmail = provider["retry"].text() == kSendmail;
    if (sendmail == provider.has("queue_interval")) return;
    findings.add(provider.place(), sim::Code::kInconsistent, "the key \"queue_interval\" with retry \"sendmail\" and no other",
                 sendmail ? "none" : "one with retry " + sim::in_quotes(provider["retry"].text()));
}

Shape provider_shape() {
    return sim::object(
               {
                   required("id", sim::identifier(), "short name"),
                   optional("name", sim::text(), "name in full"),
                   required("kind", sim::choice(provider_kind_words()), "what sort of mailbox operator"),
                   defaulted("service", sim::choice(service_words()), sim::make_text("both"), "whom it serves"),
                   defaulted("count", sim::integer("operators", 1, 100'000'000), sim::make_integer(1),
                             "independent operators that this entry stands for"),
                   defaulted("representatives", sim::integer("operators", 1, 100'000), sim::make_integer(256),
                             "of them, simulated where a rule keeps state by operator", "assumed"),
                   defaulted("outbound_spam", sim::figure(sim::number("share", 0, 1).open_high()), sim::make_number(0),
                             "share of what leaves it that is spam", "assumed"),
                   defaulted("authenticated", sim::figure(share()), sim::make_number(1),
                             "share of what leaves it that passes SPF, DKIM and DMARC", "assumed"),
                   optional("dkim_signed", sim::figure(share()),
                            "share of what leaves it that carries a DKIM signature of the writer's domain, which lasts when the mail is "
                            "forwarded; not given: `authenticated`"),
                   defaulted("srs", sim::flag(), sim::make_bool(false),
                             "whether it rewrites the envelope sender of what it forwards (SRS), so that SPF passes for its own domain"),
                   defaulted("trusts_gateway", sim::flag(), sim::make_bool(false),
                             "whether its own policies judge what a gateway hands on by who sent it, read from the gateway's header, "
                             "not by the gateway's address"),
                   defaulted("retry", sim::choice(schedule_names()), sim::make_text("postfix"),
                             "when its queue tries deferred mail again, by the name of a published schedule (docs/delivery.md)", "assumed"),
                   optional("queue_interval", sim::duration(kShortestQueueInterval, kLongestQueueInterval),
                            "of retry `sendmail`: time between runs of its queue, set by its administrator"),
                   control_field(),
                   depends_field(),
                   optional("note", sim::text(1000), "what the entry means"),
               })
        .that(check_retry);
}

/// A server that sent mail on to itself would judge itself by it.
void check_forwarding(const sim::View& route, sim::Findings& findings) {
    if (!route.has("forward_to") || route["forward_to"].text() != route["provider"].text()) return;
    findings.add(route["forward_to"].place(), sim::Code::kInconsistent, "another provider than the route's own",
                 sim::in_quotes(route["forward_to"].text()));
}

Shape route_shape() {
    return sim::object(
               {
                   required("provider", sim::reference({"providers"}), "who operates the mailbox"),
                   required("share", sim::figure(share()), "of the market's members"),
                   optional("gateway", sim::reference({"suppliers"}), "inbound filter in front of the mailbox"),
                   optional("outbound", sim::reference({"suppliers", "providers"}),
                            "relay by which mail leaves; not given: the provider's own pool"),
                   optional(
                       "forward_to", sim::reference({"providers"}),
                       "provider of another mailbox to which this one sends on what comes into its inbox, spam included, from its own sending pool"),
                   defaulted("address", sim::choice(address_words()), sim::make_text("own"),
                             "`own`: the domain moves with its owner; `provider`: the address is lost with the account"),
               })
        .that(check_forwarding);
}

Field routes_field() {
    return required("routes", sim::either({sim::list(route_shape()), sim::map(sim::reference({"providers"}), sim::figure(share()))}),
                    "routes with their shares; short form: {provider: share}");
}

Field unknown_field() {
    return defaulted("unknown", sim::figure(share()), sim::make_number(0), "share of members of whom nobody knows the operator");
}

/// `sum` and the shares of routes, which are in the long or the short form.
double with_shares(double sum, const sim::View& routes) {
    if (routes.alternative() == 0) {
        for (const auto& row : routes.items()) sum += row["share"].number();
    } else {
        for (const auto& row : routes.members()) sum += row.value.number();
    }
    return sum;
}

/// Shares of all routes and `unknown` sum to 1.
void check_shares(const sim::View& market, sim::Findings& findings) {
    const double sum = with_shares(market["unknown"].number(), market["routes"]);
    if (std::fabs(sum - 1) <= kSumTolerance) return;
    findings.add(market["routes"].place(), sim::Code::kInconsistent, "shares that, with \"unknown\", sum to 1",
                 "a sum of " + sim::format_number(sum));
}

Field source_field() { return optional("source", sim::text(200), "keys of sources.bib, separated by commas, or `assumed`"); }

Shape market_shape() {
    const Shape region =
        sim::object({
                        required("mail_users", sim::number("units of the world", 0, kMostUsers), "mail users of the region"),
                        unknown_field(),
                        routes_field(),
                    })
            .that(check_shares);
    return sim::object(
               {
                   optional("sample", sim::number("records", 0, kMostUsers), "records behind the shares"),
                   defaulted("scope", sim::choice({"all", "larger_places"}), sim::make_text("all"), "of which places the records are"),
                   source_field(),
                   unknown_field(),
                   routes_field(),
                   optional("regions", sim::map(sim::text(100), region), "the same for each region"),
                   optional("note", sim::text(1000), "what was decided about these data"),
               })
        .that(check_shares);
}

Shape group_shape() {
    return sim::object({
                           required("id", sim::identifier(), "short name"),
                           optional("name", sim::text(), "name in full"),
                           required("jurisdiction", sim::reference({"jurisdictions"}), "where they are counted"),
                           required("users", sim::figure(sim::number("units of the world", 0, kMostUsers).open_low()),
                                    "how many; part of its mail_users"),
                           defaulted("account", sim::choice({"personal", "business"}), sim::make_text("business"), "kind of account"),
                           optional("domain", sim::reference({"domains"}), "their own domain; not given: one that no one else has"),
                           source_field(),
                           routes_field(),
                           optional("note", sim::text(1000), "what the entry means"),
                       })
        .that([](const sim::View& group, sim::Findings& findings) {
            const double sum = with_shares(0, group["routes"]);
            if (std::fabs(sum - 1) <= kSumTolerance) return;
            findings.add(group["routes"].place(), sim::Code::kInconsistent, "shares that sum to 1", "a sum of " + sim::format_number(sum));
        });
}

Shape domain_shape() {
    return sim::object({
        required("id", sim::identifier(), "short name"),
        optional("name", sim::text(), "the domain"),
        optional("owner", sim::reference({"groups"}), "whose it is"),
    });
}

Shape affinity_shape() {
    return sim::object({
        required("from", sim::reference({"groups", "jurisdictions"}), "who writes"),
        required("to", sim::reference({"groups", "jurisdictions", "blocs"}), "to whom"),
        required("share", sim::figure(share()), "of all that they write"),
    });
}

Shape mixing_shape() {
    return sim::object({
                           required("home", sim::figure(share()), "probability that a recipient is in the writer's own jurisdiction"),
                           required("bloc", sim::figure(share()),
                                    "probability that a recipient is in its blocs, home apart; the rest is everywhere else"),
                           defaulted("affinities", sim::list(affinity_shape(), 0, 1000), sim::make_list({}), "exceptions"),
                           defaulted("home_pools", sim::list(distinct(sim::list(sim::reference({"jurisdictions"}), 2))), sim::make_list({}),
                                     "jurisdictions that count as one home"),
                       })
        .that([](const sim::View& mixing, sim::Findings& findings) {
            const double sum = mixing["home"].number() + mixing["bloc"].number();
            if (sum <= 1 + kSumTolerance) return;
            findings.add(mixing["bloc"].place(), sim::Code::kInconsistent, "home + bloc <= 1", "a sum of " + sim::format_number(sum));
        });
}

/// Groups are part of their jurisdiction, and whoever is in no group needs a market.
void check_users(const sim::View& world, sim::Findings& findings) {
    for (const auto& jurisdiction : world["jurisdictions"].items()) {
        const std::string& code = jurisdiction["code"].text();
        const double users = jurisdiction["mail_users"].number();
        double grouped = 0;
        for (const auto& group : world["groups"].items()) {
            if (group["jurisdiction"].text() == code) grouped += group["users"].number();
        }
        if (grouped > users * (1 + kSumTolerance)) {
            findings.add(jurisdiction["mail_users"].place(), sim::Code::kInconsistent,
                         "mail_users of at least the users of its groups, " + sim::format_number(grouped), sim::format_number(users));
        }
        bool has_market = false;
        for (const auto& market : world["markets"].members()) has_market = has_market || market.key == code;
        if (users > grouped && !has_market) {
            findings.add(jurisdiction.place(), sim::Code::kMissingKey,
                         "a market for \"" + code + "\", which has mail users outside its groups", "none");
        }
    }
}

void check_affinities(const sim::View& world, sim::Findings& findings) {
    const sim::View affinities = world["mixing"]["affinities"];
    for (const auto& one : affinities.items()) {
        double sum = 0;
        for (const auto& other : affinities.items()) {
            if (other["from"].text() == one["from"].text()) sum += other["share"].number();
        }
        if (sum <= 1 + kSumTolerance) continue;
        findings.add(one["share"].place(), sim::Code::kInconsistent, "affinities of one writer that sum to at most 1",
                     "a sum of " + sim::format_number(sum));
    }
}

}  // namespace

Shape world_shape() {
    return sim::object(
               {
                   required("schema", sim::integer("version", 1, 1), "version of this format"),
                   required("name", sim::identifier(), "short name, as scenarios use it"),
                   optional("extends", sim::identifier(), "the world that this one changes; lists match by id"),
                   optional("title", sim::text(), "one line"),
                   optional("about", sim::text(4000), "what it is and what it is not"),
                   required("unit", sim::choice(unit_words()), "what a share is a share of"),
                   optional("weight", sim::choice({"equal", "population"}), "of organisations: each alike, or by the population it serves"),
                   optional("licence", sim::text(), "of this document"),
                   optional("notice", sim::text(2000), "attribution"),
                   defaulted("sources", sim::list(sim::text()), sim::make_list({}), "keys of sources.bib"),
                   defaulted(
                       "missing", sim::choice(missing_words()), sim::make_text("proportional"),
                       "how `unknown` shares are treated: like the known ones (a market without any: like those of its blocs), or to the order's least or greatest effect"),
                   required("jurisdictions",
                            sim::list(jurisdiction_shape(), 1, 1000).declares("jurisdictions", "code").declares("territories", "code"),
                            "states and others with laws"),
                   defaulted("blocs", sim::list(bloc_shape(), 0, 1000).declares("blocs", "code").declares("territories", "code"),
                             sim::make_list({}), "unions of jurisdictions"),
                   defaulted("suppliers", sim::list(supplier_shape()).declares("suppliers").declares("operators"), sim::make_list({}),
                             "what providers depend on"),
                   required("providers", sim::list(provider_shape(), 1).declares("providers").declares("operators"), "mailbox operators"),
                   required("markets", sim::map(sim::reference({"jurisdictions"}), market_shape()),
                            "who uses which route, by jurisdiction"),
                   defaulted("domains", sim::list(domain_shape()).declares("domains"), sim::make_list({}), "where a name matters"),
                   defaulted("groups", sim::list(group_shape(), 0, 10000).declares("groups"), sim::make_list({}), "people singled out"),
                   required("mixing", mixing_shape(), "who writes to whom"),
               })
        .that(check_users)
        .that(check_affinities);
}

}  // namespace mailrift
