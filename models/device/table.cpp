#include "models/device/table.h"

#include <algorithm>

#include "models/base/error.h"

namespace neurram::device {
namespace {

constexpr double kMicro = 1e-6;
constexpr double kMost_us = 1e4;

const std::vector<CsvColumn>& state_columns() {
  static const std::vector<CsvColumn> columns = {{"target_us", 0, kMost_us},
                                                 {"time_s", 1e-9, 1e12},
                                                 {"mean_us", 0, kMost_us},
                                                 {"sigma_us", 0, kMost_us}};
  return columns;
}

const std::vector<CsvColumn>& pulse_columns() {
  static const std::vector<CsvColumn> columns = {{"pulse", 0, 0, {"set", "reset"}},
                                                 {"conductance_us", 0, kMost_us},
                                                 {"amplitude_v", 0, 100},
                                                 {"mean_dg_us", -kMost_us, kMost_us},
                                                 {"sigma_dg_us", 0, kMost_us}};
  return columns;
}

const std::string& named(const std::string& path, const char* field) {
  if (path.empty()) {
    throw ConfigError("device.table." + std::string(field) +
                      " = \"\": expected a CSV file, as device.kind is table");
  }
  return path;
}

CsvGrid read_states(const std::string& path) {
  std::vector<CsvLine> lines = read_csv(path, state_columns());
  if (lines.empty()) throw FileError(path + ": holds no line of numbers; expected one at least");
  for (CsvLine& line : lines) line.values[2] -= line.values[0];  // how far the mean has moved
  return CsvGrid(path, lines, state_columns(), 0, CsvGrid::Scale::kLogarithmic);
}

CsvGrid read_pulses(const std::string& path, Polarity polarity) {
  const bool set = polarity == Polarity::kSet;
  std::vector<CsvLine> lines;
  for (const CsvLine& line : read_csv(path, pulse_columns())) {
    if ((line.values[0] == 0) != set) continue;
    if (set ? line.values[3] < 0 : line.values[3] > 0) {
      fail_csv(path, line.line, line.begins[3], "mean_dg_us has the wrong sign",
               set ? "0 or more, as SET raises the conductance"
                   : "0 or less, as RESET lowers the conductance");
    }
    lines.push_back(line);
  }
  if (lines.empty()) {
    throw FileError(path + ": holds no line of \"" + pulse_columns()[0].words[set ? 0 : 1] +
                    "\"; expected one at least");
  }
  return CsvGrid(path, lines, pulse_columns(), 1);
}

}  // namespace

TableDevice::TableDevice(const DeviceParameters& parameters)
    : PulsedDevice(parameters),
      states_(read_states(named(parameters.table.states, "states"))),
      set_(read_pulses(named(parameters.table.pulses, "pulses"), Polarity::kSet)),
      reset_(read_pulses(parameters.table.pulses, Polarity::kReset)) {}

double TableDevice::after(const Pulse& pulse, double g_s, const CellTraits& /*traits*/,
                          double z) const {
  const CsvGrid& grid = pulse.polarity == Polarity::kSet ? set_ : reset_;
  const CsvGrid::Point change = grid.at(g_s / kMicro, pulse.amplitude_v);
  return std::max(g_s + kMicro * (change.mean + change.sigma * z), parameters().g_floor_s);
}

Drift TableDevice::drift(double g_s, double since_s) const {
  const CsvGrid::Point state = states_.at(g_s / kMicro, since_s);
  return {kMicro * state.mean, kMicro * state.sigma};
}

}  // namespace neurram::device
