// A scenario and its world, read and checked.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/traffic/mail_params.h"
#include "models/world/world.h"
#include "sim/extends.h"
#include "sim/json.h"
#include "sim/shape_view.h"

namespace mailrift {

enum class Traffic : std::uint8_t { kFluid, kFlow, kMessage, kNone };

/// One series that a run reports.
struct Observation {
    std::string measure;  ///< "reachability" or "mutual_reachability"
    std::string from;
    std::string to;
    sim::Duration every;
    bool contacts = false;  ///< weights: by who writes to whom, instead of all pairs alike
};

/// Plain data; the documents stay with it, because orders and responses are decoded against a population.
struct Scenario {
    sim::Value document;  ///< `extends` resolved
    /// `extends` resolved. Megabytes that nobody changes: copies of a scenario share them.
    std::shared_ptr<const sim::Value> world_document = std::make_shared<const sim::Value>();
    World world;  ///< as measured: `unknown` shares still in it
    std::string name;
    std::string title;
    std::string question;
    sim::Duration horizon;
    sim::Duration slice;
    sim::Duration warm_up;  ///< before t = 0, if receivers remember
    std::uint64_t seed = 1;
    Traffic traffic = Traffic::kFluid;
    Missing missing = Missing::kProportional;
    MailParams mail;
    std::vector<Observation> observe;
};

/// Reads a world document.
/// \throws sim::Error: the first in the order of file and document.
[[nodiscard]] World read_world(std::string_view text, std::string_view file, const sim::Resolver& resolver);

/// Reads a scenario document and the world that it names.
/// \param resolver gives the text of documents of kind "scenario" and "world" by name.
/// \throws sim::Error: the first in the order of file and document.
[[nodiscard]] Scenario read_scenario(std::string_view text, std::string_view file, const sim::Resolver& resolver);

/// A figure of a scenario or of its world, for reports of what is sourced and what is assumed.
struct SourcedFigure {
    std::string document;  ///< "scenario" or "world"
    sim::FigureUse use;
};
[[nodiscard]] std::vector<SourcedFigure> figures_of(const Scenario& scenario);

}  // namespace mailrift
