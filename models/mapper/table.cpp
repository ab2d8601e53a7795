#include "models/mapper/table.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace neurram::mapper {
namespace {

constexpr int kTableSchema = 1;
constexpr std::size_t kColumns = 11;
using Line = std::array<std::string, kColumns>;

const Line kHeader{"layer",    "kernel",      "part", "rows",  "columns", "core",
                   "grid row", "grid column", "slot", "group", "cells"};

const Node& node_of(const Deployment& d, const Operation& o) {
  return d.graph.nodes[static_cast<std::size_t>(o.node)];
}

const Segment& segment_of(const Deployment& d, const Operation& o) {
  return d.segments[static_cast<std::size_t>(o.segment)];
}

/// "3x3x16" for a convolution of 16 channels, "512" for a dense product of 512 inputs.
std::string kernel(const Deployment& d, const Node& node) {
  const Shape& input = d.graph.nodes[static_cast<std::size_t>(node.inputs.front())].shape;
  std::string channels = std::to_string(input.channels);
  if (input.height == 1 && input.width == 1) return channels;
  return std::to_string(node.window.kernel_h) + "x" + std::to_string(node.window.kernel_w) + "x" +
         channels;
}

/// "2/3": second of three row parts.
std::string part(const Segment& segment) {
  return std::to_string(segment.row_part + 1) + "/" + std::to_string(segment.row_parts);
}

Line line_of(const Deployment& d, const Operation& o) {
  const Node& node = node_of(d, o);
  const Segment& s = segment_of(d, o);
  return {node.name,
          kernel(d, node),
          part(s),
          std::to_string(s.logical_rows()),
          std::to_string(s.columns),
          std::to_string(s.core),
          std::to_string(d.chip.grid_row(s.core)),
          std::to_string(d.chip.grid_column(s.core)),
          std::to_string(o.slot),
          std::to_string(o.group),
          std::to_string(s.cells())};
}

std::vector<Line> lines_of(const Deployment& d) {
  std::vector<Line> lines{kHeader};
  for (const Operation& o : d.operations) lines.push_back(line_of(d, o));
  return lines;
}

struct Totals {
  std::size_t cores = 0;  ///< in use
  std::size_t cells = 0;
  double utilisation_percent = 0.0;  ///< of the cells of the cores in use
};

Totals totals_of(const Deployment& d) {
  Totals totals;
  std::set<int> cores;
  for (const Segment& s : d.segments) {
    cores.insert(s.core);
    totals.cells += s.cells();
  }
  totals.cores = cores.size();
  const double available = 1.0 * d.chip.array_rows * d.chip.array_columns *
                           static_cast<double>(std::max<std::size_t>(totals.cores, 1));
  totals.utilisation_percent = 100.0 * static_cast<double>(totals.cells) / available;
  return totals;
}

std::string totals_text(const Deployment& d) {
  const Totals totals = totals_of(d);
  std::array<char, 32> percent{};
  std::snprintf(percent.data(), percent.size(), "%.2f", totals.utilisation_percent);
  return "\n" + std::to_string(d.segments.size()) + " segments on " + std::to_string(totals.cores) +
         " of " + std::to_string(d.chip.cores) + " cores, " + std::to_string(totals.cells) +
         " cells, " + percent.data() + " % of the cells of those cores\n";
}

}  // namespace

std::string map_text(const Deployment& d) {
  const std::vector<Line> lines = lines_of(d);
  std::array<std::size_t, kColumns> widths{};
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < kColumns; ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string text;
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      const std::string gap(widths[i] - line[i].size(), ' ');
      const bool is_text = i < 3;  // names to the left, numbers to the right
      text += (i == 0 ? "" : "  ") + (is_text ? line[i] + gap : gap + line[i]);
    }
    text += '\n';
  }
  return text + totals_text(d);
}

std::string map_tsv(const Deployment& d) {
  std::string text;
  for (const Line& line : lines_of(d)) {
    for (std::size_t i = 0; i < kColumns; ++i) text += (i == 0 ? "" : "\t") + line[i];
    text += '\n';
  }
  return text;
}

nlohmann::json map_json(const Deployment& d) {
  nlohmann::json segments = nlohmann::json::array();
  for (const Operation& o : d.operations) {
    const Segment& s = segment_of(d, o);
    segments.push_back({{"layer", node_of(d, o).name},
                        {"kernel", kernel(d, node_of(d, o))},
                        {"row_part", s.row_part},
                        {"row_parts", s.row_parts},
                        {"rows", s.logical_rows()},
                        {"columns", s.columns},
                        {"core", s.core},
                        {"grid_row", d.chip.grid_row(s.core)},
                        {"grid_column", d.chip.grid_column(s.core)},
                        {"slot", o.slot},
                        {"group", o.group},
                        {"cells", s.cells()}});
  }
  const Totals totals = totals_of(d);
  return {{"schema", kTableSchema},
          {"network", d.network_name},
          {"segments", std::move(segments)},
          {"totals",
           {{"segments", d.segments.size()},
            {"cores_used", totals.cores},
            {"cores", d.chip.cores},
            {"cells", totals.cells},
            {"utilisation_percent", totals.utilisation_percent}}}};
}

}  // namespace neurram::mapper
