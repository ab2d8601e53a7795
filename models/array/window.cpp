#include "models/array/window.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "models/base/numerics.h"

namespace neurram::array {

Window::Window(const Crossbar& crossbar, std::vector<int> input_lines,
               std::vector<int> output_lines, bool drives_bit_lines)
    : parameters_(crossbar.parameters()),
      drives_bit_lines_(drives_bit_lines),
      input_lines_(std::move(input_lines)),
      output_lines_(std::move(output_lines)),
      g_s_(inputs() * outputs()),
      output_sum_s_(outputs(), 0.0) {
  for (std::size_t i = 0; i < inputs(); ++i) {
    for (std::size_t j = 0; j < outputs(); ++j) {
      const double cell = drives_bit_lines_
                              ? crossbar.conductance(input_lines_[i], output_lines_[j])
                              : crossbar.conductance(output_lines_[j], input_lines_[i]);
      const double g = cell / (1 + cell * parameters_.r_access_ohm);
      g_s_[i * outputs() + j] = g;
      output_sum_s_[j] += g;
    }
  }
}

double Window::input_sum(std::size_t i) const {
  double sum = 0;
  for (std::size_t j = 0; j < outputs(); ++j) sum += g_s_[i * outputs() + j];
  return sum;
}

double Window::settled(std::size_t j) const {
  if (output_sum_s_[j] == 0) return 0;
  // Sense amplifiers hold their lines, which then have no time constant of their own.
  if (!parameters_.settling || parameters_.sensing == Sensing::kCurrent) return 1;
  return portable_settled(parameters_.t_settle_s * output_sum_s_[j] / parameters_.c_line_f);
}

double Window::deviation_gain(std::size_t j) const {
  if (output_sum_s_[j] == 0) return 0;
  if (parameters_.sensing == Sensing::kCurrent) return parameters_.r_feedback_ohm;
  return settled(j) / output_sum_s_[j];
}

std::vector<double> Window::transfer() const {
  std::vector<double> t = settled_transfer();
  const bool current_mode = parameters_.sensing == Sensing::kCurrent;
  for (std::size_t j = 0; j < outputs(); ++j) {
    const double factor = current_mode ? parameters_.r_feedback_ohm : settled(j);
    for (std::size_t i = 0; i < inputs(); ++i) t[j * inputs() + i] *= factor;
  }
  if (parameters_.coupling && !current_mode) couple(t);
  return t;
}

bool Window::has_resistance() const {
  const ArrayParameters& p = parameters_;
  return (p.wires && (p.r_row_ohm > 0 || p.r_column_ohm > 0)) ||
         (p.drivers && p.r_driver_ohm > 0) || p.sensing == Sensing::kCurrent;
}

std::vector<double> Window::settled_transfer() const {
  if (has_resistance()) return transfer_matrix<double>(grid());
  std::vector<double> t(outputs() * inputs(), 0.0);
  for (std::size_t j = 0; j < outputs(); ++j) {
    if (output_sum_s_[j] == 0) continue;
    for (std::size_t i = 0; i < inputs(); ++i)
      t[j * inputs() + i] = g_s_[i * outputs() + j] / output_sum_s_[j];
  }
  return t;
}

Grid Window::grid() const {
  const ArrayParameters& p = parameters_;
  const double along_input = p.wires ? (drives_bit_lines_ ? p.r_row_ohm : p.r_column_ohm) : 0;
  const double along_output = p.wires ? (drives_bit_lines_ ? p.r_column_ohm : p.r_row_ohm) : 0;
  Grid grid(inputs(), outputs(), 0, 0);
  grid.g_s = g_s_;
  // Lines need not be neighbours: the wire between two is as long as they are apart, and drivers
  // sit at the array's edge.
  for (std::size_t j = 0; j < outputs(); ++j) {
    const int before = j == 0 ? 0 : output_lines_[j - 1];
    grid.r_input_ohm[j] = along_input * (output_lines_[j] - before);
    grid.tap[j] = tap(output_lines_[j]);
  }
  for (std::size_t i = 1; i < inputs(); ++i)
    grid.r_output_ohm[i] = along_output * (input_lines_[i] - input_lines_[i - 1]);
  grid.r_driver_ohm = p.drivers ? p.r_driver_ohm : 0;
  grid.sensing = p.sensing;
  grid.r_sense_ohm = p.r_sense_ohm;
  return grid;
}

/// The driven line nearest to where an output line is read; beyond the window its wire carries no
/// current.
std::size_t Window::tap(int line) const {
  if (parameters_.tap == Tap::kEnd) return inputs() - 1;
  const int wanted = corelet_tap(line);
  const auto nearest = std::min_element(
      input_lines_.begin(), input_lines_.end(),
      [wanted](int a, int b) { return std::abs(a - wanted) < std::abs(b - wanted); });
  return static_cast<std::size_t>(nearest - input_lines_.begin());
}

void Window::couple(std::vector<double>& t) const {
  const double crossing = parameters_.c_crossing_f / parameters_.c_line_f;
  const double neighbour = parameters_.c_neighbour_f / parameters_.c_line_f;
  const std::vector<double> alone = t;
  for (std::size_t j = 0; j < outputs(); ++j) {
    if (output_sum_s_[j] == 0) continue;
    const double left = 1 - settled(j);
    for (std::size_t i = 0; i < inputs(); ++i) {
      double& v = t[j * inputs() + i];
      v += crossing * left;
      if (j > 0 && output_lines_[j - 1] + 1 == output_lines_[j])
        v += neighbour * left * alone[(j - 1) * inputs() + i];
      if (j + 1 < outputs() && output_lines_[j] + 1 == output_lines_[j + 1])
        v += neighbour * left * alone[(j + 1) * inputs() + i];
    }
  }
}

}  // namespace neurram::array
