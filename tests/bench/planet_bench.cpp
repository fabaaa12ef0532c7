// A year of the planet's wanted mail in `flow`: 200 jurisdictions, 300 providers and an entry of 25,000 self-hosted ones, 4.5e9 mailboxes, 360e9
// messages a day, hourly slices. Usage: planet_bench DAYS [PART]...: prints a line of JSON. PART: replies (30 % are answered), spam (2 % of what
// leaves a provider), policy (every receiver judges its sources once a day), deferral (20 providers send much spam, and every receiver defers the 3 %
// of all wanted mail that is theirs).
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "models/control/run.h"
#include "models/scenario/scenario.h"
#include "sim/distributions.h"
#include "sim/error.h"
#include "sim/json.h"

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
    bool deferral = false;
};

struct NamedPart {
    std::string_view name;
    bool Parts::*wanted;
};
constexpr std::array kParts{NamedPart{"replies", &Parts::replies}, NamedPart{"spam", &Parts::spam}, NamedPart{"policy", &Parts::policy},
                            NamedPart{"deferral", &Parts::deferral}};

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
    const std::string policy =
        parts.policy || parts.deferral ? R"(, "warm_up": "0 d", "blocking": [{"id": "ratio", "kind": "reputation", )" + cut_off + "}]" : "";
    return R"({"schema": 1, "name": "planet-year", "world": "planet", "traffic": "flow", "horizon": ")" + std::to_string(hours) +
           R"( h", "mail": {"reply": )" + (parts.replies ? "0.3" : "0") +
           ", \"messages_per_day\": " + sim::format_number(kMessages / kMailboxes) + ", \"profile\": [" + profile + "]}" + policy + "}";
}

void measure(int hours, const Parts& parts) {
    const std::string world_text = world(parts);
    const mailrift::Scenario read =
        mailrift::read_scenario(scenario(hours, parts), "planet-year.json", [&](std::string_view, std::string_view) { return world_text; });
    const auto begin = std::chrono::steady_clock::now();
    const mailrift::Run run = mailrift::run_scenario(read, {});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
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

int usage() {
    std::fputs("usage: planet_bench DAYS [replies] [spam] [policy] [deferral] (whole hours, from 1 h to 365 d)\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return usage();
    const double hours = 24 * std::atof(argv[1]);
    if (!(hours >= 1 && hours <= 24 * 365) || std::fabs(hours - std::round(hours)) > 1e-6) return usage();
    Parts parts;
    for (const std::string_view word : std::vector<std::string_view>(argv + 2, argv + argc)) {
        const auto named = std::find_if(kParts.begin(), kParts.end(), [&](const NamedPart& part) { return part.name == word; });
        if (named == kParts.end()) return usage();
        parts.*named->wanted = true;
    }
    try {
        measure(static_cast<int>(std::lround(hours)), parts);
    } catch (const sim::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
