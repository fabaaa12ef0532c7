// Life histories of single messages: which ones are kept, and what is kept of them.
#include "models/traffic/trace.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "sim/hash.h"

namespace mailrift {
namespace {

/// Independent of everything that a message's number decides in the run.
std::uint64_t rank_of(std::uint64_t message) { return sim::mix64(sim::join64(sim::hash64("trace: which messages"), message)); }

bool before(const TracedTry& a, const TracedTry& b) {
    const auto order = [](const TracedTry& t) { return std::tuple(rank_of(t.message), t.message, t.at.us, t.number); };
    return order(a) < order(b);
}

}  // namespace

void TraceLog::add(const TracedTry& traced) {
    if (whole()) {
        if (std::binary_search(request_->messages.begin(), request_->messages.end(), traced.message)) tries_.push_back(traced);
        return;
    }
    tries_.push_back(traced);
    if (tries_.size() >= 4 * request_->number + 1024) prune();
}

void TraceLog::add(const TraceLog& other) {
    tries_.insert(tries_.end(), other.tries_.begin(), other.tries_.end());
    if (!whole()) prune();
}

void TraceLog::prune() {
    std::sort(tries_.begin(), tries_.end(), before);
    const auto same = [](const TracedTry& a, const TracedTry& b) { return a.message == b.message; };
    tries_.erase(std::unique(tries_.begin(), tries_.end(), same), tries_.end());
    if (tries_.size() > request_->number) tries_.resize(request_->number);
}

std::vector<TracedTry> TraceLog::take() {
    if (!whole()) prune();
    std::sort(tries_.begin(), tries_.end(), before);
    return std::exchange(tries_, {});
}

}  // namespace mailrift
