#include "models/array/transfer.h"

#include "models/base/numerics.h"

namespace neurram::array {

Transfer::Transfer(const Crossbar& crossbar, const Selection& selection, int max_drive)
    : drives_(selection.differential && selection.fold ? selection.rows.size() / 2
                                                       : selection.rows.size()),
      columns_(selection.columns.size()) {
  settle_columns(crossbar, selection);
  fill_dense(crossbar, selection);
  std::vector<float> values(drives_ * columns_);
  for (std::size_t i = 0; i < drives_; ++i) {
    for (std::size_t j = 0; j < columns_; ++j)
      values[i * columns_ + j] = dense_[i * padded_columns(columns_) + j];
  }
  packed_ = PackedMatrix(values.data(), drives_, columns_, max_drive);
}

void Transfer::settle_columns(const Crossbar& crossbar, const Selection& selection) {
  const ArrayParameters& p = crossbar.parameters();
  conductance_sum_.assign(columns_, 0.0);
  for (const int row : selection.rows) {
    for (std::size_t j = 0; j < columns_; ++j)
      conductance_sum_[j] += crossbar.conductance(row, selection.columns[j]);
  }
  settling_.resize(columns_);
  for (std::size_t j = 0; j < columns_; ++j) {
    const double settled =
        p.settling ? portable_settled(p.t_settle_s * conductance_sum_[j] / p.c_line_f) : 1.0;
    settling_[j] = conductance_sum_[j] > 0 ? settled : 0.0;
  }
}

void Transfer::fill_dense(const Crossbar& crossbar, const Selection& selection) {
  const std::size_t stride = padded_columns(columns_);
  dense_.assign(drives_ * stride, 0.0f);
  const bool folded = selection.differential && selection.fold;
  for (std::size_t j = 0; j < columns_; ++j) {
    if (conductance_sum_[j] == 0) continue;
    const double factor = settling_[j] / conductance_sum_[j];
    const int column = selection.columns[j];
    for (std::size_t i = 0; i < drives_; ++i) {
      const int first = selection.rows[folded ? 2 * i : i];
      double g = crossbar.conductance(first, column);
      if (folded) g -= crossbar.conductance(selection.rows[2 * i + 1], column);
      dense_[i * stride + j] = static_cast<float>(g * factor);
    }
  }
}

}  // namespace neurram::array
