// Mail on the contact graph, message by message, under the clock. Usage: message_bench MODEL PERSONS DAYS prints a line of JSON; without arguments it
// names the models, one a line.
#include <malloc.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/control/control_plane.h"
#include "models/traffic/delivery_table.h"
#include "models/traffic/message.h"
#include "models/traffic/people.h"
#include "sim/error.h"
#include "tests/bench/mail_world.h"
#include "tests/bench/textbook_mail.h"

namespace {

using mailrift::bench::Count;
using mailrift::bench::MailCounts;
using mailrift::bench::MailWorld;
using mailrift::bench::MailWorldParams;
using mailrift::bench::TextbookMail;

/// What only the textbook model counts.
struct Counted {
    std::uint64_t answered = 0;  ///< messages
    std::uint64_t attempts = 0;
    std::uint64_t deferred = 0;  ///< of them
    std::uint64_t expired = 0;   ///< messages
    std::size_t pending_bytes = 0;
};

/// What `message` keeps for all persons, by its own count and by the system's.
struct Memory {
    std::size_t person_bytes = 0;
    std::size_t contacts = 0;
    std::size_t contact_bytes = 0;
    std::size_t resident_bytes = 0;  ///< by which the resident set grew with the model
};

/// What a model did, and how long it took without its building.
struct Measured {
    std::uint64_t messages = 0;  ///< written
    double seconds = 0;
    double random_lines = 0;  ///< cache lines at random places that a message reads
    std::optional<Counted> counted{};
    std::optional<Memory> memory{};
};

Measured textbook(const MailWorld& world) {
    TextbookMail mail(world, world.model.seed);
    const auto start = std::chrono::steady_clock::now();
    const MailCounts& counts = mail.run(world.model.slices);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return {counts.sum(Count::kWritten), seconds, 0,
            Counted{counts.answers, counts.attempts(), counts.sum(Count::kDeferred), counts.sum(Count::kExpired), mail.pending_bytes()}};
}

mailrift::TrafficSetup setup_of(const mailrift::Model& model, std::size_t threads) {
    const mailrift::Involved involved = mailrift::involved_in(model);
    return {model.world,
            model.population,
            model.mixing,
            model.mail,
            {involved.cohorts, involved.entities, true, true},
            model.grid.slice,
            model.slices,
            false,
            {},
            model.seed,
            threads,
            {1}};
}

/// Traffic model `message`, with the control plane that judges its tallies, as in every run.
Measured message(const MailWorld& world, std::size_t threads) {
    const mailrift::Model& model = world.model;
    mailrift::Run run;
    sim::Fingerprint trajectory;
    mailrift::ControlPlane control(model, run, trajectory, true);
    const mailrift::TrafficSetup setup = setup_of(model, threads);
    const auto traffic = mailrift::make_message(setup, control.view());
    const sim::StopFlag never;
    const auto start = std::chrono::steady_clock::now();
    for (sim::Tick tick = 0; tick < model.slices; ++tick) {
        const auto& changes = control.begin(tick);
        const mailrift::Tallies tallies = traffic->advance({control.view(), changes}, tick, never);
        trajectory.add(tallies.digest);
        control.learn({}, tallies.sources);
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    mailrift::Ledger ledger;
    traffic->settle(ledger);
    // Who starts a conversation is drawn block by block, in the cache; the contact and its class lie at random places, as do both persons' of an answer.
    Measured measured{0, seconds, 2};
    for (const mailrift::LedgerRow& row : ledger.rows()) {
        if (row.key.mail_class == mailrift::MailClass::kWanted) measured.messages += static_cast<std::uint64_t>(row.messages);
    }
    return measured;
}

/// Bytes of the resident set, after what was freed has gone back to the system.
std::size_t resident_bytes() {
    malloc_trim(0);
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    if (!(file >> all >> resident))
        throw sim::Error(sim::Code::kFile, {"/proc/self/statm", {}, {}}, "two numbers of pages", "something else");
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

/// Makes the traffic model, and carries no mail.
Measured memory(const MailWorld& world) {
    mailrift::Run run;
    sim::Fingerprint trajectory;
    const mailrift::ControlPlane control(world.model, run, trajectory, true);
    const mailrift::TrafficSetup setup = setup_of(world.model, 1);
    Memory found;
    const std::size_t before = resident_bytes();
    {
        const auto traffic = mailrift::make_message(setup, control.view());
        found.resident_bytes = resident_bytes() - before;
    }
    const mailrift::DeliveryTable table(control.view(), setup.lumping.singled_out, setup.memory_bytes);
    const mailrift::People people(setup, table.class_by_seat());
    found.person_bytes = people.person_bytes();
    found.contacts = people.graph().links();
    found.contact_bytes = people.contact_bytes();
    return {0, 0, 0, {}, found};
}

Measured one_thread(const MailWorld& world) { return message(world, 1); }
Measured two_threads(const MailWorld& world) { return message(world, 2); }

struct NamedModel {
    std::string_view name;
    Measured (*measure)(const MailWorld&);
};
constexpr std::array kModels{NamedModel{"textbook", &textbook}, NamedModel{"message", &one_thread}, NamedModel{"message2", &two_threads},
                             NamedModel{"memory", &memory}};

template <class Number>
bool read_number(const std::string& text, Number low, Number high, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= low && number <= high;
}

void print(const NamedModel& model, const MailWorldParams& params, const Measured& found) {
    using Whole = unsigned long long;
    if (const auto& memory = found.memory) {
        std::printf("{\"persons\": %u, \"person_bytes\": %zu, \"contacts\": %zu, \"contact_bytes\": %zu, \"resident_bytes\": %zu}\n",
                    params.persons, memory->person_bytes, memory->contacts, memory->contact_bytes, memory->resident_bytes);
        return;
    }
    std::printf("{\"model\": \"%s\", \"persons\": %u, \"days\": %g, \"messages\": %llu, \"seconds\": %.4f, \"ns_per_message\": %.2f, ",
                std::string(model.name).c_str(), params.persons, static_cast<double>(params.hours) / 24, static_cast<Whole>(found.messages),
                found.seconds, 1e9 * found.seconds / static_cast<double>(found.messages));
    if (const auto& counted = found.counted) {
        std::printf("\"answered\": %llu, \"attempts\": %llu, \"deferred\": %llu, \"expired\": %llu, \"pending_bytes\": %zu, ",
                    static_cast<Whole>(counted->answered), static_cast<Whole>(counted->attempts), static_cast<Whole>(counted->deferred),
                    static_cast<Whole>(counted->expired), counted->pending_bytes);
    }
    std::printf("\"random_lines\": %.3f}\n", found.random_lines);
}

int usage() {
    std::fputs("usage: message_bench MODEL PERSONS DAYS (whole hours, from 1 h to 365 d)\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        for (const NamedModel& model : kModels) std::printf("%s\n", std::string(model.name).c_str());
        return 0;
    }
    MailWorldParams params;
    double days = 0;
    if (words.size() != 3 || !read_number(words[1], 500U, 100'000'000U, params.persons) || !read_number(words[2], 1.0 / 24, 365.0, days)) {
        return usage();
    }
    params.hours = std::llround(days * 24);
    if (std::fabs(static_cast<double>(params.hours) - days * 24) > 1e-6) return usage();
    try {
        for (const NamedModel& model : kModels) {
            if (model.name != words[0]) continue;
            const MailWorld world = make_mail_world(params);
            print(model, params, model.measure(world));
            return 0;
        }
    } catch (const sim::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return usage();
}
