#include "models/mapper/segment.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "models/base/error.h"

namespace neurram::mapper {
namespace {

/// Input codes that a core drives: two planes of a line's 2-bit register, 7 magnitude bits.
constexpr int kMaxUnsignedBits = 7;
constexpr int kMaxSignedBits = 8;

/// Part `index` of [0, size) cut into `parts` pieces of ceil(size / parts), the last one the rest.
struct Part {
  int first;
  int size;
};

Part part_of(int size, int parts, int index) {
  const int piece = (size + parts - 1) / parts;
  return {index * piece, std::min(piece, size - index * piece)};
}

int parts_for(int size, int limit) {
  return (size + limit - 1) / limit;
}

void check_use(const Graph& graph, const Node& node) {
  const auto refuse = [&](const std::string& what) {
    throw NetworkError("layer '" + node.name + "': " + what);
  };
  if (node.direction != Direction::kForward || node.sampling != Sampling::kNone) {
    refuse("only forward products without sampling can be placed so far");
  }
  const Quantizer& input = input_quantizer(graph, node);
  const int limit = input.is_signed ? kMaxSignedBits : kMaxUnsignedBits;
  if (input.bits <= limit) return;
  refuse("its input codes have " + std::to_string(input.bits) + " bits; a core takes " +
         std::to_string(limit) + (input.is_signed ? " with a sign: " : " without a sign: ") +
         std::to_string(input.bits - limit) +
         " too many (a Clip before QuantizeLinear sets the bits)");
}

/// The node that each matrix is cut for: the first that uses it; null where none does.
std::vector<const Node*> first_uses(const Graph& graph) {
  std::vector<const Node*> uses(graph.matrices.size(), nullptr);
  for (const Node& node : graph.nodes) {
    if (node.kind != NodeKind::kMatrix) continue;
    check_use(graph, node);
    const Node*& use = uses[static_cast<std::size_t>(node.matrix)];
    if (use == nullptr) use = &node;
    if (!(input_quantizer(graph, *use) == input_quantizer(graph, node))) {
      throw NetworkError("layers '" + use->name + "' and '" + node.name +
                         "' share a matrix but read codes of different scale or bits");
    }
  }
  return uses;
}

struct Limits {
  int rows;  ///< logical, without bias rows
  int columns;
};

Limits limits(const MapperParameters& parameters, int array_rows, int array_columns) {
  const int pairs = std::min(parameters.rows_per_segment, (array_rows - parameters.spare_rows) / 2);
  const int rows = pairs - parameters.bias_rows;
  const int columns = std::min(parameters.columns_per_segment, array_columns);
  if (rows < 1 || columns < 1) {
    throw ConfigError("mapper: " + std::to_string(pairs) + " pairs of rows and " +
                      std::to_string(columns) + " columns leave no cell for weights beside " +
                      std::to_string(parameters.bias_rows) +
                      " bias rows; lower bias_rows or spare_rows, or raise the limits");
  }
  return {rows, columns};
}

/// Value below which `percentile` % of the magnitudes lie, interpolated between neighbours.
double magnitude_percentile(const std::vector<float>& weights, double percentile) {
  std::vector<float> magnitudes(weights.size());
  std::transform(weights.begin(), weights.end(), magnitudes.begin(),
                 [](float w) { return std::abs(w); });
  const double place = percentile / 100.0 * static_cast<double>(magnitudes.size() - 1);
  const auto below = magnitudes.begin() + static_cast<std::ptrdiff_t>(place);
  std::nth_element(magnitudes.begin(), below, magnitudes.end());
  const double low = *below;
  if (below + 1 == magnitudes.end()) return low;
  const double high = *std::min_element(below + 1, magnitudes.end());
  return low + (place - std::floor(place)) * (high - low);
}

/// Weight that g_max stands for; where the percentile meets only zeros, the largest magnitude.
double weight_scale(const std::vector<float>& weights, double percentile) {
  for (double p : {percentile, 100.0}) {
    const double scale = magnitude_percentile(weights, p);
    if (scale > 0.0) return scale;
  }
  return 1.0;
}

std::uint32_t target(double weight, double w_max, double limit, const ConductanceRange& range) {
  const double g_s = std::max(weight / w_max * range.g_max_s, range.g_min_s);
  return static_cast<std::uint32_t>(std::llround(std::min(g_s, limit * range.g_max_s) * 1e12));
}

/// Fills w_max and the targets: for each logical row the positive line, then the negative one.
void fill_cells(Segment& segment, const std::vector<float>& weights,
                const MapperParameters& parameters, const ConductanceRange& range) {
  segment.w_max = weight_scale(weights, parameters.weight_percentile);
  const auto columns = static_cast<std::size_t>(segment.columns);
  segment.target_ps.resize(segment.cells());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t positive = i / columns * 2 * columns + i % columns;
    const double limit = parameters.target_limit;
    segment.target_ps[positive] = target(weights[i], segment.w_max, limit, range);
    segment.target_ps[positive + columns] = target(-weights[i], segment.w_max, limit, range);
  }
}

}  // namespace

int LineMask::count() const {
  return static_cast<int>(lines().size());
}

std::vector<int> LineMask::lines() const {
  std::vector<int> lines;
  for (int i = 0; i < 256; ++i) {
    if (test(i)) lines.push_back(i);
  }
  return lines;
}

std::vector<LineRun> line_runs(const LineMask& mask) {
  std::vector<LineRun> runs;
  int position = 0;
  for (const int line : mask.lines()) {
    if (!runs.empty() && runs.back().line + runs.back().count == line) {
      ++runs.back().count;
    } else {
      runs.push_back({line, position, 1});
    }
    ++position;
  }
  return runs;
}

bool operator==(const LineMask& a, const LineMask& b) {
  return a.words == b.words;
}

std::vector<Segment> split(const Graph& graph, const MapperParameters& parameters, int array_rows,
                           int array_columns) {
  const Limits limit = limits(parameters, array_rows, array_columns);
  const std::vector<const Node*> uses = first_uses(graph);
  std::vector<Segment> segments;
  for (std::size_t m = 0; m < uses.size(); ++m) {
    if (uses[m] == nullptr) continue;
    const Matrix& matrix = graph.matrices[m];
    const int row_parts = parts_for(matrix.rows, limit.rows);
    const int column_parts = parts_for(matrix.columns, limit.columns);
    for (int i = 0; i < row_parts * column_parts; ++i) {
      const Part rows = part_of(matrix.rows, row_parts, i / column_parts);
      const Part columns = part_of(matrix.columns, column_parts, i % column_parts);
      Segment segment;
      segment.matrix = static_cast<int>(m);
      segment.row_part = i / column_parts;
      segment.row_parts = row_parts;
      segment.first_row = rows.first;
      segment.rows = rows.size;
      segment.bias_rows = parameters.bias_rows;
      segment.first_column = columns.first;
      segment.columns = columns.size;
      segments.push_back(std::move(segment));
    }
  }
  return segments;
}

void set_targets(const Graph& graph, const MapperParameters& parameters,
                 const ConductanceRange& range, std::vector<Segment>& segments) {
  const std::vector<const Node*> uses = first_uses(graph);
  for (Segment& segment : segments) {
    const auto m = static_cast<std::size_t>(segment.matrix);
    fill_cells(segment,
               segment_weights(segment, graph.matrices[m], input_quantizer(graph, *uses[m])),
               parameters, range);
  }
}

std::vector<float> segment_weights(const Segment& segment, const Matrix& matrix,
                                   const Quantizer& input) {
  std::vector<float> weights;
  weights.reserve(segment.cells() / 2);
  const auto first_column = static_cast<std::size_t>(segment.first_column);
  for (int row = segment.first_row; row < segment.first_row + segment.rows; ++row) {
    const auto start = static_cast<std::size_t>(row) * static_cast<std::size_t>(matrix.columns);
    const auto first = matrix.weights.begin() + static_cast<std::ptrdiff_t>(start + first_column);
    weights.insert(weights.end(), first, first + segment.columns);
  }
  const double share = input.scale * input.max_code() * segment.row_parts * segment.bias_rows;
  for (int i = 0; i < segment.bias_rows * segment.columns; ++i) {
    const auto column = first_column + static_cast<std::size_t>(i % segment.columns);
    weights.push_back(static_cast<float>(matrix.bias[column] / share));
  }
  return weights;
}

}  // namespace neurram::mapper
