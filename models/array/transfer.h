#pragma once

#include <memory>
#include <vector>

#include "models/array/crossbar.h"
#include "models/array/product.h"

namespace neurram::array {

/// Which cells of an array an operation uses.
struct Selection {
  std::vector<int> rows;     ///< rows whose word line is on, ascending
  std::vector<int> columns;  ///< columns in use, ascending
  bool differential = true;  ///< consecutive rows are the positive and negative line of one input
  bool fold = true;          ///< differential lines carry opposite drives: one row of differences
};

[[nodiscard]] inline bool operator==(const Selection& a, const Selection& b) {
  return a.rows == b.rows && a.columns == b.columns && a.differential == b.differential &&
         a.fold == b.fold;
}

/// Everything linear of an operation: output voltage of a floating line per volt of drive,
///
///   T_ij = G_ij / Σ_i G_ij · (1 - exp(-t_settle Σ_i G_ij / C_line)),
///
/// over the rows whose word line is on (Nature 608, Methods); folded, G_ij is G⁺_ij - G⁻_ij. Rows
/// of T are drives in the order of array::encode, columns are the selected columns.
class Transfer {
 public:
  Transfer(const Crossbar& crossbar, const Selection& selection, int max_drive);

  [[nodiscard]] std::size_t drives() const { return drives_; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  /// Drive elements per vector, padded: the stride of encoded vectors.
  [[nodiscard]] std::size_t drive_stride() const { return (drives_ + 1) / 2 * 2; }
  [[nodiscard]] const PackedMatrix& packed() const { return packed_; }
  /// T in single precision, [drives x padded columns], zeros in the padding.
  [[nodiscard]] const AlignedVector<float>& dense() const { return dense_; }
  /// ΣG of the enabled cells of each column [S].
  [[nodiscard]] const std::vector<double>& conductance_sum() const { return conductance_sum_; }
  /// Settling factor of each column, 0 … 1 (0 for a column without conductance).
  [[nodiscard]] const std::vector<double>& settling() const { return settling_; }

 private:
  void settle_columns(const Crossbar& crossbar, const Selection& selection);
  void fill_dense(const Crossbar& crossbar, const Selection& selection);

  std::size_t drives_;
  std::size_t columns_;
  std::vector<double> conductance_sum_;
  std::vector<double> settling_;
  AlignedVector<float> dense_;
  PackedMatrix packed_;
};

}  // namespace neurram::array
