#pragma once

#include "models/base/field.h"

namespace neurram::mapper {

/// How matrices are cut and how weights become conductances.
struct MapperParameters {
  int rows_per_segment = 100;
  int columns_per_segment = 128;
  int bias_rows = 1;
  int spare_rows = 0;
  double weight_percentile = 100.0;
  double target_limit = 1.4;

  void describe(FieldVisitor& v) {
    v.integer({"rows_per_segment", "1",
               "most logical rows (differential pairs) of one segment, bias rows included "
               "(100 on silicon: about 50 of 256 lines stay free for defects)",
               Affects::kDeployment},
              rows_per_segment, {2, 128});
    v.integer({"columns_per_segment", "1",
               "most columns of one segment (128: limits the drop on the array drivers; Nature "
               "608, Methods, mapping strategy)",
               Affects::kDeployment},
              columns_per_segment, {1, 256});
    v.integer({"bias_rows", "1",
               "differential pairs over which each segment spreads its share of the bias (1 or 2 "
               "on silicon)",
               Affects::kDeployment},
              bias_rows, {1, 16});
    v.integer({"spare_rows", "1", "physical rows of every core that stay unused (assumption: none)",
               Affects::kDeployment},
              spare_rows, {0, 254});
    v.number({"weight_percentile", "%",
              "percentile of a segment's |weight| that becomes g_max (100: the maximum, Nature "
              "608, Methods; 95 in the chip team's notebooks for CNNs)",
              Affects::kDeployment},
             weight_percentile, {50.0, 100.0});
    v.number({"target_limit", "1",
              "largest target in units of g_max, for weights beyond the percentile (1.4: 54 uS of "
              "40 uS were programmed on silicon)",
              Affects::kDeployment},
             target_limit, {1.0, 2.0});
  }
};

}  // namespace neurram::mapper
