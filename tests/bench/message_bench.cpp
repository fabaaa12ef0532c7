// Mail on the contact graph, message by message, under the clock. Usage: message_bench MODEL PERSONS DAYS, or growth FEW MANY HOURS ROUNDS, prints a
// line of JSON; without arguments it names the models, one a line.
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "models/control/control_plane.h"
#include "models/traffic/delivery_table.h"
#include "models/traffic/message.h"
#include "models/traffic/people.h"
#include "sim/error.h"
#include "tests/bench/mail_world.h"
#include "tests/bench/message_run.h"
#include "tests/bench/textbook_mail.h"

namespace {

using mailrift::bench::Count;
using mailrift::bench::MailCounts;
using mailrift::bench::MailWorld;
using mailrift::bench::MailWorldParams;
using mailrift::bench::MessageRun;
using mailrift::bench::Seconds;
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
    double work = 0;          ///< seconds of the processor; with several threads those that pass
    double random_lines = 0;  ///< cache lines at random places that a message reads
    std::optional<Counted> counted{};
    std::optional<Memory> memory{};
};

Measured textbook(const MailWorldParams& params) {
    MailWorldParams built = params;
    built.threads = std::max(1U, std::thread::hardware_concurrency());
    const MailWorld world = make_mail_world(built);
    TextbookMail mail(world, world.model.seed);
    const Seconds start = mailrift::bench::seconds_now();
    const MailCounts& counts = mail.run(world.model.slices);
    const Seconds took = mailrift::bench::seconds_now() - start;
    return {counts.sum(Count::kWritten), took.wall, took.processor, 0,
            Counted{counts.answers, counts.attempts(), counts.sum(Count::kDeferred), counts.sum(Count::kExpired), mail.pending_bytes()}};
}

/// Traffic model `message`, with the control plane that judges its tallies, as in every run.
Measured message(const MailWorldParams& params, std::size_t threads) {
    MessageRun run(params, threads);
    const Seconds seconds = run.advance(params.hours);
    // Who starts a conversation is drawn block by block, in the cache; the contact and its class lie at random places, as do both persons' of an answer.
    return {run.take_messages(), seconds.wall, threads == 1 ? seconds.processor : seconds.wall, 2};
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
Measured memory(const MailWorldParams& params) {
    const mailrift::Model model = make_mail_model(params);
    mailrift::Run run;
    sim::Fingerprint trajectory;
    const mailrift::ControlPlane control(model, run, trajectory, {}, true);
    const mailrift::TrafficSetup setup = mailrift::bench::setup_of(model, 1);
    Memory found;
    const std::size_t before = resident_bytes();
    {
        const auto traffic = mailrift::make_message(setup, control.view());
        found.resident_bytes = resident_bytes() - before;
    }
    const mailrift::DeliveryTable table(control.view(), setup.lumping.singled_out, setup.threads, setup.memory_bytes);
    const mailrift::People people(setup, table.class_by_seat());
    found.person_bytes = people.person_bytes();
    found.contacts = people.graph().links();
    found.contact_bytes = people.contact_bytes();
    return {0, 0, 0, 0, {}, found};
}

Measured one_thread(const MailWorldParams& params) { return message(params, 1); }
Measured two_threads(const MailWorldParams& params) { return message(params, 2); }
Measured three_policies(const MailWorldParams& params) {
    MailWorldParams stricter = params;
    stricter.three_policies = true;
    return message(stricter, 1);
}

/// Prints nanoseconds a message by stage: of the persons, and of so few that write as many messages that all their tables lie in a core's cache.
/// What it takes less there is what the processor waited for memory.
Measured stages(const MailWorldParams& params) {
    constexpr std::uint32_t kFew = 2'048;
    MailWorldParams few = params;
    few.persons = std::min(kFew, params.persons);
    few.messages_per_day *= static_cast<double>(params.persons) / few.persons;
    std::printf("{\"persons\": %u, \"few\": %u, \"stages\": {", params.persons, few.persons);
    std::array<std::array<double, mailrift::kSliceStages>, 2> ns{};
    for (const bool in_cache : {false, true}) {
        MessageRun run(in_cache ? few : params, 1, true);
        run.advance(params.hours);
        const auto messages = static_cast<double>(run.take_messages());
        for (std::size_t s = 0; s < mailrift::kSliceStages; ++s) ns[in_cache ? 1 : 0][s] = 1e9 * run.seconds_by_stage()[s] / messages;
    }
    for (std::size_t s = 0; s < mailrift::kSliceStages; ++s) {
        const std::string name(mailrift::kSliceStageNames[s]);
        std::printf("%s\"%s\": [%.3f, %.3f]", s == 0 ? "" : ", ", name.c_str(), ns[0][s], ns[1][s]);
    }
    std::printf("}}\n");
    return {};
}

struct NamedModel {
    std::string_view name;
    Measured (*measure)(const MailWorldParams&);
};
constexpr std::array kModels{NamedModel{"textbook", &textbook},     NamedModel{"message", &one_thread},
                             NamedModel{"message2", &two_threads},  NamedModel{"message_with_three_policies", &three_policies},
                             NamedModel{"message_stages", &stages}, NamedModel{"memory", &memory}};

/// Both at once, hour by hour in turn: nanoseconds a message of each, by round.
int print_growth(std::uint32_t few_persons, std::uint32_t many_persons, std::int64_t hours, std::uint32_t rounds) {
    const auto make = [&](std::uint32_t persons) {
        MailWorldParams params;
        params.persons = persons;
        params.hours = hours * rounds;
        return std::make_unique<MessageRun>(params, 1);
    };
    auto making = std::async(std::launch::async, make, few_persons);
    const auto many = make(many_persons);
    const auto few = making.get();
    std::array<std::string, 2> texts;
    for (std::uint32_t round = 0; round < rounds; ++round) {
        std::array<double, 2> seconds{};
        for (std::int64_t hour = 0; hour < hours; ++hour) {
            seconds[0] += few->advance(1).processor;
            seconds[1] += many->advance(1).processor;
        }
        const std::array<std::uint64_t, 2> messages{few->take_messages(), many->take_messages()};
        for (std::size_t i = 0; i < 2; ++i) {
            texts[i] += (round == 0 ? "" : ", ") + std::to_string(1e9 * seconds[i] / static_cast<double>(messages[i]));
        }
    }
    std::printf("{\"few\": [%s], \"many\": [%s]}\n", texts[0].c_str(), texts[1].c_str());
    return 0;
}

template <class Number>
bool read_number(const std::string& text, Number low, Number high, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= low && number <= high;
}

void print(const NamedModel& model, const MailWorldParams& params, const Measured& found) {
    using Whole = unsigned long long;
    if (found.messages == 0 && !found.memory) return;  // it has printed its own
    if (const auto& memory = found.memory) {
        std::printf("{\"persons\": %u, \"person_bytes\": %zu, \"contacts\": %zu, \"contact_bytes\": %zu, \"resident_bytes\": %zu}\n",
                    params.persons, memory->person_bytes, memory->contacts, memory->contact_bytes, memory->resident_bytes);
        return;
    }
    std::printf("{\"model\": \"%s\", \"persons\": %u, \"days\": %g, \"messages\": %llu, \"seconds\": %.4f, \"ns_per_message\": %.2f, ",
                std::string(model.name).c_str(), params.persons, static_cast<double>(params.hours) / 24, static_cast<Whole>(found.messages),
                found.seconds, 1e9 * found.work / static_cast<double>(found.messages));
    if (const auto& counted = found.counted) {
        std::printf("\"answered\": %llu, \"attempts\": %llu, \"deferred\": %llu, \"expired\": %llu, \"pending_bytes\": %zu, ",
                    static_cast<Whole>(counted->answered), static_cast<Whole>(counted->attempts), static_cast<Whole>(counted->deferred),
                    static_cast<Whole>(counted->expired), counted->pending_bytes);
    }
    std::printf("\"random_lines\": %.3f}\n", found.random_lines);
}

int usage() {
    std::fputs("usage: message_bench MODEL PERSONS DAYS (whole hours, from 1 h to 365 d) | growth FEW MANY HOURS ROUNDS\n", stderr);
    return 2;
}

int growth(const std::vector<std::string>& words) {
    std::uint32_t few = 0;
    std::uint32_t many = 0;
    std::uint32_t hours = 0;
    std::uint32_t rounds = 0;
    const bool read = read_number(words[1], 500U, 100'000'000U, few) && read_number(words[2], 500U, 100'000'000U, many) &&
                      read_number(words[3], 1U, 168U, hours) && read_number(words[4], 1U, 99U, rounds);
    return read ? print_growth(few, many, hours, rounds) : usage();
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.empty()) {
        for (const NamedModel& model : kModels) std::printf("%s\n", std::string(model.name).c_str());
        return 0;
    }
    MailWorldParams params;
    if (words[0] == "growth" && words.size() == 5) return growth(words);
    double days = 0;
    if (words.size() != 3 || !read_number(words[1], 500U, 100'000'000U, params.persons) || !read_number(words[2], 1.0 / 24, 365.0, days)) {
        return usage();
    }
    params.hours = std::llround(days * 24);
    if (std::fabs(static_cast<double>(params.hours) - days * 24) > 1e-6) return usage();
    try {
        for (const NamedModel& model : kModels) {
            if (model.name != words[0]) continue;
            print(model, params, model.measure(params));
            return 0;
        }
    } catch (const sim::Error& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
    return usage();
}
