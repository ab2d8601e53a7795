#include "models/array/transfer.h"

#include <algorithm>

#include "models/array/window.h"

namespace neurram::array {
namespace {

std::vector<int> in_place(std::vector<int> lines) {
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::size_t position(const std::vector<int>& sorted, int line) {
  return static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), line) -
                                  sorted.begin());
}

}  // namespace

Transfer::Transfer(const Crossbar& crossbar, const Selection& selection, int max_drive)
    : outputs_(selection.output_lines.size()) {
  const std::size_t lines = selection.input_lines.size();
  const bool folded = selection.differential && selection.fold;
  drives_ = folded ? lines / 2 : lines;
  const std::vector<int> places = in_place(selection.output_lines);
  const Window window(crossbar, selection.input_lines, places, selection.drives_bit_lines);
  const std::vector<double> t = window.transfer();
  const std::size_t stride = padded_columns(outputs_);
  dense_.assign(drives_ * stride, 0.0f);
  for (const int line : selection.output_lines) {
    const std::size_t place = position(places, line);
    const double* row = t.data() + place * lines;
    const std::size_t j = conductance_sum_.size();
    conductance_sum_.push_back(window.output_sum(place));
    deviation_gain_.push_back(window.deviation_gain(place));
    double common = 0;
    for (std::size_t i = 0; i < lines; ++i) common += row[i];
    common_gain_.push_back(common);
    for (std::size_t i = 0; i < drives_; ++i)
      dense_[i * stride + j] = static_cast<float>(folded ? row[2 * i] - row[2 * i + 1] : row[i]);
  }
  const std::size_t per_input = selection.differential ? 2 : 1;
  for (std::size_t i = 0; i + per_input <= lines; i += per_input) {
    double load = 0;
    for (std::size_t n = 0; n < per_input; ++n) load += window.input_sum(i + n);
    input_load_.push_back(load / static_cast<double>(per_input));
  }
  std::vector<float> values(drives_ * outputs_);
  for (std::size_t i = 0; i < drives_; ++i)
    std::copy_n(dense_.data() + i * stride, outputs_, values.data() + i * outputs_);
  packed_ = PackedMatrix(values.data(), drives_, outputs_, max_drive);
}

std::size_t Transfer::open_outputs() const {
  return static_cast<std::size_t>(
      std::count(conductance_sum_.begin(), conductance_sum_.end(), 0.0));
}

}  // namespace neurram::array
