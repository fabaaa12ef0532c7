// Blocklists in a scenario document: how they look, and what they come to.
#include "models/scenario/lists.h"

#include "sim/shape_check.h"

namespace mailrift {
namespace {

using sim::defaulted;
using sim::figure;
using sim::make_number;
using sim::make_text;

sim::Shape share() { return sim::number("share", 0, 1); }

sim::Field level_field() {
    const sim::Duration none{0};
    return defaulted(
        "escalation",
        sim::list(sim::object({
                      sim::required("to", sim::choice({"neighbourhood", "supplier"}),
                                    "all sources at the same hosting supplier, or at the same network supplier one hop further"),
                      defaulted("threshold", figure(sim::number("operators", 1, 1e9)), make_number(5),
                                "listed operators there at which all are listed", "uceprotect-levels"),
                      defaulted("after", figure(sim::duration(none)), make_text("0 s"), "for so long their number must have stayed there",
                                "assumed"),
                      defaulted("expiry", figure(sim::duration(none)), make_text("0 s"),
                                "once all are listed: for so long from the moment on at which fewer are", "assumed"),
                  }),
                  0, 8),
        sim::make_list({}), "from addresses to those who stand beside them");
}

/// Neighbours and bots are known by their addresses.
void check_zone(const sim::View& list, sim::Findings& findings) {
    const std::string zone = list["zone"].text();
    if ((zone == "allow") != list.has("known")) {
        findings.add(zone == "allow" ? list.place() : list["known"].place(),
                     zone == "allow" ? sim::Code::kMissingKey : sim::Code::kInconsistent,
                     zone == "allow" ? "the key \"known\" of a list with zone \"allow\"" : "\"known\" with zone \"allow\" alone",
                     zone == "allow" ? "none" : "zone " + sim::in_quotes(zone));
    }
    if (zone == "address") return;
    for (const char* key : {"escalation", "background"}) {
        if (!list[key].written()) continue;
        findings.add(list[key].place(), sim::Code::kInconsistent, sim::in_quotes(key) + " with zone \"address\" alone",
                     "zone " + sim::in_quotes(zone));
    }
}

sim::Field closure_field() {
    return sim::optional("closure",
                         sim::object({
                             sim::required("at", sim::duration({0}), "when the list is shut down"),
                             defaulted("answer", sim::choice({"silent", "wildcard"}), make_text("silent"),
                                       "what it says from then on: nobody is listed, or everybody"),
                         }),
                         "the end of the list");
}

}  // namespace

sim::Shape list_shape() {
    const sim::Duration none{0};
    const sim::Duration least{1'000'000};
    const sim::Duration most = sim::kDay * 366;  // of what is kept slice by slice
    return sim::object(
               {
                   sim::required("id", sim::reference({"suppliers"}), "who publishes it"),
                   defaulted(
                       "zone", sim::choice({"address", "domain", "allow"}), make_text("address"),
                       "what it lists: bad addresses; bad domains, which mail authenticates as; or good addresses, while they hit no traps"),
                   sim::optional("known", sim::list(sim::reference({"providers", "suppliers"}), 1),
                                 "of zone \"allow\": operators that it vouches for"),
                   defaulted("trap_rate", figure(sim::number("hits per spam", 0, 1)), make_number(1e-5),
                             "hits of the list's traps per spam that a source sends", "assumed"),
                   defaulted("false_rate", figure(sim::number("hits per message", 0, 1)), make_number(0),
                             "hits per wanted message: traps that were people's addresses", "assumed"),
                   defaulted("mistakes", figure(sim::number("listings per operator and day", 0, 1000)), make_number(0),
                             "listings of operators by mistake", "assumed"),
                   defaulted("threshold", figure(sim::number("hits", 0, 1e9).open_low()), make_number(1),
                             "hits within `window` at which a source is listed", "assumed"),
                   defaulted("window", figure(sim::duration(least, most)), make_text("1 d"), "in which hits are counted", "assumed"),
                   defaulted("delay", figure(sim::duration(none)), make_text("15 min"), "until subscribers know; effective in whole slices",
                             "abusix-delay"),
                   defaulted("expiry", figure(sim::duration(least, most)), make_text("7 d"), "from the last hit to the end of a listing",
                             "uceprotect-levels"),
                   defaulted("removal",
                             sim::object({
                                 defaulted("delay", figure(sim::duration(none)), make_text("2 d"), "from publication to the answer",
                                           "spamhaus-removal"),
                                 defaulted("success", figure(share()), make_number(0), "probability that the answer is yes", "assumed"),
                             }),
                             sim::make_object({}), "requests of operators who have users"),
                   defaulted("background", figure(share()), make_number(0.447),
                             "share of the background botnet's spam from listed addresses", "nber-2005"),
                   level_field(),
                   closure_field(),
               })
        .that(check_zone);
}

void check_subscriptions(const sim::View& scenario, sim::Findings& findings) {
    for (const auto& policy : scenario["blocking"].items()) {
        if (!policy.has("list")) continue;
        for (const auto& list : scenario["blocklists"].items()) {
            if (list["id"].text() != policy["list"].text()) continue;
            const bool good = list["zone"].text() == "allow";
            if (good == (policy["action"].text() == "accept")) continue;
            findings.add(
                policy["action"].written() ? policy["action"].place() : policy.place(), sim::Code::kInconsistent,
                good ? "action \"accept\" with a list of zone \"allow\"" : "action \"reject\" or \"junk\" with a list of bad sources",
                sim::in_quotes(policy["action"].text()));
        }
    }
}

std::vector<ListRule> decode_lists(const sim::View& scenario, const World& world) {
    std::vector<ListRule> lists;
    for (const auto& item : scenario["blocklists"].items()) {
        ListRule rule;
        rule.id = item["id"].text();
        rule.list = *find_entity(world, rule.id);
        rule.zone = item["zone"].text() == "domain" ? Zone::kDomain : item["zone"].text() == "allow" ? Zone::kAllow : Zone::kAddress;
        for (const auto& known : item["known"].items()) rule.known.push_back(known.text());
        rule.trap_rate = item["trap_rate"].number();
        rule.false_rate = item["false_rate"].number();
        rule.mistakes = item["mistakes"].number();
        rule.threshold = item["threshold"].number();
        rule.window = item["window"].duration();
        rule.delay = item["delay"].duration();
        rule.expiry = item["expiry"].duration();
        rule.removal = item["removal"]["delay"].duration();
        rule.removed = item["removal"]["success"].number();
        rule.background = item["background"].number();
        for (const auto& level : item["escalation"].items()) {
            const Spread to = level["to"].text() == "supplier" ? Spread::kSupplier : Spread::kNeighbourhood;
            rule.levels.push_back({to, level["threshold"].number(), level["after"].duration(), level["expiry"].duration()});
        }
        if (item.has("closure")) {
            rule.closes = sim::Time{item["closure"]["at"].duration().us};
            rule.closure = item["closure"]["answer"].text() == "wildcard" ? Closure::kWildcard : Closure::kSilent;
        }
        lists.push_back(std::move(rule));
    }
    return lists;
}

}  // namespace mailrift
