#pragma once

#include "models/base/field.h"

namespace neurram::array {

/// A crossbar of 1T1R cells and its lines.
struct ArrayParameters {
  int rows = 256;
  int columns = 256;
  double c_line_f = 0.6e-12;
  double t_settle_s = 10e-9;
  bool settling = true;
  bool integer_product = true;

  void describe(FieldVisitor& v);
};

}  // namespace neurram::array
