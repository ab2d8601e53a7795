#pragma once

#include <vector>

#include "models/core/tile.h"

namespace neurram::core {

/// What an oscilloscope on the integration capacitors of some neurons would show of one vector: a
/// staircase up as samples are integrated, and down again as the conversion takes decrements.
///
/// Where a phase's samples end is what the neurons were compared at, noise and all. On the way the
/// signal rises sample by sample as the lines are driven; noise, offset and clipping, which are
/// known only as a sum, are spread evenly over the samples.
class IntegratorScope {
 public:
  /// Watches these results of the operation, by their index in a vector.
  explicit IntegratorScope(std::vector<int> outputs = {}) : outputs_(std::move(outputs)) {}

  [[nodiscard]] const std::vector<int>& outputs() const { return outputs_; }
  [[nodiscard]] bool empty() const { return outputs_.empty(); }

  /// A phase begins: the lines of `tile`, of one vector, are settled and tile.integrated is known.
  void begin_phase(const Tile& tile);
  /// The neurons have passed a visit of the phase.
  void integrate(const Visit& visit);
  /// All samples are integrated.
  void end_samples();
  /// Comparison k is over, and the decrement that follows it.
  void decrement(int k);

  /// Now [V about V_ref, on C_integrate]; by position in outputs().
  [[nodiscard]] const std::vector<float>& volts() const { return volts_; }
  /// Of the phase's f, what the driven lines do not explain: noise, offset, clipping [steps].
  [[nodiscard]] const std::vector<float>& unexplained() const { return rest_; }

 private:
  void rise_of_planes(const Tile& tile);
  void show();

  std::vector<int> outputs_;
  const PhasePlan* phase_ = nullptr;
  bool unary_ = false;
  int passes_ = 1;
  float per_visit_ = 0;                    ///< share of the rest in each sample
  std::vector<std::vector<float>> rises_;  ///< [plane x passes][outputs] steps per sample
  std::vector<float> rest_;                ///< steps that the planes do not explain
  std::vector<float> f_;                   ///< steps at the end of the samples
  std::vector<float> steps_;               ///< now
  std::vector<float> volts_;
};

}  // namespace neurram::core
