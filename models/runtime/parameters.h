#pragma once

#include "models/base/field.h"

namespace neurram::runtime {

/// How the runtime drives the chip, and what work beside the chip costs.
struct RuntimeParameters {
  int batch = 32;
  int images = 0;
  bool program = false;

  void describe(FieldVisitor& v);
};

/// How rails and read-out are set for each layer.
struct CalibrationParameters {
  int images = 500;
  int vectors = 4096;
  int output_bits_extra = 3;
  double v_read_v = 0.5;
  double coverage = 0.9995;
  double noise_steps = 0.35;
  int pulse_multiplier_limit = 16;
  double range_share = 0.9;
  int step_limit = 100;

  void describe(FieldVisitor& v);
};

/// The host's arithmetic: partial sums, scale, activation, pooling. The chip has none of it (on
/// silicon the test board's FPGA and a PC did it), so all of this is assumption.
struct DigitalParameters {
  double operations_per_s = 3.2e9;
  double operation_j = 0.1e-12;

  void describe(FieldVisitor& v);
};

}  // namespace neurram::runtime
