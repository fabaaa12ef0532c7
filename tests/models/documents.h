// Scenarios of tests/scenarios, read as they lie there.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "models/control/run.h"
#include "models/scenario/scenario.h"
#include "sim/error.h"

namespace mailrift::testing {

inline std::filesystem::path source_root() {
    const char* folder = std::getenv("MAILRIFT_SOURCE_DIR");
    return folder != nullptr ? std::filesystem::path(folder) : std::filesystem::path(".");
}

inline std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    if (!file) throw sim::Error(sim::Code::kFile, {}, "a readable file", path.string());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The text of a shipped document, or of one of the tests.
inline std::string resolve(std::string_view kind, std::string_view name) {
    const std::string file = std::string(name) + ".json";
    for (const std::filesystem::path& folder : {source_root() / "scenarios", source_root() / "tests/scenarios"}) {
        const std::filesystem::path path = kind == "world" ? folder / "worlds" / file : folder / file;
        if (std::filesystem::exists(path)) return read_file(path);
    }
    throw sim::Error(sim::Code::kReference, {}, "a document that is shipped", "\"" + std::string(name) + "\"");
}

/// Reads a scenario by its path below tests/scenarios.
inline Scenario read_document(const std::string& path) {
    const std::filesystem::path whole = source_root() / "tests/scenarios" / path;
    return read_scenario(read_file(whole), whole.filename().string(), resolve);
}

/// Names of the scenarios in a folder below tests/scenarios, sorted.
inline std::vector<std::string> documents_in(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(source_root() / "tests/scenarios" / folder)) {
        if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace mailrift::testing
