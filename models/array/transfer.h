#pragma once

#include <memory>
#include <vector>

#include "models/array/crossbar.h"
#include "models/array/product.h"

namespace neurram::array {

/// Which lines of an array an operation drives and reads.
struct Selection {
  std::vector<int> input_lines;   ///< driven lines, ascending
  std::vector<int> output_lines;  ///< read lines, in the order of the outputs
  /// Forward: bit lines are driven and source lines read. Backward: the other way round.
  bool drives_bit_lines = true;
  bool differential = true;  ///< consecutive input lines are the positive and negative of one input
  bool fold = true;          ///< differential lines carry opposite drives: one row of differences
};

[[nodiscard]] inline bool operator==(const Selection& a, const Selection& b) {
  return a.input_lines == b.input_lines && a.output_lines == b.output_lines &&
         a.drives_bit_lines == b.drives_bit_lines && a.differential == b.differential &&
         a.fold == b.fold;
}

/// Everything linear of an operation: output volts per volt of drive. Without wires
///
///   T_ij = G_ij / Σ_i G_ij · s_j,   s_j = 1 - exp(-t_settle Σ_i G_ij / C_line),
///
/// over the driven lines (Nature 608, Methods); with them, G_ij / Σ_i G_ij is the exact solution of
/// the mapped window's grid (grid.h). Steps of the driven lines couple into a floating line and
/// decay as it settles: T_ij += C_crossing / C_line · (1 - s_j), and a line's neighbours couple
/// likewise. Folded, a row is the difference of its two lines. Rows of T are drives in the order of
/// array::encode, columns are the outputs.
///
/// Only the selected lines conduct: other lines of the array float (assumption).
class Transfer {
 public:
  Transfer(const Crossbar& crossbar, const Selection& selection, int max_drive);

  [[nodiscard]] std::size_t drives() const { return drives_; }
  [[nodiscard]] std::size_t outputs() const { return outputs_; }
  /// Drive elements per vector, padded: the stride of encoded vectors.
  [[nodiscard]] std::size_t drive_stride() const { return (drives_ + 1) / 2 * 2; }
  [[nodiscard]] const PackedMatrix& packed() const { return packed_; }
  /// T in single precision, [drives x padded columns], zeros in the padding.
  [[nodiscard]] const AlignedVector<float>& dense() const { return dense_; }
  /// ΣG of the driven cells of each output line [S].
  [[nodiscard]] const std::vector<double>& conductance_sum() const { return conductance_sum_; }
  /// Volts of each output per volt that all input lines share: the settling factor in voltage mode.
  [[nodiscard]] const std::vector<double>& common_gain() const { return common_gain_; }
  /// Volts of each output per volt of drive and siemens by which one of its cells deviates [1/S].
  [[nodiscard]] const std::vector<double>& deviation_gain() const { return deviation_gain_; }
  /// Conductance of each input on the read rails, the mean of its lines in a pair [S]; [inputs].
  [[nodiscard]] const std::vector<double>& input_load() const { return input_load_; }
  /// Outputs whose line has no conductance at all: they read 0.
  [[nodiscard]] std::size_t open_outputs() const;

 private:
  std::size_t drives_ = 0;
  std::size_t outputs_ = 0;
  std::vector<double> conductance_sum_;
  std::vector<double> common_gain_;
  std::vector<double> deviation_gain_;
  std::vector<double> input_load_;
  AlignedVector<float> dense_;
  PackedMatrix packed_;
};

}  // namespace neurram::array
