#pragma once

#include <string>

#include "models/base/field.h"

namespace neurram::device {

/// Write-verify as the chip's controller runs it, common to every kind of cell that takes pulses.
struct ProgrammingParameters {
  double set_start_v = 1.2;
  double reset_start_v = 1.5;
  double step_v = 0.1;
  double end_v = 4.0;
  int end_pulses = 30;
  double pulse_s = 1e-6;
  double set_wl_v = 3.0;
  double set_wl_high_v = 4.0;
  double reset_wl_v = 5.0;
  int reversals = 30;
  int verify_samples = 5;

  void describe(FieldVisitor& v);
};

/// Forming of fresh cells, and the cells that are bad from then on.
struct FormingParameters {
  double yield = 0.9997;
  double stuck_share = 2e-5;
  double formed_s = 23.7e-6;
  double formed_spread = 0.635;
  double first_pulse_share = 0.984;
  int pulses = 6;
  double pulse_s = 1e-3;

  void describe(FieldVisitor& v);
};

/// The switching law of kind "pulse" (pulse.h).
struct PulseParameters {
  double set_threshold_v = 1.29;
  double reset_threshold_v = 1.58;
  double threshold_spread_v = 0.05;
  double set_rate = 1.0;
  double reset_rate = 1.0;
  double cycle_spread = 0.4;
  double g_limit_s = 39.56e-6;
  double limit_spread = 0.045;
  double limit_wl_v = 0.7;
  double g_reset_s = 0.4e-6;
  double weak_share = 0.004;
  double leaky_share = 0.002;

  void describe(FieldVisitor& v);
};

/// The files of kind "table" (table.h).
struct TableParameters {
  std::string states;
  std::string pulses;

  void describe(FieldVisitor& v);
};

/// One RRAM cell behind its selector, and what write-verify makes of it. Conductances in siemens.
struct DeviceParameters {
  std::string kind = "pulse";
  double g_min_s = 1e-6;
  double g_max_s = 40e-6;
  double g_tolerance_s = 1e-6;
  double g_floor_s = 7e-9;
  int programming_passes = 3;
  double t_between_passes_s = 1800;
  double pass_relaxation_ratio = 0.71;
  double repeat_relaxation_ratio = 0.84;
  double age_s = 86400;
  double sigma_read = 0.01;
  double pulses_per_cell = 8.52;
  double success_rate = 0.99;
  bool programming_spread = true;
  bool relaxation = true;
  bool read_noise = true;
  ProgrammingParameters programming;
  FormingParameters forming;
  PulseParameters pulse;
  TableParameters table;

  void describe(FieldVisitor& v);

  /// Standard deviation of one cell's read noise in one word-line pulse [S]; 0 when switched off.
  [[nodiscard]] double sigma_read_s() const { return read_noise ? sigma_read * g_max_s : 0.0; }
};

}  // namespace neurram::device
