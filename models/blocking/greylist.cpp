// Policy `greylist`: defers the first tries of senders that it does not know.
#include "models/blocking/greylist.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

PolicyEntry greylist() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_text;
    const sim::Duration least{1'000'000};
    return {
        "greylist",
        "A try of an unknown (source, sender, recipient) is deferred until `delay` has passed since an earlier one and not more than "
        "`window`; then the three are known for `memory` after their last accepted mail.",
        {
            defaulted("delay", figure(sim::duration(least)), make_text("300 s"), "an earlier try must be at least so old", "postgrey-man"),
            defaulted("window", figure(sim::duration(least)), make_text("2 d"), "and at most so old", "postgrey-man"),
            defaulted("memory", figure(sim::duration(least)), make_text("35 d"), "for how long a known sender stays known", "postgrey-man"),
        },
        [](const sim::View& view, sim::Findings& findings) {
            if (view["delay"].duration().us <= view["window"].duration().us) return;
            findings.add(view["delay"].place(), sim::Code::kInconsistent, "a delay of at most \"window\"", "a longer one");
        },
        [](const sim::View& view) {
            return std::make_shared<const GreylistPolicy>(
                Greylist{view["delay"].duration(), view["window"].duration(), view["memory"].duration()});
        },
        false};
}

}  // namespace mailrift
