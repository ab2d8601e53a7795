// The files of a programming run: the configuration, the numbers, one line per cell, statistics,
// pictures.
#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "models/config/config.h"
#include "models/ledger/sqlite_store.h"
#include "models/session/programming_summary.h"

namespace neurram::session {
namespace {

std::string cells_csv(const std::vector<CellOutcome>& cells) {
  fmt::memory_buffer out;
  auto at = std::back_inserter(out);
  fmt::format_to(at, "core,row,column,target_us,verified_us,final_us,pulses,failed,unusable\n");
  for (const CellOutcome& c : cells) {
    fmt::format_to(at, "{},{},{},{:.6f},{:.6f},{:.6f},{},{:d},{:d}\n", c.core, c.row, c.column,
                   c.target_us(), c.verified_us(), c.final_us(), c.pulses, c.failed, c.unusable);
  }
  return fmt::to_string(out);
}

std::string pulses_csv(const std::vector<CellOutcome>& cells) {
  std::vector<std::int64_t> counts;
  for (const CellOutcome& c : cells) {
    if (c.pulses >= counts.size()) counts.resize(std::size_t{c.pulses} + 1);
    ++counts[c.pulses];
  }
  std::string text = "pulses,cells\n";
  for (std::size_t p = 0; p < counts.size(); ++p) {
    if (counts[p] > 0) text += fmt::format("{},{}\n", p, counts[p]);
  }
  return text;
}

std::string levels_csv(const std::vector<LevelSummary>& levels) {
  std::string text =
      "level_us,cells,failed,verified_mean_us,verified_sigma_us,final_mean_us,final_sigma_us\n";
  for (const LevelSummary& l : levels) {
    text +=
        fmt::format("{:.6f},{},{},{:.6f},{:.6f},{:.6f},{:.6f}\n", l.target_us, l.cells, l.failed,
                    l.verified.mean_us, l.verified.sigma_us, l.final.mean_us, l.final.sigma_us);
  }
  return text;
}

std::string spread_csv(const device::DeviceParameters& device,
                       const std::vector<Iteration>& iterations) {
  std::string text = "passes,age_s,target_us,cells,mean_us,sigma_us\n";
  for (const Iteration& it : iterations) {
    for (int b = 0; b < Iteration::kBins; ++b) {
      const Spread& spread = it.bins[static_cast<std::size_t>(b)];
      if (spread.cells == 0) continue;
      text += fmt::format("{},{},{:.6f},{},{:.6f},{:.6f}\n", it.passes, it.age_s, bin_us(device, b),
                          spread.cells, spread.mean_us, spread.sigma_us);
    }
  }
  return text;
}

}  // namespace

void write_folder(RunFolder& folder, const Config& config, const ProgrammingSummary& summary,
                  const ProgrammingResult& result) {
  std::ostringstream toml;
  toml << fmt::format(
      "# neurram {}: {} cells programmed, targets {}\n# configuration sha256 {}\n\n",
      summary.tool_version, summary.cells, summary.targets, summary.config_sha256);
  Config copy = config;
  config::dump_toml(copy, toml);
  folder.write("run.toml", toml.str());
  folder.write("summary.json", to_json(summary).dump(2) + "\n");
  folder.write("program.csv", cells_csv(result.cells));
  folder.write("pulses.csv", pulses_csv(result.cells));
  folder.write("levels.csv", levels_csv(summary.levels));
  if (!result.iterations.empty())
    folder.write("spread.csv", spread_csv(config.chip.core.device, result.iterations));
  ledger::SqliteStore store(folder.file("ledger.sqlite"));
  store.write_layers({});
  store.write(result.records);
  for (const auto& [name, svg] : programming_charts(config, summary, result.cells))
    folder.write(name, svg);
  folder.write("log.txt", to_text(summary, false));
  folder.keep();
}

}  // namespace neurram::session
