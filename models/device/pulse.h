#pragma once

#include "models/device/pulsed.h"

namespace neurram::device {

/// RRAM pulse by pulse. SET takes a cell towards a limit that its word line and the cell itself
/// set, RESET towards a rest that is the cell's own, both at a rate that grows with the voltage
/// above a threshold:
///
///   SET    dG/dt = a (L - G)     G' = L - (L - G) exp(-a t)    if G < L, else G
///   RESET  dG/dt = -a (G - F)    G' = F + (G - F) exp(-a t)    if G > F, else G
///   a t = rate · (V - V_threshold)+ · t / 1 us · exp(cycle_spread z)
///   L = g_limit (1 + limit_spread z_L) · (V_WL - V_S)+ / (3 V - V_S)
///
/// with V_S the selector's threshold, which also holds a RESET pulse to V_WL - V_S. Published are
/// pulses a cell, success rate and where failed cells stay (Nature 608, Methods; chip team's public
/// repository); the law and its constants are assumptions that meet them.
class PulseDevice final : public PulsedDevice {
 public:
  explicit PulseDevice(const DeviceParameters& parameters);

  /// Offsets of the SET and RESET thresholds [V], of the limit at 3 V [S] and of the rest [S].
  [[nodiscard]] CellTraits traits(std::uint64_t seed, const CellAddress& cell) const override;
  [[nodiscard]] double after(const Pulse& pulse, double g_s, const CellTraits& traits,
                             double z) const override;
};

}  // namespace neurram::device
