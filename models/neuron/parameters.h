#pragma once

#include "models/base/field.h"

namespace neurram::neuron {

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
  bool ktc_noise = true;
  bool offset = true;
  bool gain_spread = true;
  bool comparator_noise = true;
  bool range_clipping = true;
  bool silicon_saturation = false;

  void describe(FieldVisitor& v);

  /// Voltage on C_integrate per volt sampled on C_sample.
  [[nodiscard]] double sample_gain() const { return c_sample_f / c_integrate_f; }
  /// Standard deviation of one sample's kT/C noise on C_integrate [V].
  [[nodiscard]] double sigma_ktc_v() const;
};

}  // namespace neurram::neuron
