#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/chip/parameters.h"
#include "models/core/operation.h"

/// Matrix-vector products on cores taken out of the chip: cells, supply, lines and neurons by the
/// same functions that the chip's modules call, without the bus around them.
namespace neurram::study {

/// A matrix of weights [inputs x outputs], row-major, in units of the largest weight; 1 is g_max.
struct Weights {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::vector<float> values;
};

/// Gaussian weights whose 95th percentile of magnitude is 1 (the chip team's scale); the rest
/// reaches up to `largest`.
[[nodiscard]] Weights gaussian_weights(std::size_t inputs, std::size_t outputs, double largest,
                                       std::uint64_t seed);

/// One core that holds a matrix as differential pairs of rows (one column of cells per output), and
/// one operation on it.
class CoreUnderTest {
 public:
  /// Programs the cells with write-verify. `slot`: everything but its lines, which follow from the
  /// weights. `index`: the core's place on the chip, and the number of its random draws.
  CoreUnderTest(const chip::ChipParameters& chip, int index, const Weights& weights,
                const core::SlotSettings& slot, const core::RailSet& rails,
                const core::Seeds& seeds);

  [[nodiscard]] const core::OperationPlan& plan() const { return plan_; }
  [[nodiscard]] const Weights& weights() const { return weights_; }
  [[nodiscard]] int index() const { return index_; }
  [[nodiscard]] std::size_t inputs() const { return weights_.inputs; }
  [[nodiscard]] std::size_t outputs() const { return weights_.outputs; }

  /// Plans another operation on the same cells.
  void set_operation(const core::SlotSettings& slot, const core::RailSet& rails);
  [[nodiscard]] const core::SlotSettings& slot() const { return slot_; }
  [[nodiscard]] const core::CoreParameters& parameters() const { return parameters_; }

  /// Conductance that each vector connects to the rails [S].
  [[nodiscard]] std::vector<float> loads(const std::vector<std::uint8_t>& codes) const;
  /// Results in decrement steps, [vectors x outputs]; `scale`: share of V_read that reaches the
  /// core in each vector. `comparisons`, if given: of each vector.
  [[nodiscard]] std::vector<double> run(const std::vector<std::uint8_t>& codes,
                                        const std::vector<float>& scale,
                                        std::uint64_t first_operation_id,
                                        std::vector<std::uint16_t>* comparisons = nullptr) const;
  /// Σ w x of every output, without any core.
  [[nodiscard]] std::vector<double> exact(const std::vector<std::uint8_t>& codes) const;

 private:
  core::CoreParameters parameters_;
  int index_;
  Weights weights_;
  core::SlotSettings slot_;
  core::Seeds seeds_;
  core::NeuronMismatch mismatch_;
  array::Crossbar crossbar_;
  core::OperationPlan plan_;
  array::Selection selection_;  ///< of the plan's transfer matrix
  int largest_drive_ = 0;       ///< likewise
};

/// Share of V_read that reaches each core in each vector, where cores start together.
[[nodiscard]] std::vector<std::vector<float>> supply_scales(
    const chip::ChipParameters& chip, const std::vector<const CoreUnderTest*>& cores,
    const std::vector<std::uint8_t>& codes);

/// Runs the same vectors on cores that start together; results per core.
[[nodiscard]] std::vector<std::vector<double>> run_group(
    const chip::ChipParameters& chip, const std::vector<const CoreUnderTest*>& cores,
    const std::vector<std::uint8_t>& codes, std::uint64_t first_operation_id);

/// Random input codes [vectors x inputs]: uniform over the codes of the slot.
[[nodiscard]] std::vector<std::uint8_t> random_codes(const core::SlotSettings& slot,
                                                     std::size_t inputs, std::size_t vectors,
                                                     std::uint64_t seed);

/// Input codes as a rectifier leaves them: half are zero, the others half a normal distribution
/// with the given standard deviation, cut at the largest code.
[[nodiscard]] std::vector<std::uint8_t> rectified_codes(const core::SlotSettings& slot,
                                                        std::size_t inputs, std::size_t vectors,
                                                        double deviation, std::uint64_t seed);

/// A straight line through one output's results against the exact ones, and what is left.
struct ColumnFit {
  double slope = 0;      ///< steps per unit of the exact result
  double intercept = 0;  ///< steps
  double rms_steps = 0;  ///< deviation from the line
};

/// Fits every output: measured and exact are [vectors x outputs].
[[nodiscard]] std::vector<ColumnFit> fit_columns(const std::vector<double>& measured,
                                                 const std::vector<double>& exact,
                                                 std::size_t outputs);

}  // namespace neurram::study
