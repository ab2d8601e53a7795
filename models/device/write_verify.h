#pragma once

#include "models/device/parameters.h"

namespace neurram::device {

enum class Polarity { kSet, kReset };

/// One programming pulse, as it is on the bit line (SET) or source line (RESET).
struct Pulse {
  Polarity polarity = Polarity::kSet;
  double amplitude_v = 0;
  double width_s = 0;
  double word_line_v = 0;
};

/// A cell as the controller meets it.
class PulsedCell {
 public:
  virtual ~PulsedCell() = default;

  /// A verify read [S].
  virtual double read() = 0;
  virtual void apply(const Pulse& pulse) = 0;
};

/// What a cell is to be.
struct Window {
  double low_s = 0;
  double high_s = 0;
  double set_wl_v = 0;  ///< word line of its SET pulses
};

/// The window of a target: target +- tolerance, or anything up to g_min for targets not above it,
/// so that those are only ever RESET.
[[nodiscard]] Window window_of(double target_s, const DeviceParameters& parameters);

struct WriteVerifyResult {
  double verified_s = 0;  ///< the last read
  int pulses = 0;
  int reads = 0;
  int reversals = 0;
  bool failed = false;
};

/// The chip's write-verify of one cell (Nature 608, Methods; chip team's public repository):
///
///   read
///   until the cell reads inside its window twice in a row:
///     above:  RESET ramp  reset_start_v, + step_v … end_v, end_v … until it reads not above
///     below:  SET ramp    set_start_v,   + step_v … end_v, end_v … until it reads not below
///
/// with a read after every pulse. Each ramp begins at its start voltage again. A ramp that has
/// given end_pulses at end_v leaves the cell on the same side, so no other could follow: the cell
/// has failed, as it has when a ramp would be one more than `reversals` after the first.
[[nodiscard]] WriteVerifyResult write_verify(PulsedCell& cell, const Window& window,
                                             const ProgrammingParameters& parameters);

}  // namespace neurram::device
