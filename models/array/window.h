#pragma once

#include <vector>

#include "models/array/crossbar.h"

namespace neurram::array {

/// The mapped window of a crossbar: driven lines by read lines, both in the order of their places.
/// What a line's voltage becomes, in double precision.
class Window {
 public:
  /// `input_lines`, `output_lines`: ascending. drives_bit_lines: inputs are rows of the array.
  Window(const Crossbar& crossbar, std::vector<int> input_lines, std::vector<int> output_lines,
         bool drives_bit_lines);

  [[nodiscard]] std::size_t inputs() const { return input_lines_.size(); }
  [[nodiscard]] std::size_t outputs() const { return output_lines_.size(); }

  /// ΣG of an output line's cells, and of an input line's [S].
  [[nodiscard]] double output_sum(std::size_t j) const { return output_sum_s_[j]; }
  [[nodiscard]] double input_sum(std::size_t i) const;

  /// Share of its final voltage that an output line reaches in time; 0 if it has no conductance.
  [[nodiscard]] double settled(std::size_t j) const;
  /// Volts of an output per volt of drive and siemens by which one of its cells deviates [1/S].
  [[nodiscard]] double deviation_gain(std::size_t j) const;
  /// Volts of each output per volt of each input line, [outputs x inputs].
  [[nodiscard]] std::vector<double> transfer() const;

 private:
  [[nodiscard]] bool has_resistance() const;
  /// After all has settled, without coupling: volts per volt, or amperes per volt in current mode.
  [[nodiscard]] std::vector<double> settled_transfer() const;
  [[nodiscard]] Grid grid() const;
  [[nodiscard]] std::size_t tap(int line) const;
  void couple(std::vector<double>& t) const;

  const ArrayParameters& parameters_;
  bool drives_bit_lines_;
  std::vector<int> input_lines_;
  std::vector<int> output_lines_;
  std::vector<double> g_s_;  ///< [inputs x outputs]
  std::vector<double> output_sum_s_;
};

}  // namespace neurram::array
