#include "models/session/conversion.h"

#include <algorithm>

#include "models/core/operation.h"
#include "models/runtime/calibration.h"

namespace neurram::session {
core::RailSet rails_of(const mapper::RailSet& rails) {
  constexpr double kMicro = 1e-6;
  core::RailSet volts;
  volts.v_read_plus_v = kMicro * rails.v_read_plus_uv;
  volts.v_read_minus_v = kMicro * rails.v_read_minus_uv;
  volts.v_decrement_plus_v = kMicro * rails.v_decrement_plus_uv;
  volts.v_decrement_minus_v = kMicro * rails.v_decrement_minus_uv;
  return volts;
}

Conversion conversion_of(const Config& config, int input_bits, bool input_signed, double swing) {
  const runtime::OperatingScheme scheme = operating_scheme(config);
  core::SlotSettings slot;
  slot.rows = {0, 1};
  slot.columns = {0};
  slot.is_signed = input_signed;
  slot.bits_in = input_bits;
  slot.input_scheme = static_cast<core::InputScheme>(scheme.input_scheme);
  const auto noise_of = [&](const mapper::RailSet& rails, mapper::Conversion conversion,
                            int pulse_multiplier) {
    slot.conversion = static_cast<core::Conversion>(conversion);
    slot.pulse_multiplier = pulse_multiplier;
    return core::result_noise(slot, rails_of(rails), config.chip.core);
  };
  // The finder measures, as it does on the chip, what there is to measure: one magnitude.
  const auto measure = [&](const runtime::RangeFinder::Probe& probe) {
    const double steps =
        swing * noise_of(probe.rails, probe.conversion, probe.pulse_multiplier).code_gain;
    const int most = probe.conversion == mapper::Conversion::kUnary ? probe.step_limit
                                                                    : 1 << (probe.bits_out - 1);
    return std::vector<float>{static_cast<float>(std::min(steps, most - 0.5))};
  };
  Conversion result;
  result.largest_count =
      runtime::largest_count(input_bits, input_signed, scheme, config.calibration);
  const runtime::DriveRange range =
      runtime::RangeFinder(scheme, config.calibration).find(result.largest_count, measure);
  const core::ResultNoise noise = noise_of(range.rails, scheme.conversion, range.pulse_multiplier);
  result.pulse_multiplier = range.pulse_multiplier;
  result.code_gain = noise.code_gain;
  result.noise_floor = noise.floor;
  result.read_noise_s2 = noise.read_s2;
  return result;
}

}  // namespace neurram::session
