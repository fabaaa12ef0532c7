// What policies that count good and bad mail have in common: decay, and the fields of documents for memory and judge.
#include "models/blocking/decay.h"

#include "sim/math.h"

namespace mailrift {

void decay(std::span<double> counts, sim::Duration slice, sim::Duration half_life) noexcept {
    constexpr double kLog2 = 0x1.62e42fefa39efp-1;
    const double kept = sim::exp(-kLog2 * static_cast<double>(slice.us) / static_cast<double>(half_life.us));
    for (double& count : counts) count *= kept;
}

sim::Field key_field() {
    return sim::defaulted(
        "key", sim::choice({"address", "prefix", "domain", "hosting", "account"}), sim::make_text("address"),
        "what is judged: each source by its addresses; a spam sender's addresses in one range together; what mail authenticates as; all "
        "sources at a hosting supplier together; or each account of a provider by itself (in worlds of users or mailboxes, without `exempt`)");
}

Key read_key(const sim::View& view) {
    const std::string& key = view["key"].text();
    if (key == "account") return Key::kAccount;
    return key == "hosting" ? Key::kHosting : key == "domain" ? Key::kDomain : key == "prefix" ? Key::kPrefix : Key::kAddress;
}

std::vector<sim::Field> memory_fields(sim::Duration least) {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    using sim::make_text;
    const auto share = [] { return figure(sim::number("share", 0, 1)); };
    return {
        defaulted("half_life", figure(sim::duration(least)), make_text("7 d"), "of counts, where they decay", "assumed"),
        defaulted("period", sim::duration(least), make_text("1 d"), "how often verdicts are made; a multiple of `slice`"),
        defaulted("evidence", sim::choice({"attempts", "inbox"}), make_text("attempts"),
                  "the content filter's verdicts on all that reached it, or reports of what is in the inbox"),
        defaulted("true_positive", share(), make_number(0.999), "probability that spam is judged bad", "gmail-errors-2015"),
        defaulted("false_positive", share(), make_number(0.0005), "probability that wanted mail is judged bad", "gmail-errors-2015"),
    };
}

}  // namespace mailrift
