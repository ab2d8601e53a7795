#pragma once

#include <cstdint>
#include <memory>

#include "models/device/parameters.h"

namespace neurram::device {

/// Standard deviation of the relaxation of a cell programmed once to `g_s`, `since_s` after its
/// last pulse [S]: the quartic fits of the silicon's 1 s and 1 day data (published with IBM's
/// AIHWKit), linear in log10 of time between them, constant outside.
[[nodiscard]] double relaxation_sigma_s(double g_s, double since_s);

/// The same at the parameters' age, lowered by pass_relaxation_ratio for their number of passes.
[[nodiscard]] double relaxation_sigma_s(const DeviceParameters& parameters, double g_s);

/// Names one cell and one programming of it: the counter of its random draws.
struct CellAddress {
  std::uint32_t core = 0;
  std::uint32_t row = 0;
  std::uint32_t column = 0;
  std::uint32_t generation = 0;  ///< how often PROGRAM ran on this cell before
};

/// What forming made of one fresh cell.
struct FormedCell {
  float conductance_s = 0;
  bool usable = true;  ///< false: un-formed, or stuck where it is
  std::uint16_t pulses = 0;
};

/// What one pass of PROGRAM asks of one cell.
struct CellTask {
  float target_s = 0;       ///< 0 … about 1.4 g_max
  float conductance_s = 0;  ///< where the cell is
  bool usable = true;       ///< what forming said
  int pass = 0;             ///< 0 is the first
};

/// What programming one cell gave.
struct ProgrammedCell {
  float verified_s = 0;     ///< what the last verify read saw
  float conductance_s = 0;  ///< what the cell is, before Device::relax()
  std::uint16_t pulses = 0;
  bool failed = false;  ///< not within the tolerance when write-verify gave up
  std::uint16_t reads = 0;
};

/// A time in which nobody programs a cell.
struct Rest {
  double from_s = 0;  ///< since the cell's last pulse
  double to_s = 0;
  int pass = 0;        ///< the pass that gave it that pulse
  int after_pass = 0;  ///< the pass that this rest follows: names the draw
};

/// How PROGRAM treats a window of cells of a kind.
struct Schedule {
  int passes = 1;               ///< over the window, each after a rest of t_between_s
  double t_between_s = 0;       ///< relax() in between
  double age_s = 0;             ///< relax() after the last
  int passes_counted_once = 1;  ///< passes on silicon that one pass here stands for
  bool needs_forming = false;   ///< PROGRAM first forms cells that FORM has not
};

/// A kind of cell. Another one (PCM, MRAM) is one more class in one file, entered in device_kinds()
/// (registry.h) under the name that the configuration uses; see README.md. All functions are pure:
/// the same seed, address and arguments give the same cell.
class Device {
 public:
  virtual ~Device() = default;

  /// One pass of write-verify over one cell.
  [[nodiscard]] virtual ProgrammedCell program(const CellTask& task, std::uint64_t seed,
                                               const CellAddress& cell) const = 0;

  /// One pass over each cell that already gives the conductance at the stated age, by default.
  [[nodiscard]] virtual Schedule schedule() const { return {}; }

  /// A cell after forming, by default without conductance but usable.
  [[nodiscard]] virtual FormedCell form(std::uint64_t /*seed*/, const CellAddress& /*cell*/) const {
    return {};
  }

  /// What becomes of `g_s` in a rest: by default it stays.
  [[nodiscard]] virtual float relax(float g_s, const Rest& /*rest*/, std::uint64_t /*seed*/,
                                    const CellAddress& /*cell*/) const {
    return g_s;
  }
};

/// Makes the device that parameters.kind names. Throws ConfigError with the known names otherwise.
[[nodiscard]] std::unique_ptr<Device> make_device(const DeviceParameters& parameters);

}  // namespace neurram::device
