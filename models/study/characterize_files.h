#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "models/session/run_folder.h"
#include "models/study/characterize.h"

namespace neurram::study {

[[nodiscard]] nlohmann::ordered_json to_json(const Characterization& c);

/// A screenful for people.
[[nodiscard]] std::string to_text(const Characterization& c, bool colour);

/// Writes run.toml, summary.json, tables as CSV and pictures as SVG, and keeps the folder.
void write_folder(session::RunFolder& folder, const session::Config& config,
                  const Characterization& c);

}  // namespace neurram::study
