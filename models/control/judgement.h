// Receivers' policies at work: what each remembers of each source, and the verdicts that follow.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "models/blocking/batch_policy.h"
#include "models/control/accounts.h"
#include "models/control/blocklists.h"
#include "models/control/exemptions.h"
#include "models/control/model.h"
#include "models/control/sampling.h"
#include "models/delivery/change.h"
#include "models/traffic/source_tallies.h"
#include "sim/archive.h"

namespace mailrift {

/// Keys of one kind of a row: how many are remembered, and which share of the row's mail is theirs.
struct Grain {
    std::size_t keys = 1;
    double sampled = 1;
};

/// What one policy remembers of one source, or of one hosting supplier.
struct Opinion {
    PolicyId policy;
    std::vector<double> memory;      ///< numbers of each key, one key after the other
    std::vector<sim::Tick> seen;     ///< by key: slices up to here are in its memory
    std::vector<Proposal> proposed;  ///< by key
};

/// Mail of one cell of a row on which lists say one thing.
struct CellAnswer {
    std::size_t cell = 0;
    double weight = 1;    ///< share of the cell's mail
    ListAnswer listed{};  ///< of lists that are told apart
};

/// The state of all policies of a run. It learns from tallies alone, and proposes changes of verdicts.
///
/// A key is a sending operator's pool (`address`) at a receiving operator. A counted entry stands for many operators, so a row of S sending and R
/// receiving operators has S R such pairs, each with 1 / (S R) of the mail. They are alike and each learns from its own mail alone, so a sample is
/// enough: K = min(s r, m) of them are remembered one by one, where s is S or its entry's `representatives`, if that is less, r likewise, and m the
/// greater number of representatives of counted entries; in expectation all are the same, and K = 1, unless the source changes its addresses: then
/// keys differ in age. The verdict on the row is the mean of theirs. A spam sender's ranges and its domain (keys `prefix` and `domain`) are
/// fewer keys with more mail each, and of a domain only the mail that authenticates: key k of the row is of range k modulo their number. A policy
/// with key `hosting` remembers one key for all sources at a supplier, as one receiving operator sees them: 1 / R of their mail. Accounts (key
/// `account`) are more keys with less mail each (models/control/accounts.h): then a row has a cell for each, and its verdict is the mean over cells,
/// with weights that differ by class and named sender; policies with other keys ask about the cell's address.
///
/// What reached the receiver (its inbox) belongs to a key in proportion to how much of that key's mail its verdicts let reach it; this split is drawn
/// once for all policies, and errors of judges are drawn once for a kind of evidence, so that equal policies of one receiver say the same.
/// A list gives one answer to all policies that ask about a message: of a key of which a share is listed, each verdict is the mean of those given that
/// it is and is not. Whether two servers ask about it, see VerdictTable::set and models/delivery/chain.h.
/// The background botnet has so many addresses that none comes twice: no policy that judges by address ever remembers one; it is met as a stranger.
class Judgement {
public:
    /// \param whole whether counts are whole numbers, so that they are drawn
    Judgement(const Model& model, bool whole);

    /// Sets, in the state at t = 0, what receivers do with sources that they never saw, and the greylists of the whole run.
    void begin(MailState& state) const;

    /// What the receivers saw in slice `tick`, before 0 in a warm-up. Rows mostly keep their places from slice to slice.
    /// \param senders parts of them, where accounts are told apart
    void learn(std::span<const SourceTally> slice, sim::Tick tick, std::span<const SenderTally> senders = {});

    /// Whose accounts there are now, if accounts are told apart.
    void count_members(const StateView& view);

    /// The verdicts of policies whose period ends at `tick`, and of those that begin then; some may be what they were. At tick 0 every period ends:
    /// these are all verdicts of a warm-up, or none.
    [[nodiscard]] std::vector<Change> judge(sim::Tick tick);

    /// Of counted sources and receivers, by their ids: what policies rejected up to `end`, and how sure that is.
    [[nodiscard]] std::vector<SampledShare> samples(sim::Tick end) const;

    /// What every policy remembers.
    void save(sim::ArchiveWriter& archive) const;
    /// \param tick of the next slice
    void load(sim::ArchiveReader& archive, sim::Tick tick);

private:
    /// A policy's opinion on a row: the row's own, or that on a hosting supplier.
    struct Held {
        PolicyId policy;
        std::optional<std::size_t> shared;  ///< place among shared_
        Opinion own;
        bool exempt =
            false;  ///< whether the source is too large here for it to reject, as of the end of its last period, or of the last slice if it remembers nothing
    };

    /// What is due to a key that policies would refuse.
    struct Case {
        std::optional<sim::Tick> since;  ///< since when they would
        double spared = 0;               ///< share of its mail that they may not refuse
    };

    /// A row of the tallies: a source at a receiver, judged by all its policies in the order in which they decide.
    struct Row {
        EntityId source;
        EntityId receiver;
        std::uint64_t key = 0;                         ///< of its draws
        double sampled = 1;                            ///< share of its mail that its keys have together
        std::size_t keys = 1;                          ///< K above
        Accounts accounts{};                           ///< of a provider, once a policy here tells them apart
        bool stranger = false;                         ///< whether no policy remembers it
        std::vector<Held> held;                        ///< in the order in which policies decide
        std::optional<PolicyId> reviewed;              ///< by which policy refusals are regulated
        std::vector<Case> cases;                       ///< by cell, if they are
        std::array<double, 2> sent{};                  ///< all that it offered so far, by class, if they are
        std::vector<std::array<double, 2>> sent_by{};  ///< the same by group of accounts, if these are told apart
        bool is_new = true;                            ///< whether it was not judged yet
        bool is_sample = false;                        ///< whether its keys, or its source or receiver, stand for others
        KeyRecord record{};                            ///< if so

        [[nodiscard]] std::size_t cells() const noexcept { return accounts.told_apart() ? accounts.key_of.size() : keys; }
    };

    /// What keys of a row sent in a slice, by class, by what is taken as evidence.
    struct Sent {
        std::array<double, 2> reached{};
        std::array<double, 2> inbox{};
        double offered = 0;
    };
    /// Mail of known accounts of a row in a slice.
    struct Part {
        MailKind kind;
        double reached = 0;
        double inbox = 0;
        double offered = 0;
    };
    /// A list that a policy of a receiver asks, and a policy of another server on the same way.
    struct Meeting {
        EntityId list;
        PolicyId own;
        PolicyId other;
        std::optional<EntityId> source;  ///< of what source's mail; none: of everybody's
        auto operator<=>(const Meeting&) const = default;
    };
    using SharedKey = std::tuple<EntityId, PolicyId, EntityId>;  ///< receiver, policy, hosting supplier

    // judgement_rows.cpp
    [[nodiscard]] std::vector<PolicyId> applied(EntityId receiver, sim::Tick tick) const;
    [[nodiscard]] Proposal first_proposal(PolicyId id, const Row& row, std::size_t key, bool hosted, sim::Tick tick) const;
    [[nodiscard]] KeyFacts facts_of(PolicyId id, const Row& row, std::size_t key, bool hosted, sim::Tick tick) const;
    [[nodiscard]] std::size_t count_before_rcpt(const std::vector<PolicyId>& policies) const;
    [[nodiscard]] Row first_row(EntityId source, EntityId receiver, sim::Tick tick) const;
    [[nodiscard]] bool knows_sources(EntityId receiver, sim::Tick tick) const;
    void introduce(sim::Tick tick, std::vector<Change>& changes);
    [[nodiscard]] Row bare_row(EntityId source, EntityId receiver) const;
    [[nodiscard]] std::optional<EntityId> hosting_for(PolicyId id, const Row& row) const;
    [[nodiscard]] Grain count_keys(Key key, const Row& row) const;
    [[nodiscard]] Grain grain_of(Key key, const Row& row) const {
        return key == Key::kPrefix || key == Key::kDomain ? count_keys(key, row) : Grain{row.keys, row.sampled};
    }
    [[nodiscard]] std::size_t keys_of(const Policy& rule, const Row& row) const;
    [[nodiscard]] Proposal ask(const Policy& rule, std::span<double> memory, const KeyFacts& facts) const;
    [[nodiscard]] Opinion fresh(PolicyId id, const Row& row, bool hosted, sim::Tick tick) const;
    void find_review(Row& row) const;
    [[nodiscard]] Row make_row(EntityId source, EntityId receiver, sim::Tick tick);
    [[nodiscard]] Held new_held(PolicyId id, const Row& row, sim::Tick tick);

    // judgement_learn.cpp
    [[nodiscard]] Row& row_of(const SourceTally& tally, std::size_t place, sim::Tick tick);
    void learn(Row& row, const SourceTally& tally, sim::Tick tick);
    void learn_shared(const Row& row, const SourceTally& tally, sim::Tick tick);
    [[nodiscard]] std::map<std::size_t, Sent> split(const Row& row, const SourceTally& tally, const Grain& grain, sim::Tick tick) const;
    [[nodiscard]] Sent authenticated(const Sent& sent, double share, sim::Draws& draws) const;
    [[nodiscard]] std::map<std::size_t, double> share_out(double messages, std::span<const double> weights, sim::Draws& draws) const;
    void remember(Opinion& opinion, std::size_t key, const JudgedCounts& counts, sim::Tick tick) const;
    void catch_up(Opinion& opinion, std::size_t key, sim::Tick tick) const;
    [[nodiscard]] JudgedCounts judged(const Policy& rule, const Sent& sent, sim::Draws& draws) const;
    [[nodiscard]] double thinned(double messages, double probability, sim::Draws& draws) const;

    // judgement_accounts.cpp
    [[nodiscard]] bool tells_accounts(EntityId receiver, sim::Tick tick) const;
    void tell_accounts(Row& row, sim::Tick tick) const;
    [[nodiscard]] std::vector<Part> parts_of(const SourceTally& tally, std::span<const SenderTally> senders) const;
    /// Share of mail that comes to the inbox of a receiver, and to stage `data`.
    struct Passing {
        double inbox = 1;
        double reached = 1;
    };
    [[nodiscard]] Passing passing(const Row& row, const CellAnswer& asked, bool by_account) const;
    [[nodiscard]] std::map<std::size_t, Sent> split_accounts(const Row& row, const std::vector<Part>& parts, sim::Tick tick) const;
    void learn_accounts(Row& row, const SourceTally& tally, std::span<const SenderTally> senders, sim::Tick tick);
    [[nodiscard]] double wanted_of_accounts(const Row& row, Held& held, sim::Tick tick) const;
    void add_by_sender(const Row& row, std::span<const CellAnswer> mail, std::size_t before_rcpt, Verdicts& verdicts) const;
    void add_samples(const Row& row, const std::vector<double>& means, std::vector<SampledPair>& sample) const;

    // judgement_answers.cpp
    void find_meetings();
    [[nodiscard]] std::optional<EntityId> list_asked_by(PolicyId id) const;
    [[nodiscard]] std::vector<EntityId> asked_twice(const Row& row) const;
    [[nodiscard]] std::vector<EntityId> asked_elsewhere(const Row& row, sim::Tick tick) const;
    [[nodiscard]] std::vector<CellAnswer> answers(const Row& row, const std::vector<EntityId>& lists, std::size_t cells) const;
    [[nodiscard]] Proposal said(const Row& row, const Held& held, const CellAnswer& asked) const;
    [[nodiscard]] std::vector<GivenAnswer> verdicts_by_answer(const Row& row, sim::Tick tick) const;
    [[nodiscard]] bool meets_others_at(EntityId receiver, sim::Tick tick) const;

    // judgement_batches.cpp
    void judge_batches(PolicyId id, const BatchPolicy& rule, sim::Tick tick);

    // judgement.cpp
    [[nodiscard]] bool starts_at(const NamedPolicy& named, sim::Tick tick) const {
        return tick > 0 && model_.grid.tick_at_or_after(named.from) == tick;
    }
    [[nodiscard]] bool stops_at(const NamedPolicy& named, sim::Tick tick) const {
        return tick > 0 && named.until && model_.grid.tick_at_or_after(*named.until) == tick;
    }
    /// Whether it was applied in the slice before, so that a period of it ends.
    [[nodiscard]] bool was_applied(const NamedPolicy& named, sim::Tick tick) const {
        return tick > (named.from.us == 0 ? -model_.warm_up : model_.grid.tick_at_or_after(named.from));
    }
    [[nodiscard]] bool ends_at(const NamedPolicy& named, sim::Tick tick) const;
    [[nodiscard]] const Proposal& said(const Row& row, const Held& held, std::size_t cell) const;
    [[nodiscard]] double heard(const Row& row, const Held& held, const CellAnswer& asked) const;
    [[nodiscard]] Proposal revised(const Row& row, const Held& held, const CellAnswer& asked, Proposal proposal) const;
    [[nodiscard]] bool exempt(Row& row, const std::vector<bool>& ends, sim::Tick tick) const;
    bool review(Row& row, sim::Tick tick);
    bool judge(Opinion& opinion, const Row& row, bool hosted, double wanted, sim::Tick tick);
    bool take_fresh_addresses(Row& row, sim::Tick tick);
    /// \param rejected gets the share of its wanted mail that each key rejects; none: nobody asks
    [[nodiscard]] Verdicts mean_verdicts(const Row& row, std::vector<double>* rejected = nullptr) const {
        return mean_verdicts(row, answers(row, asked_twice(row), row.cells()), rejected);
    }
    [[nodiscard]] Verdicts mean_verdicts(const Row& row, std::span<const CellAnswer> mail, std::vector<double>* rejected = nullptr) const;
    /// \param forwarded whether it is what the source sends on, and if so, whether that authenticates
    [[nodiscard]] Verdict mean_verdict(const Row& row, std::span<const CellAnswer> mail, const MailKind& kind, std::size_t before_rcpt,
                                       std::optional<bool> forwarded = {}, std::vector<double>* rejected = nullptr) const;
    [[nodiscard]] std::map<std::pair<PolicyId, EntityId>, double> wanted_by_receiver(sim::Tick tick);

    [[nodiscard]] std::span<double> memory_of(Opinion& opinion, std::size_t key) const {
        const std::size_t size = policy(opinion.policy).memory();
        return {opinion.memory.data() + key * size, size};
    }
    [[nodiscard]] const Policy& policy(PolicyId id) const { return *model_.policies[index(id)].policy; }
    [[nodiscard]] bool asks_for_share(PolicyId id) const {
        const NamedPolicy& named = model_.policies[index(id)];
        return named.policy->compares() || (named.exempt && named.policy->counts_wanted());
    }
    [[nodiscard]] std::uint64_t count_of(EntityId id) const { return model_.world.entities[index(id)].count; }

    const Model& model_;
    bool whole_;
    std::map<EntityId, std::vector<PolicyId>> at_;  ///< by receiver, in the order in which they decide
    std::vector<SourceFacts> facts_;                ///< by entity
    std::set<EntityId> tell_accounts_;              ///< receivers with a policy that tells them apart
    std::vector<double> members_;                   ///< by entity, now, if there are any
    std::vector<double> members_at_start_;
    std::vector<bool> other_members_;                         ///< by entity: whether their number is another than at the last verdicts
    std::map<std::pair<EntityId, EntityId>, bool> forwards_;  ///< who sends mail on, to whom; whether with SRS
    bool vouches_ = false;                                    ///< whether any list is of good sources
    std::map<EntityId, std::set<Meeting>> meetings_;          ///< by receiver
    std::set<EntityId> posts_;          ///< who sends posts of mailing lists that break what would authenticate their writers
    std::vector<std::size_t> list_of_;  ///< by policy that asks a list: which
    Blocklists lists_;
    Exemptions exemptions_;
    std::vector<Row> rows_;
    std::map<std::pair<EntityId, EntityId>, std::size_t> row_at_;  ///< by source and receiver
    std::vector<std::size_t> placed_;                              ///< by place of a tally: the row that it had last
    std::vector<Opinion> shared_;
    std::vector<SharedKey> shared_keys_;
    std::map<SharedKey, std::size_t> shared_places_;
    std::map<std::size_t, JudgedCounts> shared_seen_;  ///< in the present slice
};

/// The state at t = 0, with what receivers do with strangers.
/// \param whole as of Judgement
[[nodiscard]] MailState start_state(const Model& model, bool whole);

}  // namespace mailrift
