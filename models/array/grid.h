#pragma once

#include <cstddef>
#include <vector>

/// The exact direct-current solution of a crossbar with resistive wires.
///
///   drive_0 ──r_driver── r_input ─┬─ r_input ─┬─ …      input line 0 (node (0, j) meets output j)
///                                 g_00        g_01
///                                 │           │
///   drive_1 ──r_driver── r_input ─┼─┬ … ──────┼─┬ …     input line 1
///                                 │ g_10      │ g_11
///                          output │           │
///                          line 0 ┴─          ┴─        r_output between its nodes
///
/// Each input line is driven at its near end. Output lines float and are read by an ideal voltmeter
/// at their tap (voltage mode), or their last node goes to a virtual ground through r_sense and its
/// current is read (current mode).
namespace neurram::array {

enum class Sensing {
  kVoltage,  ///< floating output lines, read at the tap (the chip)
  kCurrent,  ///< what-if: output lines held by sense amplifiers at their last node
};

struct Grid {
  std::size_t inputs = 0;
  std::size_t outputs = 0;
  std::vector<double> g_s;  ///< [inputs x outputs], row-major: conductance of every cell, >= 0 [S]
  /// [outputs]: wire of an input line in front of its node at output j; [0] is what lies between
  /// driver and window. >= 0.
  std::vector<double> r_input_ohm;
  /// [inputs]: wire of an output line in front of its node at input i; [0] is not used. >= 0.
  std::vector<double> r_output_ohm;
  double r_driver_ohm = 0;
  Sensing sensing = Sensing::kVoltage;
  std::vector<std::size_t> tap;  ///< [outputs]: input line at whose node output j is read
  double r_sense_ohm = 0;

  /// Sizes everything for a full rectangle with equal segments and taps at the last input line.
  Grid(std::size_t inputs, std::size_t outputs, double r_input_segment_ohm,
       double r_output_segment_ohm);
};

/// Transfer matrix by shooting along the input lines from their far end (11 M^2 N + 8/3 M^3
/// operations for M inputs and N outputs): [outputs x inputs], row-major, volt per volt of drive,
/// or ampere per volt. Every term of the walk is positive; where the solution grows too much for
/// the precision (kiloohms a segment) the walk starts anew on the way. Zero resistance needs no
/// special case. An output line without any conductance reads 0.
/// Real is double (error about 1e-12) or float (about 1e-6 of the largest element; where wires are
/// so resistive that half a dozen segments make a difference, the walk is one in double).
template <class Real>
[[nodiscard]] std::vector<Real> transfer_matrix(const Grid& grid);

template <>
std::vector<double> transfer_matrix<double>(const Grid& grid);
template <>
std::vector<float> transfer_matrix<float>(const Grid& grid);

/// Where the transposable array's neuron touches output line `line` of `lines` (16 x 16 corelets of
/// 16 x 16 cells each on the chip: bit line 16 i + j and source line 16 j + i meet neuron (i, j)),
/// as the number of an input line. Nature 608, Methods.
[[nodiscard]] int corelet_tap(int line);

}  // namespace neurram::array
