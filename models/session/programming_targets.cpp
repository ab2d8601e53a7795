// Where targets come from: patterns, and the segments of a network.
#include <algorithm>
#include <cmath>

#include "models/session/programming.h"

namespace neurram::session {
namespace {

constexpr double kMicro = 1e-6;
constexpr double kPicosiemensPerMicro = 1e6;

std::uint32_t picosiemens(double g_us) {
  return static_cast<std::uint32_t>(std::lround(g_us * kPicosiemensPerMicro));
}

/// A share in [0, 1) for every number, far from that of its neighbours, even over any stretch of
/// them: multiples of the golden ratio.
double even_share(std::uint32_t i) {
  return static_cast<double>(i * 2654435769u) / 4294967296.0;
}

double step_us(const device::DeviceParameters& device, int intervals) {
  return (device.g_max_s - device.g_min_s) / kMicro / intervals;
}

}  // namespace

std::vector<TargetWindow> target_windows(const mapper::Deployment& deployment) {
  std::vector<TargetWindow> windows;
  for (const mapper::Segment& segment : deployment.segments) {
    for (const mapper::LineRun& rows : mapper::line_runs(segment.row_mask)) {
      for (const mapper::LineRun& columns : mapper::line_runs(segment.column_mask)) {
        TargetWindow window;
        window.core = static_cast<std::uint32_t>(segment.core);
        window.cells = {rows.line, columns.line, rows.count, columns.count};
        for (int r = rows.first; r < rows.first + rows.count; ++r) {
          const auto first = segment.target_ps.begin() + r * segment.columns + columns.first;
          window.targets_ps.insert(window.targets_ps.end(), first, first + columns.count);
        }
        windows.push_back(std::move(window));
      }
    }
  }
  return windows;
}

double level_us(const device::DeviceParameters& device, int level) {
  return device.g_min_s / kMicro + level * step_us(device, kLevels - 1);
}

int nearest_level(const device::DeviceParameters& device, double g_us) {
  const double level = (g_us - device.g_min_s / kMicro) / step_us(device, kLevels - 1);
  return std::clamp(static_cast<int>(std::lround(level)), 0, kLevels - 1);
}

double bin_us(const device::DeviceParameters& device, int bin) {
  return device.g_min_s / kMicro + (bin + 0.5) * step_us(device, Iteration::kBins);
}

TargetWindow pattern_window(TargetPattern pattern, std::uint32_t core, int rows, int columns,
                            const device::DeviceParameters& device) {
  TargetWindow window{core, {0, 0, rows, columns}, {}};
  for (int r = 0; r < rows; ++r) {
    for (int c = 0; c < columns; ++c) {
      const double share = even_share(static_cast<std::uint32_t>(r * columns + c));
      const double target_us = pattern == TargetPattern::kLevels
                                   ? level_us(device, static_cast<int>(share * kLevels))
                                   : device.g_min_s / kMicro + share * step_us(device, 1);
      window.targets_ps.push_back(picosiemens(target_us));
    }
  }
  return window;
}

int bin_of(const device::DeviceParameters& device, double g_us) {
  const double bin = (g_us - device.g_min_s / kMicro) / step_us(device, Iteration::kBins);
  return std::clamp(static_cast<int>(bin), 0, Iteration::kBins - 1);
}

}  // namespace neurram::session
