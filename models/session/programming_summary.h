#pragma once

#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "models/session/programming.h"
#include "models/session/run_folder.h"

namespace neurram::session {

/// Cells whose target is nearest to one of kLevels levels.
struct LevelSummary {
  double target_us = 0;  ///< the level
  std::int64_t cells = 0;
  std::int64_t failed = 0;
  Spread verified;  ///< error of the last verify read
  Spread final;     ///< error at the stated age
};

/// What programming gave, in numbers. Errors are conductance less target, of cells that are usable
/// and reached their target.
struct ProgrammingSummary {
  std::string app;      ///< empty: no network
  std::string targets;  ///< where they come from
  std::string device_kind;
  std::vector<std::uint32_t> cores;
  int passes = 1;
  double age_s = 0;
  double tolerance_us = 0;
  bool complete = true;
  std::uint64_t seed_device = 0;
  std::int64_t cells = 0;  ///< that programming has come to
  std::int64_t rows = 0;   ///< of arrays, with such a cell
  std::int64_t failed = 0;
  std::int64_t unusable = 0;
  std::int64_t bad_rows = 0;                              ///< with an unusable cell
  double success = 0, success_low = 0, success_high = 0;  ///< with the exact 95 % interval
  double pulses_per_cell = 0;
  int pulses_median = 0, pulses_90 = 0, pulses_most = 0;
  std::vector<LevelSummary> levels;
  std::vector<Iteration> iterations;
  double energy_j = 0;
  double simulated_s = 0;
  double rest_s = 0;  ///< asked for between passes, not part of simulated_s
  double wall_s = 0;
  std::vector<std::pair<std::string, double>> energy_by_component_j;
  std::vector<std::pair<std::string, double>> time_by_phase_s;
  std::string config_sha256;
  std::string tool_version;
};

[[nodiscard]] ProgrammingSummary summarize(const Config& config, const std::string& targets,
                                           const std::vector<TargetWindow>& windows,
                                           const ProgrammingResult& result, double wall_s);

[[nodiscard]] nlohmann::ordered_json to_json(const ProgrammingSummary& summary);

/// A screenful for people.
[[nodiscard]] std::string to_text(const ProgrammingSummary& summary, bool colour);

/// Pictures of a run, by file name: pulses, levels, spread, cells.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> programming_charts(
    const Config& config, const ProgrammingSummary& summary, const std::vector<CellOutcome>& cells);

/// "1 s", "30 min", "1 day"
[[nodiscard]] std::string age_text(double age_s);

/// Writes all files of the run's folder, and keeps it.
void write_folder(RunFolder& folder, const Config& config, const ProgrammingSummary& summary,
                  const ProgrammingResult& result);

}  // namespace neurram::session
