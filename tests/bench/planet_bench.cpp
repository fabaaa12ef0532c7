// A year of the planet's wanted mail in `flow`: 200 jurisdictions, 300 providers and an entry of 25,000 self-hosted ones, 4.5e9 mailboxes, 360e9
// messages a day, hourly slices. Usage: planet_bench DAYS [PART]...: prints a line of JSON. PART: replies (30 % are answered), spam (2 % of what
// leaves a provider), policy (every receiver judges its sources once a day), three (and has a content filter and a rate limit too), deferral (20
// providers send much spam, and every receiver defers the 3 % of all wanted mail that is theirs). planet_bench profile: where the time goes.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <string_view>
#include <vector>

#include "models/control/run.h"
#include "models/scenario/scenario.h"
#include "models/traffic/flow_groups.h"
#include "models/traffic/start_means.h"
#include "models/traffic/streams.h"
#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/json.h"
#include "sim/poisson_batch.h"

namespace {

constexpr int kJurisdictions = 200;
constexpr int kProviders = 300;
constexpr double kMailboxes = 4.5e9;
constexpr double kMessages = 360e9;  // a day
constexpr int kWeekHours = 168;
constexpr int kFirstDeferred = 100;  ///< of the providers, none of which is large everywhere
constexpr int kDeferred = 20;

std::string code(int i) { return {'X', static_cast<char>('A' + i / 26), static_cast<char>('A' + i % 26)}; }

/// Sizes by Zipf's law with exponent 1, in an order that each jurisdiction draws for itself but for the 20 largest, which are everywhere the same.
std::string market(int jurisdiction) {
    sim::Draws draws(1, 2, static_cast<std::uint64_t>(jurisdiction), 0);
    std::vector<int> rank(kProviders);
    for (int p = 0; p < kProviders; ++p) rank[static_cast<std::size_t>(p)] = p;
    for (std::size_t p = kProviders - 1; p > 20; --p) std::swap(rank[p], rank[20 + sim::uniform_below(p - 19, draws)]);
    double sum = 0;
    for (int p = 0; p <= kProviders; ++p) sum += 1.0 / (p + 1);
    std::string text = "\"" + code(jurisdiction) + "\": {\"routes\": {\"self-hosted\": " + sim::format_number(1.0 / (kProviders + 1) / sum);
    for (int p = 0; p < kProviders; ++p) {
        text += ", \"p" + std::to_string(rank[static_cast<std::size_t>(p)]) + "\": " + sim::format_number(1.0 / (p + 1) / sum);
    }
    return text + "}}";
}

/// What a run has besides mail that starts conversations.
struct Parts {
    bool replies = false;
    bool spam = false;
    bool policy = false;
    bool three = false;
    bool deferral = false;
};

struct NamedPart {
    std::string_view name;
    bool Parts::*wanted;
};
constexpr std::array kParts{NamedPart{"replies", &Parts::replies}, NamedPart{"spam", &Parts::spam}, NamedPart{"policy", &Parts::policy},
                            NamedPart{"three", &Parts::three}, NamedPart{"deferral", &Parts::deferral}};

std::string world(const Parts& parts) {
    std::string jurisdictions;
    std::string markets;
    double sum = 0;
    for (int j = 0; j < kJurisdictions; ++j) sum += 1.0 / (j + 1);
    for (int j = 0; j < kJurisdictions; ++j) {
        const std::string comma = j == 0 ? "" : ", ";
        jurisdictions += comma + "{\"code\": \"" + code(j) + "\", \"name\": \"" + code(j) +
                         "\", \"mail_users\": " + sim::format_number(kMailboxes / (j + 1) / sum) + ", \"utc_offset\": \"" +
                         std::to_string(j % 24 - 11) + " h\"}";
        markets += comma + market(j);
    }
    const std::string spam = parts.spam ? R"(, "outbound_spam": 0.02)" : "";
    std::string providers = R"({"id": "self-hosted", "kind": "self_hosted", "count": 25000)" + spam + "}";
    for (int p = 0; p < kProviders; ++p) {
        const bool deferred = parts.deferral && p >= kFirstDeferred && p < kFirstDeferred + kDeferred;
        providers +=
            ", {\"id\": \"p" + std::to_string(p) + R"(", "kind": "global")" + (deferred ? R"(, "outbound_spam": 0.5)" : spam) + "}";
    }
    return R"({"schema": 1, "name": "planet", "unit": "mailboxes", "jurisdictions": [)" + jurisdictions + "], \"providers\": [" +
           providers + "], \"markets\": {" + markets + R"(}, "mixing": {"home": 0.6, "bloc": 0}})";
}

/// Office hours, so that the mean of a pair changes from slice to slice.
std::string scenario(int hours, const Parts& parts) {
    std::string profile;
    for (int hour = 0; hour < kWeekHours; ++hour) {
        profile += std::string(hour == 0 ? "" : ", ") + (hour / 24 < 5 && hour % 24 >= 8 && hour % 24 < 18 ? "2.5" : "0.4");
    }
    const std::string cut_off = parts.deferral ? R"("defer": 0.3)" : R"("reject": 0.1)";
    // The limit is a little below what the largest provider writes to itself in an hour.
    const std::string more =
        parts.three ? R"(, {"id": "filter", "kind": "content_filter"}, {"id": "limit", "kind": "rate_limit", "limit": 3e8})" : "";
    const std::string policy =
        parts.policy || parts.three || parts.deferral
            ? R"(, "warm_up": "0 d", "blocking": [{"id": "ratio", "kind": "reputation", )" + cut_off + "}" + more + "]"
            : "";
    return R"({"schema": 1, "name": "planet-year", "world": "planet", "traffic": "flow", "horizon": ")" + std::to_string(hours) +
           R"( h", "mail": {"reply": )" + (parts.replies ? "0.3" : "0") +
           ", \"messages_per_day\": " + sim::format_number(kMessages / kMailboxes) + ", \"profile\": [" + profile + "]}" + policy + "}";
}

mailrift::Scenario read(int hours, const Parts& parts) {
    const std::string world_text = world(parts);
    return mailrift::read_scenario(scenario(hours, parts), "planet-year.json",
                                   [&](std::string_view, std::string_view) { return world_text; });
}

/// Of the processor: what else it runs meanwhile does not count.
template <class Work>
double seconds_of(const Work& work) {
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void measure(int hours, const Parts& parts) {
    const mailrift::Scenario planet = read(hours, parts);
    mailrift::Run run;
    const double seconds = seconds_of([&] { run = mailrift::run_scenario(planet, {}); });
    const double pairs = (kProviders + 1.0) * (kProviders + 1.0) * hours;
    double waited = 0;
    double wanted = 0;
    for (const mailrift::LedgerRow& row : run.ledger.rows()) {
        if (row.key.mail_class != mailrift::MailClass::kWanted) continue;
        wanted += row.messages;
        if (row.outcome == mailrift::Outcome::kQueued || row.outcome == mailrift::Outcome::kExpired) waited += row.messages;
    }
    std::printf("{\"days\": %g, \"seconds\": %.3f, \"ns_a_pair_and_slice\": %.1f, \"messages\": %.6g, \"queued_or_expired\": %.4f}\n",
                hours / 24.0, seconds, 1e9 * seconds / pairs, run.ledger.written(), waited / wanted);
}

/// The parts of a slice of wanted mail, each by itself: nanoseconds a pair of pools. Few pairs, taken at even distances, have
/// much the same means and lie in a core's cache.
void profile() {
    constexpr std::size_t kFew = 512;
    const mailrift::Model model = make_model(read(kWeekHours, {}), 1, mailrift::Compliance::kDrawn);
    const mailrift::Involved involved = involved_in(model);
    const mailrift::TrafficSetup setup{model.world,
                                       model.population,
                                       model.mixing,
                                       model.mail,
                                       {involved.cohorts, involved.entities, false, true},
                                       model.grid.slice,
                                       model.slices,
                                       false,
                                       {},
                                       model.seed,
                                       1,
                                       {}};
    const mailrift::CellTable table =
        build_cells(setup.world, setup.population, setup.mixing, setup.mail, setup.lumping, setup.memory_bytes);
    const mailrift::StreamTable streams = build_streams(setup.world, table);
    mailrift::StartMeans means(setup, table, streams);
    for (sim::Tick hour = 0; hour < kWeekHours; ++hour) means.plain(hour);  // which keeps them
    const std::size_t pairs = streams.pairs.size();
    mailrift::StreamGroup group;
    std::vector<std::uint64_t> counts(pairs);
    for (const mailrift::PoolPair& pair : streams.pairs) {
        group.streams.push_back(pair.first);
        group.keys.push_back(pair.key);
    }
    group.ways[0].fate.push_back({{}, mailrift::Outcome::kInbox, {}, 1});
    group.ways[0].counts.resize(pairs);
    std::vector<double> few(kFew);
    const std::vector<std::uint64_t> few_keys(group.keys.begin(), group.keys.begin() + kFew);
    std::uint64_t digest = 0;
    std::array<double, 3> seconds{};
    for (sim::Tick hour = 0; hour < kWeekHours; ++hour) {
        const auto tick = static_cast<std::uint32_t>(hour);
        const auto& all = means.plain(hour);
        seconds[0] += seconds_of([&] { sim::poisson_many({all.data(), pairs}, 1, 1, group.keys, tick, counts); });
        seconds[1] += seconds_of([&] { digest += write_alike(group, counts); });
        for (std::size_t i = 0; i < kFew; ++i) few[i] = all[static_cast<Eigen::Index>(i * (pairs / kFew))];
        seconds[2] += seconds_of([&] {
            for (std::size_t done = 0; done < pairs; done += kFew) sim::poisson_many(few, 1, 1, few_keys, tick, {counts.data(), kFew});
        });
    }
    const auto run_weeks = [](int weeks) {
        const mailrift::Scenario planet = read(weeks * kWeekHours, {});
        return seconds_of([&] { static_cast<void>(mailrift::run_scenario(planet, {})); });
    };
    const double whole = run_weeks(3) - run_weeks(1);
    const double ns = 1e9 / (static_cast<double>(pairs) * kWeekHours);
    std::printf("{\"whole\": %.3f, \"draws\": %.3f, \"draws_in_cache\": %.3f, \"tally\": %.3f, \"digest\": \"%016llx\"}\n", ns * whole / 2,
                ns * seconds[0], ns * seconds[2], ns * seconds[1], static_cast<unsigned long long>(digest));
}

int usage() {
    std::fputs("usage: planet_bench DAYS [replies] [spam] [policy] [three] [deferral] (whole hours, from 1 h to 365 d) | profile\n",
               stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return usage();
    const bool profiles = argc == 2 && std::string_view(argv[1]) == "profile";
    const double hours = profiles ? 1 : 24 * std::atof(argv[1]);
    if (!(hours >= 1 && hours <= 24 * 365) || std::fabs(hours - std::round(hours)) > 1e-6) return usage();
    Parts parts;
    for (const std::string_view word : std::vector<std::string_view>(argv + 2, argv + argc)) {
        const auto named = std::find_if(kParts.begin(), kParts.end(), [&](const NamedPart& part) { return part.name == word; });
        if (named == kParts.end()) return usage();
        parts.*named->wanted = true;
    }
    try {
        if (profiles) {
            profile();
        } else {
            measure(static_cast<int>(std::lround(hours)), parts);
        }
    } catch (const sim::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
