#include "models/device/pulse.h"

#include <algorithm>

#include "models/base/gaussian.h"
#include "models/base/numerics.h"

namespace neurram::device {
namespace {

// Where failed cells stay (chip team's public repository): high targets between 17 and 38 uS, off
// cells at 2.4 to 10 uS.
constexpr double kWeakLow_s = 17e-6, kWeakHigh_s = 38e-6;
constexpr double kLeakyLow_s = 2.4e-6, kLeakyHigh_s = 10e-6;

constexpr double kLimitWordLine_v = 3.0;  ///< at which g_limit_s holds
constexpr double kRateWidth_s = 1e-6;     ///< for which the rates hold

}  // namespace

PulseDevice::PulseDevice(const DeviceParameters& parameters) : PulsedDevice(parameters) {}

CellTraits PulseDevice::traits(std::uint64_t seed, const CellAddress& cell) const {
  const PulseParameters& p = parameters().pulse;
  const PhiloxKey key = philox_key(seed);
  const auto stream = [&](std::uint32_t slot) {
    return draw_stream(cell.core, slot, DrawKind::kCellTraits);
  };
  const auto uniform = [](std::uint32_t word) { return word * 0x1p-32; };
  const NormalBlock normals = normal_block(key, cell.column, cell.row, stream(0));
  const PhiloxCounter words = philox({cell.column, cell.row, 0, stream(1)}, key);
  const double limit_s =
      uniform(words[0]) < p.weak_share
          ? kWeakLow_s + uniform(words[1]) * (kWeakHigh_s - kWeakLow_s)
          : p.g_limit_s * (1 + p.limit_spread * static_cast<double>(normals.z[2]));
  const double rest_s = uniform(words[2]) < p.leaky_share
                            ? kLeakyLow_s + uniform(words[3]) * (kLeakyHigh_s - kLeakyLow_s)
                            : 2 * p.g_reset_s * uniform(words[3]);
  return {p.threshold_spread_v * static_cast<double>(normals.z[0]),
          p.threshold_spread_v * static_cast<double>(normals.z[1]), limit_s - p.g_limit_s,
          rest_s - p.g_reset_s};
}

double PulseDevice::after(const Pulse& pulse, double g_s, const CellTraits& traits,
                          double z) const {
  const PulseParameters& p = parameters().pulse;
  const bool set = pulse.polarity == Polarity::kSet;
  const double open_v = std::max(pulse.word_line_v - p.limit_wl_v, 0.0);
  const double end_s = set ? (p.g_limit_s + traits[2]) * open_v / (kLimitWordLine_v - p.limit_wl_v)
                           : std::max(p.g_reset_s + traits[3], 0.0);
  if (set ? g_s >= end_s : g_s <= end_s) return g_s;
  const double above_v =
      set ? pulse.amplitude_v - p.set_threshold_v - traits[0]
          : std::min(pulse.amplitude_v, open_v) - p.reset_threshold_v - traits[1];
  if (above_v <= 0) return g_s;
  const double exponent = (set ? p.set_rate : p.reset_rate) * above_v * pulse.width_s /
                          kRateWidth_s * portable_exp(p.cycle_spread * z);
  return end_s + (g_s - end_s) * portable_exp(-exponent);
}

}  // namespace neurram::device
