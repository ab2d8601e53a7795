#pragma once

#include "models/array/grid.h"
#include "models/base/field.h"

namespace neurram::array {

/// Where an output line is read.
enum class Tap {
  kCorelet,  ///< where its neuron sits between the corelets of the transposable array
  kEnd,      ///< at its last cell
};

/// A crossbar of 1T1R cells and its lines.
struct ArrayParameters {
  int rows = 256;
  int columns = 256;
  double c_line_f = 0.6e-12;
  double t_settle_s = 10e-9;
  double r_row_ohm = 1;
  double r_column_ohm = 1;
  double r_driver_ohm = 75;
  double r_access_ohm = 0;
  Tap tap = Tap::kCorelet;
  double c_crossing_f = 0.1e-15;
  double c_neighbour_f = 20e-15;
  Sensing sensing = Sensing::kVoltage;
  double r_sense_ohm = 100;
  double r_feedback_ohm = 1000;
  double sense_amplifier_w = 100e-6;
  double t_sense_s = 20e-9;
  bool settling = true;
  bool wires = true;
  bool drivers = true;
  bool coupling = true;
  bool integer_product = true;

  void describe(FieldVisitor& v);

  /// Lines without resistance, coupling or settling: the closed form.
  [[nodiscard]] ArrayParameters ideal() const;
};

}  // namespace neurram::array
