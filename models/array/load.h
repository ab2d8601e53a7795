#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/array/drive.h"

namespace neurram::array {

/// What a vector asks of the read rails: the conductance that its pulses connect to them, averaged
/// over the samples of all bit planes,
///
///   load = constant + unit · Σ_i |x_i| · weight_i   [S].
///
/// Weights are integers, so that the sum is exact in any order.
struct DriveLoad {
  float constant_s = 0;  ///< of lines that are driven whatever the codes (bipolar)
  float unit_s = 0;
  bool is_signed = false;  ///< codes are int8; else uint8
  /// [inputs], zeros up to a multiple of kDriveBlock; empty: the load is constant.
  std::vector<std::int16_t> weight;

  /// Sets weights and unit: input i at the code `largest_code` loads the rails with load_s[i].
  void set_inputs(const std::vector<double>& load_s, int largest_code);
};

/// loads[v] of `vectors` vectors of codes, one after the other `inputs` apart; readable for
/// kDriveBlock past the last.
void drive_loads(const DriveLoad& load, const std::uint8_t* codes, std::size_t inputs,
                 std::size_t vectors, float* loads);

}  // namespace neurram::array
