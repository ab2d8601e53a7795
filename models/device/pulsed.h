#pragma once

#include <array>

#include "models/device/cell.h"
#include "models/device/write_verify.h"

namespace neurram::device {

/// What sets one cell apart from the next; each kind says what its numbers mean.
using CellTraits = std::array<double, 4>;

/// How far a cell has moved since its last pulse: Gaussian, independent in separate times.
struct Drift {
  double mean_s = 0;
  double sigma_s = 0;
};

/// A kind of cell whose conductance is changed by pulses. A derived class says what one pulse does;
/// write-verify, verify noise, forming, passes and relaxation are here.
class PulsedDevice : public Device {
 public:
  explicit PulsedDevice(const DeviceParameters& parameters);

  /// Conductance after `pulse`, of a cell that had `g_s`. `z` is a standard normal number of this
  /// pulse alone. With z = 0 more of `pulse` never moves it less.
  [[nodiscard]] virtual double after(const Pulse& pulse, double g_s, const CellTraits& traits,
                                     double z) const = 0;

  /// The cell's own traits; by default, and with programming_spread off, all zero: a nominal cell.
  [[nodiscard]] virtual CellTraits traits(std::uint64_t /*seed*/,
                                          const CellAddress& /*cell*/) const {
    return {};
  }

  /// Drift of a cell programmed once to `g_s`, `since_s` > 0 after its last pulse: by default that
  /// of relaxation_sigma_s().
  [[nodiscard]] virtual Drift drift(double g_s, double since_s) const;

  [[nodiscard]] ProgrammedCell program(const CellTask& task, std::uint64_t seed,
                                       const CellAddress& cell) const final;
  [[nodiscard]] Schedule schedule() const final;
  [[nodiscard]] FormedCell form(std::uint64_t seed, const CellAddress& cell) const final;
  /// In a rest, a cell moves by a Gaussian step whose variance is what drift() grows by. Cells that
  /// a later pass programmed again move by repeat_relaxation_ratio of that.
  [[nodiscard]] float relax(float g_s, const Rest& rest, std::uint64_t seed,
                            const CellAddress& cell) const final;

 protected:
  [[nodiscard]] const DeviceParameters& parameters() const { return parameters_; }

 private:
  DeviceParameters parameters_;
};

}  // namespace neurram::device
