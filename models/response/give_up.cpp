// Response `give_up`: operators whose mail fails for too long close down, and their members go elsewhere.
#include <memory>

#include "models/response/moves.h"
#include "models/response/trouble.h"
#include "sim/shape_check.h"

namespace mailrift {
namespace {

class GiveUp final : public TroubleResponse {
public:
    GiveUp(Trouble trouble, Moving moving) : TroubleResponse(std::move(trouble)), moving_(std::move(moving)) {}

    [[nodiscard]] std::vector<Destination> destinations(const std::set<Destination>& others) const override {
        return destinations_of(moving_, members(others));
    }

protected:
    void act(const StateView& view, SeatId seat, std::vector<Reaction>& reactions) const override {
        add_moves(moving_, view, seat, 1, reactions);
    }

private:
    Moving moving_;
};

void elsewhere(const sim::View& view, sim::Findings& findings) {
    for (const auto& provider : view["providers"].items()) {
        for (const auto& target : view["to"].members()) {
            if (target.key != provider.text()) continue;
            findings.add(provider.place(), sim::Code::kInconsistent, "a provider that is not where its members go",
                         sim::in_quotes(target.key));
        }
    }
}

}  // namespace

ResponseEntry give_up() {
    return {
        "give_up",
        "An operator gives up: all its members leave at once for other providers when the share of the wanted mail that they sent in the "
        "last `over` and that is in no inbox is at least `failed`. Looked at once a day from `start` + `over` on. What an operator does "
        "whose mail is refused whatever he does (cfenollosa.com 2022, after 23 years). Members alone leave: routes by it as a gateway, a "
        "relay or a forwarder go on, and so do mailing lists and compromised accounts there.",
        with_trouble(with_moving({})), elsewhere, [](const sim::View& view, const ResponseContext& context) {
            return std::make_shared<const GiveUp>(decode_trouble(view, context), decode_moving(view, context));
        }};
}

}  // namespace mailrift
