#include "models/device/forming.h"

#include <algorithm>

#include "models/base/gaussian.h"
#include "models/base/numerics.h"

namespace neurram::device {

FormedCell form_cell(const DeviceParameters& parameters, std::uint64_t seed,
                     const CellAddress& cell) {
  // A cell counts as formed below 0.8 MOhm; the largest of 64 was 67.8 uS (chip team's public
  // repository).
  constexpr double kLeastFormed_s = 1.25e-6;
  constexpr double kMostFormed_s = 70e-6;
  const FormingParameters& p = parameters.forming;
  FormedCell formed;
  formed.pulses = 1;
  if (!parameters.programming_spread) {
    formed.conductance_s = static_cast<float>(p.formed_s);
    return formed;
  }
  const PhiloxKey key = philox_key(seed);
  const auto uniform = [](std::uint32_t word) { return word * 0x1p-32; };
  const PhiloxCounter words =
      philox({cell.column, cell.row, 0, draw_stream(cell.core, 0, DrawKind::kForming)}, key);
  if (uniform(words[0]) >= p.yield) {
    formed.usable = false;
    formed.pulses = static_cast<std::uint16_t>(p.pulses);
    formed.conductance_s = static_cast<float>(parameters.g_floor_s);
    return formed;
  }
  for (double share = 1 - p.first_pulse_share;
       uniform(words[1]) < share && formed.pulses < p.pulses; share *= 1 - p.first_pulse_share) {
    ++formed.pulses;
  }
  formed.usable = uniform(words[2]) >= p.stuck_share;
  const double z = static_cast<double>(
      normal(key, cell.column, cell.row, draw_stream(cell.core, 1, DrawKind::kForming)));
  formed.conductance_s = static_cast<float>(
      std::clamp(p.formed_s * portable_exp(p.formed_spread * z), kLeastFormed_s, kMostFormed_s));
  return formed;
}

}  // namespace neurram::device
