// Worlds made from worlds: unknown shares resolved, counted providers replaced by representatives.
#pragma once

#include <vector>

#include "models/world/world.h"

namespace mailrift {

/// A world whose markets have no unknown share left.
///
/// `kProportional`: every share of the market is divided by 1 - unknown. A market of which nothing is known takes the mean of the measured
/// markets of its blocs, weighted by mail users, or of all measured ones where its blocs have none; such a region takes its market's shares. `kBest`, `kWorst`: the unknown share goes to one new provider, which nobody commands or which every order
/// binds; the two runs bound every result that falls with the number of compelled operators.
/// \throws sim::Error kInconsistent if `kProportional` finds no measured market with mail users.
[[nodiscard]] World with_missing(World world, Missing missing);

/// A world in which each counted entity marked in `keeps_state` is replaced by its representatives.
///
/// min(count, representatives) entities `id#0`, `id#1`, ... share the entity's routes by whole-number weights that add up to `count`
/// (the first count mod n of them have the greater weight). They are appended, so that no other id moves.
/// Representatives make state kept by operator (whether it obeys, what receivers remember of it) independent between operators: each is one operator,
/// with one representative, and its `count` its weight.
/// \throws sim::Error kTooLarge if the shares of all markets would be more than four million.
[[nodiscard]] World with_representatives(World world, const std::vector<bool>& keeps_state);

}  // namespace mailrift
