#include "models/runtime/range.h"

#include <algorithm>
#include <cmath>

namespace neurram::runtime {
namespace {

constexpr int kProbeBits = 10;  // finest binary search: reads the integrator's voltage

}  // namespace

/// Rails whose steps on C_sample are `decrement_v` for both signs, and whose pulses are zero in the
/// mean, as the neurons' virtual ground has it: read and decrement rails lie unevenly about V_ref,
/// by as much as the ground is off (the chip team's settings: V_read+ - V_read- equals V_decrement+
/// - V_decrement-).
mapper::RailSet RangeFinder::rails_about_ground(double decrement_v) const {
  const double ground_v = scheme_.v_virtual_ground_v;
  // A ternary pulse has no share that all lines see, so nothing to balance.
  const double read_v = scheme_.input_scheme == mapper::InputScheme::kBipolar ? ground_v : 0.0;
  const auto microvolts = [](double v) {
    return static_cast<std::int32_t>(std::clamp<long>(std::lround(v * 1e6), 1, 900000));
  };
  return {microvolts(parameters_.v_read_v + read_v), microvolts(parameters_.v_read_v - read_v),
          microvolts(decrement_v + ground_v), microvolts(decrement_v - ground_v), 0};
}

/// The smallest step on C_integrate [V]: both decrement rails must lie outside the virtual ground.
double RangeFinder::smallest_step_v() const {
  constexpr double kMargin_v = 1e-3;
  const double ground_v = std::fabs(scheme_.v_virtual_ground_v);
  return ground_v > 0 ? scheme_.sample_gain * (ground_v + kMargin_v) : 0.0;
}

/// What `coverage` of the results stay below [V on C_integrate].
double RangeFinder::measure_swing(const Measure& measure, double step_v,
                                  mapper::Conversion conversion, int multiplier) const {
  std::vector<float> magnitudes =
      measure({rails_about_ground(step_v / scheme_.sample_gain), conversion, kProbeBits,
               parameters_.step_limit, multiplier});
  const auto place =
      magnitudes.begin() + static_cast<std::ptrdiff_t>(parameters_.coverage *
                                                       static_cast<double>(magnitudes.size() - 1));
  std::nth_element(magnitudes.begin(), place, magnitudes.end());
  return std::max(0.5, static_cast<double>(*place)) * step_v;
}

double RangeFinder::swing_per_pulse_v(const Measure& measure) const {
  if (smallest_step_v() == 0) {
    const double step_v = scheme_.v_clip_v / (1 << (kProbeBits - 1));
    return measure_swing(measure, step_v, mapper::Conversion::kBinarySearch, 1);
  }
  // Steps cannot be small, so pulses are made many until they nearly fill the range.
  const double step_v = std::max(smallest_step_v(), scheme_.v_clip_v / parameters_.step_limit);
  double swing_v = 0;
  for (int multiplier = parameters_.pulse_multiplier_limit; multiplier >= 1; multiplier /= 2) {
    swing_v = measure_swing(measure, step_v, mapper::Conversion::kUnary, multiplier);
    if (swing_v < parameters_.range_share * scheme_.v_clip_v || multiplier == 1)
      return swing_v / multiplier;
  }
  return swing_v;
}

DriveRange RangeFinder::find(int largest_count, const Measure& measure) const {
  const double swing_v = swing_per_pulse_v(measure);
  const double quiet_v = scheme_.sigma_comparator_v / parameters_.noise_steps;
  const double wanted_v = std::max(quiet_v, smallest_step_v()) * largest_count;
  const double usable_v = parameters_.range_share * scheme_.v_clip_v;
  const int wanted = static_cast<int>(std::ceil(wanted_v / swing_v));
  const int multiplier = std::clamp(std::min(wanted, static_cast<int>(usable_v / swing_v)), 1,
                                    parameters_.pulse_multiplier_limit);
  const double step_v = std::max(multiplier * swing_v / largest_count, smallest_step_v());
  return {multiplier, rails_about_ground(step_v / scheme_.sample_gain)};
}

}  // namespace neurram::runtime
