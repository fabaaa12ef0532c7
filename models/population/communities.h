// Small communities: the part of the contact graph in which a person's contacts know each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/population/contact_law.h"
#include "sim/random.h"

namespace mailrift {

/// Greatest mean size of a community. A real one has up to half as many again.
inline constexpr std::uint32_t kMostCommunity = 128;

/// What one member of a community asks of it.
struct Member {
    double wish = 0;         ///< expected number of contacts in it
    std::uint32_t room = 0;  ///< greatest number of contacts in it: all that the person has in the own cohort
};

/// A contact inside a community, by positions in it.
struct CommunityLink {
    std::uint8_t from = 0;
    std::uint8_t to = 0;
    bool operator==(const CommunityLink&) const = default;
};

/// Links a community and puts the links into `links`, by pairs (i, j > i) in order; two contacts of a mutual pair follow each other.
///
/// Each pair is joined with probability min(1, 2 / (1 + q) x wish_i x wish_j / sum of wishes) (Chung and Lu 2002, cut at 1): then mutually with
/// probability q, else in either direction alike; q = reciprocity / (2 - reciprocity), so that the share of mutual links among all links
/// is `reciprocity`. A link for which its sender has no room is not made; a mutual pair needs room on both sides. So nobody has more contacts
/// here than room, no pair is linked twice, and those with many contacts know each other: hence the clustering of those with few.
void link_community(std::span<const Member> members, double reciprocity, sim::Draws& draws, std::vector<CommunityLink>& links);

/// A cohort of `persons` cut into communities of nearly equal size: of the mean size `size`, or one if it has fewer persons than 1.5 x size.
struct CommunityPlan {
    std::uint32_t persons;
    std::uint32_t count;

    CommunityPlan(std::uint32_t cohort_size, std::uint32_t community_size) noexcept;
    /// First place of community c; the end of the last for c = count.
    [[nodiscard]] std::uint32_t start(std::uint32_t c) const noexcept;
};

/// The member of a community of `size` who has `contacts` contacts, `own` of them in the own cohort: the wish is `local_share` x contacts,
/// at most what the community and the own cohort hold.
[[nodiscard]] Member member_of(double local_share, std::uint32_t contacts, std::uint32_t own, std::uint32_t size) noexcept;

/// What communities do to the average local clustering coefficient C of the undirected graph (Watts and Strogatz 1998), tabulated by the local
/// share f = 0, 1/16, ..., 1 on a sample of communities with 4096 persons and pinned random numbers, linear in between.
///
/// Of person i let n_i be the neighbours in the community and o_i = (2 - reciprocity) x (contacts outside it) the expected others, k_i = n_i + o_i.
/// C = mean of [triangles in the community / (k_i (k_i - 1) / 2)] + (mean share of other pairs of neighbours) x p: two neighbours that are
/// not both from the community know each other with probability p = 1 - exp(-h^2 x reach^2 / (persons x mean o)), reach being the mean of o over
/// link ends (Chung and Lu 2002) and h = (home - f) / (1 - f) the part of the others that is in the own cohort. In a large cohort p = 0.
class CommunityLaw {
public:
    CommunityLaw(const DegreeLaw& degrees, std::uint32_t community_size, double reciprocity);

    /// C in a cohort of `persons` that keeps the share `home` of its contacts, where a share of min(local_share, home) is local.
    [[nodiscard]] double clustering(double local_share, double persons, double home) const noexcept;

    /// The least local share, 0..1, for which that is `target`; 1 where home or the community keeps it below. By bisection.
    [[nodiscard]] double local_share(double target, double persons, double home) const noexcept;

    /// The greatest C of a large cohort that writes to itself only.
    [[nodiscard]] double most() const noexcept { return table_.back().inside; }

private:
    struct Entry {
        double inside = 0;  ///< mean of triangles in the community over pairs of neighbours
        double rest = 0;    ///< mean share of pairs that are not both in the community
        double others = 0;  ///< mean o
        double reach = 0;   ///< mean o over link ends
    };
    static constexpr std::size_t kSteps = 16;

    [[nodiscard]] static Entry measure(std::span<const std::uint32_t> contacts, std::uint32_t size, double reciprocity, double local_share);

    std::array<Entry, kSteps + 1> table_;
};

}  // namespace mailrift
