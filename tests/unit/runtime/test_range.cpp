// The range that calibration sets, against a core that swings by a known voltage.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/runtime/range.h"

using namespace neurram;
using namespace neurram::runtime;

namespace {

/// Results of a core whose integrator swings by up to `swing_v` for one sample per unit.
RangeFinder::Measure core_that_swings(const OperatingScheme& scheme, double swing_v) {
  return [&scheme, swing_v](const RangeFinder::Probe& probe) {
    const double step_v =
        scheme.sample_gain * (1e-6 * probe.rails.v_decrement_minus_uv + scheme.v_virtual_ground_v);
    const double most = probe.conversion == mapper::Conversion::kUnary ? probe.step_limit
                                                                       : 1 << (probe.bits_out - 1);
    std::vector<float> magnitudes;
    for (int k = 0; k <= 1000; ++k) {
      const double v = std::min(swing_v * probe.pulse_multiplier * k / 1000, scheme.v_clip_v);
      magnitudes.push_back(static_cast<float>(std::min(std::floor(v / step_v) + 0.5, most - 0.5)));
    }
    return magnitudes;
  };
}

}  // namespace

TEST_CASE("the step fits the swing to the range, and the multiplier lifts it above the noise") {
  OperatingScheme scheme;
  CalibrationParameters parameters;
  for (const double swing_v : {0.004, 0.02, 0.1, 0.5}) {
    const DriveRange range =
        RangeFinder(scheme, parameters).find(32, core_that_swings(scheme, swing_v));
    const double step_v = scheme.sample_gain * 1e-6 * range.rails.v_decrement_minus_uv;
    INFO("swing " << swing_v << " V, x" << range.pulse_multiplier);
    // As fine as the probe reads the integrator.
    const double read_v = range.pulse_multiplier * scheme.v_clip_v / 512;
    CHECK(32 * step_v == Approx(range.pulse_multiplier * swing_v).margin(read_v));
    CHECK(range.pulse_multiplier * swing_v <= parameters.range_share * scheme.v_clip_v * 1.05);
    const bool quiet = step_v >= scheme.sigma_comparator_v / parameters.noise_steps * 0.95;
    const bool no_more = range.pulse_multiplier == parameters.pulse_multiplier_limit ||
                         (range.pulse_multiplier + 1) * swing_v > 0.55;
    CHECK((quiet || no_more));
    CHECK(range.rails.v_decrement_plus_uv == range.rails.v_decrement_minus_uv);
  }
}

TEST_CASE("rails lie about the virtual ground, mirrored where it is on the other side") {
  CalibrationParameters parameters;
  OperatingScheme above;
  above.input_scheme = mapper::InputScheme::kBipolar;
  above.conversion = mapper::Conversion::kUnary;
  above.v_virtual_ground_v = 0.045;
  OperatingScheme below = above;
  below.v_virtual_ground_v = -0.045;
  const DriveRange a = RangeFinder(above, parameters).find(100, core_that_swings(above, 0.05));
  const DriveRange b = RangeFinder(below, parameters).find(100, core_that_swings(below, 0.05));
  // The chip team's rule: V_read+ - V_read- = V_decrement+ - V_decrement-, twice the ground.
  CHECK(a.rails.v_read_plus_uv - a.rails.v_read_minus_uv == 90000);
  CHECK(a.rails.v_decrement_plus_uv - a.rails.v_decrement_minus_uv == 90000);
  CHECK(a.rails.v_decrement_minus_uv > 0);
  CHECK(b.rails.v_read_plus_uv == a.rails.v_read_minus_uv);
  CHECK(b.rails.v_decrement_plus_uv == a.rails.v_decrement_minus_uv);
  CHECK(b.rails.v_decrement_minus_uv == a.rails.v_decrement_plus_uv);
  CHECK(b.pulse_multiplier == a.pulse_multiplier);
}
