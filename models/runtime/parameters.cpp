#include "models/runtime/parameters.h"

namespace neurram::runtime {

void RuntimeParameters::describe(FieldVisitor& v) {
  v.integer(
      {"batch", "1", "images that go through a layer together (changes no result)", Affects::kRun},
      batch, {1, 4096});
  v.integer({"images", "1", "images to run, from the first; 0 for all", Affects::kRun}, images,
            {0, 1e9});
  v.flag({"program", "",
          "repeat write-verify before the run instead of loading the deployment's cells",
          Affects::kRun},
         program);
}

void CalibrationParameters::describe(FieldVisitor& v) {
  constexpr auto kDeployment = Affects::kDeployment;
  v.integer({"images", "1", "training images that calibration looks at, at most", kDeployment},
            images, {1, 100000});
  v.integer({"vectors", "1", "vectors per layer for slope and offset, spread over the images",
             kDeployment},
            vectors, {64, 1 << 20});
  v.integer(
      {"output_bits_extra", "1",
       "bits of a binary search beyond the input's magnitude bits (published: 3)", kDeployment},
      output_bits_extra, {1, 9});
  v.number({"v_read_v", "V", "read voltage (published benchmark: 0.5)", kDeployment}, v_read_v,
           {0.01, 0.9});
  v.number({"coverage", "1", "share of the outputs that the largest count must cover", kDeployment},
           coverage, {0.5, 1});
  v.number(
      {"noise_steps", "1",
       "comparator noise tolerated, in decrement steps: sets the pulse multiplier", kDeployment},
      noise_steps, {0.01, 10});
  v.integer({"pulse_multiplier_limit", "1", "largest pulse multiplier (chip team: up to 20)",
             kDeployment},
            pulse_multiplier_limit, {1, 32});
  v.number({"range_share", "1", "share of the integrator's range that calibration may fill",
            kDeployment},
           range_share, {0.05, 1});
  v.integer(
      {"step_limit", "1", "most steps of a unary conversion (chip team's FPGA: 100)", kDeployment},
      step_limit, {1, 127});
}

void DigitalParameters::describe(FieldVisitor& v) {
  v.number({"operations_per_s", "1/s",
            "additions, products or comparisons (assumption: 32 lanes at 100 MHz)", Affects::kRun},
           operations_per_s, {1, 1e18});
  v.number(
      {"operation_j", "J", "one of them (assumption: 16 bits in a 130 nm process)", Affects::kRun},
      operation_j, {0, 1e-3});
}

}  // namespace neurram::runtime
