#pragma once

#include <functional>
#include <vector>

#include "models/mapper/graph.h"
#include "models/mapper/segment.h"

/// Placement: which core and which lines a segment takes.
namespace neurram::mapper {

/// What the placement must know of a chip. Core i lies in row (i / grid_columns) % grid_rows and
/// column i % grid_columns of its grid; row 0 is next to the supply.
struct ChipGeometry {
  int cores = 48;
  int grid_rows = 8;
  int grid_columns = 6;
  int array_rows = 256;
  int array_columns = 256;
  int slots = 8;  ///< of a core
  /// Rows of a core with cells that forming has shown to be of no use, ascending: they are skipped
  /// whole. Asked once per core that is considered; unset: no such rows.
  std::function<std::vector<int>(int core)> bad_rows;

  [[nodiscard]] int grid_row(int core) const { return core / grid_columns % grid_rows; }
  [[nodiscard]] int grid_column(int core) const { return core % grid_columns; }
};

/// One node's use of one segment.
struct Place {
  int node = 0;
  int segment = 0;
  int slot = 0;   ///< of the segment's core
  int group = 0;  ///< uses of one group lie on different cores and may start together
};

/// Gives every segment its core, rows and columns (written into `segments`), and every use of it a
/// slot and a group; groups ascend in the order of the nodes.
///
/// Busy matrices first, each segment on the least loaded core that has room; parts of one matrix go
/// to different cores while there are any, then to different rows of the grid (a row's shift chain
/// is serial), then near the supply and the chain's head. Segments that share a core have disjoint
/// columns; their rows are disjoint too (diagonal) while there is room, else they start at row 0.
/// Bad rows are left out.
///
/// Throws NetworkError, with the number of cores that are missing, where the chip is too small.
[[nodiscard]] std::vector<Place> place(const Graph& graph, std::vector<Segment>& segments,
                                       const ChipGeometry& chip, int spare_rows);

}  // namespace neurram::mapper
