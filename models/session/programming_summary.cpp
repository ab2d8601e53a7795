#include "models/session/programming_summary.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/session/page.h"
#include "models/session/summary.h"

namespace neurram::session {
namespace {

constexpr int kSchema = 1;
constexpr double kMicro = 1e-6;

/// Mean and deviation of `error` over the cells that are usable and reached their target.
template <class Error>
Spread spread_of(const std::vector<const CellOutcome*>& cells, Error error) {
  Spread spread;
  double sum = 0;
  double squares = 0;
  for (const CellOutcome* cell : cells) {
    if (cell->failed || cell->unusable) continue;
    const double e = error(*cell);
    ++spread.cells;
    sum += e;
    squares += e * e;
  }
  if (spread.cells == 0) return spread;
  const auto n = static_cast<double>(spread.cells);
  spread.mean_us = sum / n;
  spread.sigma_us = std::sqrt(std::max(0.0, squares / n - spread.mean_us * spread.mean_us));
  return spread;
}

std::vector<LevelSummary> level_summaries(const device::DeviceParameters& device,
                                          const std::vector<CellOutcome>& cells) {
  std::vector<std::vector<const CellOutcome*>> of_level(kLevels);
  for (const CellOutcome& cell : cells)
    of_level[static_cast<std::size_t>(nearest_level(device, cell.target_us()))].push_back(&cell);
  std::vector<LevelSummary> levels;
  for (int l = 0; l < kLevels; ++l) {
    const auto& mine = of_level[static_cast<std::size_t>(l)];
    LevelSummary level;
    level.target_us = level_us(device, l);
    level.cells = static_cast<std::int64_t>(mine.size());
    level.failed = std::count_if(mine.begin(), mine.end(),
                                 [](const CellOutcome* cell) { return cell->failed; });
    level.verified =
        spread_of(mine, [](const CellOutcome& c) { return c.verified_us() - c.target_us(); });
    level.final =
        spread_of(mine, [](const CellOutcome& c) { return c.final_us() - c.target_us(); });
    levels.push_back(level);
  }
  return levels;
}

void add_cells(ProgrammingSummary& s, const std::vector<CellOutcome>& cells) {
  std::map<std::pair<int, int>, int> bad;  // unusable cells by core and row
  std::vector<int> pulses;
  double sum = 0;
  for (const CellOutcome& cell : cells) {
    bad[{cell.core, cell.row}] += cell.unusable ? 1 : 0;
    s.failed += cell.failed ? 1 : 0;
    s.unusable += cell.unusable ? 1 : 0;
    pulses.push_back(cell.pulses);
    sum += cell.pulses;
  }
  s.cells = static_cast<std::int64_t>(cells.size());
  s.rows = static_cast<std::int64_t>(bad.size());
  s.bad_rows =
      std::count_if(bad.begin(), bad.end(), [](const auto& row) { return row.second > 0; });
  const std::size_t count = cells.size();
  const auto good = count - static_cast<std::size_t>(s.failed);
  const Interval interval = share_interval(good, count);
  s.success_low = interval.low;
  s.success_high = interval.high;
  if (count == 0) return;
  s.success = static_cast<double>(good) / static_cast<double>(count);
  s.pulses_per_cell = sum / static_cast<double>(count);
  std::sort(pulses.begin(), pulses.end());
  s.pulses_median = pulses[count / 2];
  s.pulses_90 = pulses[std::min(count - 1, count * 9 / 10)];
  s.pulses_most = pulses.back();
}

nlohmann::ordered_json json_of(const Spread& spread) {
  return {{"cells", spread.cells}, {"mean_us", spread.mean_us}, {"sigma_us", spread.sigma_us}};
}

nlohmann::ordered_json json_of(const std::vector<std::pair<std::string, double>>& items) {
  nlohmann::ordered_json object = nlohmann::ordered_json::object();
  for (const auto& [name, value] : items) object[name] = value;
  return object;
}

/// What so many passes gave at the run's own age: pulses and success depend on it a little, because
/// cells that need no pulses have had theirs as long ago.
const Iteration* iteration_of(const ProgrammingSummary& s, int passes) {
  for (const Iteration& it : s.iterations) {
    if (it.passes == passes && it.age_s == s.age_s) return &it;
  }
  return nullptr;
}

void add_levels(Page& page, const ProgrammingSummary& s) {
  page.heading(fmt::format("{:<12}{:>9}{:>9}   {:<20} {:<20}", "level [uS]", "cells", "failed",
                           "after write-verify", "after " + age_text(s.age_s)));
  for (const LevelSummary& l : s.levels) {
    if (l.cells == 0) continue;
    page.raw(fmt::format("  {:<12.2f}{:>9}{:>9}   {:+6.2f} ± {:<11.2f}{:+6.2f} ± {:.2f}\n",
                         l.target_us, l.cells, l.failed, l.verified.mean_us, l.verified.sigma_us,
                         l.final.mean_us, l.final.sigma_us));
  }
}

void add_iterations(Page& page, const ProgrammingSummary& s) {
  std::string heading = fmt::format("{:<12}{:>9}{:>11}", "passes", "pulses", "success");
  std::string lines;
  for (int passes = 1; const Iteration* whole = iteration_of(s, passes); ++passes) {
    lines += fmt::format("  {:<12}{:>9.2f}{:>9.2f} %", passes, whole->pulses_per_cell,
                         100 * whole->success);
    for (const Iteration& it : s.iterations) {
      if (it.passes != passes) continue;
      lines += fmt::format("{:>9.2f} uS", it.sigma_us);
      if (passes == 1) heading += fmt::format("{:>12}", age_text(it.age_s));
    }
    lines += "\n";
  }
  if (lines.empty()) return;
  page.heading(heading + "   spread about the target, mean over targets");
  page.raw(lines);
}

}  // namespace

std::string age_text(double age_s) {
  constexpr double kMinute = 60, kHour = 3600, kDay = 86400;
  const auto whole = [](double value, const char* unit) {
    return fmt::format("{:.3g} {}", value, unit);
  };
  if (age_s < kMinute) return whole(age_s, "s");
  if (age_s < kHour) return whole(age_s / kMinute, "min");
  if (age_s < kDay) return whole(age_s / kHour, "h");
  return whole(age_s / kDay, age_s == kDay ? "day" : "days");
}

ProgrammingSummary summarize(const Config& config, const std::string& targets,
                             const std::vector<TargetWindow>& windows,
                             const ProgrammingResult& result, double wall_s) {
  const device::DeviceParameters& device = config.chip.core.device;
  ProgrammingSummary s;
  s.app = config.app.name;
  s.targets = targets;
  s.device_kind = device.kind;
  std::set<std::uint32_t> cores;
  for (const TargetWindow& w : windows) cores.insert(w.core);
  s.cores.assign(cores.begin(), cores.end());
  s.passes = device.programming_passes;
  s.age_s = device.age_s;
  s.tolerance_us = device.g_tolerance_s / kMicro;
  s.complete = result.complete;
  s.seed_device = config.seed.device;
  add_cells(s, result.cells);
  s.levels = level_summaries(device, result.cells);
  s.iterations = result.iterations;
  s.energy_j = result.cost.total_energy().joules();
  s.simulated_s = Picoseconds(result.simulated_ps).seconds();
  s.rest_s = (device.programming_passes - 1) * device.t_between_passes_s;
  s.wall_s = wall_s;
  for (std::size_t c = 0; c < ledger::kComponents; ++c) {
    if (result.cost.energy[c].value == 0) continue;
    s.energy_by_component_j.emplace_back(ledger::name(static_cast<ledger::Component>(c)),
                                         result.cost.energy[c].joules());
  }
  for (std::size_t p = 0; p < ledger::kPhases; ++p) {
    if (result.cost.time[p].value == 0) continue;
    s.time_by_phase_s.emplace_back(ledger::name(static_cast<ledger::Phase>(p)),
                                   result.cost.time[p].seconds());
  }
  Config copy = config;
  s.config_sha256 = config::fingerprint(copy);
  s.tool_version = NEURRAM_VERSION;
  return s;
}

nlohmann::ordered_json to_json(const ProgrammingSummary& s) {
  nlohmann::ordered_json j;
  j["schema"] = kSchema;
  j["command"] = "program";
  j["app"] = s.app.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(s.app);
  j["targets"] = s.targets;
  j["device"] = s.device_kind;
  j["cores"] = s.cores;
  j["passes"] = s.passes;
  j["age_s"] = s.age_s;
  j["tolerance_us"] = s.tolerance_us;
  j["complete"] = s.complete;
  j["seed"] = {{"device", s.seed_device}};
  j["cells"] = s.cells;
  j["pulses_per_cell"] = {{"mean", s.pulses_per_cell},
                          {"median", s.pulses_median},
                          {"percentile_90", s.pulses_90},
                          {"most", s.pulses_most}};
  j["success"] = {
      {"share", s.success}, {"low", s.success_low}, {"high", s.success_high}, {"failed", s.failed}};
  j["unusable_cells"] = s.unusable;
  j["rows"] = s.rows;
  j["bad_rows"] = s.bad_rows;
  j["levels"] = nlohmann::ordered_json::array();
  for (const LevelSummary& l : s.levels) {
    j["levels"].push_back({{"target_us", l.target_us},
                           {"cells", l.cells},
                           {"failed", l.failed},
                           {"verified", json_of(l.verified)},
                           {"final", json_of(l.final)}});
  }
  j["iterations"] = nlohmann::ordered_json::array();
  for (const Iteration& it : s.iterations) {
    j["iterations"].push_back({{"passes", it.passes},
                               {"age_s", it.age_s},
                               {"pulses_per_cell", it.pulses_per_cell},
                               {"success", it.success},
                               {"sigma_us", it.sigma_us},
                               {"shift_us", it.shift_us}});
  }
  j["energy_j"] = s.energy_j;
  j["simulated_s"] = s.simulated_s;
  j["rest_s"] = s.rest_s;
  j["wall_s"] = s.wall_s;
  j["energy_by_component_j"] = json_of(s.energy_by_component_j);
  j["time_by_phase_s"] = json_of(s.time_by_phase_s);
  j["config_sha256"] = s.config_sha256;
  j["tool_version"] = s.tool_version;
  return j;
}

std::string to_text(const ProgrammingSummary& s, bool colour) {
  Page page(colour);
  page.raw("\n");
  page.line("cells", std::to_string(s.cells),
            fmt::format("{} {}, targets {}, device {}", s.cores.size() == 1 ? "core" : "cores",
                        fmt::join(s.cores, " "), s.targets, s.device_kind));
  const Iteration* first = iteration_of(s, 1);
  page.line(
      "pulses per cell", fmt::format("{:.2f}", s.pulses_per_cell),
      fmt::format(
          "{}half of the cells take at most {}, 90 % at most {}, one {}",
          first != nullptr ? fmt::format("{:.2f} in the first pass; ", first->pulses_per_cell) : "",
          s.pulses_median, s.pulses_90, s.pulses_most));
  page.line(fmt::format("within {:.3g} uS", s.tolerance_us),
            fmt::format("{:.2f} %", 100 * s.success),
            fmt::format("{}{} cells are not",
                        first != nullptr
                            ? fmt::format("{:.2f} % after the first pass; ", 100 * first->success)
                            : "",
                        s.failed));
  page.line("unusable cells", std::to_string(s.unusable),
            fmt::format("in {} of {} rows", s.bad_rows, s.rows));
  const auto component = [&s](const char* name) {
    for (const auto& [n, value] : s.energy_by_component_j) {
      if (n == name) return value;
    }
    return 0.0;
  };
  page.line("energy", si(s.energy_j, "J"),
            fmt::format("pulses and reads {}, idle {}", si(component("programming"), "J"),
                        si(component("idle"), "J")));
  page.line("time of the chip", si(s.simulated_s, "s"),
            s.passes == 1 ? "1 pass"
                          : fmt::format("{} passes, and {} of rests between them", s.passes,
                                        s.rest_s == 0 ? "nothing" : age_text(s.rest_s)));
  add_levels(page, s);
  add_iterations(page, s);
  page.raw(page.dim(fmt::format("\n  {:.2f} s of wall time\n", s.wall_s)));
  return page.text();
}

}  // namespace neurram::session
