// What a traffic model needs to know before the first slice.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "models/population/population.h"
#include "models/traffic/cells.h"
#include "models/traffic/mail_params.h"
#include "models/traffic/slice_stages.h"
#include "models/traffic/source_tallies.h"
#include "models/traffic/spam_sender.h"
#include "models/traffic/trace.h"
#include "sim/hash.h"
#include "sim/run_loop.h"
#include "sim/time.h"

namespace mailrift {

inline constexpr std::size_t kTrafficBytes = std::size_t{1} << 30U;

/// The same for every traffic model; world, population and mixing outlive it.
struct TrafficSetup {
    const World& world;
    const Population& population;
    const Eigen::MatrixXd& mixing;  ///< M, shape (n_cohorts, n_cohorts)
    MailParams mail;
    Lumping lumping;
    sim::Duration slice;
    sim::Tick slices = 0;                      ///< how many will be advanced: 0, 1, ...
    bool watch = false;                        ///< whether Tallies::cohorts is wanted
    std::optional<EntityId> botnet;            ///< the entity that background spam comes from
    std::uint64_t seed = 1;                    ///< of random counts; `fluid` has none
    std::size_t threads = 1;                   ///< that share a slice of `message`; no result depends on it
    std::vector<std::uint64_t> policy_keys{};  ///< by PolicyId: hashes of their ids
    const TraceRequest* trace = nullptr;       ///< which messages of `message` are to be kept; none: no
    const sim::StopFlag* stop = nullptr;       ///< asks to stop while the model is made; none: never
    std::size_t memory_bytes = kTrafficBytes;
    TallyRules tallies{};                        ///< what receivers want to know of sources
    std::span<const SpamSender> spam_senders{};  ///< in the order of their ids; outlive the model
    sim::Tick first = 0;                         ///< tick of slice 0, which says what hour it is; below 0 in a warm-up
    std::optional<std::uint64_t> people_seed{};  ///< of who the persons of `message` are; not given: `seed`
    bool watch_sent = false;                     ///< whether Tallies::sent is wanted
    const StageWatch* stages = nullptr;          ///< who measures `message` on one thread; none: nobody
};

/// Of draws for a policy at its place in a chain.
[[nodiscard]] inline std::uint64_t policy_key(const TrafficSetup& setup, PolicyId policy) {
    const std::uint64_t key = setup.policy_keys[index(without_hop(policy))];
    return hop_of(policy) == 0 ? key : sim::join64(key, hop_of(policy));
}

}  // namespace mailrift
