// Policy `due_process`: regulates what the receiver's other policies may do to a source.
#include "models/blocking/due_process.h"

#include <memory>

#include "models/blocking/registry.h"

namespace mailrift {

double Review::spared(std::optional<sim::Duration> refused_for, double spam_share, const KeyFacts& facts) const {
    if (!refused_for) return 0;
    if (*refused_for < notice) return 1;
    if (*refused_for < notice + appeal) return 0;
    return facts.happens(spam_share <= guilty ? accuracy : 1 - accuracy);
}

PolicyEntry due_process() {
    using sim::defaulted;
    using sim::figure;
    using sim::make_number;
    const sim::Duration none{0};
    return {
        "due_process",
        "Sources that the receiver's other policies would refuse are given notice, and an appeal that is decided rightly with a probability.",
        "the share spared, hour by hour (due_process_test.cpp)",
        {
            defaulted("notice", figure(sim::duration(none)), sim::make_text("1 d"), "until a refusal takes effect", "assumed"),
            defaulted("appeal", figure(sim::duration(none)), sim::make_text("2 d"), "from then until the appeal is decided", "assumed"),
            defaulted("accuracy", figure(sim::number("share", 0, 1)), make_number(0.9), "probability that the decision is right",
                      "assumed"),
            defaulted("guilty", figure(sim::number("share", 0, 1)), make_number(0.1),
                      "share of spam above which it is right to refuse a source", "assumed"),
        },
        {},
        [](const sim::View& view) {
            return std::make_shared<const DueProcess>(
                Review{view["notice"].duration(), view["appeal"].duration(), view["accuracy"].number(), view["guilty"].number()});
        },
        false,
        true};
}

}  // namespace mailrift
