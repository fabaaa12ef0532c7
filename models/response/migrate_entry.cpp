// How documents describe the response `migrate`.
#include <memory>

#include "models/response/migrate.h"
#include "models/response/registry.h"
#include "sim/shape_check.h"

namespace mailrift {
namespace {

sim::Shape plan_shape() {
    return sim::object({
        sim::required("at", sim::figure(sim::duration()), "when the move begins"),
        sim::required("takes", sim::figure(sim::duration()), "how long it takes; members move in equal daily steps"),
    });
}

sim::Shape hazard_shape() {
    using sim::defaulted;
    using sim::make_number;
    return sim::object({
        defaulted("start", sim::figure(sim::duration()), sim::make_text("0 s"), "from when members may move", "assumed"),
        defaulted("base", sim::figure(sim::number("per day", 0)), make_number(0), "hazard without any failed mail", "assumed"),
        defaulted("gain", sim::figure(sim::number("per day", 0)), make_number(0), "added hazard when all wanted mail of 24 h failed",
                  "assumed"),
        defaulted("max_per_day", sim::figure(sim::number("share", 0, 1)), make_number(1),
                  "greatest share of the cohort that moves in a day", "assumed"),
    });
}

void one_of_plan_and_hazard(const sim::View& view, sim::Findings& findings) {
    const bool plan = view.has("plan");
    if (plan != view.has("hazard")) return;
    findings.add(view.place(), sim::Code::kInconsistent, "exactly one of the keys \"plan\" and \"hazard\"", plan ? "both" : "neither");
}

MigrateParams decode(const sim::View& view, const ResponseContext& context) {
    MigrateParams params;
    params.who = context.cohorts(view["who"]);
    for (const auto& provider : view["from"].items()) params.leave.push_back(context.provider(provider.text()));
    if (view.has("plan")) {
        params.plan = MovePlan{sim::Time{view["plan"]["at"].duration().us}, view["plan"]["takes"].duration()};
    } else {
        const sim::View hazard = view["hazard"];
        params.hazard = MoveHazard{sim::Time{hazard["start"].duration().us}, hazard["base"].number(), hazard["gain"].number(),
                                   hazard["max_per_day"].number()};
    }
    params.moving = decode_moving(view, context);
    return params;
}

}  // namespace

ResponseEntry migrate() {
    return {"migrate",
            "Members move to other providers, on a plan or with hazard per day h = base + gain x f, f = the share of their wanted "
            "mail, sent and received, that failed in the last 24 h. With constant h the moved share is 1 - exp(-h t).",
            with_moving({
                sim::required("who", who_shape(), "who moves"),
                sim::optional("from", sim::list(sim::reference({"providers"}), 1), "providers that they leave; not given: all others"),
                sim::optional("plan", plan_shape(), "a move on a plan; exactly one of plan and hazard"),
                sim::optional("hazard", hazard_shape(), "a move with a daily hazard; exactly one of plan and hazard"),
            }),
            one_of_plan_and_hazard,
            [](const sim::View& view, const ResponseContext& context) { return std::make_shared<const Migrate>(decode(view, context)); }};
}

}  // namespace mailrift
