// What a named spam sender looks like in a scenario document.
#include "models/scenario/spam_shape.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include "models/delivery/retry_schedule.h"
#include "models/response/registry.h"
#include "sim/shape_check.h"

namespace mailrift {
namespace {

using sim::defaulted;
using sim::Field;
using sim::make_number;
using sim::optional;
using sim::required;
using sim::Shape;

constexpr double kDayUs = 86'400e6;
constexpr double kSumTolerance = 1e-9;

Shape figure_of(const char* unit, double high) { return sim::figure(sim::number(unit, 0, high)); }
Shape share() { return figure_of("share", 1); }

std::vector<Field> common_fields() {
    return {
        required("id", sim::identifier(), "short name, that no provider or supplier has"),
        optional("targets", who_shape(), "to whose mailboxes it goes, to all of them alike; not given: to everybody's"),
        defaulted("from", sim::figure(sim::duration()), sim::make_text("0 s"), "when it begins"),
        optional("until", sim::figure(sim::duration()), "when it ends"),
    };
}

std::vector<Field> volume_fields() {
    return {
        optional("messages_per_day", figure_of("messages", 1e13), "spam that it sends in a day; exactly one of this and budget_per_day"),
        optional("budget_per_day", figure_of("US dollars", 1e9),
                 "what it spends in a day: on fresh addresses, sources / rotation a day, then on mail"),
        defaulted("cost_per_million", sim::figure(sim::number("US dollars", 1e-3, 1e6)), make_number(7.5),
                  "of a budget: price of sending a million messages", "kanich-2008"),
        defaulted("cost_per_address", figure_of("US dollars", 1e6), make_number(0), "of a budget: price of a fresh address", "assumed"),
    };
}

Shape located_shape() {
    return sim::map(sim::reference({"jurisdictions"}), share()).that([](const sim::View& shares, sim::Findings& findings) {
        double sum = 0;
        for (const auto& member : shares.members()) sum += member.value.number();
        if (std::fabs(sum - 1) <= kSumTolerance) return;
        findings.add(shares.place(), sim::Code::kInconsistent, "shares that sum to 1", "a sum of " + sim::format_number(sum));
    });
}

std::vector<Field> address_fields(double authenticated) {
    return {
        required("sources", sim::integer("addresses", 1, 100'000'000),
                 "independent sending addresses, with the same part of the mail each"),
        defaulted("representatives", sim::integer("addresses", 1, 4096), sim::make_integer(256),
                  "of them, simulated where a rule keeps state by address", "assumed"),
        optional("rotation", sim::figure(sim::duration(sim::kMinute)),
                 "how long an address is used until a fresh one takes its place; not given: for ever"),
        defaulted("authenticated", share(), make_number(authenticated), "share of its mail that passes SPF, DKIM and DMARC", "assumed"),
        optional("located", located_shape(), "share of its addresses by jurisdiction, sum 1"),
    };
}

Shape takedown_shape() {
    return sim::object({
        required("at", sim::duration(), "when most of it is lost"),
        required("left", share(), "x0: share of its volume that is left then"),
        required("recovery", sim::figure(sim::duration(sim::kSecond)),
                 "tau: from then on it sends 1 - (1 - x0) exp(-(t - at) / tau) of its volume"),
    });
}

/// All but sendmail's, which needs an interval.
std::vector<std::string> retry_names() {
    std::vector<std::string> names = schedule_names();
    std::erase(names, std::string(kSendmail));
    return names;
}

std::vector<Field> joined(std::vector<Field> one, std::vector<Field> other, std::vector<Field> own) {
    for (auto* more : {&other, &own}) one.insert(one.end(), std::make_move_iterator(more->begin()), std::make_move_iterator(more->end()));
    return one;
}

std::vector<sim::Variant> kinds() {
    return {
        {"botnet", joined(volume_fields(), address_fields(0), {optional("takedown", takedown_shape(), "the loss of most bots at once")}),
         "Bots of strangers, which do not try again: what is deferred is lost."},
        {"snowshoe",
         joined(volume_fields(), address_fields(1),
                {
                    optional("ranges", sim::integer("ranges", 1, 100'000'000),
                             "address ranges over which its sources are spread; not given: each has its own"),
                    defaulted("retry", sim::choice(retry_names()), sim::make_text("postfix"),
                              "when it tries deferred mail again, by the name of a published schedule", "assumed"),
                }),
         "Rented addresses over many ranges, little mail from each, set up as mail servers are."},
        {"compromised_accounts",
         {
             required("provider", sim::reference({"providers"}), "by whose own pool the spam leaves, and is tried again as its mail is"),
             required("accounts", sim::integer("accounts", 1, 1'000'000'000), "how many send it"),
             required("messages_per_account_per_day", figure_of("messages", 1e6), "spam that each of them sends in a day"),
         },
         "Accounts of members in foreign hands, whose spam spoils their provider's reputation; members who leave do not take it along."},
    };
}

void check_end(const sim::View& sender, sim::Findings& findings) {
    if (!sender.has("until") || sender["until"].duration() > sender["from"].duration()) return;
    findings.add(sender["until"].place(), sim::Code::kInconsistent,
                 "an end after \"from\", " + sim::format_duration(sender["from"].duration()),
                 sim::format_duration(sender["until"].duration()));
}

/// What fresh addresses cost in a day.
double addresses_per_day(const sim::View& sender) {
    if (!sender.has("rotation")) return 0;
    const double days = static_cast<double>(sender["rotation"].duration().us) / kDayUs;
    return sender["cost_per_address"].number() * static_cast<double>(sender["sources"].integer()) / days;
}

void check_volume(const sim::View& sender, sim::Findings& findings) {
    if (sender["kind"].text() == "compromised_accounts") return;
    const bool budget = sender.has("budget_per_day");
    for (const char* price : {"cost_per_million", "cost_per_address"}) {
        if (budget || !sender[price].written()) continue;
        findings.add(sender[price].place(), sim::Code::kInconsistent, "the key \"budget_per_day\" beside a price", "none");
    }
    if (budget == sender.has("messages_per_day")) {
        findings.add(sender.place(), sim::Code::kInconsistent, "exactly one of the keys \"messages_per_day\" and \"budget_per_day\"",
                     budget ? "both" : "neither");
    } else if (budget && spam_per_day(sender) <= 0) {
        findings.add(sender["budget_per_day"].place(), sim::Code::kInconsistent,
                     "a budget that buys mail: more than " + sim::format_number(addresses_per_day(sender)) + " a day, for fresh addresses",
                     sim::format_number(sender["budget_per_day"].number()));
    }
}

void check_ranges(const sim::View& sender, sim::Findings& findings) {
    if (sender["kind"].text() != "snowshoe" || !sender.has("ranges") || sender["ranges"].integer() <= sender["sources"].integer()) return;
    findings.add(sender["ranges"].place(), sim::Code::kInconsistent,
                 "at most as many ranges as sources, " + std::to_string(sender["sources"].integer()),
                 std::to_string(sender["ranges"].integer()));
}

}  // namespace

sim::Shape spam_sender_shape() {
    return sim::tagged("kind", kinds(), common_fields()).that(check_end).that(check_volume).that(check_ranges);
}

double spam_per_day(const sim::View& sender) {
    if (sender["kind"].text() == "compromised_accounts") {
        return static_cast<double>(sender["accounts"].integer()) * sender["messages_per_account_per_day"].number();
    }
    if (sender.has("messages_per_day")) return sender["messages_per_day"].number();
    const double left = sender["budget_per_day"].number() - addresses_per_day(sender);
    return left > 0 ? left / sender["cost_per_million"].number() * 1e6 : 0;
}

}  // namespace mailrift
