#pragma once

#include <functional>
#include <vector>

#include "models/mapper/deployment.h"
#include "models/runtime/parameters.h"

namespace neurram::runtime {

/// How the operations of a network are driven, before calibration sets what it can.
struct OperatingScheme {
  mapper::InputScheme input_scheme = mapper::InputScheme::kTernary;
  mapper::Conversion conversion = mapper::Conversion::kBinarySearch;
  double sigma_comparator_v = 1.5e-3;  ///< at C_integrate
  double sample_gain = 17.0 / 104;     ///< C_sample / C_integrate
  double v_clip_v = 0.65;
  double v_virtual_ground_v = 0;  ///< of the neurons above V_ref
  int two_phase_above = 3;
};

/// Pulses and decrements that fill the converter's range.
struct DriveRange {
  int pulse_multiplier = 1;
  mapper::RailSet rails;
};

/// Sets pulse multiplier and rails by what the outputs do: a first measurement tells how far they
/// swing; the smallest multiplier is taken whose step is possible and keeps the comparator's noise
/// below noise_steps, and the step so that the swing fills the range.
class RangeFinder {
 public:
  /// One measurement that the finder asks for.
  struct Probe {
    mapper::RailSet rails;
    mapper::Conversion conversion;
    int bits_out;
    int step_limit;
    int pulse_multiplier;
  };
  /// Magnitudes of all results, in decrement steps.
  using Measure = std::function<std::vector<float>(const Probe&)>;

  RangeFinder(const OperatingScheme& scheme, const CalibrationParameters& parameters)
      : scheme_(scheme), parameters_(parameters) {}

  /// `largest_count`: of the conversion that will follow.
  [[nodiscard]] DriveRange find(int largest_count, const Measure& measure) const;

 private:
  [[nodiscard]] mapper::RailSet rails_about_ground(double decrement_v) const;
  [[nodiscard]] double smallest_step_v() const;
  [[nodiscard]] double measure_swing(const Measure& measure, double step_v,
                                     mapper::Conversion conversion, int multiplier) const;
  /// Swing [V on C_integrate] per unit of the pulse multiplier.
  [[nodiscard]] double swing_per_pulse_v(const Measure& measure) const;

  const OperatingScheme& scheme_;
  const CalibrationParameters& parameters_;
};

}  // namespace neurram::runtime
