// A year of the planet's wanted mail in `flow`: 200 jurisdictions, 300 providers and an entry of 25,000 self-hosted ones, 4.5e9 mailboxes, 360e9 messages a
// day, hourly slices. Usage: planet_bench DAYS REPLY: prints a line of JSON.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
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

std::string world() {
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
    std::string providers = R"({"id": "self-hosted", "kind": "self_hosted", "count": 25000})";
    for (int p = 0; p < kProviders; ++p) providers += ", {\"id\": \"p" + std::to_string(p) + "\", \"kind\": \"global\"}";
    return R"({"schema": 1, "name": "planet", "unit": "mailboxes", "jurisdictions": [)" + jurisdictions + "], \"providers\": [" +
           providers + "], \"markets\": {" + markets + R"(}, "mixing": {"home": 0.6, "bloc": 0}})";
}

/// Office hours, so that the mean of a pair changes from slice to slice.
std::string scenario(int days, double reply) {
    std::string profile;
    for (int hour = 0; hour < kWeekHours; ++hour) {
        profile += std::string(hour == 0 ? "" : ", ") + (hour / 24 < 5 && hour % 24 >= 8 && hour % 24 < 18 ? "2.5" : "0.4");
    }
    return R"({"schema": 1, "name": "planet-year", "world": "planet", "traffic": "flow", "horizon": ")" + std::to_string(days) +
           R"( d", "mail": {"reply": )" + sim::format_number(reply) +
           ", \"messages_per_day\": " + sim::format_number(kMessages / kMailboxes) + ", \"profile\": [" + profile + "]}}";
}

void measure(int days, double reply) {
    const std::string world_text = world();
    const mailrift::Scenario read =
        mailrift::read_scenario(scenario(days, reply), "planet-year.json", [&](std::string_view, std::string_view) { return world_text; });
    const auto begin = std::chrono::steady_clock::now();
    const mailrift::Run run = mailrift::run_scenario(read, {});
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const double pairs = (kProviders + 1.0) * (kProviders + 1.0) * 24 * days;
    std::printf("{\"days\": %d, \"reply\": %g, \"seconds\": %.3f, \"ns_a_pair_and_slice\": %.1f, \"messages\": %.6g}\n", days, reply,
                seconds, 1e9 * seconds / pairs, run.ledger.written());
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    try {
        measure(std::atoi(argv[1]), std::atof(argv[2]));
    } catch (const sim::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return 0;
}
