// What a move of members is made of: the move itself, and the news of an address that is lost with the old account.
#include "models/response/moves.h"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "sim/shape_check.h"

namespace mailrift {
namespace {

sim::Shape shares_shape() {
    return sim::map(sim::reference({"providers"}), sim::number("share", 0, 1)).that([](const sim::View& shares, sim::Findings& findings) {
        double sum = 0;
        for (const auto& member : shares.members()) sum += member.value.number();
        if (std::fabs(sum - 1) <= 1e-9) return;
        findings.add(shares.place(), sim::Code::kInconsistent, "shares that sum to 1", "a sum of " + sim::format_number(sum));
    });
}

}  // namespace

std::vector<sim::Field> with_moving(std::vector<sim::Field> fields) {
    fields.push_back(sim::required("to", shares_shape(), "where they go: shares by provider, sum 1"));
    fields.push_back(sim::defaulted("informed", sim::figure(sim::number("share", 0, 1)), sim::make_number(0.88),
                                    "share of contacts that learn a new address, where the old one is lost", "returnpath-2002"));
    fields.push_back(sim::defaulted("inform_delay", sim::figure(sim::duration()), sim::make_text("1 d"),
                                    "from the move until contacts know the new address", "assumed"));
    return fields;
}

Moving decode_moving(const sim::View& view, const ResponseContext& context) {
    Moving moving;
    for (const auto& member : view["to"].members()) moving.to.emplace_back(context.provider(member.key), member.value.number());
    moving.informed = view["informed"].number();
    moving.inform_delay = view["inform_delay"].duration();
    return moving;
}

std::vector<Destination> destinations_of(const Moving& moving, const std::vector<CohortId>& cohorts) {
    std::vector<Destination> all;
    for (const CohortId cohort : cohorts) {
        for (const auto& target : moving.to) all.push_back({cohort, target.first});
    }
    return all;
}

bool is_destination(const Moving& moving, EntityId provider) {
    return std::any_of(moving.to.begin(), moving.to.end(), [&](const auto& target) { return target.first == provider; });
}

void add_moves(const Moving& moving, const StateView& view, SeatId from, double leaving, std::vector<Reaction>& reactions) {
    double left = 1;  // of those on the seat, not yet moved in this step
    for (const auto& [provider, share] : moving.to) {
        const double part = leaving * share;
        const auto to = seat_after_move(view.world, view.population, from, provider);
        assert(to);
        const double of_left = std::min(1.0, part / left);
        reactions.push_back({{ChangeKind::kMove, {{}, {}, from, {}}, *to, of_left}, {0}});
        left -= part;
        if (!view.seat(*to).left) continue;
        reactions.push_back({{ChangeKind::kInform, {{}, {}, *to, {}}, {}, moving.informed}, moving.inform_delay});
    }
}

}  // namespace mailrift
