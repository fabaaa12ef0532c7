// Builds the contact graph in passes over pieces of cohorts: degrees, communities, lists of what is left, targets.
#include "models/population/contact_graph.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "models/population/chunks.h"
#include "models/population/communities.h"
#include "models/population/contact_law.h"
#include "models/population/far_contacts.h"
#include "models/population/shuffle.h"
#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/hash.h"
#include "sim/json.h"

namespace mailrift {
namespace {

constexpr std::uint64_t kDegreeStream = sim::hash64("contact graph: degree");
constexpr std::uint64_t kOffsetStream = sim::hash64("contact graph: offset");
constexpr std::uint64_t kGroupingStream = sim::hash64("contact graph: grouping");
constexpr std::uint64_t kTargetStream = sim::hash64("contact graph: target");
constexpr std::uint64_t kCommunityStream = sim::hash64("contact graph: community");

void check_range(const char* name, double value, double low, double high) {
    if (value >= low && value <= high) return;
    throw sim::Error(sim::Code::kRange, {}, std::string(name) + " from " + sim::format_number(low) + " to " + sim::format_number(high),
                     sim::format_number(value));
}

void check_params(const ContactGraphParams& params) {
    check_range("mean_contacts", params.mean_contacts, 1, 1000);
    check_range("tail_exponent", params.tail_exponent, 1.8, 2.5);
    check_range("max_contacts", params.max_contacts, 1, 1000000);
    check_range("reciprocity", params.reciprocity, 0, 1);
    check_range("clustering", params.clustering, 0, 1);
    check_range("community_size", params.community_size, 2, kMostCommunity);
}

/// The order in which a cohort is cut into communities: place by index.
Shuffle grouping(const CohortPersons& cohort, std::uint64_t seed) {
    return {cohort.size, sim::Draws(seed, kGroupingStream, cohort.key, 0).next_u64()};
}

class Builder {
public:
    Builder(const Persons& persons, const Population& population, const Eigen::MatrixXd& mixing, const ContactGraphParams& params,
            const GraphBuild& build)
        : persons_(persons),
          params_(params),
          build_(build),
          stop_(build.stop != nullptr ? *build.stop : never_),
          degrees_(params.mean_contacts, params.tail_exponent, params.max_contacts) {
        cut_cohorts();
        check_memory(params.mean_contacts * persons.count);
        mix_ = std::make_unique<CohortMix>(persons, population, mixing);
    }

    ContactGraph build() {
        plan_communities();
        draw_degrees();
        check_memory(graph_.links());
        graph_.targets = std::make_unique_for_overwrite<Person[]>(graph_.links());
        link_communities();
        FarContacts far(persons_, pieces_, *mix_, build_.seed);
        list_far(far);
        join_far(far);
        return std::move(graph_);
    }

private:
    /// Pieces of about a hundred thousand contacts: some hundredths of a second each, so that a stop is heeded soon.
    void cut_cohorts() {
        piece_ = static_cast<std::uint32_t>(std::clamp(kPieceContacts / params_.mean_contacts, 64.0, 4096.0));
        for (std::size_t a = 0; a < persons_.cohorts.size(); ++a) {
            const CohortPersons& cohort = persons_.cohorts[a];
            for (std::uint32_t i = 0; i < cohort.size; i += std::min(piece_, cohort.size - i)) {
                pieces_.push_back({a, i, i + std::min(piece_, cohort.size - i)});
            }
        }
    }

    void check_memory(double links) const {
        const auto cohorts = static_cast<double>(persons_.cohorts.size());
        const double tables = 24 * cohorts * cohorts + 12 * cohorts * static_cast<double>(pieces_.size());
        const double bytes = 6.0 * persons_.count + 8 * links + tables;
        if (bytes > static_cast<double>(build_.memory_bytes)) {
            throw sim::Error(sim::Code::kTooLarge, {}, "a contact graph of at most " + std::to_string(build_.memory_bytes >> 20U) + " MiB",
                             std::to_string(persons_.count) + " persons in " + sim::format_number(cohorts) + " cohorts with " +
                                 sim::format_number(links) + " contacts");
        }
        if (links <= 0xFFFFFFFFU) return;
        throw sim::Error(sim::Code::kTooLarge, {}, "a contact graph of at most 4294967295 contacts", sim::format_number(links));
    }

    [[nodiscard]] sim::Draws draws(std::uint64_t stream, std::size_t cohort, std::uint32_t index) const noexcept {
        return {build_.seed, stream, person_key(persons_.cohorts[cohort].key, index), 0};
    }

    [[nodiscard]] PersonSlots slots(std::size_t cohort, std::uint32_t index) const noexcept {
        const Person person = persons_.cohorts[cohort].first + index;
        sim::Draws own = draws(kOffsetStream, cohort, index);
        const double u = sim::uniform01(own);
        const std::uint32_t d = graph_.first[person + 1] - graph_.first[person];
        const auto sums = mix_->sums(cohort);
        const std::uint32_t begin = cohort == 0 ? 0 : first_slot(sums[cohort - 1], d, u);
        return {person, d, u, begin, first_slot(sums[cohort], d, u)};
    }

    /// How local contacts must be in each cohort for the clustering that is asked for.
    void plan_communities() {
        graph_.local_share.assign(persons_.cohorts.size(), 0);
        if (params_.clustering == 0) return;
        const CommunityLaw law(degrees_, params_.community_size, params_.reciprocity);
        if (params_.clustering > law.most()) {
            throw sim::Error(
                sim::Code::kInconsistent, {},
                "a clustering of at most " + sim::format_number(law.most()) + " for communities of this size and this many contacts",
                sim::format_number(params_.clustering));
        }
        for (std::size_t a = 0; a < persons_.cohorts.size(); ++a) {
            graph_.local_share[a] = law.local_share(params_.clustering, persons_.cohorts[a].size, mix_->share(a, a));
        }
    }

    void draw_degrees() {
        graph_.first.assign(persons_.count + std::size_t{1}, 0);
        for_chunks(pieces_.size(), build_.threads, stop_, [&](std::size_t p, std::size_t) {
            const Piece& piece = pieces_[p];
            for (std::uint32_t i = piece.begin; i < piece.end; ++i) {
                sim::Draws own = draws(kDegreeStream, piece.cohort, i);
                graph_.first[persons_.cohorts[piece.cohort].first + i + 1] = degrees_.draw(own);
            }
        });
        std::uint64_t sum = 0;
        for (auto& first : graph_.first) {
            sum += first;
            first = static_cast<std::uint32_t>(sum);
        }
        if (sum > 0xFFFFFFFFU) check_memory(static_cast<double>(sum));
    }

    /// Contacts inside communities, at the beginning of the contacts in the own cohort; local_[person] of them.
    void link_communities() {
        local_ = std::make_unique_for_overwrite<std::uint8_t[]>(persons_.count);
        std::vector<Piece> groups;  // communities begin..end-1 of a cohort
        std::vector<Shuffle> order;
        for (std::size_t a = 0; a < persons_.cohorts.size(); ++a) {
            const CommunityPlan plan(persons_.cohorts[a].size, params_.community_size);
            order.push_back(grouping(persons_.cohorts[a], build_.seed));
            const std::uint32_t step = std::max(1U, piece_ / params_.community_size);
            for (std::uint32_t c = 0; c < plan.count; c += step) groups.push_back({a, c, std::min(plan.count, c + step)});
        }
        std::vector<std::uint64_t> mutual(groups.size());
        for_chunks(groups.size(), build_.threads, stop_, [&](std::size_t g, std::size_t) {
            std::vector<CommunityLink> links;
            for (std::uint32_t c = groups[g].begin; c < groups[g].end; ++c) {
                link_one(groups[g].cohort, c, order[groups[g].cohort], links);
                for (std::size_t l = 1; l < links.size(); ++l)
                    mutual[g] += links[l].from == links[l - 1].to && links[l].to == links[l - 1].from ? 2U : 0U;
            }
        });
        for (const std::uint64_t links : mutual) mutual_links_ += links;
    }

    void link_one(std::size_t cohort, std::uint32_t community, const Shuffle& order, std::vector<CommunityLink>& links) {
        const CommunityPlan plan(persons_.cohorts[cohort].size, params_.community_size);
        const std::uint32_t start = plan.start(community);
        const std::uint32_t size = plan.start(community + 1) - start;
        std::array<Person, 256> person{};
        std::array<std::uint32_t, 256> next{};
        std::array<Member, 256> members{};
        for (std::uint32_t m = 0; m < size; ++m) {
            const PersonSlots own = slots(cohort, static_cast<std::uint32_t>(order.origin(start + m)));
            person[m] = own.person;
            next[m] = graph_.first[own.person] + own.own_begin;
            members[m] = member_of(graph_.local_share[cohort], own.d, own.own_end - own.own_begin, size);
            local_[own.person] = 0;
        }
        sim::Draws own = draws(kCommunityStream, cohort, community);
        link_community(std::span(members).first(size), params_.reciprocity, own, links);
        for (const auto [from, to] : links) {
            graph_.targets[next[from]++] = person[to];
            ++local_[person[from]];
        }
    }

    void list_far(FarContacts& far) {
        for_chunks(pieces_.size(), build_.threads, stop_, [&](std::size_t p, std::size_t) {
            for_piece(p, [&](const PersonSlots& own) { far.count(p, own, local_[own.person]); });
        });
        const double wanted = params_.reciprocity * graph_.links() - static_cast<double>(mutual_links_);
        const double planned = far.plan(wanted);
        graph_.reciprocity_planned = graph_.links() == 0 ? 0 : (planned + static_cast<double>(mutual_links_)) / graph_.links();
        for_chunks(pieces_.size(), build_.threads, stop_, [&](std::size_t p, std::size_t) {
            FarContacts::Filler filler(far, p);
            for_piece(p, [&](const PersonSlots& own) { filler.add(own, local_[own.person]); });
        });
    }

    void join_far(const FarContacts& far) {
        for_chunks(pieces_.size(), build_.threads, stop_, [&](std::size_t p, std::size_t) {
            FarContacts::Joiner joiner(far, p);
            for_piece(p, [&](const PersonSlots& own) {
                joiner.join(own, local_[own.person], std::span(graph_.targets.get() + graph_.first[own.person], own.d),
                            draws(kTargetStream, pieces_[p].cohort, own.person - persons_.cohorts[pieces_[p].cohort].first));
            });
        });
    }

    template <class Work>
    void for_piece(std::size_t p, const Work& work) const {
        for (std::uint32_t i = pieces_[p].begin; i < pieces_[p].end; ++i) work(slots(pieces_[p].cohort, i));
    }

    static constexpr double kPieceContacts = 100000;

    const Persons& persons_;
    const ContactGraphParams& params_;
    const GraphBuild& build_;
    const sim::StopFlag never_{};
    const sim::StopFlag& stop_;
    DegreeLaw degrees_;
    std::uint32_t piece_ = 0;  ///< persons of a piece
    std::vector<Piece> pieces_;
    std::unique_ptr<CohortMix> mix_;
    ContactGraph graph_;
    std::unique_ptr<std::uint8_t[]> local_;
    std::uint64_t mutual_links_ = 0;
};

}  // namespace

ContactGraph build_contact_graph(const Persons& persons, const Population& population, const Eigen::MatrixXd& mixing,
                                 const ContactGraphParams& params, const GraphBuild& build) {
    check_params(params);
    if (build.threads < 1) throw sim::Error(sim::Code::kArgument, {}, "1 or more threads", "0");
    return Builder(persons, population, mixing, params, build).build();
}

std::vector<std::uint32_t> communities(const Persons& persons, const ContactGraphParams& params, std::uint64_t seed) {
    check_params(params);
    std::vector<std::uint32_t> result(persons.count);
    std::uint32_t before = 0;
    for (const CohortPersons& cohort : persons.cohorts) {
        const CommunityPlan plan(cohort.size, params.community_size);
        const Shuffle order = grouping(cohort, seed);
        for (std::uint32_t c = 0; c < plan.count; ++c, ++before) {
            for (std::uint32_t place = plan.start(c); place < plan.start(c + 1); ++place)
                result[cohort.first + order.origin(place)] = before;
        }
    }
    return result;
}

}  // namespace mailrift
