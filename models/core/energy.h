#pragma once

#include "models/base/field.h"

namespace neurram::core {

/// Energy coefficients of a core, from capacitances and voltages where they are known, else from
/// the published breakdown by input and output precision (Nature 608, Extended Data Fig. 12).
struct EnergyParameters {
  double c_word_line_f = 586e-15;
  double v_word_line_supply_v = 1.8;
  double c_input_line_f = 3.92e-12;
  double sample_j = 0.78e-12;
  double integrate_j = 0.20e-12;
  double compare_j = 0.50e-12;
  double random_pulse_j = 0.121e-12;
  double control_j = 0.20e-12;
  double program_w = 100e-6;
  double form_w = 450e-6;
  double t_verify_s = 5e-6;
  double verify_w = 0.8e-6;
  double idle_w = 75e-6;
  double t_wake_s = 1e-6;
  bool neuron_gating = false;

  void describe(FieldVisitor& v);

  /// Energy of one verify read [J].
  [[nodiscard]] double verify_j() const { return verify_w * t_verify_s; }

  /// Energy of one word line in one pulse [J].
  [[nodiscard]] double word_line_j() const {
    return c_word_line_f * v_word_line_supply_v * v_word_line_supply_v;
  }
  /// Energy of one input line in one pulse at `v_read_v` about V_ref [J].
  [[nodiscard]] double drive_j(double v_read_v) const {
    return c_input_line_f * v_read_v * v_read_v;
  }
};

}  // namespace neurram::core
