#pragma once

#include <cstddef>
#include <cstdint>

#include "models/base/aligned.h"

/// The product of an operation, sum = drive · T, in two forms. Sums of the integer form are exact,
/// so one vector, any batch, any tile and any instruction set agree bit for bit, and it is faster
/// than a float BLAS; the float form adds in the order of the rows with fused multiply-add, which
/// is just as reproducible.
namespace neurram::array {

/// Columns are processed in panels of this many; every row of sums is padded to it.
inline constexpr std::size_t kPanelColumns = 16;

[[nodiscard]] constexpr std::size_t padded_columns(std::size_t columns) {
  return (columns + kPanelColumns - 1) / kPanelColumns * kPanelColumns;
}

/// A matrix as the integer product reads it: panels of 16 columns, in each the pairs of rows, in
/// each the two rows' int16 weights of 16 columns side by side. An odd last row is paired with
/// zeros.
class PackedMatrix {
 public:
  PackedMatrix() = default;

  /// Packs `values` [rows x columns, row-major]. Column j is stored as round(value / scale[j]) with
  /// the smallest scale for which |w| <= 32767 and max_drive · Σ_i |w_ij| < 2^31, so no sum
  /// overflows. max_drive: largest |drive|, 1 … 2047.
  PackedMatrix(const float* values, std::size_t rows, std::size_t columns, int max_drive);

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t row_pairs() const { return (rows_ + 1) / 2; }
  [[nodiscard]] std::size_t columns() const { return columns_; }
  [[nodiscard]] const std::int16_t* weights() const { return weights_.data(); }
  /// Value of one unit of the sum, per padded column (0 in the padding).
  [[nodiscard]] const AlignedVector<float>& column_scale() const { return column_scale_; }
  /// Stored integer of a cell.
  [[nodiscard]] std::int16_t weight(std::size_t row, std::size_t column) const;

 private:
  [[nodiscard]] std::size_t position(std::size_t row, std::size_t column) const;

  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
  AlignedVector<std::int16_t> weights_;
  AlignedVector<float> column_scale_;
};

/// sums[v · padded_columns + j] = Σ_i drives[v · 2 · row_pairs + i] · w_ij for all vectors.
/// Drives of an odd last row's partner must be zero. `sums` is 64-byte aligned.
void multiply(const PackedMatrix& matrix, const std::int16_t* drives, std::size_t vectors,
              std::int32_t* sums);

/// The general path: sums[v · padded_columns + j] = Σ_i drives[v · rows + i] · t_ij in the order of
/// i, each step one fma. `matrix` is [rows x padded_columns] with zeros in the padding.
void multiply(const float* matrix, std::size_t rows, std::size_t columns_padded,
              const float* drives, std::size_t vectors, float* sums);

}  // namespace neurram::array
