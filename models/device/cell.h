#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "models/base/field.h"

namespace neurram::device {

/// One RRAM cell behind its selector, and what write-verify makes of it. Conductances in siemens.
struct DeviceParameters {
  std::string kind = "statistical";
  double g_min_s = 1e-6;
  double g_max_s = 40e-6;
  double g_tolerance_s = 1e-6;
  double g_floor_s = 7e-9;
  int programming_passes = 3;
  double pass_relaxation_ratio = 0.71;
  double age_s = 86400;
  double sigma_read = 0.01;
  double pulses_per_cell = 8.52;
  double success_rate = 0.99;
  bool programming_spread = true;
  bool relaxation = true;
  bool read_noise = true;

  void describe(FieldVisitor& v);

  /// Standard deviation of one cell's read noise in one word-line pulse [S]; 0 when switched off.
  [[nodiscard]] double sigma_read_s() const { return read_noise ? sigma_read * g_max_s : 0.0; }
};

/// Standard deviation of the relaxation of a cell programmed to `g_s` [S], `age_s` after the last
/// of `passes` programming passes: the quartic fits of the silicon's 1 s and 1 day data (published
/// with IBM's AIHWKit), linear in log10 of time between them, constant outside.
[[nodiscard]] double relaxation_sigma_s(const DeviceParameters& parameters, double g_s);

/// What programming one cell gave.
struct ProgrammedCell {
  float verified_s = 0;  ///< what the last verify read saw
  float relaxed_s = 0;   ///< what it is at the stated age
  std::uint16_t pulses = 0;
  bool failed = false;  ///< not within the tolerance when write-verify gave up
};

/// Names one cell and one programming of it: the counter of its random draws.
struct CellAddress {
  std::uint32_t core = 0;
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::uint32_t generation = 0;  ///< how often PROGRAM ran on this core before
};

/// A kind of cell. Another one (pulse-level RRAM, PCM, MRAM) is one more class, entered in
/// device_kinds() (registry.h) under the name that the configuration uses.
class Device {
 public:
  virtual ~Device() = default;

  /// Programs one cell to `target_s` (0 … about 1.4 g_max). Pure: the same seed and address give
  /// the same cell.
  [[nodiscard]] virtual ProgrammedCell program(float target_s, std::uint64_t seed,
                                               const CellAddress& cell) const = 0;
};

/// Makes the device that parameters.kind names. Throws ConfigError with the known names otherwise.
[[nodiscard]] std::unique_ptr<Device> make_device(const DeviceParameters& parameters);

}  // namespace neurram::device
