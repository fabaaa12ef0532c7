// Who exists: jurisdictions, blocs, suppliers, providers, routes, markets, domains and groups.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/world/ids.h"
#include "sim/time.h"

namespace mailrift {

/// What a share is a share of.
enum class Unit : std::uint8_t { kUsers, kMailboxes, kOrganisations };

/// How a share that nobody measured is treated: rescaled, or as a bound of every result.
enum class Missing : std::uint8_t {
    kProportional,  ///< the unknown are spread like the known
    kBest,          ///< nobody can command the operators of the unknown
    kWorst,         ///< every order binds them, at once and surely
};

/// By which tie a jurisdiction can command an entity.
enum class Via : std::uint8_t { kOperator, kParent, kStaff, kMarket };

/// What a supplier supplies; kMailbox stands for the providers themselves.
enum class Layer : std::uint8_t {
    kMailbox,
    kHosting,
    kDns,
    kRegistrar,
    kRegistry,
    kRootZone,
    kNetwork,
    kGateway,
    kBlocklist,
    kCertificate,
    kSoftware,
    kOs,
    kPush,
    kStore,
};
inline constexpr std::size_t kLayers = 14;

enum class ProviderKind : std::uint8_t { kGlobal, kNational, kIsp, kGovernment, kOrganisation, kSelfHosted };
enum class Service : std::uint8_t { kPersonal, kBusiness, kBoth };

/// When a requirement with several suppliers is met.
enum class Mode : std::uint8_t { kAnyOf, kAllOf, kSplit };

/// Whom an address belongs to: what a move costs.
enum class Address : std::uint8_t {
    kOwn,       ///< the organisation's own domain moves with it
    kProvider,  ///< the address is lost with the account
};

struct Jurisdiction {
    std::string code;  ///< ISO 3166-1 alpha-2, or user-assigned
    std::string name;
    double mail_users = 0;               ///< in `unit`s, groups included
    sim::Duration utc_offset;            ///< constant, signed
    std::optional<JurisdictionId> host;  ///< the state it sits in
};

struct Bloc {
    std::string code;
    std::string name;
    std::vector<JurisdictionId> members;
    double shield = 1;  ///< probability that a member's order fails against a target in another member
};

/// Who can command an entity.
struct Control {
    std::optional<JurisdictionId> jurisdiction;  ///< none: `market`
    Via via = Via::kOperator;
    double strength = 1;  ///< 0..1, multiplies an order's compliance probability
};

/// What an entity needs to work.
struct Requirement {
    Layer layer = Layer::kHosting;
    Mode mode = Mode::kAnyOf;
    std::vector<EntityId> suppliers;
    std::vector<double> shares;  ///< of `split`, one for each supplier, sum 1
};

/// A part of an operator's sending addresses.
struct LocatedShare {
    JurisdictionId jurisdiction;
    double share = 0;  ///< 0..1
};

/// A provider (layer kMailbox), a supplier of any other layer, or in a model a spam sender with addresses of its own.
struct Entity {
    std::string id;
    std::string name;
    Layer layer = Layer::kMailbox;
    ProviderKind kind = ProviderKind::kOrganisation;  ///< providers only
    Service service = Service::kBoth;                 ///< providers only
    std::string retry = "postfix";                    ///< by which schedule its queue retries (models/delivery)
    sim::Duration queue_interval{};                   ///< of `retry` "sendmail": time between runs of its queue
    std::uint64_t count = 1;                          ///< independent operators that the entry stands for
    std::uint64_t representatives = 256;              ///< of them, simulated where a rule keeps state by operator
    double outbound_spam = 0;                         ///< providers only: share of what leaves it that is spam, 0 .. below 1
    double authenticated = 1;                         ///< share of what leaves it that passes SPF, DKIM and DMARC, 0..1
    double dkim_signed = 1;             ///< share of what leaves it that carries a DKIM signature of the writer's domain, 0..1
    bool srs = false;                   ///< providers only: whether it rewrites the envelope sender of what it forwards
    std::vector<LocatedShare> located;  ///< where its addresses lie, shares sum to 1; empty: where its operators sit
    sim::Duration rotation{};           ///< for how long it uses an address before it takes a fresh one; 0: for ever
    std::string stands_for;             ///< of a representative: the id of the counted entry; empty otherwise
    bool trusts_gateway = false;        ///< providers only: whether it judges mail behind a gateway by who handed it to the gateway
    bool bound_by_all = false;          ///< the unmeasured operator of Missing::kWorst: every order binds it
    std::vector<Control> control;
    std::vector<Requirement> depends_on;
    std::uint64_t ranges = 0;  ///< spam senders only: address ranges that its addresses lie in; 0: not said
};

/// How a member's mail leaves and arrives.
struct Route {
    EntityId provider;
    std::optional<EntityId> gateway;   ///< inbound filter in front of the mailbox
    std::optional<EntityId> outbound;  ///< relay; none: the provider's own pool
    Address address = Address::kOwn;
    std::optional<EntityId> forward_to{};  ///< provider to whose mailbox the one at `provider` sends on what comes into its inbox
    auto operator<=>(const Route&) const = default;
};

/// The sending address pool by which mail leaves on this route: its relay's, or the provider's own.
[[nodiscard]] inline EntityId source_of(const Route& route) { return route.outbound ? *route.outbound : route.provider; }

/// Who decides first on mail that comes in on this route: its gateway, or the provider.
[[nodiscard]] inline EntityId judge_of(const Route& route) { return route.gateway ? *route.gateway : route.provider; }

/// Everybody who decides on mail that comes in on a route. Routes with one chain receive mail alike.
struct Chain {
    EntityId judge;     ///< who talks to the sender's server: the gateway, or the provider
    EntityId provider;  ///< whose mailbox the address is
    std::optional<EntityId> forward_to{};
    std::optional<EntityId> resender{};  ///< from whose pool it is sent on; where it is
    auto operator<=>(const Chain&) const = default;
};

[[nodiscard]] inline Chain chain_of(const Route& route) {
    if (!route.forward_to) return {judge_of(route), route.provider};
    return {judge_of(route), route.provider, route.forward_to, source_of(route)};
}

struct RouteShare {
    RouteId route;
    double share = 0;  ///< of the market's members, 0..1
};

struct Region {
    std::string name;
    double mail_users = 0;
    double unknown = 0;
    std::vector<RouteShare> routes;
};

/// Who uses which route in a jurisdiction; shares and `unknown` sum to 1.
struct Market {
    double unknown = 0;
    double sample = 0;  ///< records behind the shares, 0 where not stated
    std::vector<RouteShare> routes;
    std::vector<Region> regions;
};

struct Domain {
    std::string id;
    std::string name;
};

/// People singled out; part of their jurisdiction's `mail_users`.
struct Group {
    std::string id;
    std::string name;
    JurisdictionId jurisdiction;
    double users = 0;
    bool personal_account = false;
    std::optional<DomainId> domain;
    Market market;
};

/// An exception to the mixing rule: `share` of what `from` writes goes to `to`.
struct Affinity {
    std::string from;  ///< group or jurisdiction
    std::string to;    ///< group, jurisdiction or bloc
    double share = 0;
};

/// Who writes to whom.
struct Mixing {
    double home = 0;
    double bloc = 0;
    std::vector<Affinity> affinities;
    std::vector<std::vector<JurisdictionId>> home_pools;  ///< jurisdictions that count as one home
};

/// A world: plain data, dense ids in the order of the document.
struct World {
    std::string name;
    std::string title;
    Unit unit = Unit::kUsers;
    std::string weight;  ///< of `organisations`: "equal" or "population"
    Missing missing = Missing::kProportional;
    std::vector<Jurisdiction> jurisdictions;
    std::vector<Bloc> blocs;
    std::vector<Entity> entities;  ///< providers (layer kMailbox) and suppliers
    std::vector<Route> routes;
    std::vector<std::optional<Market>> markets;  ///< by jurisdiction
    std::vector<Domain> domains;
    std::vector<Group> groups;
    Mixing mixing;
};

/// The jurisdiction with this code; none if there is none.
[[nodiscard]] std::optional<JurisdictionId> find_jurisdiction(const World& world, std::string_view code);
[[nodiscard]] std::optional<BlocId> find_bloc(const World& world, std::string_view code);
[[nodiscard]] std::optional<EntityId> find_entity(const World& world, std::string_view id);

/// The supplier at whose addresses an entity's servers stand: the first of its requirement of layer `hosting`; none where it has none, or where its
/// operators are split over several.
[[nodiscard]] std::optional<EntityId> hosting_of(const World& world, EntityId entity);

/// The index of an equal route, which is added if it is new.
[[nodiscard]] RouteId intern_route(std::vector<Route>& routes, const Route& route);

/// Whether `jurisdiction`, or the state that hosts it, is a member of `bloc`.
[[nodiscard]] bool is_member(const World& world, const Bloc& bloc, JurisdictionId jurisdiction);

}  // namespace mailrift
