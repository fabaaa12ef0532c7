// How many conversations are expected to start in a slice, by pair of pools.
#pragma once

#include <map>
#include <vector>

#include <Eigen/Core>

#include "models/traffic/setup.h"
#include "models/traffic/streams.h"

namespace mailrift {

/// Means of the plain streams, slice by slice. Where slices divide a week they come round, and are kept if memory allows.
class StartMeans {
public:
    StartMeans(const TrafficSetup& setup, const CellTable& table, const StreamTable& streams);

    /// By zone: how many mean days of writing lie in the slice. Valid until the next call.
    const std::vector<double>& days(sim::Tick slice);

    /// By pair: expected conversations of its plain streams. Valid until the next call.
    const Eigen::VectorXd& plain(sim::Tick slice);

    /// The same of one plain stream of `pair`; a pair with one has it all.
    [[nodiscard]] double plain_part(std::size_t stream, std::size_t pair, const std::vector<double>& days) const;

private:
    [[nodiscard]] sim::Tick phase(sim::Tick slice) const { return period_ > 0 ? slice % period_ : slice; }

    const TrafficSetup& setup_;
    const CellTable& table_;
    const StreamTable& streams_;
    sim::Tick period_ = 0;  ///< slices after which the means come round; 0: never, or it would take too much memory
    std::map<sim::Tick, Eigen::VectorXd> kept_;
    std::vector<double> days_;
    Eigen::VectorXd latest_;
};

/// How many mean days of writing lie in the slice, by zone: profile factor times the slice's part of a day.
[[nodiscard]] std::vector<double> days_of_writing(const MailParams& mail, const std::vector<sim::Duration>& zones, sim::Duration slice,
                                                  sim::Tick tick);

}  // namespace mailrift
