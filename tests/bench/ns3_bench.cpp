// The same measurements as queue_bench on ns-3's public interface, with a scheduler of its own; built where ns-3 is installed.
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include <ns3/core-module.h>

#include "tests/bench/phold.h"

namespace {

class Simulation {
public:
    explicit Simulation(const bench::Arguments& arguments)
        : arguments_(arguments), draws_(arguments.model, arguments.processes), visits_(arguments.processes) {
        for (std::uint32_t process = 0; process < arguments.processes; ++process) schedule(process);
    }

    double run() {
        ns3::Simulator::Run();
        return static_cast<double>(end_ - start_) / CLOCKS_PER_SEC;
    }

    [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }

private:
    void schedule(std::uint32_t process) {
        ns3::Simulator::Schedule(ns3::MicroSeconds(draws_.increment()), &Simulation::step, this, process);
    }

    void step(std::uint32_t process) {
        ++visits_[process];
        hash_ = hash_ * bench::kHashFactor + process + static_cast<std::uint64_t>(ns3::Simulator::Now().GetMicroSeconds());
        schedule(draws_.next_process(process));
        ++steps_;
        if (steps_ == arguments_.warm_up) start_ = std::clock();
        if (steps_ == arguments_.warm_up + arguments_.events) {
            end_ = std::clock();
            ns3::Simulator::Stop();
        }
    }

    bench::Arguments arguments_;
    bench::Draws draws_;
    std::vector<std::uint32_t> visits_;
    std::uint64_t hash_ = 0;
    std::uint64_t steps_ = 0;
    std::clock_t start_ = std::clock();
    std::clock_t end_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    bench::Arguments arguments;
    ns3::TypeId scheduler;
    if (words.size() != 5 || !ns3::TypeId::LookupByNameFailSafe("ns3::" + words[1], &scheduler) ||
        !scheduler.IsChildOf(ns3::Scheduler::GetTypeId()) || !bench::read_arguments(words[0], words[2], words[3], words[4], arguments) ||
        arguments.warm_up == 0) {
        std::fputs("usage: ns3_bench phold|hold SCHEDULER PROCESSES WARM_UP EVENTS, each 1 or more; SCHEDULER: such as MapScheduler\n",
                   stderr);
        return 2;
    }
    ns3::ObjectFactory factory;
    factory.SetTypeId(scheduler);
    ns3::Simulator::SetScheduler(factory);
    Simulation simulation(arguments);
    const double seconds = simulation.run();
    bench::print_result(seconds, arguments.events, simulation.hash());
    ns3::Simulator::Destroy();
    return 0;
}
