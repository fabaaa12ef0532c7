// Response `relay`: operators whose mail fails send it through another's addresses.
#include <memory>
#include <string>

#include "models/response/trouble.h"
#include "sim/error.h"
#include "sim/shape_check.h"

namespace mailrift {
namespace {

/// Before they are made.
void check_number(std::size_t moves) {
    constexpr std::size_t kMost = 4'000'000;
    if (moves <= kMost) return;
    throw sim::Error(sim::Code::kTooLarge, {}, "at most " + std::to_string(kMost) + " providers that relay times cohorts",
                     std::to_string(moves));
}

class Relay final : public TroubleResponse {
public:
    Relay(Trouble trouble, EntityId through) : TroubleResponse(std::move(trouble)), through_(through) {}

    [[nodiscard]] std::vector<Destination> destinations(const std::set<Destination>& others) const override {
        const std::vector<CohortId> cohorts = members(others);
        check_number(cohorts.size() * trouble().senders.size());
        std::vector<Destination> all;
        for (const CohortId cohort : cohorts) {
            for (const EntityId sender : trouble().senders) all.push_back({cohort, sender, through_});
        }
        return all;
    }

protected:
    /// Addresses stay what they were, and so does who knows them.
    void act(const StateView& view, SeatId seat, std::vector<Reaction>& reactions) const override {
        const auto to = seat_after_move(view.world, view.population, seat, view.route(seat).provider, through_);
        if (!to) return;  // it sends by the relay
        reactions.push_back({{ChangeKind::kMove, {{}, {}, seat, {}}, *to, 1}, {0}});
        if (view.seat(*to).left) reactions.push_back({{ChangeKind::kInform, {{}, {}, *to, {}}, {}, known_share(view, seat)}, {0}});
    }

private:
    EntityId through_;
};

void of_another(const sim::View& view, sim::Findings& findings) {
    for (const auto& provider : view["providers"].items()) {
        if (provider.text() != view["through"].text()) continue;
        findings.add(view["through"].place(), sim::Code::kInconsistent, "a relay of another than the providers",
                     sim::in_quotes(provider.text()));
    }
}

}  // namespace

ResponseEntry relay() {
    return {
        "relay",
        "An operator sends through a relay: from the day on which the share of the wanted mail that its members sent in the last `over` and "
        "that is in no inbox is at least `failed`, their mail and its outbound spam leave by the addresses of `through`, whose reputation "
        "they share from then on; posts of mailing lists and the spam of compromised accounts do not. Mail comes in as before. Looked at "
        "once a day from `start` + `over` on.",
        with_trouble({sim::required("through", sim::reference({"suppliers", "providers"}), "who sends the mail")}), of_another,
        [](const sim::View& view, const ResponseContext& context) {
            return std::make_shared<const Relay>(decode_trouble(view, context), context.provider(view["through"].text()));
        }};
}

}  // namespace mailrift
