#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "models/array/grid.h"
#include "models/session/npz.h"

/// Crossbars with resistive wires as files, and their solution.
///
/// An .npz file of a crossbar of M rows, which are driven, and N columns, which are read, holds
///
///   g_siemens [M x N]     conductance of the cells
///   drive_volt [M]        voltage of the rows, or [K x M] for several at once
///   r_row_ohm, r_col_ohm  wire between two cells of a row, of a column
///   r_driver_ohm          in front of every row
///   mode                  "voltage" or "current"
///
/// and, where they are wanted, `tap_row` [N], the row at which each column's voltage is read (the
/// last one if it is not there), or `tap`, "bottom" or "tnsa" (where the transposable array's
/// neuron sits); in current mode `r_sense_ohm`, between the last cell of a column and ground; `out`
/// and `ideal`, results to compare with. r_row_ohm may be [N] and r_col_ohm [M]: the wire in front
/// of each cell, the first of a row counting to the driver, the first of a column not at all.
namespace neurram::session {

struct CrossbarProblem {
  array::Grid grid{0, 0, 0, 0};
  std::size_t vectors = 1;         ///< drive vectors, K
  bool single_vector = true;       ///< drives and result have one dimension, not two
  std::vector<double> drive_volt;  ///< [vectors x rows]
  std::vector<double> expected;    ///< `out`; empty if it is not there
};

/// Reads and checks a file. Throws FileError, which names file, array, element and value.
[[nodiscard]] CrossbarProblem read_crossbar(const std::filesystem::path& path);
/// The same of arrays; `name` begins every message.
[[nodiscard]] CrossbarProblem crossbar_problem(const NpyArrays& arrays, const std::string& name);

enum class Precision { kDouble, kSingle };

struct CrossbarSolution {
  std::vector<double> out;  ///< [vectors x columns], volt or ampere
  /// Columns without any conductance in voltage mode: nothing determines their voltage; 0 is said.
  std::vector<std::size_t> undetermined;
  double set_up_s = 0;   ///< wall time of the transfer matrix
  double product_s = 0;  ///< wall time of its products with the drives
};

/// Solves for all drive vectors. A product adds in the order of the rows with fused multiply-add,
/// in the given precision. Throws Error where the precision's range does not hold the solution.
[[nodiscard]] CrossbarSolution solve_crossbar(const CrossbarProblem& problem,
                                              Precision precision = Precision::kDouble);

/// Largest |a - b| as a share of the largest |b|; 0 where both are all zero.
[[nodiscard]] double relative_difference(const std::vector<double>& a,
                                         const std::vector<double>& b);

/// Bytes of the .npy file of a solution: [N] or [K x N], doubles or floats as the precision says.
[[nodiscard]] std::string solution_npy(const CrossbarProblem& problem,
                                       const CrossbarSolution& solution, Precision precision);

}  // namespace neurram::session
