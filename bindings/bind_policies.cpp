// Policies that Python brings: called back at the end of each period.
#include "bindings/bind.h"

#include <algorithm>

#include <pybind11/numpy.h>
#include <pybind11/stl.h>

#include "models/blocking/batch_policy.h"
#include "sim/error.h"

namespace mailrift {
namespace {

using Columns = py::array_t<double, py::array::c_style | py::array::forcecast>;

template <class T>
py::array_t<T> column(const std::vector<T>& values) {
    return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data());
}

/// What a policy is, besides what it proposes.
struct Terms {
    Stage stage;
    sim::Duration period;
    Judge judge;
};

/// Asks `ask`, the package's own function around the user's method, which has checked what it gives back: shape (4, n_keys), with junk,
/// reject, defer, discard.
class PythonPolicy final : public BatchPolicy {
public:
    PythonPolicy(const Terms& terms, py::function ask) : terms_(terms), ask_(std::move(ask)) {}
    ~PythonPolicy() override {
        const py::gil_scoped_acquire gil;
        ask_ = {};
    }
    PythonPolicy(const PythonPolicy&) = delete;
    PythonPolicy& operator=(const PythonPolicy&) = delete;
    PythonPolicy(PythonPolicy&&) = delete;
    PythonPolicy& operator=(PythonPolicy&&) = delete;

    [[nodiscard]] Stage stage() const override { return terms_.stage; }
    [[nodiscard]] sim::Duration period() const override { return terms_.period; }
    [[nodiscard]] Judge judge() const override { return terms_.judge; }

    /// \throws py::error_already_set what the method raised; sim::Error kInterrupted for a KeyboardInterrupt, which ends the run as a stop does.
    [[nodiscard]] std::vector<Proposal> propose_all(const Batch& batch) const override {
        const py::gil_scoped_acquire gil;
        try {
            return answer(batch);
        } catch (const py::error_already_set& error) {
            if (!error.matches(PyExc_KeyboardInterrupt)) throw;
        }
        throw sim::Error(sim::Code::kInterrupted, {}, "a policy that answers", "an interrupt");
    }

private:
    [[nodiscard]] std::vector<Proposal> answer(const Batch& batch) const {
        py::tuple sources(batch.sources.size());
        for (std::size_t i = 0; i < batch.sources.size(); ++i) sources[i] = py::str(batch.sources[i].data(), batch.sources[i].size());
        const py::object given = ask_(py::str(batch.receiver.data(), batch.receiver.size()), static_cast<double>(batch.at.us) / 86'400e6,
                                      sources, column(batch.keys), column(batch.addresses), column(batch.good), column(batch.bad),
                                      column(batch.offered), column(batch.share), column(batch.operators));
        const auto columns = given.cast<Columns>();
        const auto keys = static_cast<py::ssize_t>(batch.sources.size());
        if (columns.ndim() != 2 || columns.shape(0) != 4 || columns.shape(1) != keys) {
            throw sim::Error(sim::Code::kArgument, {}, "an array of shape (4, " + std::to_string(keys) + ")", "another shape");
        }
        const auto value = columns.unchecked<2>();
        std::vector<Proposal> proposals;
        for (py::ssize_t k = 0; k < keys; ++k) proposals.push_back({value(0, k), value(1, k), value(2, k), false, value(3, k)});
        return proposals;
    }

    Terms terms_;
    py::object ask_;
};

/// The place of a word among those allowed.
template <class Words>
std::size_t choice(const Words& words, const std::string& word, const std::string& place, const std::string& expected) {
    const auto found = std::find(words.begin(), words.end(), word);
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
    throw sim::Error(sim::Code::kChoice, {"", place, 0, 0}, expected, sim::in_quotes(word),
                     sim::nearest_name(word, {words.begin(), words.end()}));
}

double probability(double value, const std::string& place) {
    if (value >= 0 && value <= 1) return value;
    throw sim::Error(sim::Code::kRange, {"", place, 0, 0}, "a probability in 0..1", py::str(py::float_(value)));
}

sim::Duration duration(const std::string& text, const std::string& place) {
    try {
        return sim::parse_duration(text);
    } catch (const sim::Error& error) {
        throw error.at({"", place, 0, 0});
    }
}

GivenPolicy given(const std::string& id, const std::string& receiver, const std::string& begins, const std::optional<std::string>& ends,
                  const std::string& stage, const std::string& period, const std::string& evidence, double true_positive,
                  double false_positive, py::function ask) {
    const std::vector<std::string> stages{"connect", "mail_from", "rcpt", "data"};
    const std::vector<std::string> evidences{"attempts", "inbox"};
    const std::string place = "/policies/" + id;
    const Judge judge{
        static_cast<Evidence>(choice(evidences, evidence, place + "/evidence", R"("attempts" or "inbox")")),
        probability(true_positive, place + "/true_positive"),
        probability(false_positive, place + "/false_positive"),
    };
    const auto at = static_cast<Stage>(choice(stages, stage, place + "/stage", R"("connect", "mail_from", "rcpt" or "data")"));
    const Terms terms{at, duration(period, place + "/period"), judge};
    const auto until = ends ? std::optional(sim::Time{duration(*ends, place + "/ends").us}) : std::nullopt;
    return {id, receiver, {duration(begins, place + "/begins").us}, std::make_shared<const PythonPolicy>(terms, std::move(ask)), until};
}

}  // namespace

void bind_policies(py::module_& module) {
    py::class_<GivenPolicy>(module, "GivenPolicy", "A policy of the calling program.")
        .def(py::init(&given), py::arg("id"), py::kw_only(), py::arg("receiver"), py::arg("begins"), py::arg("ends"), py::arg("stage"),
             py::arg("period"), py::arg("evidence"), py::arg("true_positive"), py::arg("false_positive"), py::arg("ask"));
}

}  // namespace mailrift
