// What a scenario document looks like: mail, orders, responses, what to observe.
#include "models/scenario/scenario_shape.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "models/blocking/registry.h"
#include "models/population/contact_law.h"
#include "models/response/registry.h"
#include "models/sanction/registry.h"
#include "models/scenario/lists.h"
#include "models/scenario/mailing_lists.h"
#include "models/scenario/spam_shape.h"
#include "models/scenario/words.h"
#include "sim/path.h"
#include "sim/shape_check.h"
#include "sim/shape_view.h"

namespace mailrift {
namespace {

using sim::defaulted;
using sim::Field;
using sim::make_number;
using sim::make_text;
using sim::optional;
using sim::required;
using sim::Shape;

constexpr sim::Duration kCentury{3'155'760'000'000'000};
constexpr std::int64_t kMostSlices = 1'000'000;  // a century by the hour; the reply kernel has as many lags

Shape share() { return sim::number("share", 0, 1); }

void check_profile(const sim::View& profile, sim::Findings& findings) {
    for (const auto& factor : profile.items()) {
        if (factor.number() > 0) return;
    }
    findings.add(profile.place(), sim::Code::kInconsistent, "at least one factor above 0", "168 zeros");
}

void check_contacts(const sim::View& contacts, sim::Findings& findings) {
    const auto most = static_cast<std::uint32_t>(contacts["max_contacts"].integer());
    try {
        static_cast<void>(DegreeLaw(contacts["mean_contacts"].number(), contacts["tail_exponent"].number(), most));
    } catch (const sim::Error& error) {
        findings.add(contacts["mean_contacts"].place(), error.code(), error.expected(), error.got());
    }
}

Shape contacts_shape() {
    const std::string eu_core = "snap-email-eu-core";
    const auto from = [](Shape shape) { return sim::figure(std::move(shape)); };
    return sim::object(
               {
                   defaulted("mean_contacts", from(sim::number("persons", 1, 1000)), make_number(24.8), "contacts that a person writes to",
                             eu_core),
                   defaulted("tail_exponent", from(sim::number("", 1.8, 2.5)), make_number(2), "of the density of the number of contacts",
                             "konect-dnc-2016"),
                   defaulted("max_contacts", sim::integer("persons", 1, 1'000'000), sim::make_integer(333), "greatest number of contacts",
                             eu_core),
                   defaulted("reciprocity", from(share()), make_number(0.71), "share of contacts who have the person as a contact",
                             eu_core),
                   defaulted("clustering", from(share()), make_number(0.4), "average local clustering coefficient", eu_core),
                   defaulted("community_size", sim::integer("persons", 2, 128), sim::make_integer(24), "mean size of a community", eu_core),
                   defaulted("rate_power", from(sim::number("", 0, 1)), make_number(1),
                             "what a person writes grows with the number of contacts to this power", "assumed"),
                   defaulted("rate_sigma", from(sim::number("", 0, 3)), make_number(0.5),
                             "standard deviation of the logarithm of a person's own factor", "assumed"),
               })
        .that(check_contacts);
}

Shape mail_shape() {
    return sim::object({
        defaulted("messages_per_day", sim::figure(sim::number("messages", 0, 1e6)), make_number(5),
                  "wanted mail that a member writes in a day when everything is delivered", "assumed"),
        defaulted("reply", sim::figure(sim::number("share", 0, 0.95)), make_number(0.3),
                  "probability that a delivered wanted message is answered", "assumed"),
        defaulted("reply_delay", sim::distribution(sim::duration({0}, kCentury)),
                  sim::make_object({{"lognormal", sim::make_object({{"median", make_text("1 h")}, {"sigma", make_number(1.5)}})}}),
                  "from delivery to the answer", "assumed"),
        optional("spam_share", sim::figure(sim::number("share", 0, 1).open_high()),
                 "share of all mail that is spam at t = 0; a background botnet sends what providers and `spam_senders` do not"),
        defaulted("contacts", contacts_shape(), sim::make_object({}),
                  "to whom a person writes, and how much; told apart in `message` and by greylists"),
        optional("profile", sim::list(sim::number("factor", 0, 168), 168, 168).that(check_profile),
                 "hourly factors of a week from Monday 00:00 local time, rescaled to mean 1; not given: flat"),
    });
}

Shape compliance_rule(double probability) {
    return sim::object({
        defaulted("probability", sim::figure(share()), make_number(probability),
                  "that a bound entity obeys, times the strength of the control", "assumed"),
        defaulted("delay", sim::distribution(sim::duration({0}, kCentury)), make_text("0 s"), "from the end of the notice to its effect",
                  "assumed"),
    });
}

Shape compliance_shape() {
    auto fields = compliance_rule(0.9).fields();
    fields.push_back(
        optional("overrides", sim::map(sim::reference({"providers", "suppliers"}), compliance_rule(0.9)), "other values for one entity"));
    return sim::object(std::move(fields));
}

Shape follow_shape() {
    return sim::object({
        defaulted("probability", sim::figure(share()), make_number(0), "that the measure finds an address that the target changed to",
                  "assumed"),
        defaulted("delay", sim::distribution(sim::duration({0}, kCentury)), make_text("0 s"), "from the target's first move until it does",
                  "assumed"),
    });
}

/// A measure is a name or {kind, ...}.
Shape measure_shape() {
    std::vector<std::string> names;
    std::vector<sim::Variant> variants;
    for (const auto& entry : measure_registry()) {
        names.push_back(entry.kind);
        variants.push_back({entry.kind, entry.params, entry.text});
    }
    return sim::either({sim::choice(names), sim::tagged("kind", variants)});
}

void check_end(const sim::View& item, const std::string& begin, sim::Findings& findings) {
    if (!item.has("until") || item["until"].duration() > item[begin].duration()) return;
    findings.add(item["until"].place(), sim::Code::kInconsistent,
                 "an end after " + sim::in_quotes(begin) + ", " + sim::format_duration(item[begin].duration()),
                 sim::format_duration(item["until"].duration()));
}

void check_until(const sim::View& order, sim::Findings& findings) { check_end(order, "at", findings); }

Shape order_shape() {
    const auto via_default = sim::make_list({make_text("operator"), make_text("parent")});
    return sim::object(
               {
                   required("id", sim::identifier(), "short name"),
                   required("issuer", sim::reference({"jurisdictions", "blocs", "providers"}),
                            "a jurisdiction, a bloc, or a provider that decides on its own"),
                   required("at", sim::duration({0}, kCentury), "when it takes effect, from the start of the run"),
                   optional("until", sim::duration({0}, kCentury), "when it is lifted"),
                   required("target", who_shape(), "whom it is aimed at"),
                   required("measures", sim::list(measure_shape(), 1, 64), "what an entity that obeys does"),
                   defaulted("via", sim::list(sim::choice(via_words()), 1), via_default, "ties by which the issuer can command"),
                   defaulted("layers", sim::list(sim::choice(supplier_layer_words())), sim::make_list({}),
                             "suppliers that it binds besides the mailbox providers"),
                   defaulted("direction", sim::choice(direction_words()), make_text("both"), "mail `from` the target, `to` it, or `both`"),
                   defaulted("notice", sim::figure(sim::duration({0}, kCentury)), make_text("0 s"),
                             "time that entities are given before delays count", "assumed"),
                   defaulted("compliance", compliance_shape(), sim::make_object({}), "who obeys, and when"),
                   defaulted("follow", follow_shape(), sim::make_object({}),
                             "whether the measure finds an address that the target changed to"),
                   defaulted("restore", sim::figure(sim::duration({0}, kCentury)), make_text("0 s"),
                             "from the end of the order until an entity undoes its measures", "assumed"),
                   optional("legal_basis", sim::text(1000), "law or order, as text"),
               })
        .that(check_until);
}

Shape response_shape() {
    std::vector<sim::Variant> variants;
    for (const auto& entry : response_registry()) variants.push_back({entry.kind, entry.params, entry.text});
    return sim::tagged("kind", variants, {required("id", sim::identifier(), "short name")})
        .that([](const sim::View& view, sim::Findings& findings) {
            for (const auto& entry : response_registry()) {
                if (entry.check && entry.kind == view["kind"].text()) entry.check(view, findings);
            }
        });
}

/// Refuses an exemption that would never act.
void check_exempt(const sim::View& view, const PolicyEntry& entry, sim::Findings& findings) {
    if (!view.has("exempt")) return;
    const auto has = [&](std::string_view name) {
        return std::any_of(entry.params.begin(), entry.params.end(), [&](const sim::Field& field) { return field.name == name; });
    };
    const bool by_account = has("key") && view["key"].text() == "account";
    std::string found;
    if (!entry.rejects) {
        found = "kind " + sim::in_quotes(entry.kind);
    } else if (has("action") && view["action"].text() != "reject") {
        found = "the action " + sim::in_quotes(view["action"].text());
    } else if (has("reject") && !view.has("reject")) {
        found = "one without \"reject\"";
    } else if (by_account) {
        found = "\"account\", of which none is large";
    }
    if (found.empty()) return;
    findings.add(view["exempt"].place(), sim::Code::kInconsistent,
                 by_account ? "a policy that rejects mail, by another key" : "a policy that rejects mail", found);
}

Shape blocking_shape() {
    std::vector<sim::Variant> variants;
    for (const auto& entry : policy_registry())
        variants.push_back({entry.kind, entry.params, entry.text + " Held to: " + entry.held_to + "."});
    return sim::tagged(
               "kind", variants,
               {required("id", sim::identifier(), "short name"),
                defaulted(
                    "receiver", sim::reference({"providers", "suppliers"}, {"*"}), make_text("*"),
                    "who judges: a provider or a gateway, or all; where a gateway stands in front, it judges, while the ledger's receiver is the provider"),
                defaulted(
                    "from", sim::duration({0}, kCentury), make_text("0 h"),
                    "when the receiver begins to apply the policy, remembering nothing; takes effect at the first tick at or after it"),
                sim::optional("until", sim::duration({0}, kCentury),
                              "when the receiver ceases to apply it, and forgets: at the first tick at or after it"),
                sim::optional(
                    "exempt", sim::figure(sim::number("share", 0, 1)),
                    "a source with more than this share of the receiver's wanted mail is never rejected: describes a rule, never shows that it would arise")})
        .that([](const sim::View& view, sim::Findings& findings) {
            for (const auto& entry : policy_registry()) {
                if (entry.kind != view["kind"].text()) continue;
                if (entry.check) entry.check(view, findings);
                check_end(view, "from", findings);
                check_exempt(view, entry, findings);
            }
        });
}

Shape observation_shape() {
    const Shape who = sim::reference({"groups", "jurisdictions", "blocs"}, {"*"});
    return sim::object({
        required("measure", sim::choice({"reachability", "mutual_reachability"}), "what to measure"),
        required("from", who, "who writes"),
        required("to", who, "who should be reached"),
        defaulted("every", sim::duration({1}, kCentury), make_text("6 h"), "how often; a multiple of `slice`"),
        defaulted("weights", sim::choice({"population", "contacts"}), make_text("population"), "all pairs alike, or by who writes to whom"),
    });
}

Shape lever_shape() {
    return sim::object({
        required("path", sim::text(), "dotted path into this document; list items by id"),
        required("bounds", sim::list(sim::number(""), 2, 2), "lowest and highest value to try"),
        required("label", sim::text(), "what to call it"),
    });
}

void check_multiple(const sim::View& value, sim::Duration slice, sim::Findings& findings) {
    if (slice.us > 0 && value.duration().us % slice.us != 0) {
        findings.add(value.place(), sim::Code::kInconsistent, "a multiple of \"slice\", " + sim::format_duration(slice),
                     sim::format_duration(value.duration()));
    }
}

void check_slices(const sim::View& value, sim::Duration slice, sim::Findings& findings) {
    check_multiple(value, slice, findings);
    if (value.duration().us / slice.us > kMostSlices) {
        findings.add(value.place(), sim::Code::kTooLarge, "at most " + std::to_string(kMostSlices) + " slices",
                     std::to_string(value.duration().us / slice.us));
    }
}

void check_times(const sim::View& scenario, sim::Findings& findings) {
    const sim::Duration slice = scenario["slice"].duration();
    check_slices(scenario["horizon"], slice, findings);
    if (scenario["warm_up"].written()) check_slices(scenario["warm_up"], slice, findings);
    for (const auto& observation : scenario["observe"].items()) check_multiple(observation["every"], slice, findings);
    for (const auto& policy : scenario["blocking"].items()) {
        if (policy.has("period")) check_multiple(policy["period"], slice, findings);
    }
}

/// Whether a sender is known, and what is due to one, are questions that a receiver answers once.
void check_single(const sim::View& scenario, const std::string& kind, sim::Findings& findings) {
    std::vector<std::string> receivers;
    for (const auto& policy : scenario["blocking"].items()) {
        if (policy["kind"].text() != kind) continue;
        const std::string receiver = policy["receiver"].text();
        for (const std::string& other : receivers) {
            if (other != receiver && other != "*" && receiver != "*") continue;
            findings.add(policy["receiver"].place(), sim::Code::kInconsistent, "at most one " + kind + " at a receiver",
                         "a second one at " + sim::in_quotes(receiver == "*" ? other : receiver));
            break;
        }
        receivers.push_back(receiver);
    }
}

void check_singles(const sim::View& scenario, sim::Findings& findings) {
    for (const auto& entry : policy_registry()) {
        if (entry.single) check_single(scenario, entry.kind, findings);
    }
}

/// What a number can be put in the place of: a number, or an object that says more about one.
bool is_quantity(const sim::Value& value) {
    const sim::Value* inner = value.find("value");
    return value.is_number() || (inner != nullptr && inner->is_number());
}

void check_levers(const sim::View& scenario, sim::Findings& findings) {
    for (const auto& lever : scenario["levers"].items()) {
        const sim::Value* found = sim::get_path(scenario.value(), lever["path"].text());
        if (found == nullptr) {
            findings.add(lever["path"].place(), sim::Code::kReference, "the path of a value of this scenario",
                         sim::in_quotes(lever["path"].text()));
        } else if (!is_quantity(*found)) {
            findings.add(lever["path"].place(), sim::Code::kType, "the path of a number", "that of " + sim::describe(*found));
        }
        if (lever["bounds"].at(0).number() >= lever["bounds"].at(1).number()) {
            findings.add(lever["bounds"].place(), sim::Code::kInconsistent, "a lower and a higher bound", "bounds in another order");
        }
    }
}

std::vector<Field> time_fields() {
    return {
        required("horizon", sim::duration({1}, kCentury), "how long is simulated; a multiple of `slice`"),
        defaulted("slice", sim::duration({1'000'000}, {86'400'000'000}), make_text("1 h"), "the fixed grid on which state changes"),
        defaulted("warm_up", sim::duration({0}, kCentury), make_text("14 d"),
                  "before t = 0, without orders and in no ledger: receivers get to know their senders, where a policy that begins at 0 "
                  "remembers; a multiple of `slice`"),
        defaulted("seed", sim::integer("seed", 0, 9'007'199'254'740'992), sim::make_integer(1), "of all random numbers"),
        defaulted("scale", sim::number("share", 0, 1).open_low(), make_number(1),
                  "share of users, and so of wanted mail and spam, that is simulated; thresholds of rules stay as they are"),
        defaulted("traffic", sim::choice(traffic_words()), make_text("fluid"),
                  "traffic model: expected counts, random counts, single messages; `none` computes reachability alone"),
    };
}

}  // namespace

Shape scenario_shape() {
    std::vector<Field> fields{
        required("schema", sim::integer("version", 1, 1), "version of this format"),
        required("name", sim::identifier(), "short name"),
        optional("extends", sim::identifier(), "the scenario that this one changes; lists match by id"),
        optional("title", sim::text(), "one line"),
        optional("question", sim::text(1000), "what it asks"),
        optional("about", sim::text(4000), "what it is and what it is not"),
        defaulted("sources", sim::list(sim::text()), sim::make_list({}), "keys of sources.bib"),
        required("world", sim::identifier(), "the world that it plays in"),
    };
    for (auto& field : time_fields()) fields.push_back(std::move(field));
    const std::vector<Field> content{
        optional("missing", sim::choice(missing_words()), "how `unknown` shares are treated; not given: as the world says"),
        defaulted("mail", mail_shape(), sim::make_object({}), "how much wanted mail there is"),
        defaulted("spam_senders", sim::list(spam_sender_shape(), 0, 1000).declares("spam_senders").declares("operators"),
                  sim::make_list({}), "who sends spam besides what providers let out"),
        defaulted("orders", sim::list(order_shape(), 0, 10'000).declares("orders"), sim::make_list({}), "what governments order"),
        defaulted("blocking", sim::list(blocking_shape(), 0, 1000).declares("blocking"), sim::make_list({}),
                  "what receivers do with mail of a source"),
        defaulted("mailing_lists", sim::list(mailing_list_shape(), 0, 1000).declares("mailing_lists"), sim::make_list({}),
                  "lists that send each post to all their subscribers"),
        defaulted("blocklists", sim::list(list_shape(), 0, 100).declares("blocklists"), sim::make_list({}),
                  "what the lists list that receivers ask"),
        defaulted("responses", sim::list(response_shape(), 0, 10'000).declares("responses"), sim::make_list({}), "what people do about it"),
        defaulted("observe", sim::list(observation_shape(), 0, 1000), sim::make_list({}), "what is measured"),
        defaulted("levers", sim::list(lever_shape(), 0, 1000), sim::make_list({}), "what a reader may want to turn"),
    };
    fields.insert(fields.end(), content.begin(), content.end());
    return sim::object(std::move(fields)).that(check_times).that(check_singles).that(check_subscriptions).that(check_levers);
}

}  // namespace mailrift
