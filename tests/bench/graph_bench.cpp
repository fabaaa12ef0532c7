// Prints time and memory of the contact graph, and its measures beside those of email-Eu-core. Usage: graph_bench [persons] [threads]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "models/population/contact_graph.h"
#include "models/population/graph_measures.h"
#include "models/population/senders.h"
#include "sim/error.h"
#include "sim/hash.h"

namespace {

using namespace mailrift;

double seconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// "VmHWM" or "VmRSS" of this process in MiB; 0 where the system does not tell.
double memory_mib(const std::string& what) {
    double kib = 0;
    if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
        char line[256];
        while (std::fgets(line, sizeof line, file) != nullptr) {
            if (std::string(line).rfind(what + ":", 0) == 0) kib = std::atof(line + what.size() + 1);
        }
        std::fclose(file);
    }
    return kib / 1024;
}

struct Setting {
    Population population;
    Persons persons;
    Eigen::MatrixXd mixing;
};

/// `cohorts` cohorts of nearly equal size; `home` of the mail stays in each, the rest goes to all others alike.
Setting setting(std::uint32_t persons, std::uint32_t cohorts, double home) {
    Setting made;
    made.mixing = Eigen::MatrixXd::Constant(cohorts, cohorts, cohorts > 1 ? (1 - home) / (cohorts - 1) : 1);
    for (std::uint32_t c = 0; c < cohorts; ++c) {
        const auto first = static_cast<std::uint32_t>(std::uint64_t{c} * persons / cohorts);
        const auto end = static_cast<std::uint32_t>((std::uint64_t{c} + 1) * persons / cohorts);
        const std::string id = "c" + std::to_string(1000 + c);
        made.population.cohorts.push_back({id, JurisdictionId{0}, std::nullopt, static_cast<double>(end - first), {}});
        made.persons.rank_of.push_back(c);
        made.persons.cohorts.push_back({CohortId{c}, sim::hash64(id), first, end - first, static_cast<double>(end - first)});
        if (cohorts > 1) made.mixing(c, c) = home;
    }
    made.persons.count = persons;
    return made;
}

void row(const char* what, double reference, double measured, double tolerance) {
    const bool met = measured >= reference * (1 - tolerance) && measured <= reference * (1 + tolerance);
    std::printf("  %-28s %10.3f %10.3f  %s\n", what, reference, measured, met ? "met within 5 %" : "MISSED by more than 5 %");
}

void compare(const Setting& made, const ContactGraph& graph, const ContactGraphParams& params, std::uint64_t seed) {
    const auto start = std::chrono::steady_clock::now();
    const Neighbourhoods undirected = neighbourhoods(graph.view());
    const auto k = degrees(undirected);
    const Clustering closed = clustering(undirected);
    const WithinGroups within = within_groups(graph.view(), communities(made.persons, params, seed));
    std::printf("  %-28s %10s %10s\n", "measure", "Eu-core", "here");
    row("reciprocity", 0.711, reciprocity(graph.view()), 0.05);
    row("mean contacts", 24.8, static_cast<double>(graph.links()) / graph.persons(), 0.05);
    row("mean neighbours", 32.6, static_cast<double>(undirected.neighbours.size()) / graph.persons(), 0.05);
    row("Gini of neighbours", 0.544, gini(k), 0.05);
    row("average clustering", 0.40, closed.average, 0.05);
    row("transitivity", 0.267, closed.transitivity, 0.05);
    row("largest weak component", 0.981, static_cast<double>(largest_component(graph.view())) / graph.persons(), 0.05);
    row("share inside communities", 0.347, within.share, 0.05);
    row("times chance", 7.3, within.share / within.chance, 0.05);
    const TailFit tail = find_tail(k, graph.persons() / 20);
    std::printf("  tail of neighbours: exponent %.3f +- %.3f from %u on (%zu persons, distance %.3f)\n", tail.exponent, tail.error,
                tail.lowest, tail.count, tail.distance);
    std::printf("  measured in %.2f s\n", seconds_since(start));
}

/// Longest time from a request to stop until the build has ended, over requests at tenths of `seconds`.
void time_stops(const Setting& made, const ContactGraphParams& params, GraphBuild build, double seconds) {
    double longest = 0;
    for (const int tenth : {1, 3, 5, 7, 9}) {
        sim::StopFlag stop;
        build.stop = &stop;
        std::chrono::steady_clock::time_point asked;
        std::thread other([&] {
            std::this_thread::sleep_for(std::chrono::duration<double>(seconds * tenth / 10));
            asked = std::chrono::steady_clock::now();
            stop.request_stop();
        });
        bool stopped = false;
        std::chrono::steady_clock::time_point ended;
        try {
            (void)build_contact_graph(made.persons, made.population, made.mixing, params, build);
        } catch (const sim::Error&) {
            ended = std::chrono::steady_clock::now();
            stopped = true;
        }
        other.join();
        if (stopped) longest = std::max(longest, std::chrono::duration<double>(ended - asked).count());
    }
    std::printf("  stopped within %.0f ms of the request (longest of 5)\n", 1000 * longest);
}

void bench(const char* what, std::uint32_t persons, std::uint32_t cohorts, double home, std::size_t threads, bool measure) {
    const Setting made = setting(persons, cohorts, home);
    const ContactGraphParams params;
    GraphBuild build;
    build.threads = threads;
    build.memory_bytes = std::size_t{16} << 30U;
    const double before = memory_mib("VmRSS");
    const auto start = std::chrono::steady_clock::now();
    const ContactGraph graph = build_contact_graph(made.persons, made.population, made.mixing, params, build);
    const double seconds = seconds_since(start);
    const double kept = (memory_mib("VmRSS") - before) * 1048576;
    const double bytes = 4.0 * graph.links() + 4.0 * (graph.persons() + 1.0);
    std::printf("%s: %u persons, %u contacts, %zu threads\n", what, graph.persons(), graph.links(), threads);
    std::printf(
        "  built in %.2f s (%.0f ns a contact); kept %.2f bytes a contact with offsets (resident: %.2f); peak of the process %.0f MiB\n",
        seconds, 1e9 * seconds / graph.links(), bytes / graph.links(), kept / graph.links(), memory_mib("VmHWM"));
    const auto senders_start = std::chrono::steady_clock::now();
    const Senders senders = make_senders(made.persons, graph, 5, {}, build);
    std::printf("  senders made in %.2f s; %zu bytes a person with offsets\n", seconds_since(senders_start), 4 + sizeof(SenderColumn));
    std::printf("  local share %.3f, reciprocity planned %.3f\n", graph.local_share.front(), graph.reciprocity_planned);
    if (persons > 100000) time_stops(made, params, build, seconds);
    if (measure) compare(made, graph, params, build.seed);
}

}  // namespace

int main(int argc, char** argv) {
    const auto persons = static_cast<std::uint32_t>(argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000000);
    const std::size_t threads = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 1;
    if (persons < 1000 || threads < 1) {
        std::fprintf(stderr, "graph_bench [persons] [threads]: expected 1000 or more persons and 1 or more threads\n");
        return 2;
    }
    bench("one institution", 1005, 1, 1, threads, true);
    bench("one cohort of 5000", 5000, 1, 1, threads, true);
    bench("one cohort", persons, 1, 1, threads, persons <= 2000000);
    bench("50 cohorts, 0.6 at home", persons, 50, 0.6, threads, persons <= 2000000);
}
