// How many conversations are expected to start in a slice, by pair of pools.
#include "models/traffic/start_means.h"

#include "models/traffic/profile.h"

namespace mailrift {
namespace {

constexpr sim::Duration kWeek{7 * 86'400'000'000};
constexpr double kDayUs = 86'400e6;

}  // namespace

std::vector<double> days_of_writing(const MailParams& mail, const std::vector<sim::Duration>& zones, sim::Duration slice, sim::Tick tick) {
    const double slices_per_day = kDayUs / static_cast<double>(slice.us);
    std::vector<double> days;
    for (const sim::Duration offset : zones) days.push_back(profile_factor(mail.profile, offset, slice, tick) / slices_per_day);
    return days;
}

StartMeans::StartMeans(const TrafficSetup& setup, const CellTable& table, const StreamTable& streams)
    : setup_(setup), table_(table), streams_(streams) {
    constexpr double kPart = 0.25;  // of the memory
    if (setup.mail.profile.empty()) period_ = 1;
    if (!setup.mail.profile.empty() && kWeek.us % setup.slice.us == 0) period_ = kWeek.us / setup.slice.us;
    const double bytes = static_cast<double>(period_) * static_cast<double>(streams.pairs.size()) * sizeof(double);
    if (bytes > kPart * static_cast<double>(setup.memory_bytes)) period_ = 0;
}

const std::vector<double>& StartMeans::days(sim::Tick slice) {
    days_ = days_of_writing(setup_.mail, table_.zones, setup_.slice, setup_.first + slice);
    return days_;
}

const Eigen::VectorXd& StartMeans::plain(sim::Tick slice) {
    const auto found = kept_.find(phase(slice));
    if (found != kept_.end()) return found->second;
    const std::vector<double> days = days_of_writing(setup_.mail, table_.zones, setup_.slice, setup_.first + slice);
    // Column by column, so that the order of the sums is ours.
    latest_ = Eigen::VectorXd::Zero(streams_.plain_rates.rows());
    for (std::size_t z = 0; z < days.size(); ++z) latest_ += days[z] * streams_.plain_rates.col(static_cast<Eigen::Index>(z));
    if (period_ == 0) return latest_;
    return kept_.emplace(phase(slice), std::move(latest_)).first->second;
}

double StartMeans::plain_part(std::size_t stream, std::size_t pair, const std::vector<double>& days) const {
    const bool alone = streams_.pairs[pair].plain == 1;
    double mean = 0;
    for (std::size_t z = 0; z < days.size(); ++z) {
        const auto zone = static_cast<Eigen::Index>(z);
        mean += days[z] * (alone ? streams_.plain_rates(static_cast<Eigen::Index>(pair), zone)
                                 : streams_.plain_parts(static_cast<Eigen::Index>(stream), zone));
    }
    return mean;
}

}  // namespace mailrift
