#pragma once

#include "models/device/csv.h"
#include "models/device/pulsed.h"

namespace neurram::device {

/// A cell known by measured tables, two CSV files (README.md): where it is in the mean, and how
/// widely, some time after it was programmed; and how SET and RESET pulses of an amplitude move it.
/// Linear between the points, for time in its logarithm; constant outside. The tables hold for the
/// width and word lines that they were measured with, and their spread holds that from cell to
/// cell, so all cells are alike.
class TableDevice final : public PulsedDevice {
 public:
  /// Throws ConfigError without file names, FileError for what is wrong in a file.
  explicit TableDevice(const DeviceParameters& parameters);

  [[nodiscard]] double after(const Pulse& pulse, double g_s, const CellTraits& traits,
                             double z) const override;
  [[nodiscard]] Drift drift(double g_s, double since_s) const override;

 private:
  CsvGrid states_;  ///< shift of the mean and spread [uS] against target [uS] and time [s]
  CsvGrid set_;     ///< uS a pulse against conductance [uS] and amplitude [V]
  CsvGrid reset_;
};

}  // namespace neurram::device
