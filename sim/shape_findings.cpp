// Keeping the first of all findings in reading order.
#include <string>

#include "sim/shape_check.h"

namespace sim {

PlaceId Findings::order_of(PlaceId place) const {
    // A value built by a program has no place: it counts as standing where the nearest value around it stands.
    for (auto step = way_.rbegin(); place == 0 && step != way_.rend(); ++step) {
        place = step->place;
    }
    return place;
}

Place Findings::place_of(PlaceId place) const {
    if (place == 0 && !way_.empty()) {
        place = way_.back().place;
    }
    if (place != 0) {
        return places_.place(place);
    }
    Place here;
    for (const Step& step : way_) {
        if (&step != &way_.front()) {
            here.pointer = step.key != nullptr ? pointer_with(here.pointer, *step.key) : pointer_with(here.pointer, step.index);
        }
    }
    return here;
}

bool Findings::wants(PlaceId place) {
    ++count_;
    return !first_.has_value() || order_of(place) < first_order_;
}

void Findings::keep(PlaceId place, Code code, std::string_view expected, std::string_view got, std::string_view nearest) {
    first_order_ = order_of(place);
    first_.emplace(code, place_of(place), std::string(expected), std::string(got), std::string(nearest));
}

void Findings::add(PlaceId place, Code code, std::string_view expected, std::string_view got, std::string_view nearest) {
    if (wants(place)) {
        keep(place, code, expected, got, nearest);
    }
}

void Findings::add_unknown(PlaceId place, Code code, std::string_view expected, std::string_view name,
                           const std::vector<std::string>& known) {
    if (wants(place)) {
        keep(place, code, expected, in_quotes(name), nearest_name(name, known));
    }
}

}  // namespace sim
