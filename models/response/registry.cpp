// The list of responses.
#include "models/response/registry.h"

namespace mailrift {

// One line a response: the function of that name, in its own file, describes it.
// clang-format off
#define MAILRIFT_RESPONSES(entry) \
    entry(migrate) \
    entry(give_up) \
    entry(relay)
// clang-format on

#define MAILRIFT_DECLARE(name) ResponseEntry name();
#define MAILRIFT_CALL(name) name(),

MAILRIFT_RESPONSES(MAILRIFT_DECLARE)

std::vector<ResponseEntry> response_registry() { return {MAILRIFT_RESPONSES(MAILRIFT_CALL)}; }

sim::Shape who_shape() {
    using sim::optional;
    return sim::object(
               {
                   optional("groups", sim::list(sim::reference({"groups"}), 1), "groups of the world"),
                   optional("jurisdictions", sim::list(sim::reference({"jurisdictions"}), 1), "jurisdictions, their groups included"),
               })
        .that([](const sim::View& who, sim::Findings& findings) {
            if (who.has("groups") || who.has("jurisdictions")) return;
            findings.add(who.place(), sim::Code::kMissingKey, "the key \"groups\" or \"jurisdictions\"", "neither");
        });
}

}  // namespace mailrift
