// Changes of state: what plug-ins propose, control applies, the history keeps and the fingerprint hashes.
#include "models/delivery/change.h"

#include <algorithm>
#include <cassert>

namespace mailrift {
namespace {

/// Shares that were moved and added up in another order may differ by so much.
[[maybe_unused]] constexpr double kRounding = 1e-9;

template <class Item>
bool insert_once(std::vector<Item>& items, const Item& item) {
    if (std::find(items.begin(), items.end(), item) != items.end()) return false;
    items.push_back(item);
    return true;
}

template <class Item>
bool erase_one(std::vector<Item>& items, const Item& item) {
    const auto found = std::find(items.begin(), items.end(), item);
    if (found == items.end()) return false;
    items.erase(found);
    return true;
}

bool move_members(const Change& change, MailState& state) {
    assert(change.fraction >= 0 && change.fraction <= 1);
    double& from = state.share[index(change.block.seat)];
    const double moved = from * change.fraction;
    if (moved == 0) return false;
    // The last step of a plan moves everybody: nothing may be left behind by rounding.
    from = change.fraction == 1 ? 0 : from - moved;
    state.informed[index(change.block.seat)] *= 1 - change.fraction;
    state.share[index(change.to)] += moved;
    return true;
}

}  // namespace

bool apply(const Change& change, MailState& state) {
    const std::size_t seat = index(change.block.seat);
    switch (change.kind) {
        case ChangeKind::kClose: return insert_once(state.closed_by[seat], change.block.order);
        case ChangeKind::kReopen: return erase_one(state.closed_by[seat], change.block.order);
        case ChangeKind::kBlock: return insert_once(state.blocks[index(change.block.at)], change.block);
        case ChangeKind::kUnblock: return erase_one(state.blocks[index(change.block.at)], change.block);
        case ChangeKind::kMove: return move_members(change, state);
        case ChangeKind::kInform:
            state.informed[seat] += change.fraction;
            assert(state.informed[seat] <= state.share[seat] + kRounding);
            return change.fraction != 0;
        case ChangeKind::kJudge: return state.verdicts.set(change.source, change.receiver, change.verdicts, change.by_answer);
    }
    assert(false);
    return false;
}

Change inverse(const Change& change) {
    assert(change.kind == ChangeKind::kClose || change.kind == ChangeKind::kBlock);
    Change back = change;
    back.kind = change.kind == ChangeKind::kClose ? ChangeKind::kReopen : ChangeKind::kUnblock;
    return back;
}

}  // namespace mailrift
