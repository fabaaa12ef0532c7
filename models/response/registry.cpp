// The list of responses.
#include "models/response/registry.h"

namespace mailrift {

std::vector<ResponseEntry> response_registry() {
    return {
        migrate(),
    };
}

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
