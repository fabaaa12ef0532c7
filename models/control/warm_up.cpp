// The time before t = 0, in which receivers get to know those who write to them.
#include "models/control/warm_up.h"

#include <utility>
#include <vector>

#include "sim/error.h"
#include "sim/hash.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kWarmUpStream = sim::hash64("warm-up");

}  // namespace

TrafficSetup before_start(TrafficSetup setup, sim::Tick slices) {
    setup.people_seed = setup.seed;
    setup.seed = sim::join64(setup.seed, kWarmUpStream);
    setup.first = -slices;
    setup.slices = slices;
    setup.watch = setup.watch_sent = false;
    setup.trace = nullptr;
    return setup;
}

void warm_up(const Model& model, MailState start, TrafficModel& mail, Judgement& judgement, const sim::StopFlag& stop) {
    MailState state = std::move(start);
    for (sim::Tick slice = 0; slice < model.warm_up; ++slice) {
        if (stop.stop_requested()) throw sim::Error(sim::Code::kInterrupted, {}, "time to warm up", "a request to stop");
        const sim::Tick tick = slice - model.warm_up;
        std::vector<Change> changes;
        judgement.count_members({model.world, model.population, state});
        for (Change& change : judgement.judge(tick)) {
            if (apply(change, state)) changes.push_back(std::move(change));
        }
        const Tallies tallies = mail.advance({{model.world, model.population, state}, changes}, slice, stop);
        judgement.learn(tallies.sources, tick, tallies.senders);
    }
}

}  // namespace mailrift
