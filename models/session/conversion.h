#pragma once

#include <vector>

#include "models/core/operation.h"
#include "models/session/config.h"

namespace neurram::session {

/// A deployment's rails, in volts; those that it has no word for are the chip's.
[[nodiscard]] core::RailSet rails_of(const mapper::RailSet& rails);

/// How a layer's results will be converted, foretold without a chip: the range that calibration
/// will choose, and the noise by design. In steps of a result's code.
struct Conversion {
  int largest_count = 0;  ///< codes reach from minus this to this
  int pulse_multiplier = 1;
  double code_gain = 0;               ///< see core::ResultNoise
  double noise_floor = 0;             ///< see core::ResultNoise
  std::vector<double> read_noise_s2;  ///< see core::ResultNoise
};

/// `swing`: what nearly all magnitudes of Σ_i x_i (G+_i - G-_i) / ΣG stay below
/// (calibration.coverage), x_i being input codes.
[[nodiscard]] Conversion conversion_of(const Config& config, int input_bits, bool input_signed,
                                       double swing);

}  // namespace neurram::session
