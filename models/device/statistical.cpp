#include "models/device/statistical.h"

#include <algorithm>
#include <cmath>

#include "models/base/gaussian.h"
#include "models/device/forming.h"

namespace neurram::device {
namespace {

/// Uniform in [0, 1) from a word.
double uniform(std::uint32_t word) {
  return word * 0x1p-32;
}

/// Operation id of a cell's draws: its row, and how often its core was programmed before.
std::uint64_t draw_id(const CellAddress& cell) {
  return std::uint64_t{cell.generation} << 32 | cell.row;
}

}  // namespace

StatisticalDevice::StatisticalDevice(const DeviceParameters& parameters)
    : parameters_(parameters), grid_step_s_(2 * parameters.g_max_s / (sigma_grid_.size() - 1)) {
  for (std::size_t k = 0; k < sigma_grid_.size(); ++k) {
    sigma_grid_[k] =
        static_cast<float>(relaxation_sigma_s(parameters_, static_cast<double>(k) * grid_step_s_));
  }
}

double StatisticalDevice::sigma_s(double g_s) const {
  const double x = std::clamp(g_s / grid_step_s_, 0.0, static_cast<double>(sigma_grid_.size() - 2));
  const auto k = static_cast<std::size_t>(x);
  return sigma_grid_[k] + (x - static_cast<double>(k)) * (sigma_grid_[k + 1] - sigma_grid_[k]);
}

Schedule StatisticalDevice::schedule() const {
  Schedule schedule;
  schedule.passes_counted_once = parameters_.programming_passes;
  return schedule;
}

FormedCell StatisticalDevice::form(std::uint64_t seed, const CellAddress& cell) const {
  return form_cell(parameters_, seed, cell);
}

ProgrammedCell StatisticalDevice::program(const CellTask& task, std::uint64_t seed,
                                          const CellAddress& cell) const {
  const float target_s = task.target_s;
  if (!task.usable) return {task.conductance_s, task.conductance_s, 0, true, 1};
  const PhiloxKey key = philox_key(seed);
  const std::uint64_t id = draw_id(cell);
  ProgrammedCell result;
  double g = target_s;
  if (parameters_.programming_spread) {
    const PhiloxCounter words =
        philox({cell.column, static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32),
                draw_stream(cell.core, 0, DrawKind::kProgramming)},
               key);
    const bool off = target_s <= parameters_.g_min_s;
    g = off ? uniform(words[0]) * parameters_.g_min_s
            : target_s + (2 * uniform(words[0]) - 1) * parameters_.g_tolerance_s;
    // Failure is as likely as the target is high (measured: mostly targets near g_max), so that the
    // mean over uniform targets is 1 - success_rate.
    const double failure =
        2 * (1 - parameters_.success_rate) * std::min(target_s / parameters_.g_max_s, 1.0);
    const bool gave_up = !off && uniform(words[1]) < failure;
    if (gave_up) g = target_s * (0.45 + 0.5 * uniform(words[2]));
    result.failed = gave_up && target_s - g > parameters_.g_tolerance_s;  // a low one may be near
    result.pulses = static_cast<std::uint16_t>(
        std::lround(2 * parameters_.pulses_per_cell * uniform(words[3])));
  }
  result.verified_s = static_cast<float>(std::max(g, parameters_.g_floor_s));
  if (parameters_.relaxation) {
    const float z = normal(key, cell.column, id, draw_stream(cell.core, 0, DrawKind::kRelaxation));
    g += sigma_s(g) * static_cast<double>(z);
  }
  result.conductance_s = static_cast<float>(std::max(g, parameters_.g_floor_s));
  result.reads = static_cast<std::uint16_t>(result.pulses + 1);
  return result;
}

}  // namespace neurram::device
