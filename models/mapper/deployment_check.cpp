#include "models/mapper/deployment_check.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "models/base/error.h"

namespace neurram::mapper {
namespace {

constexpr std::size_t kMaxRailSets = 16;  // of the chip

bool is_index(int value, std::size_t size) {
  return value >= 0 && static_cast<std::size_t>(value) < size;
}

bool is_between(int value, int low, int high) {
  return value >= low && value <= high;
}

/// [first, first + size) lies in [0, whole) and is not empty.
bool is_part(int first, int size, int whole) {
  return first >= 0 && size >= 1 && first <= whole - size;
}

bool fits_chip(const LineMask& mask, int count, int lines) {
  const std::vector<int> set = mask.lines();
  return static_cast<int>(set.size()) == count && !set.empty() && set.back() < lines;
}

bool all_finite(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), [](double v) { return std::isfinite(v); });
}

bool is_sound(const ChipGeometry& chip) {
  return is_between(chip.cores, 1, 65536) && is_between(chip.grid_rows, 1, 65536) &&
         is_between(chip.grid_columns, 1, 65536) && is_between(chip.array_rows, 2, 256) &&
         is_between(chip.array_columns, 1, 256) && is_between(chip.slots, 1, 256);
}

bool is_sound(const Segment& s, const Deployment& d) {
  if (!is_index(s.matrix, d.graph.matrices.size())) return false;
  const Matrix& matrix = d.graph.matrices[static_cast<std::size_t>(s.matrix)];
  return is_part(s.row_part, 1, s.row_parts) && is_part(s.first_row, s.rows, matrix.rows) &&
         is_part(s.first_column, s.columns, matrix.columns) && is_between(s.bias_rows, 0, 128) &&
         std::isfinite(s.w_max) && s.w_max > 0.0 && is_between(s.core, 0, d.chip.cores - 1) &&
         s.rows <= 128 && fits_chip(s.row_mask, s.physical_rows(), d.chip.array_rows) &&
         fits_chip(s.column_mask, s.columns, d.chip.array_columns) &&
         s.target_ps.size() == s.cells() &&
         (s.conductance_ps.empty() || s.conductance_ps.size() == s.cells());
}

bool is_sound(const Operation& o, const Deployment& d) {
  if (!is_index(o.segment, d.segments.size()) || !is_index(o.node, d.graph.nodes.size())) {
    return false;
  }
  const Segment& segment = d.segments[static_cast<std::size_t>(o.segment)];
  const Node& node = d.graph.nodes[static_cast<std::size_t>(o.node)];
  const auto columns = static_cast<std::size_t>(segment.columns);
  const bool is_calibrated = !o.slope.empty();
  return node.kind == NodeKind::kMatrix && node.matrix == segment.matrix &&
         is_between(o.slot, 0, d.chip.slots - 1) && o.group >= 0 &&
         is_between(o.input_bits, 1, 8) && is_between(o.output_bits, 1, 10) &&
         is_between(o.pulse_multiplier, 1, 32) && is_between(o.step_limit, 1, 127) &&
         is_index(o.rail_set, d.rail_sets.size()) &&
         o.slope.size() == (is_calibrated ? columns : 0) && o.intercept.size() == o.slope.size() &&
         all_finite(o.slope) && all_finite(o.intercept);
}

void require(bool is_sound, const char* what, std::size_t index) {
  if (!is_sound) {
    throw FileError(std::string(what) + " " + std::to_string(index) + " contradicts the rest");
  }
}

}  // namespace

void check(const Deployment& d) {
  if (!is_sound(d.chip)) throw FileError("its chip has no cores, rows, columns or slots");
  if (d.rail_sets.size() > kMaxRailSets) throw FileError("it has more than 16 rail sets");
  for (std::size_t i = 0; i < d.segments.size(); ++i) {
    require(is_sound(d.segments[i], d), "segment", i);
  }
  for (std::size_t i = 0; i < d.operations.size(); ++i) {
    require(is_sound(d.operations[i], d), "operation", i);
  }
}

}  // namespace neurram::mapper
