#pragma once

#include "models/base/field.h"
#include "models/neuron/activation.h"

namespace neurram::neuron {

/// Where a stochastic operation's random bits start.
enum class LfsrMode : std::uint8_t {
  kReload,       ///< anew for every vector: a result depends on no order
  kFreeRunning,  ///< where the last operation left them, as on silicon
};

/// The voltage-mode neuron ADC: capacitors, noise, mismatch, range. Voltages are referred to the
/// integration capacitor, relative to V_ref, unless the name says otherwise.
struct NeuronParameters {
  double c_sample_f = 17e-15;
  double c_integrate_f = 104e-15;
  double temperature_k = 298.15;
  double v_clip_v = 0.65;
  double sigma_offset_v = 5e-3;
  double offset_residue = 0.1;
  double sigma_gain = 0.01;
  double sigma_comparator_v = 1.5e-3;
  double sign_threshold_v = 0;
  double amplifier_gain = 1000;
  double v_virtual_ground_v = 0;
  double sigma_virtual_ground_v = 0;
  int lfsr_pulses = 8;
  int lfsr_shift_cycles = 1;
  LfsrMode lfsr = LfsrMode::kReload;
  CountingShares counting;
  bool finite_gain = false;
  bool ktc_noise = true;
  bool offset = true;
  bool gain_spread = true;
  bool comparator_noise = true;
  bool range_clipping = true;
  bool silicon_saturation = false;

  void describe(FieldVisitor& v);

  /// Voltage on C_integrate per volt sampled on C_sample: a capacitor ratio r, less what an
  /// amplifier of finite gain A leaves on C_sample, r / (1 + (1 + r) / A).
  [[nodiscard]] double sample_gain() const;
  /// Standard deviation of one sample's kT/C noise on C_integrate [V].
  [[nodiscard]] double sigma_ktc_v() const;
};

}  // namespace neurram::neuron
