#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/mapper/graph.h"
#include "models/mapper/parameters.h"

/// Segments: the pieces of a matrix that single cores hold, and the conductances that they become.
namespace neurram::mapper {

/// 256 lines of an array, laid out as the slot's mask registers: line i is bit i % 32 of word i
/// / 32.
struct LineMask {
  std::array<std::uint32_t, 8> words{};

  void set(int line) { words[static_cast<std::size_t>(line) / 32] |= 1u << (line % 32); }
  [[nodiscard]] bool test(int line) const {
    return (words[static_cast<std::size_t>(line) / 32] >> (line % 32) & 1u) != 0;
  }
  [[nodiscard]] int count() const;
  /// The lines that are set, ascending.
  [[nodiscard]] std::vector<int> lines() const;
};
[[nodiscard]] bool operator==(const LineMask& a, const LineMask& b);

/// Neighbouring lines of a mask: [first, first + count) of the mask's order begin at `line`.
struct LineRun {
  int line;
  int first;
  int count;
};
/// A mask as runs of neighbouring lines, ascending.
[[nodiscard]] std::vector<LineRun> line_runs(const LineMask& mask);

/// Rows [first_row, first_row + rows) and columns [first_column, first_column + columns) of a
/// matrix, in the cells of one core. Every logical row, and every bias row after them, is a pair of
/// adjacent enabled lines: the positive cell, then the negative one.
///
/// Driven with the codes x of its rows, and its bias rows with full code, the segment stands for
/// sum_i x_i * scale_in * W_ij + b_j / row_parts; the parts of a matrix add up to W x + b.
struct Segment {
  int matrix = 0;     ///< index in Graph::matrices
  int row_part = 0;   ///< which of row_parts
  int row_parts = 1;  ///< parts whose results are added
  int first_row = 0;
  int rows = 0;  ///< without the bias rows
  int bias_rows = 0;
  int first_column = 0;
  int columns = 0;
  double w_max = 1.0;  ///< weight that g_max stands for

  int core = 0;
  LineMask row_mask;     ///< physical_rows() lines
  LineMask column_mask;  ///< `columns` lines

  std::vector<std::uint32_t> target_ps;       ///< [physical_rows()][columns], picosiemens
  std::vector<std::uint32_t> conductance_ps;  ///< the same after programming; empty: not yet

  [[nodiscard]] int logical_rows() const { return rows + bias_rows; }
  [[nodiscard]] int physical_rows() const { return 2 * logical_rows(); }
  [[nodiscard]] std::size_t cells() const {
    return static_cast<std::size_t>(physical_rows()) * static_cast<std::size_t>(columns);
  }
};

/// The conductances that a weight can become. Owned by the device; passed in.
struct ConductanceRange {
  double g_min_s = 1e-6;   ///< of a cell that holds nothing
  double g_max_s = 40e-6;  ///< of a weight w_max
};

/// Cuts every matrix that a node uses; nothing is placed and no target set yet. Order: matrix, row
/// part, column part. `array_rows` and `array_columns` are what one core offers. Throws
/// NetworkError for codes or directions that a core cannot take, ConfigError where not even one row
/// fits.
[[nodiscard]] std::vector<Segment> split(const Graph& graph, const MapperParameters& parameters,
                                         int array_rows, int array_columns);

/// Sets w_max and the targets of every segment: G+ = g_max W / w_max and G- = g_max -W / w_max, but
/// at least g_min and at most target_limit * g_max.
void set_targets(const Graph& graph, const MapperParameters& parameters,
                 const ConductanceRange& range, std::vector<Segment>& segments);

/// Weights of a segment as its cells hold them, [logical_rows()][columns]: its part of the matrix,
/// then bias_rows rows of b_j / (scale_in * full_code * row_parts * bias_rows).
[[nodiscard]] std::vector<float> segment_weights(const Segment& segment, const Matrix& matrix,
                                                 const Quantizer& input);

}  // namespace neurram::mapper
